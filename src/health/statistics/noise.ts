import type { Counts } from '../observation.ts'

/**
 * How the rate of an unchanged service moves beyond Poisson, as squared coefficients of variation of one tick's rate:
 * a `swing` that keeps the share `persistence` of itself from one tick to the next, and a `jitter` that forgets at once.
 */
export interface Noise {
  readonly swing: number
  readonly persistence: number
  readonly jitter: number
}

/** Variance of the mean rate of k ticks of length-L blocks, times L: what a noise model has to explain. */
export interface BlockVariance {
  readonly length: number
  readonly value: number
  /** Standard error, and the part of it that mere counting would have. */
  readonly error: number
  readonly counting: number
}

/** The least jitter ever assumed: a rate that truly never moves is not to be had. */
export const leastNoise: Noise = { swing: 0, persistence: 0, jitter: 0.005 }
export const blockLengths = [1, 2, 4, 8, 16, 32, 64] as const
/** Persistence a tick of the candidates for a fit, from "gone in a tick" to "a season". */
const persistences = [0.5, 0.8, 0.9, 0.95, 0.98]
/** How much of its standard error an estimate gives up: else pure counting noise would pass for swings. */
const doubt = 0.5

/** Long-run noise: the variance of the mean of many ticks, times their number. */
export function longRun(noise: Noise): number {
  return noise.swing * inflation(noise.persistence, Infinity) + noise.jitter
}

/** Noise of a frozen past, from the deviations of its ticks from its own overall rate. */
export function noiseOfPast(ticks: readonly Counts[]): Noise {
  const total = sum(ticks)
  const rate = total.total > 0 ? total.bad / total.total : 0
  return fitNoise(blockLengths.flatMap((length) => blockVariance(blocks(ticks, length), rate, length) ?? []))
}

/**
 * Excess of block counts over Poisson in units of the squared mean, times the block length:
 *
 *     V(L) = L · Σ_B [(E_B − p̂·N_B)² − p̂(1−p̂)·N_B] / Σ_B (p̂·N_B)²
 *
 * Counts of requests are binomial: with tails of a half, Poisson's variance would hide real swings.
 * Source: method of moments for the negative binomial; batch means, Flegal and Jones (2010).
 */
function blockVariance(blocked: readonly Counts[], rate: number, length: number): BlockVariance | undefined {
  const squares = blocked.reduce((all, { total }) => all + (rate * total) ** 2, 0)
  if (blocked.length < 4 || !(squares > 0)) return undefined
  const counting = rate * Math.max(0, 1 - rate)
  const deviations = blocked.map(({ bad, total }) => (bad - rate * total) ** 2 - counting * total)
  const mean = deviations.reduce((all, one) => all + one, 0) / blocked.length
  const spread = deviations.reduce((all, one) => all + (one - mean) ** 2, 0) / (blocked.length - 1)
  const scale = (length * blocked.length) / squares
  // The overall rate was fitted to the same blocks: one block's worth of deviation is lost.
  const fitted = blocked.length / (blocked.length - 1)
  const foretold = squares / blocked.length
  const ofCounting = Math.sqrt((2 * foretold + Math.sqrt(foretold)) / blocked.length)
  return {
    length,
    value: mean * fitted * scale,
    error: Math.sqrt(spread / blocked.length) * scale,
    counting: ofCounting * scale,
  }
}

/**
 * The AR(1)-plus-white model nearest to the block variances, weighted by their standard errors:
 *
 *     V(L) ≈ swing · c_L(φ) + jitter,   c_L(φ) = (1+φ)/(1−φ) − 2φ(1−φ^L)/(L(1−φ)²)
 *
 * never with less long-run noise than the largest V(L) less half its standard error: too little noise reverts wrongly,
 * too much only waits. c_L is the variance of a mean of L ticks of AR(1), times L (Anderson, Statistical Analysis of Time Series, 8.3).
 */
export function fitNoise(variances: readonly BlockVariance[]): Noise {
  const least = Math.max(0, ...variances.map(({ value, error }) => value - doubt * error))
  if (least <= leastNoise.jitter) return leastNoise
  const fits = persistences.map((persistence) => fitAt(variances, persistence))
  const best = fits.reduce((one, other) => (other.misfit < one.misfit ? other : one))
  const jitter = Math.max(leastNoise.jitter, best.jitter)
  const persistent = Math.max(best.swing * inflation(best.persistence, Infinity), least - jitter)
  return { swing: persistent / inflation(best.persistence, Infinity), persistence: best.persistence, jitter }
}

function fitAt(
  variances: readonly BlockVariance[],
  persistence: number,
): Noise & { readonly misfit: number } {
  const rows = variances.map(({ length, value, error, counting }) => ({
    c: inflation(persistence, length),
    value: Math.max(0, value - doubt * counting),
    weight: 1 / (error * error + (0.05 * value) ** 2 + 1e-12),
  }))
  const at = (swing: number, jitter: number): Noise & { readonly misfit: number } => ({
    swing,
    persistence,
    jitter,
    misfit: rows.reduce((all, { c, value, weight }) => all + weight * (swing * c + jitter - value) ** 2, 0),
  })
  const moment = (f: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((all, row) => all + row.weight * f(row), 0)
  const [w, c, cc, y, cy] = [
    moment(() => 1),
    moment((row) => row.c),
    moment((row) => row.c * row.c),
    moment((row) => row.value),
    moment((row) => row.c * row.value),
  ]
  const determinant = w * cc - c * c
  const swing = determinant > 1e-9 * w * cc ? (w * cy - c * y) / determinant : 0
  const jitter = (y - swing * c) / w
  if (swing >= 0 && jitter >= 0) return at(swing, jitter)
  const onlySwing = at(cy / cc, 0)
  const onlyJitter = at(0, y / w)
  return onlySwing.misfit < onlyJitter.misfit ? onlySwing : onlyJitter
}

/** c_L(φ): variance of the mean of L ticks of an AR(1) swing, times L, in units of its variance. */
export function inflation(persistence: number, length: number): number {
  const limit = (1 + persistence) / (1 - persistence)
  if (length === Infinity) return limit
  return limit - (2 * persistence * (1 - persistence ** length)) / (length * (1 - persistence) ** 2)
}

function blocks(ticks: readonly Counts[], length: number): readonly Counts[] {
  return Array.from({ length: Math.floor(ticks.length / length) }, (_, index) =>
    sum(ticks.slice(index * length, (index + 1) * length)),
  )
}

/** Requests of all ticks together. */
export function sum(ticks: readonly Counts[]): Counts {
  return ticks.reduce((all, tick) => ({ bad: all.bad + tick.bad, total: all.total + tick.total }), {
    bad: 0,
    total: 0,
  })
}
