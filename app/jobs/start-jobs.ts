import {
  abandoned,
  begin,
  commands,
  deliveries,
  follow,
  label,
  mergeQueue,
  missed,
  reap as reaper,
  reconcile as reconciler,
  tell,
  watch,
} from '../engine/queues.ts'
import type { Services } from '../services.ts'
import { workOnBeginning } from './begin-watch-job.ts'
import { workOnCommand } from './command-job.ts'
import { tellOfDead } from './dead-job.ts'
import { workOnDeliveries } from './delivery-job.ts'
import { workOnFollowing } from './follow-job.ts'
import { labelAbandoned } from '../store/verdict-ledger.ts'
import { workOnLabels } from './label-job.ts'
import { workOnMergeQueue } from './merge-queue-job.ts'
import { findMissed } from './missed-job.ts'
import { reap } from './reap-job.ts'
import { reconcile } from './reconcile-job.ts'
import { workOnTelling } from './tell-job.ts'
import { workOnWatch } from './watch-job.ts'
import { watchPortsOf } from './watch-ports.ts'
import type { WatchServices } from './watch-services.ts'

/** A lease lasts five minutes; its end is noticed within one more. */
const REAP_EVERY_MS = 60_000
/** A watch whose job was lost stands still for no longer than this. */
const RECONCILE_EVERY_MS = 3 * 60_000
const MISSED_EVERY_MS = 3_600_000
const DAY_MS = 24 * 3_600_000

/** Begins the work on what came in, and on all that follows from it. */
export async function startJobs(services: Services): Promise<void> {
  const { engine, store, clock } = services
  const watching: WatchServices = {
    ...services,
    portsOf: (repository, of) => watchPortsOf(services, repository, of),
  }
  await engine.onDead((dead) => tellOfDead(services, dead))
  await engine.work(deliveries, (job) => workOnDeliveries(services, job))
  await engine.work(commands, (job) => workOnCommand(services, job))
  await engine.work(follow, (job) => workOnFollowing(services, job))
  await engine.work(begin, (job) => workOnBeginning(watching, job))
  await engine.work(watch, (job) => workOnWatch(watching, job))
  await engine.work(tell, (job) => workOnTelling(watching, job))
  await engine.work(mergeQueue, (job) => workOnMergeQueue(services, job))
  await engine.work(label, (job) => workOnLabels(services, job))
  await engine.every(abandoned, DAY_MS, async () => void (await labelAbandoned(store, clock.now())))
  await engine.every(reconciler, RECONCILE_EVERY_MS, () => reconcile(services))
  await engine.every(missed, MISSED_EVERY_MS, () => findMissed(services))
  await engine.every(reaper, REAP_EVERY_MS, () => reap(services))
}
