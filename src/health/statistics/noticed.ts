import type { Counts } from '../observation.ts'
import type { RatioInterval } from './confidence-sequence.ts'

/** Requests that were bad because of the new version, of all it served. */
export interface Noticed {
  readonly estimate: number
  readonly lower: number
  readonly upper: number
  readonly of: number
}

/**
 * Excess bad requests of the candidate over what the other arm's rate would have given it, at θ = 1 and δ = 0:
 * E_c − (N_c/N_s)·E_s, and E_c·(1 − 1/r) at the ends of the confidence sequence of the ratio r; never below 0.
 *
 * Proof obligation: the interval covers the expected excess whenever the sequence covers the ratio (test/health/statistics).
 * Only a concurrent comparison may say so: with before/after the hour may be the cause.
 */
export function noticed(candidate: Counts, baseline: Counts, ratio: RatioInterval): Noticed {
  const expected = baseline.total > 0 ? (candidate.total / baseline.total) * baseline.bad : candidate.bad
  const excess = (r: number): number => (r > 1 ? candidate.bad * (1 - 1 / r) : 0)
  const lower = excess(ratio.lower)
  const upper = Math.max(lower, excess(ratio.upper))
  const estimate = Math.min(upper, Math.max(lower, candidate.bad - expected))
  return { estimate, lower, upper, of: candidate.total }
}
