import type { Counts } from '../observation.ts'
import { longRun, type Noise, sum } from '../statistics/noise.ts'
import type { Reading } from './reading.ts'

/** What the candidate is compared with in one tick. */
export interface Reference {
  /** Bad-rate expected before the tick. */
  readonly rate: number
  /** The same, drawn down instead of up where counts are few: for evidence of "not worse". */
  readonly lowRate: number
  /** Bad-rate believed once the tick was seen, for learning how far the candidate wandered. */
  readonly now: number
  /** Squared CV of `now`. */
  readonly error: number
  /** The rate is taken never to exceed this. */
  readonly bound: number
}

/** The reference's rate is believed to stay below this many times what it has shown. */
const boundFactor = 3

/**
 * Before/after without a paired tick: the frozen past, one bad event added. That makes a past of fixed length behave like one
 * observed until its next bad event, whose waiting time it can only understate: the direction that cannot accuse wrongly.
 */
export function referenceOf(
  arm: { readonly past: Counts; readonly baseline: Counts; readonly noise: Noise },
  reading: Reading,
): Reference {
  if (!reading.baseline) {
    const exposure = Math.max(arm.past.total, 1e-9)
    const rate = (arm.past.bad + 1) / exposure
    return { rate, lowRate: arm.past.bad / exposure, now: rate, error: 0, bound: rate }
  }
  const seen = sum([arm.past, arm.baseline])
  const rate = seen.total > 0 ? (seen.bad + 1) / seen.total : 1
  const shape = 1 / (arm.noise.swing + arm.noise.jitter)
  const now = (shape + reading.baseline.bad) / (shape / rate + reading.baseline.total)
  return { rate, lowRate: rate, now, error: 1 / (shape + reading.baseline.bad), bound: boundFactor * rate }
}

/**
 * Squared CV of a frozen past as a statement about now: its counting error, the noise of its mean, and its trend. A season that
 * moved the past's second half against its first will have moved the watch by as much again: that is no upgrade's fault. Only
 * what counting and twice the noise do not explain counts as trend.
 */
export function uncertaintyOf(ticks: readonly Counts[], noise: Noise): number {
  if (ticks.length < 2) return 1
  const middle = Math.floor(ticks.length / 2)
  const [early, late] = [sum(ticks.slice(0, middle)), sum(ticks.slice(middle))]
  const ofMean = longRun(noise) / ticks.length
  const counting = 1 / (early.bad + 0.5) + 1 / (late.bad + 0.5)
  const drift = early.total > 0 && late.total > 0 ? Math.log(rateOf(late) / rateOf(early)) : 0
  const trend = Math.max(0, drift * drift - counting - 8 * ofMean)
  return 1 / (early.bad + late.bad + 1) + ofMean + reach * trend
}

/** A watch of a quarter of the past's length lies 1.25 halves after the past's middle; squared. */
const reach = 1.6

function rateOf({ bad, total }: Counts): number {
  return (bad + 0.5) / total
}
