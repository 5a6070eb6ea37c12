import { commands, deliveries, follow, reap as reaper } from '../engine/queues.ts'
import type { Services } from '../services.ts'
import { workOnCommand } from './command-job.ts'
import { tellOfDead } from './dead-job.ts'
import { workOnDeliveries } from './delivery-job.ts'
import { workOnFollowing } from './follow-job.ts'
import { reap } from './reap-job.ts'

/** A lease lasts five minutes; its end is noticed within one more. */
const REAP_EVERY_MS = 60_000

/** Begins the work on what came in, and on all that follows from it. */
export async function startJobs(services: Services): Promise<void> {
  const { engine } = services
  await engine.onDead((dead) => tellOfDead(services, dead))
  await engine.work(deliveries, (job) => workOnDeliveries(services, job))
  await engine.work(commands, (job) => workOnCommand(services, job))
  await engine.work(follow, (job) => workOnFollowing(services, job))
  await engine.every(reaper, REAP_EVERY_MS, () => reap(services))
}
