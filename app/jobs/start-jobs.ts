import { abandoned, commands, deliveries, follow, label, reap as reaper } from '../engine/queues.ts'
import type { Services } from '../services.ts'
import { workOnCommand } from './command-job.ts'
import { tellOfDead } from './dead-job.ts'
import { workOnDeliveries } from './delivery-job.ts'
import { workOnFollowing } from './follow-job.ts'
import { labelAbandoned } from '../store/verdict-ledger.ts'
import { workOnLabels } from './label-job.ts'
import { reap } from './reap-job.ts'

/** A lease lasts five minutes; its end is noticed within one more. */
const REAP_EVERY_MS = 60_000
const DAY_MS = 24 * 3_600_000

/** Begins the work on what came in, and on all that follows from it. */
export async function startJobs(services: Services): Promise<void> {
  const { engine, store, clock } = services
  await engine.onDead((dead) => tellOfDead(services, dead))
  await engine.work(deliveries, (job) => workOnDeliveries(services, job))
  await engine.work(commands, (job) => workOnCommand(services, job))
  await engine.work(follow, (job) => workOnFollowing(services, job))
  await engine.work(label, (job) => workOnLabels(services, job))
  await engine.every(abandoned, DAY_MS, async () => void (await labelAbandoned(store, clock.now())))
  await engine.every(reaper, REAP_EVERY_MS, () => reap(services))
}
