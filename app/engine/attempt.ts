import type { JobResult, JobWithMetadata } from 'pg-boss'
import type { Log } from '../../src/ports/log.ts'
import { ClaimLost, type EngineMeter, type Job, type JobOutcome, type Worker } from './engine.ts'
import type { Queue } from './queue.ts'
import { SAFETY_PRIORITY } from './queue-options.ts'
import type { TenantSlots } from './tenant-slots.ts'

export type Again<Data extends object> = Extract<JobOutcome<Data>, { kind: 'again' }>

export interface AttemptPorts<Data extends object> {
  readonly worker: Worker<Data>
  readonly meter: EngineMeter
  readonly log: Log
  readonly slots: TenantSlots
  /** Ends this job and keeps the next one of its key, in one transaction. Error: `ClaimLost`. */
  readonly again: (job: Job<Data>, next: Again<Data>) => Promise<void>
}

/**
 * One attempt at one job, from pg-boss's claim to its word for how that ended. It never throws: what a worker throws is a failed
 * attempt. Where the claim was lost, whatever is answered here changes nothing, since pg-boss settles by the claim.
 */
export async function attempt<Data extends object>(
  queue: Queue<Data>,
  claimed: JobWithMetadata<unknown>,
  ports: AttemptPorts<Data>,
): Promise<JobResult> {
  const { id } = claimed
  const data = queue.data.safeParse(claimed.data)
  if (!data.success)
    return { id, status: 'deadletter', output: { why: `not a job of ${queue.name}: ${data.error.message}` } }
  const job = toJob(queue, claimed, data.data)
  const leave = ports.slots.take(job)
  if (leave === undefined) return putBack(job, ports)
  ports.meter.began(queue.name, (claimed.startedOn.getTime() - claimed.startAfter.getTime()) / 1000)
  const beganMs = performance.now()
  const { how, result } = await outcomeOf(job, ports)
  leave()
  ports.meter.ended(queue.name, how, (performance.now() - beganMs) / 1000)
  return result
}

/** Soon, when others of its tenant have ended. */
const PUT_BACK_MS = 200

async function putBack<Data extends object>(
  job: Job<Data>,
  { again, log }: AttemptPorts<Data>,
): Promise<JobResult> {
  try {
    await again(job, { kind: 'again', afterMs: PUT_BACK_MS })
    return { id: job.id, status: 'completed' }
  } catch (error) {
    return failed(job, error, log)
  }
}

interface Ended {
  readonly how: Parameters<EngineMeter['ended']>[1]
  readonly result: JobResult
}

async function outcomeOf<Data extends object>(job: Job<Data>, ports: AttemptPorts<Data>): Promise<Ended> {
  const { id } = job.claim
  try {
    const outcome = await ports.worker(job)
    if (outcome.kind === 'again') await ports.again(job, outcome)
    if (outcome.kind === 'dead')
      return { how: 'dead', result: { id, status: 'deadletter', output: { why: outcome.why } } }
    return { how: outcome.kind, result: { id, status: 'completed' } }
  } catch (error) {
    return { how: error instanceof ClaimLost ? 'lost' : 'failed', result: failed(job, error, ports.log) }
  }
}

function failed(job: Job<object>, error: unknown, log: Log): JobResult {
  const why = error instanceof Error ? error.message : String(error)
  log.warning(
    `${job.queue.name}: attempt ${job.attempt + 1} of ${job.queue.attempts} at ${job.id} failed: ${why}`,
  )
  return { id: job.id, status: 'failed', output: { why } }
}

function toJob<Data extends object>(
  queue: Queue<Data>,
  claimed: JobWithMetadata<unknown>,
  data: Data,
): Job<Data> {
  const { id, retryCount, signal, singletonKey, groupId, priority } = claimed
  return {
    queue,
    id,
    data,
    key: singletonKey ?? undefined,
    tenant: groupId === null || groupId === undefined ? undefined : Number(groupId),
    urgency: priority >= SAFETY_PRIORITY ? 'safety' : 'normal',
    attempt: retryCount,
    signal,
    claim: { id, retryCount },
  }
}
