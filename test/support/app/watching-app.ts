import { openMetrics } from '../../../app/metrics.ts'
import { workOnBeginning } from '../../../app/jobs/begin-watch-job.ts'
import { noteRepository } from '../../../app/jobs/known-repository.ts'
import { workOnTelling } from '../../../app/jobs/tell-job.ts'
import { workOnWatch } from '../../../app/jobs/watch-job.ts'
import type { WatchServices } from '../../../app/jobs/watch-services.ts'
import { begin, tell, watch } from '../../../app/engine/queues.ts'
import { databaseRecords } from '../../../app/store/database-records.ts'
import type { Store } from '../../../app/store/store.ts'
import { type StoredWatch, watchStore } from '../../../app/store/watch-store.ts'
import type { WatchWorld } from '../watch/watch-world.ts'
import { appLog } from './app-log.ts'
import { memoryEngine, type MemoryEngine } from './memory-engine.ts'

export const SHOP = { id: 22, installationId: 7, owner: 'acme', repo: 'shop' } as const

/** The jobs of watches on a real store, with an engine and a world that go by the test's clock. */
export interface WatchingApp extends WatchServices {
  readonly engine: MemoryEngine
  /** As a delivery that tells of the Deployment does. */
  hear(deployment: string, delivery?: string): Promise<void>
  read(deployment: string): Promise<StoredWatch | undefined>
  /** Works on all that is due until then, as time passes. */
  until(untilMs: number): Promise<void>
}

export async function watchingApp(world: WatchWorld, store: Store): Promise<WatchingApp> {
  const { clock } = world
  const engine = memoryEngine(clock)
  const services: WatchServices = {
    store,
    engine,
    clock,
    metrics: openMetrics(clock, []),
    log: appLog().log,
    portsOf: () => world.ports,
  }
  await noteRepository(databaseRecords(store, SHOP.id), SHOP)
  await engine.work(begin, async (job) => workOnBeginning(services, job))
  await engine.work(watch, async (job) => workOnWatch(services, job))
  await engine.work(tell, async (job) => workOnTelling(services, job))
  return {
    ...services,
    engine,
    async hear(deployment, delivery = 'first') {
      const data = {
        installationId: SHOP.installationId,
        repositoryId: SHOP.id,
        repository: 'acme/shop',
        deployment,
      }
      await engine.send(begin, { id: `${deployment}/${delivery}`, data })
      await engine.runDue()
    },
    read: async (deployment) => watchStore(store, clock).read({ repositoryId: SHOP.id, deployment }),
    async until(untilMs) {
      for (
        let nextMs = engine.nextMs();
        nextMs !== undefined && nextMs <= untilMs;
        nextMs = engine.nextMs()
      ) {
        clock.advance(Math.max(0, nextMs - clock.now()))
        await engine.runDue()
      }
      clock.advance(Math.max(0, untilMs - clock.now()))
    },
  }
}
