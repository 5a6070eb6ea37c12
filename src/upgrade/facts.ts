import { z } from 'zod'
import { stages } from './stage.ts'

/** The shapes that events and the receipt share. Times are ms since the epoch, shares are 0 to 1. */

export const stage = z.enum(stages)

export const commitId = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/)

export const version = z.strictObject({
  sha: commitId
    .optional()
    .describe('The full commit id; absent where only the name of the live version is known'),
  name: z.string().describe('What people call it, e.g. 2.1.0'),
})
export type Version = z.infer<typeof version>

export const pullRequest = z.strictObject({ number: z.number().int(), url: z.string() })

export const artifact = z.strictObject({
  kind: z.literal('image').optional().describe('In a registry under its digest; absent for a file'),
  name: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  bytes: z.number().int().nonnegative(),
  executable: z.boolean().optional(),
})

export const codeDifference = z.strictObject({
  commits: z.array(
    z.strictObject({ id: commitId, subject: z.string(), author: z.string(), atMs: z.number() }),
  ),
  more: z.number().int(),
  files: z.array(z.strictObject({ path: z.string(), added: z.number().int(), removed: z.number().int() })),
})

export const testCase = z.strictObject({
  name: z.string(),
  result: z.enum(['passed', 'failed', 'skipped']),
  message: z.string().optional(),
  file: z.string().optional(),
  line: z.number().int().optional(),
  seconds: z.number().optional(),
})

/** The test difference (T) of one suite. `against` says how the base's result was had. */
export const suiteResult = z.strictObject({
  suite: z.string(),
  kind: z.enum(['own', 'previous']),
  passed: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int(),
  against: z.enum(['receipt', 'base_run', 'not_needed', 'unknown', 'first_upgrade']),
  newlyFailing: z.array(testCase),
  known: z.array(z.string()).describe('Failing here and on the base: not counted against the upgrade'),
  newlyPassing: z.array(z.string()),
  added: z.array(z.string()),
  removed: z.array(z.string()),
  accepted: z.array(z.string()).describe('Breaks for users of version n that the config accepts'),
  unused: z.array(z.string()).describe('Entries of `accepts` that nothing needed'),
  names: z.array(z.strictObject({ name: z.string(), result: z.enum(['passed', 'failed', 'skipped']) })),
})
export type SuiteResult = z.infer<typeof suiteResult>

export const verdictReport = z.strictObject({
  step: z.string().describe('What was judged: a traffic step such as 10%, or the watch after the last'),
  verdict: z.enum(['healthy', 'unhealthy', 'inconclusive']),
  reason: z.string(),
  /** The one line for people. */
  line: z.string(),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  comparison: z.enum(['concurrent', 'before_after', 'none']),
  noticed: z
    .strictObject({
      requests: z.number(),
      lower: z.number().optional(),
      upper: z.number(),
      watched: z.number(),
    })
    .optional()
    .describe('Requests that failed or were slow because of the upgrade; concurrent comparison only'),
  watched: z.number().describe('Requests of the new version that were watched'),
  dashboard: z.string().optional().describe('The URL of graphs of the time of the watch'),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      verdict: z.enum(['healthy', 'unhealthy', 'inconclusive']),
      reason: z.string(),
      before: z.string(),
      after: z.string(),
      change: z.string(),
      allowed: z.string(),
      coverage: z.strictObject({ measured: z.number().int(), expected: z.number().int() }),
      sparkline: z.string(),
      line: z.string(),
      queries: z.array(z.string()),
      wasBadBefore: z.boolean().describe('The stable version broke the same limit'),
    }),
  ),
  evidence: z
    .unknown()
    .describe('Everything that the figures are recomputed from; `seamless show --explain` does it'),
})
export type VerdictReport = z.infer<typeof verdictReport>

/** What a person said of an environment while its health was looked at, and what was done about it then. */
export const saidByPerson = z.strictObject({
  step: z.string().describe('Of the traffic, such as 10%, or the watch after the last'),
  said: z.enum(['paused', 'continued', 'promoted', 'accepted']),
  by: z.string().describe('Login'),
  saidAtMs: z.number().describe("By GitHub's clock"),
})
export type SaidByPerson = z.infer<typeof saidByPerson>

/** What a rollback takes away, where it has a deployment of its own for what it returns to. */
export const replaced = z.strictObject({
  deployment: z.string(),
  wasHealthy: z.boolean().describe('Its verdict was healthy: once taken back it is no version to return to'),
})

/**
 * `untouched`: nothing was done to it. `deploying`: in between. `live`: runs the new version, unjudged. `promoted`:
 * healthy. `held`: runs the new version, wholly or in part, and somebody must decide. `rolled_back`: runs its last
 * healthy version again. `dirty`: half done, a person must clean up. `unknown`: nobody can say what it runs.
 */
export const environmentState = z.enum([
  'untouched',
  'deploying',
  'live',
  'promoted',
  'held',
  'rolled_back',
  'dirty',
  'unknown',
])
export type EnvironmentState = z.infer<typeof environmentState>

export const revertRecord = z.strictObject({
  outcome: z.enum(['merged', 'proposed', 'not_done', 'already_reverted', 'conflict', 'failed']),
  reason: z.string(),
  message: z.string(),
  pullRequest: pullRequest.optional(),
  suspect: z.number().int().optional(),
})
