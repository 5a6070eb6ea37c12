/** What one tick offers to bet on: the candidate's requests and, where there is one, the reference arm beside it. */
export interface Offer {
  /** Exposure of the candidate: requests (or probes, samples) in the tick. */
  readonly candidate: number
  /** Exposure of the reference arm in the same pair; 0 where `known` stands in for it. */
  readonly reference: number
  /** H0: a ≤ theta·b + delta, with a and b the true bad-rates of candidate and reference. */
  readonly theta: number
  readonly delta: number
  /** Upper bound on b, known before the tick. The guarantee holds for every b up to it. */
  readonly bound: number
  /** Squared coefficient of variation of the candidate's rate in this tick, beyond Poisson. */
  readonly noise: number
  /** The same for the reference arm. */
  readonly referenceNoise: number
}

/** The factors of one bet: evidence is multiplied by candidate^bad · reference^badOfReference · constant, all as logarithms. */
export interface Bet {
  readonly candidate: number
  readonly reference: number
  readonly constant: number
}

/** No bet at all: evidence stays what it is. */
export const noBet: Bet = { candidate: 0, reference: 0, constant: 0 }

/** How close to the pole of the gamma-Poisson generating function a bet may go; beyond it expectations explode. */
const poleShare = 0.7
/** A reference factor (1−y) never goes below 1 − this: one bad request of the reference must not end all evidence. */
const largestReferenceStake = 0.95

/**
 * A bet of size x > 0 that the candidate is worse than tolerated:
 *
 *     E = (1+x)^e_c · (1−y)^e_s · K,   K = (1 − v·n_c·δ·x)^(1/v)
 *     y = (R^v_s − 1)/(v_s·n_s·B),     R = [(1 − v·n_c·δ·x) / (1 − v·n_c·x·(θB+δ))]^(1/v)
 *
 * For v, v_s → 0 this is (1+x)^e_c · (1 − θ·(n_c/n_s)·x)^e_s · exp(−n_c·δ·x).
 *
 * Proof obligation: E[E | past] ≤ 1 whenever a ≤ θb + δ and 0 ≤ b ≤ B, for Poisson and binomial counts and for gamma-Poisson
 * counts with squared CV at most v and v_s. With gamma-Poisson counts E[(1+x)^e_c] = (1 − v·n_c·a·x)^(−1/v) and
 * E[(1−y)^e_s] = (1 + v_s·n_s·b·y)^(−1/v_s); the logarithm of their product with K is convex in b, 0 at b = 0 (by K) and
 * 0 at b = B (by y), so at most 0 between; it rises in a, in v and in v_s; Poisson is the limit v → 0, and
 * (1+ax)^n ≤ exp(n·a·x) covers the binomial. Checked by enumeration in test/health/statistics/bet.test.ts.
 * Source: the product of a Poisson test martingale and its mirror, Shafer and Vovk (2019), Lindon and Malek (2022); gamma-Poisson form ours.
 */
export function betOnWorse(offer: Offer, size: number): Bet {
  const x = largestSafe(offer, size)
  if (!(x > 0)) return noBet
  const { candidate: n, delta, theta, bound, noise: v } = offer
  const constant = logOneMinus(v, n * delta * x)
  if (offer.reference <= 0) return { candidate: Math.log1p(x), reference: 0, constant }
  const logR = constant - logOneMinus(v, n * x * (theta * bound + delta))
  const y = stakeFor(logR, offer.referenceNoise, offer.reference * bound)
  return y < 1 ? { candidate: Math.log1p(x), reference: Math.log1p(-y), constant } : noBet
}

/**
 * The mirror bet, of size 0 < x < 1, that the candidate is better than the margin: H0′: a ≥ θb + δ.
 *
 *     E = (1−x)^e_c · (1+y)^e_s · K,   K = (1 + v·n_c·δ·x)^(1/v)
 *     y = (1 − R^v_s)/(v_s·n_s·B),     R = [(1 + v·n_c·δ·x) / (1 + v·n_c·x·(θB+δ))]^(1/v)
 *
 * Proof obligation: as above with all signs turned; (1−x)^e_c falls in a, so the boundary a = θb + δ is the worst case.
 */
export function betOnNotWorse(offer: Offer, size: number): Bet {
  const x = Math.min(size, 1 - 1e-9)
  if (!(x > 0)) return noBet
  const { candidate: n, delta, theta, bound, noise: v } = offer
  const constant = logOnePlus(v, n * delta * x)
  if (offer.reference <= 0) return { candidate: Math.log1p(-x), reference: 0, constant }
  const logR = constant - logOnePlus(v, n * x * (theta * bound + delta))
  const y = -stakeFor(logR, offer.referenceNoise, offer.reference * bound)
  return { candidate: Math.log1p(-x), reference: Math.log1p(y), constant }
}

/** Log evidence of a bet once the counts are known, at most `cap`: min(E, cap) keeps E[E] ≤ 1, so no single scrape decides. */
export function settle(bet: Bet, badOfCandidate: number, badOfReference: number, cap: number): number {
  return Math.min(cap, badOfCandidate * bet.candidate + badOfReference * bet.reference + bet.constant)
}

/** The size, made smaller until neither the generating function nor the reference's stake runs away. */
function largestSafe(offer: Offer, size: number): number {
  const { candidate: n, delta, theta, bound, noise: v } = offer
  const worst = theta * bound + delta
  const x = v > 0 ? Math.min(size, poleShare / (v * n * worst)) : size
  if (offer.reference <= 0) return x
  // y is at most its value where the reference is as noisy as the candidate, or nearly Poisson: linear in x up to the pole.
  const steepness = (theta * n) / offer.reference / Math.max(1 - poleShare, 1 - v * n * x * worst)
  return Math.min(x, largestReferenceStake / steepness)
}

/** y with (1 + v_s·m·y)^(1/v_s) = R, for the reference's largest mean m; the limit log(R)/m for v_s → 0. */
function stakeFor(logR: number, referenceNoise: number, mean: number): number {
  if (mean <= 0) return 0
  return referenceNoise > 1e-12 ? Math.expm1(referenceNoise * logR) / (referenceNoise * mean) : logR / mean
}

/** log (1 − v·t)^(1/v), −t for v → 0. */
function logOneMinus(v: number, t: number): number {
  return v > 1e-12 ? Math.log1p(-v * t) / v : -t
}

/** log (1 + v·t)^(1/v), t for v → 0. */
function logOnePlus(v: number, t: number): number {
  return v > 1e-12 ? Math.log1p(v * t) / v : t
}
