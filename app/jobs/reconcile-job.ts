import { watch as queue } from '../engine/queues.ts'
import type { Services } from '../services.ts'
import { type DueWatch, watchStore } from '../store/watch-store.ts'
import { stepJob } from './watch-jobs.ts'

const AT_ONCE = 500

/**
 * Gives each watch that goes on by itself the job that it should have. Of a watch whose job is alive nothing is sent, since of its
 * key there is one; so this is asked for all of them, and finds those whose job was lost: to a database that was restored, a
 * queue that somebody emptied, a job that was given up.
 */
export async function reconcile(
  services: Pick<Services, 'store' | 'engine' | 'clock' | 'log'>,
): Promise<void> {
  const { store, engine, clock, log } = services
  let found = 0
  for (let after: DueWatch | undefined, more = true; more;) {
    const due = await watchStore(store, clock).due(after, AT_ONCE)
    const because = `reconciled at ${clock.now()}`
    const jobs = due.map((watch) => stepJob(watch, { afterMs: watch.nextMs - clock.now(), because }))
    found += await engine.sendAll(queue, jobs)
    after = due.at(-1)
    more = due.length === AT_ONCE
  }
  if (found > 0) log.info(`${found} of the watches had no job, and have one again.`)
}
