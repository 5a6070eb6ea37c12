import type { Counts } from '../observation.ts'
import { betOnNotWorse, betOnWorse, type Offer, settle } from './bet.ts'

/**
 * For each ratio θ on a grid, the evidence (log) that a > θb and that a < θb. The ratios that neither side has ever rejected are
 * the confidence sequence: it covers the true ratio at all times together.
 */
export interface ConfidenceSequence {
  readonly above: readonly number[]
  readonly below: readonly number[]
  /** Exponents of the grid already ruled out from below and above; they never come back. */
  readonly lowest: number
  readonly highest: number
}

/** Bounds of a ratio; `upper` is Infinity and `lower` 0 where the counts allow anything. */
export interface RatioInterval {
  readonly lower: number
  readonly upper: number
}

/** One tick as the sequence sees it: the candidate's counts, the reference's (or its known rate), and the noise between them. */
export interface SequenceTick {
  readonly candidate: Counts
  readonly baseline: Counts | undefined
  /** The reference's bad-rate believed before the tick. */
  readonly rate: number
  /** Best guess of a/b before the tick. */
  readonly guess: number
  readonly noise: number
  /** Upper bound on the reference's rate. */
  readonly bound: number
}

/** Grid of ratios 2^(k/4), from 1/32 to 32: a fifth apart, finer than anybody reads. */
const steps = 20
const perDoubling = 4
/** 1 % in all, half of it to each side. */
const confidence = 0.99
const threshold = Math.log(2 / (1 - confidence))
const largestLog = 690

const grid: readonly number[] = Array.from(
  { length: 2 * steps + 1 },
  (_, index) => 2 ** ((index - steps) / perDoubling),
)

export const startSequence: ConfidenceSequence = {
  above: grid.map(() => 0),
  below: grid.map(() => 0),
  lowest: -1,
  highest: grid.length,
}

/**
 * One tick. Each θ below the guess is bet against as too low, each above as too high, sized for the guess: a plug-in likelihood
 * ratio, whose bets are fixed before the tick.
 *
 * Proof obligation: each of the 2·41 processes is a test supermartingale at its own θ (bet.ts with δ = 0), so by Ville the true
 * ratio is ever rejected with probability at most 1 − confidence (its own grid cell; between grid points the interval is the outer one).
 * Source: Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting (2024); Howard et al. (2021).
 */
export function narrow(sequence: ConfidenceSequence, tick: SequenceTick): ConfidenceSequence {
  const above = [...sequence.above]
  const below = [...sequence.below]
  // What was ruled out stays out: only the ratios between are still bet against.
  for (let index = sequence.lowest + 1; index < sequence.highest; index++) {
    const theta = grid[index] ?? 1
    const side = theta < tick.guess ? above : below
    side[index] = (side[index] ?? 0) + evidence(tick, theta)
  }
  const lowest = above.findLastIndex((log) => log >= threshold)
  const highest = below.findIndex((log) => log >= threshold)
  return {
    above,
    below,
    lowest: Math.max(sequence.lowest, lowest),
    highest: highest < 0 ? sequence.highest : Math.min(sequence.highest, highest),
  }
}

/** The interval now, widened by `doubt`: the factor by which a frozen reference may itself be off (1 for none). */
export function intervalOf(sequence: ConfidenceSequence, doubt: number): RatioInterval {
  return {
    lower: (grid[sequence.lowest] ?? 0) / doubt,
    upper: (grid[sequence.highest] ?? Infinity) * doubt,
  }
}

function evidence(tick: SequenceTick, theta: number): number {
  const change = tick.guess / theta
  const { candidate, baseline, noise } = tick
  const reference = baseline?.total ?? 0
  const offer: Offer = {
    candidate: candidate.total,
    reference,
    theta: baseline ? theta : 0,
    delta: baseline ? 0 : theta * tick.rate,
    bound: baseline ? tick.bound : 0,
    noise,
    referenceNoise: 0,
  }
  const share = baseline ? (theta * candidate.total) / reference : 0
  const size = Math.abs(change - 1) / (1 + change * (share + noise * candidate.total * theta * tick.rate))
  const bet = change > 1 ? betOnWorse(offer, size) : betOnNotWorse(offer, size)
  return settle(bet, candidate.bad, baseline?.bad ?? 0, largestLog)
}
