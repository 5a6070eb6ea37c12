import { betOnNotWorse, betOnWorse, type Offer, settle } from '../statistics/bet.ts'
import { forecast, type Forecast, learn, type Level, pass, startLevel } from '../statistics/level.ts'
import { leastNoise, type Noise } from '../statistics/noise.ts'
import { advance, openPortfolio, type Portfolio } from '../statistics/portfolio.ts'
import type { Tolerance } from './margin.ts'
import type { Reading } from './reading.ts'
import type { Reference } from './reference.ts'

/** One hypothesis, the money bet against it, and how far an unchanged rate may have wandered if it holds. */
export interface Side {
  readonly tolerance: Tolerance
  readonly portfolio: Portfolio
  readonly level: Level
}

/** Relative worsenings beyond the margin that bets are best against; the portfolio finds the one that pays. */
const worsenings = [0.15, 0.5, 1.5, 5, 20]
/** Shares of the margin that a candidate may be better by; for bets on fewer bad events. */
const improvements = [0.15, 0.35, 0.6, 0.85, 0.97]
/** One tick multiplies evidence by at most 4: no scrape and no short burst decides, four ticks must agree. */
const tickCap = Math.log(4)

/** Opens a side: `uncertainty` is the reference's own squared CV, `rate` what it showed (infinite where nobody has seen it yet). */
export function openSide(tolerance: Tolerance, more: boolean, past: Past): Side {
  const share = wanderingShare(tolerance, past.rate)
  return {
    tolerance,
    portfolio: openPortfolio(2 * (more ? worsenings : improvements).length),
    level: startLevel(toleratedNoise(past.noise, tolerance, past.rate), past.uncertainty * share * share),
  }
}

interface Past {
  readonly rate: number
  readonly noise: Noise
  readonly uncertainty: number
}

export interface Step {
  readonly noise: Noise
  readonly reference: Reference
  /** Whether to bet that there are more bad events than tolerated, or fewer. */
  readonly more: boolean
  /** Whether the bets are sized and bounded for `healthy` on shares of requests; those for `unhealthy` stay as they were calibrated. */
  readonly promotes?: boolean
}

/** One tick: forecast, bet, settle, learn. Everything a bet uses is known before the tick's counts of bad events. */
export function step(side: Side, reading: Reading, { noise, reference, more, promotes = false }: Step): Side {
  const { candidate, baseline } = reading
  const { theta, delta } = side.tolerance
  const rate = more ? reference.rate : reference.lowRate
  const wandering = toleratedNoise(noise, side.tolerance, rate)
  const level = pass(side.level, wandering)
  const foretold = forecast(level, wandering)
  // A candidate that was better for a while has not earned a stricter margin, nor a worse one a laxer: away from 1 one way only.
  const factor = more ? Math.max(1, foretold.factor) : Math.min(1, foretold.factor)
  const allowed = { theta: theta * factor, delta: delta * factor }
  // A share cannot exceed 1, and the lower the bound the less the bet pays for what cannot be.
  const bound = promotes ? Math.min(1, reference.bound) : reference.bound
  const offer = offerOf(
    reading,
    allowed,
    { ...reference, rate, bound },
    { own: foretold.noise, jitter: wandering.jitter },
  )
  const mean = candidate.total * factor * (theta * rate + delta)
  const share = baseline ? (offer.theta * candidate.total) / baseline.total : 0
  const flattening = promotes && baseline ? flatteningBeside(offer) : offer.noise * mean
  const factors = changes(more, foretold).map((change) => {
    const then = more ? 1 + change : 1 - change
    const size = change / (1 + then * (share + flattening))
    const bet = more ? betOnWorse(offer, size) : betOnNotWorse(offer, size)
    return settle(bet, candidate.bad, baseline?.bad ?? 0, tickCap)
  })
  const blurred = { ...wandering, jitter: wandering.jitter + reference.error }
  const expected = candidate.total * (theta * (baseline ? reference.now : rate) + delta)
  return {
    ...side,
    portfolio: advance(side.portfolio, factors),
    level: learn(level, blurred, candidate.bad, expected),
  }
}

/**
 * How fast the gain of a bet on fewer bad events flattens with its size x, beside another arm: it grows fastest in the long run at
 * x = c/(1 + (1−c)·(share + flattening)) for a candidate that is c better than the margin. Against a known rate flattening is v·n·a,
 * the candidate's noise. Beside another arm both arms' noise counts, and at B instead of at b: the stake on the reference is
 * fair at b = B, and below it the bet loses the room under a chord (bet.ts) that deepens with (v + v_s)·n·θB·x. Sized as if
 * that were nothing, every bet loses money on a good version as soon as there are requests enough.
 */
function flatteningBeside({ candidate, theta, delta, bound, noise, referenceNoise }: Offer): number {
  return candidate * (noise * delta + (noise + referenceNoise) * theta * bound)
}

/** In a ≤ θb + δ only b wanders; δ is a constant of the configuration. Its share of the whole, 1 where b is not known yet. */
function wanderingShare({ theta, delta }: Tolerance, rate: number): number {
  const whole = theta * rate + delta
  return whole > 0 && Number.isFinite(whole) ? (theta * rate) / whole : 1
}

/** The noise of θb + δ, given that of b. */
function toleratedNoise(noise: Noise, tolerance: Tolerance, rate: number): Noise {
  const share = wanderingShare(tolerance, rate) ** 2
  return { ...noise, swing: noise.swing * share, jitter: Math.max(leastNoise.jitter, noise.jitter * share) }
}

/** Each change is bet on twice: as one that sets in now, and as one from the start. The latter has partly been taken for a swing by now; what is left of it to see is its power `fresh`. */
function changes(more: boolean, { fresh }: Forecast): readonly number[] {
  const now = more ? worsenings : improvements
  const sinceStart = now.map((change) => Math.abs((more ? 1 + change : 1 - change) ** fresh - 1))
  return [...now, ...sinceStart]
}

interface ArmNoise {
  readonly own: number
  readonly jitter: number
}

/** The larger an arm, the less it jitters: the other arm's jitter is the candidate's, by the ratio of their requests. */
function offerOf(
  reading: Reading,
  tolerance: Tolerance,
  reference: Reference,
  { own, jitter }: ArmNoise,
): Offer {
  const candidate = reading.candidate.total
  const { theta, delta } = tolerance
  if (reading.baseline) {
    const { total } = reading.baseline
    const referenceNoise = jitter * Math.min(1, candidate / total)
    return { candidate, reference: total, theta, delta, bound: reference.bound, noise: own, referenceNoise }
  }
  const known = theta * reference.rate + delta
  return { candidate, reference: 0, theta: 0, delta: known, bound: 0, noise: own, referenceNoise: 0 }
}
