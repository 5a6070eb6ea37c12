import { tellWatch } from '../../src/watch/tell-watch.ts'
import type { Job, JobOutcome } from '../engine/engine.ts'
import type { Watched } from '../engine/queues.ts'
import { NotOfInstallation } from '../installation-tokens.ts'
import { watchStore } from '../store/watch-store.ts'
import { openWatchPorts, type WatchServices } from './watch-services.ts'

/**
 * Brings the kept comment of a watch up to date. What changed while it was being written finds this job alive and sends none of
 * its own: so it looks once more before it ends, while nobody can write the watch.
 */
export async function workOnTelling(
  services: WatchServices,
  job: Job<Watched>,
): Promise<JobOutcome<Watched>> {
  const { store, engine, clock, log } = services
  const watch = await watchStore(store, clock).read(job.data)
  if (watch === undefined) return { kind: 'done' }
  try {
    await tellWatch(watch.record, await openWatchPorts(services, watch, job.signal))
  } catch (error) {
    if (!(error instanceof NotOfInstallation)) throw error
    log.warn({ installation: watch.installationId, repository: watch.repositoryId }, error.message)
    return { kind: 'done' }
  }
  return store.transaction(async (tx) => {
    const told = await watchStore(tx, clock).told(job.data)
    if (told !== watch.record.told) return { kind: 'again', afterMs: 0 } as const
    await engine.settle(job, tx)
    return { kind: 'done' } as const
  })
}
