import type { Counts } from '../observation.ts'
import type { JudgedCheck } from './judged-check.ts'
import { betOnNotWorse, betOnWorse, type Offer, settle } from '../statistics/bet.ts'
import { type Noise, leastNoise, noiseOfPast, sum } from '../statistics/noise.ts'
import { advance, openPortfolio, type Portfolio } from '../statistics/portfolio.ts'
import type { Tolerance } from './margin.ts'
import type { Reading } from './reading.ts'

/** One two-arm comparison: its evidence both ways, its totals, and what it knows of the noise. */
export interface Arm {
  readonly revert: Tolerance
  readonly promote: Tolerance
  /** Evidence against "worse by at most the revert margin" (traffic: against "at least a fifth is left"). */
  readonly worse: Portfolio
  /** Evidence against "worse by more than the promote margin". */
  readonly notWorse: Portfolio
  /** Totals over the measured ticks of the watch. */
  readonly candidate: Counts
  readonly baseline: Counts
  /** The frozen past; absent in concurrent mode. */
  readonly past?: Counts
  readonly noise: Noise
}

export interface ArmEvidence {
  readonly worse: number
  readonly notWorse: number
  readonly candidate: Counts
  readonly baseline: Counts
  readonly noise: number
}

/** Relative worsenings that bets are best against; a fixed-share portfolio finds the one that pays. */
const worsenings = [0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 30]
/** Shares of the margin that a candidate may be better by; for the bets on "not worse". */
const improvements = [0.15, 0.35, 0.6, 0.85, 0.97]
/** One tick multiplies evidence by at most 5: no single scrape decides, three must agree. */
const tickCap = Math.log(5)

export function startArm(check: JudgedCheck, past: readonly Reading[], stretch: number): Arm {
  const ticks = past.map((reading) => reading.candidate)
  const frozen = check.mode === 'before_after' && ticks.length > 0
  return {
    revert: toleranceOf(check, 'revert', stretch),
    promote: toleranceOf(check, 'promote', stretch),
    worse: openPortfolio(check.kind === 'traffic' ? improvements.length : worsenings.length),
    notWorse: openPortfolio(check.kind === 'traffic' ? worsenings.length : improvements.length),
    candidate: { bad: 0, total: 0 },
    baseline: { bad: 0, total: 0 },
    noise: frozen ? noiseOfPast(ticks) : { longRun: leastNoise },
    ...(frozen && { past: sum(ticks) }),
  }
}

function toleranceOf(check: JudgedCheck, margin: 'revert' | 'promote', stretch: number): Tolerance {
  const { worseBy, atLeast } = check[margin]
  // A gauge's margin moves the level itself, so the counts already carry it.
  return { theta: check.kind === 'gauge' ? 1 : (1 + worseBy) ** stretch, delta: atLeast }
}

/** One tick of one comparison. */
export function judgeArm(arm: Arm, reading: Reading, check: JudgedCheck): Arm {
  const bad = { candidate: reading.candidate.bad, lenient: reading.lenient ?? reading.candidate.bad }
  const revert = offerOf(arm, reading, arm.revert)
  const promote = offerOf(arm, reading, arm.promote)
  const up = (offer: Offer, count: number): readonly number[] =>
    worsenings.map((worsening) => {
      const share = offer.reference > 0 ? (offer.theta * offer.candidate) / offer.reference : 0
      const mean = offer.candidate * (offer.theta * offer.bound + offer.delta)
      const size = worsening / (1 + (1 + worsening) * (share + offer.noise * mean))
      return settle(betOnWorse(offer, size), count, reading.baseline?.bad ?? 0, tickCap)
    })
  const down = (offer: Offer, count: number): readonly number[] =>
    improvements.map((improvement) => {
      const share = offer.reference > 0 ? (offer.theta * offer.candidate) / offer.reference : 0
      const mean = offer.candidate * (offer.theta * offer.bound + offer.delta)
      const size = improvement / (1 + (1 - improvement) * (share + offer.noise * mean))
      return settle(betOnNotWorse(offer, size), count, reading.baseline?.bad ?? 0, tickCap)
    })
  const traffic = check.kind === 'traffic'
  return {
    ...arm,
    worse: advance(arm.worse, traffic ? down(revert, bad.candidate) : up(revert, bad.candidate)),
    notWorse: advance(arm.notWorse, traffic ? up(promote, bad.lenient) : down(promote, bad.lenient)),
    candidate: sum([arm.candidate, reading.candidate]),
    baseline: sum([arm.baseline, reading.baseline ?? { bad: 0, total: 0 }]),
  }
}

export function evidenceOfArm(arm: Arm): ArmEvidence {
  return {
    worse: arm.worse.logWealth,
    notWorse: arm.notWorse.logWealth,
    candidate: arm.candidate,
    baseline: arm.past ?? arm.baseline,
    noise: arm.noise.longRun,
  }
}

function offerOf(arm: Arm, reading: Reading, tolerance: Tolerance): Offer {
  const noise = arm.noise.longRun
  const { total } = reading.candidate
  const seen = reading.baseline ? sum([arm.baseline, { bad: 1, total: reading.baseline.total }]) : arm.past
  const rate = seen && seen.total > 0 ? (seen.bad + 1) / seen.total : 1
  if (!reading.baseline) {
    const delta = tolerance.theta * rate + tolerance.delta
    return { candidate: total, reference: 0, theta: 0, delta, bound: 0, noise, referenceNoise: 0 }
  }
  const ratio = reading.baseline.total / total
  return {
    candidate: total,
    reference: reading.baseline.total,
    ...tolerance,
    bound: 1.5 * rate,
    noise: noise * Math.max(1, ratio),
    referenceNoise: noise * Math.max(1, 1 / ratio),
  }
}
