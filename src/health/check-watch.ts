import type { Check } from '../config/health.ts'
import { type ArmMemory, type ArmTick, type ArmValue, NO_MEMORY } from './arm-reading.ts'
import { type ComparedTick, type Comparison, compareTick } from './comparison.ts'
import { addToFigure, type Figure } from './figure.ts'
import { quantileOf } from './latency.ts'
import { FRESH_LIMIT, holdToLimit, isLimited, type LimitState } from './limit.ts'
import type { Unmeasured } from './observation.ts'
import { extendTrail, NO_TRAIL, type Trail } from './trail.ts'

/** Everything a watch knows of one check. Plain JSON; its size does not grow with the length of the watch. */
export interface CheckState {
  readonly memory: { readonly candidate: ArmMemory; readonly baseline: ArmMemory }
  readonly limit: LimitState
  /** Absent where nothing is compared. */
  readonly comparison?: Comparison
  /** Ticks whose candidate was known: over the watch, and since the last traffic step. */
  readonly measured: { readonly watch: number; readonly step: number }
  /** Requests (or samples) of the candidate since the last traffic step. */
  readonly stepSize: number
  /** When the candidate last told something new (ms). */
  readonly freshMs?: number
  readonly figures: { readonly candidate?: Figure; readonly baseline?: Figure }
  readonly trail: Trail
  /** The last tick that gave no value, and why. */
  readonly trouble?: { readonly why: Unmeasured; readonly detail: string; readonly atMs: number }
}

export interface CheckTick extends ComparedTick {
  readonly nowMs: number
}

export function startCheck(comparison: Comparison | undefined): CheckState {
  return {
    memory: { candidate: NO_MEMORY, baseline: NO_MEMORY },
    limit: FRESH_LIMIT,
    ...(comparison === undefined ? {} : { comparison }),
    measured: { watch: 0, step: 0 },
    stepSize: 0,
    figures: {},
    trail: NO_TRAIL,
  }
}

/** One judged tick. `patienceMs`: for how long a source may have nothing newer before a tick counts as missed. */
export function watchCheck(check: Check, state: CheckState, tick: CheckTick, patienceMs: number): CheckState {
  const compared =
    state.comparison === undefined
      ? state
      : { ...state, comparison: compareTick(check, state.comparison, tick) }
  const { candidate } = tick
  if (candidate.kind === 'value') return measure(check, compared, candidate.value, tick)
  if (candidate.kind === 'waiting' && isPatient(candidate.why, state, tick.nowMs, patienceMs))
    return countTick(compared)
  const trail = extendTrail(state.trail, undefined)
  return { ...compared, trail, trouble: { ...explain(candidate, state.freshMs), atMs: tick.nowMs } }
}

/** The first look at running totals is no missed one, nor is one at a source that scrapes less often than we ask. */
function isPatient(
  why: 'first' | 'repeated',
  { freshMs }: CheckState,
  nowMs: number,
  patienceMs: number,
): boolean {
  return why === 'first' || (freshMs !== undefined && nowMs - freshMs <= patienceMs)
}

function measure(check: Check, state: CheckState, value: ArmValue, tick: CheckTick): CheckState {
  const { candidate, baseline } = state.figures
  const other = tick.baseline?.kind === 'value' ? addToFigure(baseline, tick.baseline.value) : baseline
  return countTick({
    ...state,
    limit: isLimited(check) ? holdToLimit(check, state.limit, value, tick.nowMs) : state.limit,
    stepSize: state.stepSize + weightOf(value),
    freshMs: tick.nowMs,
    figures: {
      candidate: addToFigure(candidate, value),
      ...(other === undefined ? {} : { baseline: other }),
    },
    trail: extendTrail(state.trail, pointOf(check, value)),
  })
}

function countTick(state: CheckState): CheckState {
  const { watch, step } = state.measured
  return { ...state, measured: { watch: watch + 1, step: step + 1 } }
}

function explain(
  tick: Exclude<ArmTick, { kind: 'value' }>,
  freshMs: number | undefined,
): { why: Unmeasured; detail: string } {
  if (tick.kind === 'unmeasured') return { why: tick.why, detail: tick.detail }
  if (tick.why === 'first')
    return { why: 'no_data', detail: 'the first look at running totals counts nothing' }
  const since = freshMs === undefined ? '' : ` since ${new Date(freshMs).toISOString()}`
  return { why: 'no_data', detail: `the source has had no newer samples${since}` }
}

function weightOf(value: ArmValue): number {
  if (value.kind === 'counted') return value.counts.total
  if (value.kind === 'samples') return value.values.length
  return value.buckets.counts.reduce((sum, count) => sum + count, 0)
}

/** What the sparkline shows: the share that is bad, the quantile, the highest instance; for traffic the requests of a tick. */
function pointOf(check: Check, value: ArmValue): { value: number; weight: number } | undefined {
  if (value.kind === 'samples') return { value: Math.max(...value.values), weight: 1 }
  if (value.kind === 'counted') {
    const { bad, total } = value.counts
    return check.kind === 'traffic' ? { value: total, weight: 1 } : { value: bad / total, weight: total }
  }
  const quantile = check.kind === 'histogram' ? quantileOf(value.buckets, check.quantile) : undefined
  return quantile === undefined ? undefined : { value: quantile, weight: weightOf(value) }
}
