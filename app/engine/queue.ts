import type { z } from 'zod'

/** How the jobs of one kind are kept and worked on. Its name and `oneAliveByKey` are for ever: replicas of two versions share them. */
export interface Queue<Data extends object> {
  readonly name: string
  /** A job whose data is no longer of this form (an older version's) is dead at once. */
  readonly data: z.ZodType<Data>
  /** At most one job of a `key` waits or runs at a time. */
  readonly oneAliveByKey?: true
  /** How many run at once in one process. */
  readonly lanes: number
  /** How many lanes more there are for urgent jobs only. */
  readonly safetyLanes?: number
  /** How many of one tenant run at once, over all replicas, fewer than a process has lanes; urgent ones may be twice as many. */
  readonly perTenant?: number
  /** Jobs that take milliseconds are claimed and settled so many at a time; a slow one among them delays the others' end. No replica but the one that sent them is told of them at once (`Engine.wake`). */
  readonly batch?: number
  /** An attempt that takes longer is given up and another begun. */
  readonly expireSeconds: number
  readonly attempts: number
  /** Before the second attempt; doubled for each one after it, to a minute at most. */
  readonly retrySeconds: number
  /** How long a job that has ended is remembered, so that sending it again does nothing. */
  readonly keepSeconds: number
  /** How often due jobs are looked for that nobody announced (delayed ones, retries). */
  readonly pollSeconds: number
}
