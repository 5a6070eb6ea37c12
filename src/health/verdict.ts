import type { CheckState } from './check-watch.ts'
import { SAME_TIME_WINDOWS } from './baseline.ts'
import { wantsComparison } from './comparison.ts'
import { isLimited, limitVerdict } from './limit.ts'
import { blameOf, evidenceFor } from './standing.ts'
import { judgedFromMs, type WatchState } from './watch.ts'

/** Why a check or a watch is judged as it is; stable words for reports and tests. */
export type Reason =
  /** Healthy: nothing beyond a limit, and, where compared, shown to be no worse than tolerated. */
  | 'within_limit'
  | 'no_worse_than_baseline'
  /** Unhealthy. */
  | 'limit_exceeded'
  | 'worse_than_baseline'
  /** Inconclusive: still in its grace or its least time; nothing measured; the source failed; its answers made no sense; gaps; … */
  | 'too_early'
  | 'no_data'
  | 'source_error'
  | 'invalid_data'
  | 'low_coverage'
  | 'too_little_traffic'
  | 'no_baseline'
  /** … worse, but than a past of less than two hours, which may itself have been unusual; … */
  | 'worse_than_short_baseline'
  | 'undecided'

export type Verdict = 'healthy' | 'unhealthy' | 'inconclusive'

export interface CheckVerdict {
  readonly verdict: Verdict
  readonly reason: Reason
  /** What the source said, where that is the reason. */
  readonly detail?: string
}

/** Ticks that gave a value, of those that should have. */
export interface Coverage {
  readonly measured: number
  readonly expected: number
}

/** A part of a watch: all of it, or since the last traffic step. */
export type Span = 'watch' | 'step'

/** Less than this of the ticks measured: what was missed may have been the bad part. */
export const LEAST_COVERAGE = 0.9

export function coverageOf(watch: WatchState, state: CheckState, span: Span, nowMs: number): Coverage {
  const fromMs = span === 'watch' ? judgedFromMs(watch) : Math.max(judgedFromMs(watch), watch.step.sinceMs)
  const unwatchedMs = span === 'watch' ? watch.unwatchedMs : 0
  const expected = Math.max(0, Math.floor((nowMs - fromMs - unwatchedMs) / watch.health.everyMs))
  return { measured: Math.min(state.measured[span], expected), expected }
}

/** One check by itself. `unhealthy` by comparison is decided over all checks together, by their common evidence: see `standing.ts`. */
export function judgeCheck(watch: WatchState, name: string, nowMs: number): CheckVerdict {
  const [check, state] = [watch.health.checks[name], watch.checks[name]]
  if (check === undefined || state === undefined) return inconclusive('no_data')
  const limit = isLimited(check) ? limitVerdict(check, state.limit) : undefined
  if (limit === 'exceeded') return { verdict: 'unhealthy', reason: 'limit_exceeded' }
  if (blameOf(watch).includes(name)) {
    return isShort(watch, state)
      ? inconclusive('worse_than_short_baseline')
      : { verdict: 'unhealthy', reason: 'worse_than_baseline' }
  }
  const gap = explainGap(watch, state, nowMs)
  if (gap !== undefined) return gap
  if (limit !== undefined && limit !== 'kept') return inconclusive(limit)
  if (state.comparison !== undefined) return comparedVerdict(watch, name, nowMs)
  if (limit === undefined) return inconclusive('no_baseline')
  // The first upgrade has nothing to compare with; later ones must not lose their comparison unseen.
  const isExpected = wantsComparison(watch.health, check) && watch.values.previous !== undefined
  return isExpected ? inconclusive('no_baseline') : { verdict: 'healthy', reason: 'within_limit' }
}

function comparedVerdict(watch: WatchState, name: string, nowMs: number): CheckVerdict {
  const { worse: _, ...evidence } = evidenceFor(watch, name)
  if (evidence.ticks.measured === 0) return inconclusive('no_baseline')
  if (nowMs < judgedFromMs(watch) + leastTimeMs(watch)) return inconclusive('too_early')
  if (evidence.notWorse.log >= NOT_WORSE) return { verdict: 'healthy', reason: 'no_worse_than_baseline' }
  const isSmall = evidence.kind !== 'gauge' && evidence.kind !== 'traffic'
  const isLittle = isSmall && (evidence.headline?.candidate.total ?? 0) < LITTLE_TRAFFIC
  return inconclusive(isLittle ? 'too_little_traffic' : 'undecided')
}

/** Measured: with half an hour of past 7.5 % of unchanged watches are called worse, with two hours 1 % (docs/judge.md). */
export const LEAST_PAST_MS = 7_200_000

/** A few ticks of the two hours may be missing. */
function isShort({ health: { baseline } }: WatchState, { comparison }: CheckState): boolean {
  if (baseline?.kind !== 'before' || comparison === undefined) return false
  const windows = baseline.sameTime === undefined ? 1 : SAME_TIME_WINDOWS
  return comparison.pastShare * windows * baseline.beforeMs < LEAST_COVERAGE * LEAST_PAST_MS
}

/** Non-inferiority is shown at 5 % for each check; every check must show it, so nothing is divided among them. */
const NOT_WORSE = Math.log(1 / 0.05)

/** With fewer requests in a whole watch, "undecided" is for want of traffic. */
const LITTLE_TRAFFIC = 100

/** *Healthy so far* takes at least five minutes, or the whole watch where that is shorter. */
function leastTimeMs({ health }: WatchState): number {
  return Math.min(300_000, health.watchMs)
}

/** Missing data is a reason of its own; it comes before anything that the rest of the data might say for the service. */
function explainGap(watch: WatchState, state: CheckState, nowMs: number): CheckVerdict | undefined {
  const { measured, expected } = coverageOf(watch, state, 'watch', nowMs)
  if (expected === 0) return inconclusive('too_early')
  if (measured >= LEAST_COVERAGE * expected) return undefined
  const { trouble } = state
  if (measured > 0) return inconclusive('low_coverage', trouble?.detail)
  if (trouble?.why === 'error') return inconclusive('source_error', trouble.detail)
  if (trouble?.why === 'invalid') return inconclusive('invalid_data', trouble.detail)
  return inconclusive('no_data', trouble?.detail)
}

function inconclusive(reason: Reason, detail?: string): CheckVerdict {
  return { verdict: 'inconclusive', reason, ...(detail === undefined ? {} : { detail }) }
}
