import type { EValue, Evidence } from '../judge.ts'

/** What the watch knows after a tick, over all its checks. `healthy_so_far` promotes nothing before the watch's own minimum time. */
export type Standing =
  | { readonly kind: 'unhealthy'; readonly worse: EValue }
  | { readonly kind: 'healthy_so_far'; readonly worse: EValue }
  | { readonly kind: 'undecided'; readonly worse: EValue; readonly reason: UndecidedReason }

/** Why nothing can be said: nothing was measured, too few requests for this margin, or the evidence points nowhere yet. */
export type UndecidedReason = 'no_data' | 'too_little_traffic' | 'undecided'

/** Non-inferiority is shown at this level, per check; every check must show it, so nothing is divided among them. */
const healthyLevel = 0.05
/** Below this many requests (or samples) of the candidate in a whole watch, "undecided" is for want of traffic. */
const littleTraffic = 100

/**
 * One alpha over all checks: the weighted mean of e-values is an e-value, so P(ever `unhealthy`) ≤ alpha over the whole
 * watch while every check is within its margin, however the checks depend on each other. Weights are normalised to sum 1.
 * Healthy needs every check: the union of the nulls is rejected only if each is.
 * Source: Vovk and Wang, E-values: calibration, combination and applications (2021); Berger (1982) for the intersection-union test.
 */
export function combine(
  evidences: readonly Evidence[],
  weights: readonly number[] | undefined,
  alpha: number,
): Standing {
  const worse = weightedMean(evidences, weights)
  if (worse.log >= Math.log(1 / alpha)) return { kind: 'unhealthy', worse }
  const measured = evidences.filter((evidence) => evidence.ticks.measured > 0)
  if (measured.length === 0 || measured.length < evidences.length) {
    return { kind: 'undecided', worse, reason: 'no_data' }
  }
  if (evidences.every((evidence) => evidence.notWorse.log >= Math.log(1 / healthyLevel))) {
    return { kind: 'healthy_so_far', worse }
  }
  const little = evidences.some((evidence) => lacksTraffic(evidence))
  return { kind: 'undecided', worse, reason: little ? 'too_little_traffic' : 'undecided' }
}

function lacksTraffic(evidence: Evidence): boolean {
  const counted = evidence.kind === 'ratio' || evidence.kind === 'histogram'
  return counted && (evidence.headline?.candidate.total ?? 0) < littleTraffic
}

function weightedMean(evidences: readonly Evidence[], weights: readonly number[] | undefined): EValue {
  const all = evidences.map((_, index) => Math.max(0, weights?.[index] ?? 1))
  const total = all.reduce((sum, weight) => sum + weight, 0)
  if (total <= 0) return { log: 0, value: 1 }
  const value = evidences.reduce(
    (sum, evidence, index) => sum + ((all[index] ?? 0) / total) * evidence.worse.value,
    0,
  )
  return { log: Math.log(value), value }
}
