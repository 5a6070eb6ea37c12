import { z } from 'zod'
import { mergedPull } from '../../src/watch/label-merged.ts'
import type { Queue } from './queue.ts'

const HOUR = 3600
const DAY = 24 * HOUR

/** GitHub redelivers for three days; what came in is remembered longer. */
const REMEMBERED = 7 * DAY

/** Deliveries of one installation that were stored together, by their ids, are turned into what they ask for: database work only. */
export const deliveries: Queue<{ readonly deliveries: readonly string[] }> = {
  name: 'deliveries',
  data: z.object({ deliveries: z.array(z.string()).readonly() }),
  lanes: 2,
  // As many as one lane takes at once: while it is at a flood, the other one has those of everybody else.
  perTenant: 10,
  batch: 10,
  expireSeconds: 60,
  attempts: 8,
  retrySeconds: 1,
  // The deliveries' own rows remember them.
  keepSeconds: HOUR,
  pollSeconds: 1,
}

const command = z.object({
  installationId: z.number().int(),
  repositoryId: z.number().int(),
  commentId: z.number().int(),
  /** As in the command log. */
  command: z.string(),
  /** The delivery that told it. */
  delivery: z.string(),
  /** The whole of what was asked; the delivery's own payload is dropped by now. */
  request: z.unknown().optional(),
})

/** A comment's command is served, up to the run that it starts. */
export const commands: Queue<z.infer<typeof command>> = {
  name: 'commands',
  data: command,
  lanes: 8,
  safetyLanes: 2,
  perTenant: 3,
  expireSeconds: 300,
  // As long as a command is of use: it expires after 15 minutes.
  attempts: 20,
  retrySeconds: 2,
  keepSeconds: REMEMBERED,
  pollSeconds: 1,
}

const operation = z.object({
  installationId: z.number().int(),
  repositoryId: z.number().int(),
  environment: z.string(),
  /** The operation's key, e.g. `comment-123`. */
  operation: z.string(),
  /** One look, because something happened; the next regular one is due all the same. */
  once: z.boolean().optional(),
})

const merged = z.object({
  installationId: z.number().int(),
  repositoryId: z.number().int(),
  /** `owner/name`. */
  repository: z.string(),
  pull: mergedPull,
})

/** A started operation is looked at again and again until its run has ended and it is settled. */
export const follow: Queue<z.infer<typeof operation>> = {
  name: 'follow',
  data: operation,
  oneAliveByKey: true,
  lanes: 6,
  safetyLanes: 2,
  perTenant: 3,
  expireSeconds: 120,
  attempts: 8,
  retrySeconds: 5,
  keepSeconds: HOUR,
  pollSeconds: 1,
}

const begun = z.object({
  installationId: z.number().int(),
  repositoryId: z.number().int(),
  /** `owner/name`, as the delivery names it. */
  repository: z.string(),
  deployment: z.string(),
})

/** A Deployment of ours is live, or its run found it bad: what is to be watched or done about it is found out. */
export const begin: Queue<z.infer<typeof begun>> = {
  name: 'begin',
  data: begun,
  lanes: 4,
  safetyLanes: 2,
  perTenant: 2,
  expireSeconds: 180,
  attempts: 1000,
  retrySeconds: 2,
  keepSeconds: REMEMBERED,
  pollSeconds: 1,
}

const watched = z.object({
  installationId: z.number().int(),
  repositoryId: z.number().int(),
  deployment: z.string(),
  /** Something happened that it waits for: it is looked at now, whenever it is due. */
  nudge: z.boolean().optional(),
})
export type Watched = z.infer<typeof watched>

/** One step of a watch; of each watch one job is alive, and a nudge beside it. */
export const watch: Queue<Watched> = {
  name: 'watch',
  data: watched,
  oneAliveByKey: true,
  lanes: 24,
  safetyLanes: 4,
  perTenant: 20,
  // What is done at the end asks GitHub some thirty times, and waits where it says so.
  expireSeconds: 300,
  // It is never given up: GitHub may be away for days.
  attempts: 100_000,
  retrySeconds: 2,
  keepSeconds: 60,
  pollSeconds: 0.5,
}

/** The kept comment of a watch is brought up to date, as often as it takes. */
export const tell: Queue<Watched> = {
  name: 'tell',
  data: watched,
  oneAliveByKey: true,
  lanes: 4,
  perTenant: 2,
  expireSeconds: 120,
  attempts: 100_000,
  retrySeconds: 5,
  keepSeconds: 60,
  pollSeconds: 1,
}

const tried = z.object({
  installationId: z.number().int(),
  repositoryId: z.number().int(),
  /** `owner/name`. */
  repository: z.string(),
  /** The commit that a merge queue made to try it. */
  sha: z.string(),
})

/** A merge queue waits for checks that only come with what is live: it is told so at once. */
export const mergeQueue: Queue<z.infer<typeof tried>> = {
  name: 'merge-queue',
  data: tried,
  lanes: 2,
  perTenant: 1,
  expireSeconds: 60,
  attempts: 20,
  retrySeconds: 2,
  keepSeconds: DAY,
  pollSeconds: 2,
}

/** What a merge tells about earlier verdicts of the repository is written into their ledger. */
export const label: Queue<z.infer<typeof merged>> = {
  name: 'label',
  data: merged,
  lanes: 1,
  perTenant: 1,
  expireSeconds: 120,
  attempts: 20,
  retrySeconds: 5,
  keepSeconds: REMEMBERED,
  pollSeconds: 5,
}

/** What is done again and again needs no data; its one job is always there. */
const recurring: Omit<Queue<object>, 'name'> = {
  data: z.object({}),
  oneAliveByKey: true,
  lanes: 1,
  expireSeconds: 600,
  // Whatever kills the process, it must come again.
  attempts: 1_000_000,
  retrySeconds: 5,
  keepSeconds: 60,
  pollSeconds: 5,
}

/** GitHub's Deployments are compared with the watches: what was said while nobody was there to hear it. */
export const missed: Queue<object> = { ...recurring, name: 'missed' }

/** GitHub's list of deliveries is compared with the inbox. */
export const sweep: Queue<object> = { ...recurring, name: 'sweep' }

/** Operations whose lease has run out are looked after, and what is too old is forgotten. */
export const reap: Queue<object> = { ...recurring, name: 'reap' }

/** Watches that lost their job get one again. */
export const reconcile: Queue<object> = { ...recurring, name: 'reconcile' }

/** Verdicts that nothing came of for long are labelled by that. */
export const abandoned: Queue<object> = { ...recurring, name: 'abandoned' }

/** All of them: what is not named here is never worked on. */
export const queues: readonly Queue<object>[] = [
  deliveries,
  commands,
  follow,
  begin,
  watch,
  tell,
  mergeQueue,
  label,
  sweep,
  reap,
  reconcile,
  missed,
  abandoned,
]
