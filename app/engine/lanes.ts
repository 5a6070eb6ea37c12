import { setTimeout as sleep } from 'node:timers/promises'
import type { JobResult, JobWithMetadata, PgBoss } from 'pg-boss'
import type { Queue } from './queue.ts'
import { laneOptions } from './queue-options.ts'

/** Works on jobs that were claimed together; one answer for each. */
export type Batch = (claimed: readonly JobWithMetadata<unknown>[]) => Promise<JobResult[]>

export interface Lanes {
  /** One idle lane looks for jobs now; soon, where one was just told to. */
  wake(): void
  /** Looks for no more that is due; the lanes themselves end with pg-boss. */
  close(): void
}

/**
 * A lane that takes jobs by the batch holds back after one, three times as long as it took (ms): what comes in meanwhile is
 * claimed together. The first job after a quiet time starts at once; in a flood, most of the database is left to those who
 * store and to other tenants, however slow the machine is.
 */
function restMs(tookMs: number): number {
  return Math.min(Math.max(3 * tookMs, LEAST_REST_MS), MOST_REST_MS)
}

const LEAST_REST_MS = 50
const MOST_REST_MS = 250

interface Lane {
  id: string | undefined
  busy: boolean
}

/**
 * A queue's lanes in this process: each claims, works, settles and claims again. pg-boss's own worker sleeps its whole polling
 * interval after each job; here a lane that has worked looks again at once, a job that is sent wakes them all (`notify`), and
 * what is due without a word (delayed jobs, retries) is looked for by one idle lane every `pollSeconds`, and by another one
 * as soon as what is claimed was due for half of that time: then one lane is not enough. So an idle queue costs one statement per
 * interval, however many lanes it has.
 */
export async function openLanes(boss: PgBoss, queue: Queue<object>, work: Batch): Promise<Lanes> {
  const lanes = [
    ...Array.from({ length: queue.lanes }, () => 'all' as const),
    ...Array.from({ length: queue.safetyLanes ?? 0 }, () => 'safety' as const),
  ]
  const open: Lane[] = []
  const look = (): void => {
    const idle = open.find(({ busy }) => !busy)
    if (idle?.id !== undefined) boss.notifyWorker(idle.id)
  }
  const helped: Batch = async (claimed) => {
    if (isBehind(queue, claimed)) look()
    return work(claimed)
  }
  open.push(...(await Promise.all(lanes.map(async (only) => openLane(boss, { queue, only, work: helped })))))
  const poll = setInterval(look, queue.pollSeconds * 1000)
  const wakes = atMostEvery(APART_MS, look)
  return {
    wake: wakes.ask,
    close() {
      clearInterval(poll)
      wakes.end()
    },
  }
}

/** A batch is behind on purpose: see `restMs`. */
function isBehind({ batch = 1, pollSeconds }: Queue<object>, claimed: Parameters<Batch>[0]): boolean {
  if (batch > 1) return false
  return claimed.some(
    ({ startedOn, startAfter }) => startedOn.getTime() - startAfter.getTime() > (pollSeconds * 1000) / 2,
  )
}

/** At once where the last time is long enough ago, else as soon as it is; asked again meanwhile, once. */
function atMostEvery(apartMs: number, act: () => void): { ask(): void; end(): void } {
  let lastMs = -Infinity
  let timer: NodeJS.Timeout | undefined
  const now = (): void => {
    timer = undefined
    lastMs = performance.now()
    act()
  }
  return {
    ask() {
      const waitMs = lastMs + apartMs - performance.now()
      if (waitMs <= 0) now()
      else timer ??= setTimeout(now, waitMs)
    },
    end: () => clearTimeout(timer),
  }
}

/** How long a tenant waits at most for a lane to look, while another's flood has the other one (ms). */
const APART_MS = 100

async function openLane(
  boss: PgBoss,
  {
    queue,
    only,
    work,
  }: { readonly queue: Queue<object>; readonly only: 'all' | 'safety'; readonly work: Batch },
): Promise<Lane> {
  const lane: Lane = { id: undefined, busy: false }
  const options = { ...laneOptions(queue, only), perJobResults: true, includeMetadata: true } as const
  lane.id = await boss.work<unknown, unknown, typeof options>(queue.name, options, async (claimed) => {
    lane.busy = true
    try {
      const beganMs = performance.now()
      const results = await work(claimed)
      if ((queue.batch ?? 1) > 1) await sleep(restMs(performance.now() - beganMs))
      return results
    } finally {
      lane.busy = false
      // Told while it is still at work, it looks again as soon as this is settled.
      if (lane.id !== undefined) boss.notifyWorker(lane.id)
    }
  })
  return lane
}
