import type { Counts } from '../observation.ts'
import {
  type ConfidenceSequence,
  intervalOf,
  narrow,
  type RatioInterval,
  startSequence,
} from '../statistics/confidence-sequence.ts'
import { longRun, type Noise, noiseOfPast, sum } from '../statistics/noise.ts'
import { type PairedNoise, pairedTick, ratioNoise, startPairedNoise } from '../statistics/paired-noise.ts'
import type { JudgedCheck } from './judged-check.ts'
import type { Tolerance } from './margin.ts'
import type { Reading } from './reading.ts'
import { type Reference, referenceOf, uncertaintyOf } from './reference.ts'
import { openSide, type Side, step } from './side.ts'

/** One two-arm comparison: its evidence both ways, its totals, and what it knows of the noise. */
export interface Arm {
  /** Evidence against "worse by at most the revert margin" (traffic: against "at least a fifth is left"). */
  readonly worse: Side
  /** Evidence against "worse by more than the promote margin". */
  readonly notWorse: Side
  readonly sequence: ConfidenceSequence
  /** Totals over the measured ticks of the watch. */
  readonly candidate: Counts
  readonly baseline: Counts
  /** The past: frozen reference in before/after mode, and where the noise was learnt. */
  readonly past: Counts
  readonly noise: Noise
  /** Squared CV of the frozen reference itself; 0 where the other arm runs at the same time. */
  readonly uncertainty: number
  readonly paired: PairedNoise
}

/** What one comparison shows. Counts are bad events of all; of a traffic check, requests (`bad`) in ticks (`total`, times the expected share). */
export interface ArmEvidence {
  /** Logarithms of the e-values. */
  readonly worse: number
  readonly notWorse: number
  /** The candidate's bad-rate over the reference's: estimate and the 99 % confidence sequence. */
  readonly ratio: RatioInterval & { readonly estimate: number }
  readonly candidate: Counts
  /** The other arm's totals, or the frozen past's. */
  readonly baseline: Counts
  /** The bad-rate that would just have been tolerated, from the totals. */
  readonly tolerated: number
  /** Long-run noise assumed: variance of the mean rate of many ticks, in units of its square, times their number. */
  readonly noise: number
}

/** Assumed of a reference nobody has watched: swings of 14 % that last minutes, and as much jitter. */
const unknownNoise: Noise = { swing: 0.02, persistence: 0.9, jitter: 0.02 }
/** Fewer ticks than this say nothing about noise. */
const fewestTicks = 40

export function startArm(check: JudgedCheck, ticks: readonly Counts[], stretch: number): Arm {
  const noise = noiseFor(check, ticks)
  const total = sum(ticks)
  const uncertainty = check.mode === 'concurrent' ? 0 : uncertaintyOf(ticks, noise)
  const known = { rate: total.total > 0 ? total.bad / total.total : Infinity, noise, uncertainty }
  const fewerIsWorse = check.kind === 'traffic'
  return {
    worse: openSide(toleranceOf(check, 'revert', stretch), !fewerIsWorse, known),
    notWorse: openSide(toleranceOf(check, 'promote', stretch), fewerIsWorse, known),
    sequence: startSequence,
    candidate: { bad: 0, total: 0 },
    baseline: { bad: 0, total: 0 },
    past: total,
    noise,
    uncertainty,
    paired: startPairedNoise,
  }
}

/** One tick of one comparison. */
export function judgeArm(arm: Arm, reading: Reading, check: JudgedCheck): Arm {
  const { candidate, baseline } = reading
  const noise = noiseNow(arm, reading)
  const reference = referenceOf(arm, reading)
  const fewerIsWorse = check.kind === 'traffic'
  const lenient = { ...reading, candidate: { ...candidate, bad: reading.lenient ?? candidate.bad } }
  return {
    ...arm,
    worse: step(arm.worse, reading, { noise, reference, more: !fewerIsWorse }),
    notWorse: step(arm.notWorse, lenient, { noise, reference, more: fewerIsWorse, promotes: !fewerIsWorse }),
    sequence: narrow(arm.sequence, {
      candidate,
      baseline,
      rate: reference.rate,
      guess: guessOf(arm, reference),
      noise: longRun(noise),
      bound: reference.bound,
    }),
    candidate: sum([arm.candidate, candidate]),
    baseline: baseline ? sum([arm.baseline, baseline]) : arm.baseline,
    paired: baseline ? pairedTick(arm.paired, candidate, baseline) : arm.paired,
  }
}

export function evidenceOfArm(arm: Arm): ArmEvidence {
  const baseline = arm.baseline.total > 0 ? arm.baseline : arm.past
  const rate = baseline.total > 0 ? baseline.bad / baseline.total : 0
  const own = arm.candidate.total > 0 ? arm.candidate.bad / arm.candidate.total : 0
  const { theta, delta } = arm.worse.tolerance
  // 2.8 standard deviations: the frozen reference's own half per cent.
  const doubt = Math.exp(2.8 * Math.sqrt(arm.uncertainty))
  return {
    worse: arm.worse.portfolio.logWealth,
    notWorse: arm.notWorse.portfolio.logWealth,
    ratio: { estimate: rate > 0 ? own / rate : 1, ...intervalOf(arm.sequence, doubt) },
    candidate: arm.candidate,
    baseline,
    tolerated: theta * rate + delta,
    noise: longRun(arm.noise),
  }
}

function toleranceOf(check: JudgedCheck, margin: 'revert' | 'promote', stretch: number): Tolerance {
  const { worseBy, atLeast } = check[margin]
  // A gauge's margin moves the level itself, so the counts already carry it.
  return { theta: check.kind === 'gauge' ? 1 : (1 + worseBy) ** stretch, delta: atLeast }
}

function noiseFor(check: JudgedCheck, ticks: readonly Counts[]): Noise {
  const noise = ticks.length >= fewestTicks ? noiseOfPast(ticks) : unknownNoise
  // Exceedances of a level saturate at all samples, so their swing cannot be followed: all of it counts as jitter.
  return check.kind === 'gauge' ? { swing: 0, persistence: 0, jitter: longRun(noise) } : noise
}

function noiseNow(arm: Arm, reading: Reading): Noise {
  if (!reading.baseline) return arm.noise
  return ratioNoise(arm.paired, arm.noise, {
    candidate: rateOf(arm.candidate),
    baseline: rateOf(arm.baseline),
  })
}

function rateOf(counts: Counts): number {
  return counts.total > 0 ? counts.bad / counts.total : 0
}

/** a/b as far as known before the tick, drawn to 1 while the counts are few. */
function guessOf(arm: Arm, reference: Reference): number {
  const expected = reference.rate * arm.candidate.total
  return (arm.candidate.bad + 1) / (expected + 1)
}
