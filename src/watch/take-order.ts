import type { WatchOrder } from '../ports/watches.ts'
import { decided } from './decided.ts'
import type { WatchRecord } from './watch-record.ts'

/** Whether a watch can still be told this. What is being taken back can be stopped between its steps, and not be promoted any more. */
export function takesOrder(record: WatchRecord, kind: WatchOrder['kind']): boolean {
  if (record.supersededBy !== undefined) return false
  const { phase, outcome } = record
  const isOpen = phase === 'awaiting' || phase === 'watching'
  if (kind === 'pause' || kind === 'continue') {
    return isOpen || (phase === 'acting' && outcome?.verdict === 'unhealthy')
  }
  // What a run holds at a step of its traffic is nowhere near all users: only a run brings it there.
  return isOpen || ((phase === 'held' || isBeingHeld(record)) && record.state !== undefined)
}

/** GitHub may not take for half an hour what is said of it; who knows it already decides all the same. */
function isBeingHeld({ phase, outcome }: WatchRecord): boolean {
  const isUndecided = outcome?.verdict === 'inconclusive' || outcome?.reason === 'shadow_unhealthy'
  return phase === 'acting' && isUndecided
}

/** Carries out what a command left; it is gone afterwards, also where there is nothing left to do by it. */
export function takeOrder({ order, ...record }: WatchRecord, nowMs: number): WatchRecord {
  if (order === undefined || !takesOrder(record, order.kind)) return record
  const { by, atMs } = order
  switch (order.kind) {
    case 'pause':
      return { ...record, paused: record.paused ?? { by, atMs } }
    case 'continue':
      return { ...unpaused(record), nextMs: nowMs }
    case 'promote':
      return bySaying(record, { ...order, reason: 'promoted_by_person', did: 'promoted' }, nowMs)
    case 'accept':
      return bySaying(record, { ...order, reason: 'accepted_by_person', did: 'accepted' }, nowMs)
  }
}

interface Said extends Pick<WatchOrder, 'by'> {
  readonly reason: 'promoted_by_person' | 'accepted_by_person'
  readonly did: string
}

/** What was told of an earlier outcome is told anew of this one. */
function bySaying(record: WatchRecord, { by, reason, did }: Said, nowMs: number): WatchRecord {
  const { verdictToldAtMs: _, endToldAtMs: __, ...acts } = record.acts
  const line = `${record.deployment.version} was ${did} by ${by.login}.`
  const outcome = { verdict: 'healthy', reason, line, atMs: nowMs, by } as const
  return decided({ ...unpaused(record), acts }, outcome, nowMs)
}

function unpaused({ paused: _, ...record }: WatchRecord): WatchRecord {
  return record
}
