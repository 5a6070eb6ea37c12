import type { Queue as BossQueue, SendOptions, UpdateQueueOptions, WorkOptions } from 'pg-boss'
import type { NewJob } from './engine.ts'
import { jobId } from './job-id.ts'
import type { Queue } from './queue.ts'

/** Where jobs go that are given up. */
export const DEAD = 'dead'

/** The least that pg-boss takes: a process that died is noticed so many seconds after its last sign of life. */
const HEARTBEAT_SECONDS = 10
const REFRESH_SECONDS = 3

const MOST_RETRY_SECONDS = 60
const DAYS = 24 * 3600
/** Above pg-boss's default of 0. */
export const SAFETY_PRIORITY = 100

/** As pg-boss makes the queue; its policy cannot be changed afterwards. */
export function policyOf(queue: Queue<object>): Pick<BossQueue, 'policy'> {
  return { policy: queue.oneAliveByKey === true ? 'exclusive' : 'standard' }
}

export function queueOptions(queue: Queue<object>): UpdateQueueOptions {
  return {
    retryLimit: queue.attempts - 1,
    retryDelay: queue.retrySeconds,
    retryBackoff: true,
    retryDelayMax: MOST_RETRY_SECONDS,
    expireInSeconds: queue.expireSeconds,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    retentionSeconds: 14 * DAYS,
    deleteAfterSeconds: queue.keepSeconds,
    // In a flood, every lane of every replica would be told of every job, and find that another one has it.
    notify: (queue.batch ?? 1) === 1,
    ...(queue.name === DEAD ? {} : { deadLetter: DEAD }),
  }
}

export function sendOptions(queue: Queue<object>, job: NewJob<object>): SendOptions {
  const { id, tenant, key, urgency, afterMs } = job
  if (queue.oneAliveByKey === true && key === undefined) throw new Error(`a job of ${queue.name} needs a key`)
  return {
    id: jobId(queue.name, id),
    ...(key === undefined ? {} : { singletonKey: key }),
    ...(afterMs === undefined ? {} : { startAfter: afterMs / 1000 }),
    ...(urgency === 'safety' ? { priority: SAFETY_PRIORITY } : {}),
    ...(tenant === undefined ? {} : { group: groupOf(tenant, urgency) }),
  }
}

function groupOf(tenant: number, urgency: NewJob<object>['urgency']): { id: string; tier?: string } {
  return { id: `${tenant}`, ...(urgency === 'safety' ? { tier: 'safety' } : {}) }
}

/** A lane looks for jobs when it is told of one, and every half a minute in case nobody told it. */
const NOBODY_TOLD_SECONDS = 30

export function laneOptions(queue: Queue<object>, only: 'all' | 'safety'): WorkOptions {
  const { batch = 1, perTenant } = queue
  return {
    batchSize: batch,
    pollingIntervalSeconds: NOBODY_TOLD_SECONDS,
    notifyPollingIntervalSeconds: NOBODY_TOLD_SECONDS,
    heartbeatRefreshSeconds: REFRESH_SECONDS,
    ...(only === 'safety' ? { minPriority: SAFETY_PRIORITY } : {}),
    ...(perTenant === undefined ? {} : { groupConcurrency: groupLimit(queue, perTenant) }),
  }
}

/** Tiers cost the database a good deal at each claim: only where something can be urgent. */
function groupLimit(
  { safetyLanes }: Queue<object>,
  perTenant: number,
): number | { default: number; tiers: Record<string, number> } {
  return safetyLanes === undefined ? perTenant : { default: perTenant, tiers: { safety: 2 * perTenant } }
}
