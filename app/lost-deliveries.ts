import { eventNames } from './webhook-event.ts'

/** One attempt at a delivery, as GitHub lists it. */
export interface ListedDelivery {
  readonly id: number | bigint
  /** The same for all attempts at one delivery. */
  readonly guid: string
  readonly event: string
  readonly deliveredAtMs: number
  /** What the receiver answered; 0 where nobody did. */
  readonly statusCode: number
}

/** What is younger may still be on its way to us, or be listed before its answer is. */
const SETTLED_MS = 60_000

/** The newest attempt of each delivery that nobody took, oldest first: none of its attempts got an answer of success. */
export function lostDeliveries(listed: readonly ListedDelivery[], nowMs: number): readonly ListedDelivery[] {
  const ours = listed.filter(({ event }) => eventNames.includes(event))
  return [...Map.groupBy(ours, ({ guid }) => guid).values()]
    .filter((attempts) => !attempts.some(isTaken))
    .flatMap((attempts) => attempts.toSorted(byTime).slice(-1))
    .filter(({ deliveredAtMs }) => deliveredAtMs <= nowMs - SETTLED_MS)
    .sort(byTime)
}

function isTaken({ statusCode }: ListedDelivery): boolean {
  return statusCode >= 200 && statusCode < 400
}

function byTime(one: ListedDelivery, other: ListedDelivery): number {
  return one.deliveredAtMs - other.deliveredAtMs
}
