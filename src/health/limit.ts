import type { Check } from '../config/health.ts'
import type { ArmValue } from './arm-reading.ts'
import { slowerThan } from './latency.ts'
import { levelIn } from './unit.ts'

/** How an absolute limit (`max`, `min`, a probe that must answer) fares. Plain JSON. */
export interface LimitState {
  /** Ticks in a row that broke it. */
  readonly streak: number
  /** Ticks that could be decided, and how many of them broke it. */
  readonly decided: number
  readonly broken: number
  /** Requests of ticks that are too few to decide on; they wait for the next. */
  readonly pending: Share
  readonly pendingTicks: number
  /** All requests so far. */
  readonly seen: Share
  /** When `consecutive` ticks in a row had broken it; it stays broken. */
  readonly brokenAtMs?: number
}

/** Of `total` requests at least `atLeast` and at most `atMost` are on the wrong side; they differ only where a latency limit lies beyond the last bucket edge. */
export interface Share {
  readonly atLeast: number
  readonly atMost: number
  readonly total: number
}

export const FRESH_LIMIT: LimitState = {
  streak: 0,
  decided: 0,
  broken: 0,
  pending: { atLeast: 0, atMost: 0, total: 0 },
  pendingTicks: 0,
  seen: { atLeast: 0, atMost: 0, total: 0 },
}

/** Fewer requests than this say nothing about a share: 1 failure of 3 is 33 %, and noise. */
export const LEAST_REQUESTS = 20

/** A tick counts as broken only if a service exactly at its limit would look so in fewer than one of twenty. */
const CHANCE = 0.05

/** Undecided requests are gathered over this many ticks at most, so that old ones do not hide what happens now. */
const LONGEST_PENDING = 20

/** Whether the check has an absolute limit at all. */
export function isLimited(check: Check): boolean {
  if (check.kind === 'probe') return true
  if (check.kind === 'gauge') return check.max !== undefined || check.min !== undefined
  return check.kind !== 'traffic' && check.max !== undefined
}

/** The share of requests that the limit allows on the wrong side of it. */
export function allowedShare(check: Check): number {
  if (check.kind === 'ratio') return check.max ?? 1
  return check.kind === 'histogram' ? 1 - check.quantile : 0
}

/** One tick of the candidate against its limit. */
export function holdToLimit(check: Check, state: LimitState, value: ArmValue, nowMs: number): LimitState {
  const share = wrongSide(check, value)
  const seen = addShares(state.seen, share)
  const gathered = addShares(state.pending, share)
  const outcome = decideTick(check, gathered)
  if (outcome === 'undecided') {
    if (state.pendingTicks < LONGEST_PENDING) {
      return { ...state, seen, pending: gathered, pendingTicks: state.pendingTicks + 1 }
    }
    return { ...state, seen, pending: FRESH_LIMIT.pending, pendingTicks: 0, streak: 0 }
  }
  const streak = outcome === 'broken' ? state.streak + 1 : 0
  const next = {
    ...state,
    seen,
    streak,
    decided: state.decided + 1,
    broken: state.broken + (outcome === 'broken' ? 1 : 0),
    pending: FRESH_LIMIT.pending,
    pendingTicks: 0,
  }
  const isBroken = streak >= consecutiveOf(check) && state.brokenAtMs === undefined
  return isBroken ? { ...next, brokenAtMs: nowMs } : next
}

/** What can be said of the limit at this moment. `kept` needs as many decided ticks as would have broken it, and the share over the whole watch within the limit. */
export function limitVerdict(
  check: Check,
  state: LimitState,
): 'exceeded' | 'kept' | 'too_little_traffic' | 'undecided' {
  if (state.brokenAtMs !== undefined) return 'exceeded'
  const { atMost, total } = state.seen
  if (state.decided < consecutiveOf(check)) {
    return total < LEAST_REQUESTS * consecutiveOf(check) ? 'too_little_traffic' : 'undecided'
  }
  const isSingle = check.kind === 'gauge' || check.kind === 'probe'
  const allowed = isSingle ? OFTEN : allowedShare(check)
  return state.streak === 0 && atMost <= allowed * total ? 'kept' : 'undecided'
}

/** A gauge or a probe that was bad in more than a tenth of its ticks is not fine, even if never often enough in a row. */
const OFTEN = 0.1

function wrongSide(check: Check, value: ArmValue): Share {
  if (value.kind === 'counted')
    return { atLeast: value.counts.bad, atMost: value.counts.bad, total: value.counts.total }
  if (value.kind === 'buckets') {
    if (check.kind !== 'histogram' || check.max === undefined) return FRESH_LIMIT.seen
    return slowerThan(value.buckets, levelIn(check.histogram, check.max))
  }
  const bad = value.values.some((sample) => isOutside(check, sample)) ? 1 : 0
  return { atLeast: bad, atMost: bad, total: 1 }
}

function isOutside(check: Check, sample: number): boolean {
  if (check.kind !== 'gauge') return false
  const { max, min } = check
  const isAbove = max !== undefined && sample > levelIn(check.gauge, max)
  return isAbove || (min !== undefined && sample < levelIn(check.gauge, min))
}

function decideTick(check: Check, share: Share): 'broken' | 'kept' | 'undecided' {
  if (check.kind === 'gauge' || check.kind === 'probe') return share.atLeast > 0 ? 'broken' : 'kept'
  if (share.total < LEAST_REQUESTS) return 'undecided'
  const allowed = allowedShare(check)
  if (isBeyondChance(share.atLeast, share.total, allowed)) return 'broken'
  return share.atMost <= allowed * share.total ? 'kept' : 'undecided'
}

/**
 * Chernoff's bound on P(X ≥ bad), X binomial(total, allowed): exp(−total·KL(bad/total ‖ allowed)) ≤ CHANCE.
 * Hoeffding, *Probability inequalities for sums of bounded random variables* (1963), theorem 1.
 */
function isBeyondChance(bad: number, total: number, allowed: number): boolean {
  const rate = bad / total
  if (rate <= allowed) return false
  if (allowed === 0) return true
  const rest = rate < 1 ? (1 - rate) * Math.log((1 - rate) / (1 - allowed)) : 0
  return -total * (rate * Math.log(rate / allowed) + rest) <= Math.log(CHANCE)
}

function addShares(a: Share, b: Share): Share {
  return { atLeast: a.atLeast + b.atLeast, atMost: a.atMost + b.atMost, total: a.total + b.total }
}

function consecutiveOf(check: Check): number {
  return check.kind === 'traffic' ? 1 : check.consecutive
}
