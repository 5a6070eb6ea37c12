import type { WatchRecord } from '../../src/watch/watch-record.ts'
import type { Job, JobOutcome } from '../engine/engine.ts'
import { watch as queue, type Watched } from '../engine/queues.ts'
import { watchStore } from '../store/watch-store.ts'
import { stepJob } from './watch-jobs.ts'
import type { WatchServices } from './watch-services.ts'

/** The watch is being stepped just now, or was written: then once more. */
const AGAIN_MS = 250

/**
 * Has a watch that waits for something stepped at once, by its own job: of two workers at one watch both would do what is done about
 * its outcome, and say it twice.
 */
export async function nudgeWatch(
  { store, engine, clock }: WatchServices,
  job: Job<Watched>,
): Promise<JobOutcome<Watched>> {
  return store.transaction(async (tx) => {
    const watches = watchStore(tx, clock)
    const watch = await watches.readForStep(job.data)
    if (watch === undefined || !isWaiting(watch.record)) return { kind: 'done' }
    const own = stepJob(watch, { afterMs: 0, isUrgent: true, because: job.id })
    const again = { kind: 'again', afterMs: AGAIN_MS } as const
    if ((await engine.schedule(queue, own, tx)) === 'running') return again
    const written = await watches.write(watch, { ...watch.record, nextMs: clock.now() })
    return written === 'lost' ? again : { kind: 'done' }
  })
}

/** A person's order, or an act that waits for its end. Looking is done when it is due, and not in between. */
function isWaiting({ order, phase }: WatchRecord): boolean {
  return order !== undefined || phase === 'acting'
}
