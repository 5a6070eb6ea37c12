import { z } from 'zod'

const person = z.object({ id: z.number().int(), login: z.string() })

/** A lock that somebody asked for by `/lock`: held until somebody says `/unlock`. */
const hold = z.object({
  pull: z.number().int(),
  by: person,
  reason: z.string().optional(),
  sinceMs: z.number(),
})

/** What is being done to the environment, from the claim to its end. All that a crash must not lose stands here. */
const operation = z.object({
  kind: z.enum(['deploy', 'rollback']),
  /** Idempotency key of what was asked: `comment-<id>`. */
  key: z.string(),
  pull: z.number().int(),
  comment: z.number().int(),
  by: person,
  sha: z.string(),
  sinceMs: z.number(),
  /** Whoever works on it renews this; after it, others may look whether its run still lives, and end it if not. */
  leaseUntilMs: z.number(),
  /** The GitHub Deployment, once it is made. */
  deployment: z.string().optional(),
  /** When a run was asked for: before the request is sent, so that after a crash it is looked for before it is asked for again. */
  dispatchedAtMs: z.number().optional(),
  run: z.object({ id: z.number().int(), url: z.string() }).optional(),
  /** It ended half done: the environment stays locked until `/rollback` or `/resolve`. */
  dirty: z.string().optional(),
})

/** The record `locks/<environment>`. A free environment has none, or one with neither part. */
export const environmentLock = z.object({
  schema: z.literal(1),
  environment: z.string(),
  hold: hold.optional(),
  operation: operation.optional(),
})

export type EnvironmentLock = z.infer<typeof environmentLock>
export type Hold = z.infer<typeof hold>
export type Operation = z.infer<typeof operation>
