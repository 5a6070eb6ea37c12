import type { WatchOrder, Watches } from '../../src/ports/watches.ts'
import { standingOf } from '../../src/watch/standing-of.ts'
import { takeOrder, takesOrder } from '../../src/watch/take-order.ts'
import { tell, watch as queue } from '../engine/queues.ts'
import type { Services } from '../services.ts'
import { verdictLedger } from '../store/verdict-ledger.ts'
import { watchStore } from '../store/watch-store.ts'
import type { KnownRepository } from './known-repository.ts'
import { nudgeJob, tellJob } from './watch-jobs.ts'

/** A tick may write the watch between our reading and our writing; not so often in a row. */
const ATTEMPTS = 5

type Needed = Pick<Services, 'store' | 'engine' | 'clock'>

/** The watches of one repository, for its commands. */
export function appWatches(services: Needed, repository: KnownRepository): Watches {
  const { store, engine, clock } = services
  const { id: repositoryId, installationId } = repository
  return {
    async current(environment) {
      const found = await watchStore(store, clock).current(repositoryId, environment)
      return found && standingOf(found.record, clock.now())
    },
    async order(deployment, order) {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const left = await leave({ repositoryId, deployment, order }, services)
        if (left !== 'lost') return left
      }
      throw new Error(`the watch of deployment ${deployment} was written all the time`)
    },
    async refresh() {
      for (const watch of await watchStore(store, clock).open(repositoryId))
        if (watch.record.pull !== undefined)
          await engine.send(tell, tellJob(watch, `refreshed at ${clock.now()}`))
    },
    counts: async () => verdictLedger(store, { repositoryId, installationId }).counts(),
  }
}

interface Left {
  readonly repositoryId: number
  readonly deployment: string
  readonly order: WatchOrder
}

/** Writes it into the watch, with a job that takes it up at once. */
async function leave(
  { repositoryId, deployment, order }: Left,
  { store, engine, clock }: Needed,
): Promise<'taken' | 'over' | 'lost'> {
  return store.transaction(async (tx) => {
    const watches = watchStore(tx, clock)
    const watch = await watches.read({ repositoryId, deployment })
    if (watch === undefined) return 'over'
    // What was ordered before, and was not taken up yet, is not lost by this.
    const record = takeOrder(watch.record, clock.now())
    if (!takesOrder(record, order.kind)) return 'over'
    const revision = await watches.write(watch, { ...record, order })
    if (revision === 'lost') return 'lost'
    await engine.send(queue, nudgeJob(watch, `order ${revision}`), tx)
    return 'taken'
  })
}
