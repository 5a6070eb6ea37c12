import { PgBoss } from 'pg-boss'
import type { Log } from '../../src/ports/log.ts'
import type { OpenStore } from '../store/open-store.ts'
import { attempt, type Again } from './attempt.ts'
import { bossOptions } from './boss-options.ts'
import { countJobs } from './count-jobs.ts'
import { deadQueue, tellOfDead } from './dead-queue.ts'
import type { Engine, EngineMeter, Job, Worker } from './engine.ts'
import { giveBack } from './give-back.ts'
import { openLanes, type Lanes } from './lanes.ts'
import type { Queue } from './queue.ts'
import { DEAD, policyOf, queueOptions } from './queue-options.ts'
import { EVERY, recurring } from './recurring.ts'
import { jobSender } from './send-jobs.ts'
import { settleJob } from './settle-job.ts'
import { tenantSlots } from './tenant-slots.ts'

export interface EngineSettings {
  readonly store: OpenStore
  /** All that is sent to or worked on. */
  readonly queues: readonly Queue<object>[]
  readonly log: Log
  readonly meter: EngineMeter
}

/** Starts the engine: its tables, its queues, and again what a process of this folder was at when it died. */
export async function startEngine(settings: EngineSettings): Promise<Engine> {
  const { store, log } = settings
  const boss = new PgBoss(bossOptions(store))
  boss.on('error', (error) => log.error(`the queue: ${error.message}`))
  boss.on('warning', ({ message }) => log.warning(`the queue: ${message}`))
  await boss.start()
  const queues = [deadQueue, ...settings.queues]
  for (const queue of queues) {
    await boss.createQueue(queue.name, policyOf(queue))
    await boss.updateQueue(queue.name, queueOptions(queue))
  }
  if (store.home === 'folder') await giveBack(boss, store)
  return engineOn(boss, { ...settings, queues })
}

function engineOn(boss: PgBoss, { store, queues, log, meter }: EngineSettings): Engine {
  const open = new Map<string, Lanes>()
  const jobs = jobSender(boss)
  const again = async <Data extends object>(job: Job<Data>, next: Again<Data>): Promise<void> =>
    store.transaction(async (tx) => {
      await settleJob(boss, job, tx)
      await jobs.send(
        job.queue,
        { ...job, id: `${job.id} again`, data: next.data ?? job.data, afterMs: next.afterMs },
        tx,
      )
    })
  const work = async <Data extends object>(queue: Queue<Data>, worker: Worker<Data>): Promise<void> => {
    const ports = { worker, meter, log, again, slots: tenantSlots(queue) }
    const lanes = await openLanes(boss, queue, async (claimed) =>
      Promise.all(claimed.map(async (job) => attempt(queue, job, ports))),
    )
    open.set(queue.name, lanes)
  }
  return {
    ...jobs,
    work,
    wake: ({ name }) => open.get(name)?.wake(),
    settle: async (job, tx) => settleJob(boss, job, tx),
    async every(queue, everyMs, run) {
      await work(queue, recurring({ everyMs, run, log }))
      // Its one job may be left over from before and due in an hour; we have started, so it is due now.
      await boss.upsert(queue.name, {}, { singletonKey: EVERY, startAfter: 0 })
    },
    async onDead(tell) {
      open.set(DEAD, await openLanes(boss, deadQueue, tellOfDead(tell, log)))
    },
    counts: async () => countJobs(store, queues),
    async stop(graceMs) {
      for (const lanes of open.values()) lanes.close()
      await boss.stop({ graceful: true, timeout: graceMs })
    },
  }
}
