import { stepWatch } from '../../src/watch/step-watch.ts'
import type { WatchStep } from '../../src/watch/watch-ports.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'
import type { Job, JobOutcome } from '../engine/engine.ts'
import { watch as queue, type Watched } from '../engine/queues.ts'
import { NotOfInstallation } from '../installation-tokens.ts'
import { type StoredWatch, watchStore } from '../store/watch-store.ts'
import { countStep } from './count-step.ts'
import { keepWatch } from './keep-watch.ts'
import { nudgeWatch } from './nudge-watch.ts'
import { stepJob } from './watch-jobs.ts'
import { openWatchPorts, type WatchServices } from './watch-services.ts'

/** What is done at the end of a watch is some ten steps; a watch that is never done gives its lane to others. */
const MOST_STEPS = 20
/** A delay that is sent in a transaction counts from that one's beginning, so a job comes early by as long as it took. */
const MOST_EARLY_MS = 500
/** A step that changed nothing although it was due is not repeated at once. */
const NOTHING_CHANGED_MS = 1000

/**
 * Looks at one watch that is due, asks the world what there is to ask (outside any transaction), and keeps what came of it if
 * nobody else wrote the watch meanwhile: who lost that race has changed nothing, and looks again. What is due at once is done
 * at once; what is due later is the next job's, which is sent in the transaction that ends this one.
 */
export async function workOnWatch(services: WatchServices, job: Job<Watched>): Promise<JobOutcome<Watched>> {
  if (job.data.nudge === true) return nudgeWatch(services, job)
  const watches = watchStore(services.store, services.clock)
  for (let count = 1; ; count += 1) {
    job.signal.throwIfAborted()
    const watch = await watches.readForStep(job.data)
    if (watch === undefined) return { kind: 'done' }
    // An order that came while a step was being taken is carried out by the next one.
    const earlyMs = watch.record.order === undefined ? waitMs(watch.record, services) : 0
    if (earlyMs > MOST_EARLY_MS) return rest(watch.record, services)
    if (earlyMs > 0) await services.clock.sleep(earlyMs, job.signal)
    const step = await stepOf(watch, job, services)
    if (step.record === watch.record) return rest(watch.record, services)
    const isLast = count >= MOST_STEPS || waitMs(step.record, services) > 0
    const kept = await keep({ watch, step, isLast }, job, services)
    if (kept === 'kept' && isLast) return { kind: 'done' }
  }
}

/** How long until there is something to do; for ever where nothing more comes by itself. */
function waitMs({ nextMs = Infinity }: WatchRecord, { clock }: Pick<WatchServices, 'clock'>): number {
  return nextMs - clock.now()
}

async function stepOf(watch: StoredWatch, job: Job<Watched>, services: WatchServices): Promise<WatchStep> {
  try {
    return await stepWatch(watch.record, await openWatchPorts(services, watch, job.signal))
  } catch (error) {
    if (!(error instanceof NotOfInstallation)) throw error
    // Nobody let us in any more: there is nobody to act for, and nobody to tell.
    services.log.warn({ installation: watch.installationId, repository: watch.repositoryId }, error.message)
    const { nextMs: _, ...record } = watch.record
    return { record: { ...record, phase: 'ended' }, isUrgent: false }
  }
}

/** Nothing is to be done now: the job comes again when something is. */
function rest(record: WatchRecord, services: WatchServices): JobOutcome<Watched> {
  const afterMs = waitMs(record, services)
  if (afterMs === Infinity) return { kind: 'done' }
  return { kind: 'again', afterMs: Math.max(afterMs, NOTHING_CHANGED_MS) }
}

interface Taken {
  readonly watch: StoredWatch
  readonly step: WatchStep
  readonly isLast: boolean
}

async function keep(
  { watch, step, isLast }: Taken,
  job: Job<Watched>,
  services: WatchServices,
): Promise<'kept' | 'lost'> {
  const { store, engine, metrics } = services
  const kept = await store.transaction(async (tx) => {
    const revision = await keepWatch(services, { watch, record: step.record, tx })
    if (revision === 'lost') return 'lost'
    if (!isLast) return 'kept'
    await engine.settle(job, tx)
    const afterMs = waitMs(step.record, services)
    if (afterMs === Infinity) return 'kept'
    const next = stepJob({ ...watch, revision }, { afterMs, isUrgent: step.isUrgent })
    await engine.send(queue, next, tx)
    return 'kept'
  })
  if (kept === 'kept') countStep(watch.record, step.record, metrics)
  return kept
}
