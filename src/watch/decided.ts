import { reportOf } from '../health/explain.ts'
import { heldReason } from '../health/held-reason.ts'
import type { WatchState } from '../health/watch.ts'
import { verdictOf } from '../health/watch-verdict.ts'
import type { Found, WatchOutcome, WatchRecord } from './watch-record.ts'

/** The watch with its outcome; what was measured by then does not change any more. What follows from it is done next. */
export function decided(record: WatchRecord, outcome: WatchOutcome, nowMs: number): WatchRecord {
  const { state } = record
  const found = record.found ?? (state && foundIn(state, nowMs))
  return { ...record, phase: 'acting', nextMs: nowMs, outcome, ...(found !== undefined && { found }) }
}

/** How it came out by what was measured; nothing while more may be learnt. */
export function outcomeIn(
  state: WatchState,
  { shadow }: WatchRecord['policy'],
  nowMs: number,
): WatchOutcome | undefined {
  const { done, verdict, reason } = verdictOf(state, nowMs)
  if (!done) return undefined
  const { line } = reportOf(state, nowMs)
  switch (verdict) {
    case 'healthy':
      return { verdict, reason: 'healthy', line, atMs: nowMs }
    case 'unhealthy':
      return { verdict, reason: shadow ? 'shadow_unhealthy' : 'unhealthy', line, atMs: nowMs }
    case 'inconclusive':
      return { verdict, reason: heldReason(reason), line, atMs: nowMs }
  }
}

/** A report without its evidence, which is the state itself. */
export function foundIn(state: WatchState, nowMs: number): Found {
  const { evidence: _, endedAtMs: __, ...found } = reportOf(state, nowMs)
  return found
}
