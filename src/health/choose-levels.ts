import type { Check } from '../config/health.ts'
import type { ArmValue } from './arm-reading.ts'
import { addToFigure, bucketsIn, type Figure, sizeOf } from './figure.ts'
import { type JudgeState, startJudge } from './judge.ts'
import { judgedCheck } from './judged-margin.ts'
import type { Observation } from './observation.ts'

/** What the stable version has shown so far, while a concurrent comparison still looks for levels. Plain JSON. */
export interface Reference {
  readonly ticks: number
  readonly figure?: Figure
  readonly samples: readonly number[]
}

export const NO_REFERENCE: Reference = { ticks: 0, samples: [] }

/** The baseline arm is looked at for this long before levels are chosen: a minute, or requests enough to see its tail, and five minutes at most. */
const REFERENCE = { leastTicks: 4, enough: 5000, mostTicks: 20, mostSamples: 400 }

/**
 * One more tick of the stable version; with enough of them, a judge. The levels come from this arm alone, and before the
 * first bet: the version under test has no say in them.
 */
export function chooseLevels(
  check: Check,
  before: Reference,
  value: ArmValue,
): { readonly reference: Reference; readonly judge?: JudgeState } {
  const figure = addToFigure(before.figure, value)
  const samples = [...before.samples, ...(value.kind === 'samples' ? value.values : [])]
  const reference = { ticks: before.ticks + 1, figure, samples: samples.slice(-REFERENCE.mostSamples) }
  const { leastTicks, mostTicks, enough } = REFERENCE
  const isEnough =
    reference.ticks >= mostTicks ||
    (reference.ticks >= leastTicks && (figure.kind === 'samples' || sizeOf(figure) >= enough))
  if (!isEnough) return { reference }
  const past: Observation =
    figure.kind === 'buckets'
      ? { kind: 'buckets', candidate: bucketsIn(figure) }
      : { kind: 'samples', candidate: reference.samples }
  const judge = startJudge(judgedCheck(check, 'concurrent'), [past])
  // Not one level worth watching yet (nothing slow was seen): keep looking.
  return judge.arms.length === 0 ? { reference } : { reference: NO_REFERENCE, judge }
}
