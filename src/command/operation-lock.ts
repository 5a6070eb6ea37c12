import { z } from 'zod'

const person = z.object({ id: z.number().int(), login: z.string() })

/** A lock that somebody asked for by `/lock`: held until somebody says `/unlock`. */
const hold = z.object({
  pull: z.number().int(),
  by: person,
  reason: z.string().optional(),
  sinceMs: z.number(),
})

/**
 * How an operation ends, written down before anything of it is done: whoever comes after a crash carries out this end and no
 * other one.
 */
const ending = z.object({
  reason: z.string(),
  /** The operation was given up before anything was sent: an answer to its command, not a result. */
  refused: z.boolean(),
  /** What its Deployment is told, in order; none where its run said the last word. */
  states: z.array(z.object({ state: z.enum(['error', 'inactive']), description: z.string() })),
  /** The new comment, Markdown; empty where its watch says how it ends. */
  text: z.string(),
  reaction: z.enum(['rocket', 'confused', '-1']),
  /** It leaves the environment half done: why. */
  dirty: z.string().optional(),
})

/** What is being done to the environment, from the claim to its end. All that a crash must not lose stands here. */
const operation = z.object({
  kind: z.enum(['deploy', 'rollback']),
  /** Idempotency key of what was asked: `comment-<id>`; `run-<id>` where a run asked itself; `watch-<deployment>` and `onward-<deployment>-<environment>` where the watch of that Deployment did. */
  key: z.string(),
  /** Whose command it is; neither where no comment asked for it: a push, or a run by hand, which has no pull request to answer on. A pull request alone: what was merged goes on to a later environment, and is told there. */
  pull: z.number().int().optional(),
  comment: z.number().int().optional(),
  by: person,
  sha: z.string(),
  /** What people call that commit. */
  version: z.string().optional(),
  sinceMs: z.number(),
  /** Whoever works on it renews this; after it, others may look whether its run still lives, and end it if not. */
  leaseUntilMs: z.number(),
  /** The GitHub Deployment, once it is made. */
  deployment: z.string().optional(),
  /** When a run was asked for: before the request is sent, so that after a crash it is looked for before it is asked for again. */
  dispatchedAtMs: z.number().optional(),
  /** GitHub took that request: it is not sent again. */
  dispatched: z.boolean().optional(),
  run: z.object({ id: z.number().int(), url: z.string() }).optional(),
  /** How far its progress comment is: it is edited when this word changes. */
  told: z.string().optional(),
  ending: ending.optional(),
  /** Until then whoever wrote it carries it out; afterwards it was cut off, and others may. */
  endingUntilMs: z.number().optional(),
  /** Of a rollback: what was half done when it began, and still is unless it ends well. */
  over: z.string().optional(),
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
export type OperationEnding = z.infer<typeof ending>
export type Hold = z.infer<typeof hold>
export type Operation = z.infer<typeof operation>
