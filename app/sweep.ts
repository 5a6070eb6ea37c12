import type { Clock } from '../src/ports/clock.ts'
import type { Log } from '../src/ports/log.ts'
import { causes } from '../src/report/causes.ts'
import type { DeliveryList } from './delivery-list.ts'
import type { Inbox } from './inbox.ts'
import { type ListedDelivery, lostDeliveries } from './lost-deliveries.ts'
import type { Metrics } from './metrics.ts'
import { readEvent } from './webhook-event.ts'

/** Up to when (GitHub's time, ms) the list of deliveries was seen through, kept beside the inbox. */
export interface SweepMark {
  read(): Promise<number | undefined>
  write(untilMs: number): Promise<void>
}

export interface SweepPorts {
  readonly list: DeliveryList
  readonly inbox: Inbox
  readonly mark: SweepMark
  readonly clock: Clock
  readonly metrics: Metrics
  readonly log: Log
}

/** GitHub lists a delivery when it has ended, and those that end late stand before others that began after them. */
const OVERLAP_MS = 15 * 60_000
/** GitHub keeps deliveries for three days. */
const KEPT_MS = 3 * 24 * 3_600_000

/**
 * One look at GitHub's list of deliveries: what never got a 2xx is fetched and kept in the inbox, as if it had come in now
 * (W07, W08). What cannot be fetched is tried again by the next look. Answers how many were recovered. Errors: `GitHubError`, the store's.
 */
export function deliverySweep({ list, inbox, mark, clock, metrics, log }: SweepPorts): () => Promise<number> {
  /** Fetched before: GitHub's list goes on saying that they were lost. */
  const recovered = new Set<string>()

  return async () => {
    // An app without a past begins with now: what was said before it was there was said to nobody.
    const seenMs = (await mark.read()) ?? clock.now()
    const sinceMs = Math.max(seenMs, clock.now() - KEPT_MS) - OVERLAP_MS
    const listed = await list.since(sinceMs)
    const lost = lostDeliveries(listed, clock.now()).filter(({ guid }) => !recovered.has(guid))
    const failed: ListedDelivery[] = []
    let count = 0
    for (const delivery of lost) {
      try {
        if (await recover(delivery)) count += 1
        recovered.add(delivery.guid)
      } catch (error) {
        log.warning(`Delivery ${delivery.guid} could not be recovered: ${causes(error)}`)
        failed.push(delivery)
      }
    }
    await advance(seenMs, listed, failed)
    if (count > 0)
      log.info(`Recovered ${count} ${count === 1 ? 'delivery' : 'deliveries'} that never arrived.`)
    return count
  }

  async function recover({ id, guid, event }: ListedDelivery): Promise<boolean> {
    const payload = await list.payload(id)
    const read = readEvent(event, JSON.parse(payload))
    if (read.kind !== 'event') return false
    const delivery = { id: guid, event, ...read.event, payload, receivedAtMs: clock.now() }
    if ((await inbox.store(delivery)) === 'known') return false
    metrics.delivery(event, 'recovered')
    return true
  }

  async function advance(
    seenMs: number,
    listed: readonly ListedDelivery[],
    failed: readonly ListedDelivery[],
  ): Promise<void> {
    const newestMs = Math.max(seenMs, ...listed.map(({ deliveredAtMs }) => deliveredAtMs))
    await mark.write(Math.min(newestMs, ...failed.map(({ deliveredAtMs }) => deliveredAtMs)))
  }
}
