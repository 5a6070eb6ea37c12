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
import { receipt } from './receipt.ts'

/**
 * What happened, in order. An upgrade is the list of its events and nothing else; `next` reduces them. `step_started` is
 * written before a step acts: a step that was started and never ended is one whose effect is unknown.
 */
export const upgradeEvent = z.discriminatedUnion('type', [
  entry('started', {
    id: z.string(),
    repository: z.string(),
    operation: z.enum(['run', 'rollback']),
    planDigest: z.string(),
    /** The branch stage makes the candidate; else it was given. */
    made: z.boolean(),
    branch: z.string().optional(),
    base: version.optional(),
    candidate: version.optional(),
    environments: z.array(z.string()),
  }),
  /** Another job began it; its receipt is all that came over from there. */
  entry('received', { upgrade: receipt }),
  /** A later run of the same upgrade goes on, perhaps to more environments; the steps named here are done again (they change nothing outside). */
  entry('resumed', { forgotten: z.array(z.string()), environments: z.array(z.string()) }),
  entry('step_started', { step: z.string(), stage, environment: z.string().optional() }),
  entry('step_ended', {
    step: z.string(),
    result: z.enum(['done', 'failed', 'skipped', 'held']),
    message: z.string().optional(),
    output: z.string().optional(),
  }),
  entry('candidate_known', {
    candidate: version,
    branch: z.string().optional(),
    pullRequest: pullRequest.optional(),
  }),
  entry('code_compared', { code: codeDifference }),
  entry('built', { artifacts: z.array(artifact) }),
  entry('tested', { suite: suiteResult }),
  /** `previous` is what a rollback returns to; absent on the environment's first upgrade. */
  entry('deployment_begun', {
    environment: z.string(),
    deployment: z.string(),
    previous: version.optional(),
    /** A rollback with a deployment of its own: what it takes away. */
    replaces: replaced.optional(),
  }),
  entry('release_compared', { environment: z.string(), difference: z.string() }),
  entry('weight_set', { environment: z.string(), percent: z.number() }),
  entry('judged', { environment: z.string(), report: verdictReport }),
  entry('person_said', { environment: z.string(), ...saidByPerson.shape }),
  entry('environment_ended', { environment: z.string(), state: environmentState, message: z.string() }),
  entry('reverted', { revert: revertRecord }),
  entry('ended', { decision: z.enum(decisions), reason: z.enum(reasonCodes), message: z.string() }),
])
export type UpgradeEvent = z.infer<typeof upgradeEvent>

/** An event before the clock has stamped it. */
export type NewEvent = UpgradeEvent extends infer E
  ? E extends UpgradeEvent
    ? Omit<E, 'atMs'>
    : never
  : never

/** `atMs` is when it was written, in ms since the epoch. */
function entry<const T extends string, S extends z.ZodRawShape>(type: T, shape: S) {
  return z.strictObject({ type: z.literal(type), atMs: z.number(), ...shape })
}
