import type { Counts } from '../observation.ts'

/** Noise beyond Poisson, as squared coefficients of variation of a tick's rate. */
export interface Noise {
  /** Long-run: variance of the mean of many ticks, times their number. Autocorrelation makes it larger than one tick's. */
  readonly longRun: number
}

/** The least noise ever assumed: a rate that truly never moves is not to be had. */
export const leastNoise = 0.005
export const blockLengths = [1, 2, 4, 8, 16, 32, 64] as const

/**
 * Noise of a frozen past, from the deviations of block counts from the overall rate:
 *
 *     CV²(L) = Σ_B [(E_B − p̂·N_B)² − p̂·N_B] / Σ_B (p̂·N_B)²,    longRun = max over L of L·CV²(L) − half a standard error
 *
 * Autocorrelation appears at the longer blocks. Source: batch means, Flegal and Jones (2010); the excess over Poisson is
 * the method of moments for the negative binomial.
 */
export function noiseOfPast(ticks: readonly Counts[]): Noise {
  const total = sum(ticks)
  const rate = total.total > 0 ? total.bad / total.total : 0
  const estimates = blockLengths.map((length) => excess(blocks(ticks, length), rate) * length)
  return { longRun: Math.max(leastNoise, ...estimates.filter(Number.isFinite)) }
}

function excess(blocked: readonly Counts[], rate: number): number {
  if (blocked.length < 4) return 0
  const squares = blocked.reduce((all, { total }) => all + (rate * total) ** 2, 0)
  const deviations = blocked.map(({ bad, total }) => (bad - rate * total) ** 2 - rate * total)
  const mean = deviations.reduce((all, d) => all + d, 0) / blocked.length
  const spread = deviations.reduce((all, d) => all + (d - mean) ** 2, 0) / (blocked.length - 1)
  // The mean was fitted: one block's worth of deviation is lost.
  const fitted = blocked.length / (blocked.length - 1)
  const error = Math.sqrt(spread * blocked.length)
  return squares > 0 ? (mean * blocked.length * fitted - error / 2) / squares : 0
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
