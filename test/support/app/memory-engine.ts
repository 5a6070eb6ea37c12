import { ClaimLost, type Engine, type Job, type NewJob, type Worker } from '../../../app/engine/engine.ts'
import type { Queue } from '../../../app/engine/queue.ts'
import type { Clock } from '../../../src/ports/clock.ts'

interface Kept {
  readonly queue: Queue<object>
  readonly job: NewJob<object>
  dueMs: number
  urgency: 'safety' | 'normal'
  state: 'waiting' | 'running' | 'ended'
}

/** An engine whose jobs are in memory and due by a clock of the test's; it keeps no transaction, so it is not for what is undone. */
export interface MemoryEngine extends Engine {
  /** What waits, in the order in which it is due. */
  waiting(
    queue?: Queue<object>,
  ): readonly { readonly key: string | undefined; readonly dueMs: number; readonly urgency: string }[]
  /** What workers have thrown; each such job comes again. */
  readonly failures: unknown[]
  /** When the next job is due (ms); nothing where none waits. */
  nextMs(): number | undefined
  /** Works on all that is due, and on what that sends, until nothing is. */
  runDue(): Promise<void>
}

export function memoryEngine(clock: Pick<Clock, 'now'>): MemoryEngine {
  const jobs: Kept[] = []
  const ids = new Set<string>()
  const failures: unknown[] = []
  const workers = new Map<string, Worker<object>>()
  const alive = (queue: Queue<object>, key: string | undefined): Kept | undefined =>
    queue.oneAliveByKey === true
      ? jobs.find((one) => one.queue.name === queue.name && one.job.key === key && one.state !== 'ended')
      : undefined
  const keep = (queue: Queue<object>, job: NewJob<object>): 'sent' | 'known' => {
    const id = `${queue.name}/${job.id}`
    if (ids.has(id) || alive(queue, job.key) !== undefined) return 'known'
    ids.add(id)
    const { urgency = 'normal', afterMs = 0 } = job
    jobs.push({ queue, job, dueMs: clock.now() + afterMs, urgency, state: 'waiting' })
    return 'sent'
  }
  const due = (): Kept[] =>
    jobs
      .filter(({ state, dueMs }) => state === 'waiting' && dueMs <= clock.now())
      .sort((one, other) => rank(one) - rank(other) || one.dueMs - other.dueMs)
  const run = async (kept: Kept): Promise<void> => {
    kept.state = 'running'
    const outcome = await workers
      .get(kept.queue.name)?.(toJob(kept))
      .catch((error: unknown) => void failures.push(error))
    if (failures.length > 0 && outcome === undefined && kept.state === 'running') {
      Object.assign(kept, { state: 'waiting', dueMs: clock.now() + kept.queue.retrySeconds * 1000 })
      return
    }
    // Its worker has settled it, in a transaction of its own.
    if (outcome?.kind === 'dead') throw new Error(outcome.why)
    kept.state = 'ended'
    if (outcome?.kind !== 'again') return
    const { afterMs, data = kept.job.data } = outcome
    keep(kept.queue, { ...kept.job, id: `${kept.job.id} again`, data, afterMs })
  }
  return {
    failures,
    send: async (queue, job) => keep(queue, job),
    sendAll: async (queue, all) => all.filter((job) => keep(queue, job) === 'sent').length,
    async schedule(queue, job) {
      const there = alive(queue, job.key)
      if (there?.state === 'running') return 'running'
      if (there === undefined) return keep(queue, job) === 'sent' ? 'sent' : 'running'
      Object.assign(there, { dueMs: clock.now() + (job.afterMs ?? 0), urgency: job.urgency ?? 'normal' })
      return 'moved'
    },
    async work(queue, worker) {
      workers.set(queue.name, worker as unknown as Worker<object>)
    },
    wake: () => undefined,
    async settle(job) {
      const kept = jobs.find((one) => one.queue.name === job.queue.name && one.job.id === job.id)
      if (kept?.state !== 'running') throw new ClaimLost(job.id)
      kept.state = 'ended'
    },
    every: async () => undefined,
    onDead: async () => undefined,
    counts: async () => [],
    stop: async () => undefined,
    waiting: (queue) =>
      jobs
        .filter((one) => one.state === 'waiting' && (queue === undefined || one.queue.name === queue.name))
        .sort((one, other) => one.dueMs - other.dueMs)
        .map(({ job, dueMs, urgency }) => ({ key: job.key, dueMs, urgency })),
    nextMs: () =>
      jobs.filter(({ state }) => state === 'waiting').sort((one, other) => one.dueMs - other.dueMs)[0]?.dueMs,
    async runDue() {
      for (let [next] = due(); next !== undefined; [next] = due()) await run(next)
    },
  }
}

function rank({ urgency }: Kept): number {
  return urgency === 'safety' ? 0 : 1
}

function toJob({ queue, job, urgency }: Kept): Job<object> {
  const { id, data, key, tenant } = job
  const { signal } = new AbortController()
  return { queue, id, data, key, tenant, urgency, attempt: 0, signal, claim: { id, retryCount: 0 } }
}
