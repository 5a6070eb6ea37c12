import { z } from 'zod'
import {
  artifact,
  codeDifference,
  environmentState,
  pullRequest,
  replaced,
  revertRecord,
  saidByPerson,
  stage,
  suiteResult,
  verdictReport,
  version,
} from './facts.ts'
import { decisions, reasonCodes } from './reason.ts'

const stepRecord = z.strictObject({
  step: z.string(),
  stage,
  environment: z.string().optional(),
  state: z.enum(['running', 'done', 'failed', 'skipped', 'held']),
  startedAtMs: z.number(),
  endedAtMs: z.number().optional(),
  message: z.string().optional(),
  output: z.string().optional(),
})
export type StepRecord = z.infer<typeof stepRecord>

const environmentRecord = z.strictObject({
  name: z.string(),
  state: environmentState,
  message: z.string().optional(),
  deployment: z.string().optional(),
  previous: version.optional().describe('What a rollback returns to; absent on the first upgrade'),
  replaces: replaced
    .optional()
    .describe('Of a rollback whose own deployment `deployment` is: the one that it takes away'),
  difference: z.string().optional().describe('The release difference (F), as its deployer gave it'),
  weight: z.number().optional().describe("The new version's share of the traffic, in percent"),
  judged: z.array(verdictReport),
  said: z
    .array(saidByPerson)
    .optional()
    .describe('By commands, while it was watched; absent where nobody did'),
})
export type EnvironmentRecord = z.infer<typeof environmentRecord>

/**
 * An upgrade as it stands: what its events add up to. Serialised it is the receipt. V, T, F and M are `code`, `tests`,
 * `environments[].difference` and `environments[].judged`.
 */
export const receipt = z.strictObject({
  schema: z.literal('seamless.receipt/1'),
  id: z.string().describe('Same base, same head, same config, same environments: same id'),
  repository: z.string(),
  operation: z.enum(['run', 'rollback']),
  planDigest: z.string(),
  made: z.boolean().describe('Whether the branch stage makes the candidate; else it was given'),
  startedAtMs: z.number(),
  endedAtMs: z.number().optional(),
  base: version.optional().describe('Version n; absent on a first upgrade'),
  candidate: version.optional().describe('Version n+1; absent until its commit is known'),
  branch: z.string().optional(),
  pullRequest: pullRequest.optional(),
  code: codeDifference.optional(),
  artifacts: z.array(artifact),
  tests: z.array(suiteResult),
  environments: z.array(environmentRecord),
  revert: revertRecord.optional(),
  steps: z.array(stepRecord),
  decision: z.enum(decisions).optional().describe('Absent while it goes on, or when it was cut off'),
  reason: z.enum(reasonCodes).optional(),
  message: z.string().optional(),
})
export type Upgrade = z.infer<typeof receipt>
