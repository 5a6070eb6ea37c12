import type { Check, Health } from '../config/health.ts'
import type { ArmTick } from './arm-reading.ts'
import { judge, type JudgeState, startJudge } from './judge.ts'
import type { JudgedCheck } from './judge/judged-check.ts'
import { promoteMargin } from './judge/margin.ts'
import { addToFigure, bucketsIn, type Figure, sizeOf } from './figure.ts'
import type { Observation } from './observation.ts'
import { type CarriedArms, pairArms } from './pair-arms.ts'
import { type Past, pastObservation, pastTick, slotsTick, sumUp } from './past.ts'

/** A check against its baseline. Plain JSON. */
export interface Comparison {
  readonly mode: JudgedCheck['mode']
  /** Before/after: the share of the past that was measured. */
  readonly pastShare: number
  /** Before/after: all that the past showed. */
  readonly past?: Figure
  /** Before/after with `same-time`: the earlier days tick by tick, and the first of them that no tick has been compared with. */
  readonly slots?: { readonly ticks: NonNullable<Past['slots']>; readonly next: number }
  /** Absent until the reference has shown at which latencies or levels to compare. */
  readonly judge?: JudgeState
  readonly carried: CarriedArms
  /** Concurrent, before `judge`: what the baseline arm showed so far. */
  readonly reference: {
    readonly ticks: number
    readonly figure?: Figure
    readonly samples: readonly number[]
  }
}

/** Whether the configuration asks for this check to be compared. A probe is held to its limit only. */
export function wantsComparison(health: Health, check: Check): boolean {
  return health.baseline !== undefined && check.kind !== 'probe'
}

/** The baseline arm is looked at for this long before levels are chosen: a minute, or requests enough to see its tail, and five minutes at most. */
const REFERENCE = { leastTicks: 4, enough: 5000, mostTicks: 20, mostSamples: 400 }

/** Before/after needs the past; a concurrent comparison may take its levels from one, and finds them itself without. */
export function startComparison(check: Check, mode: JudgedCheck['mode'], past: Past | undefined): Comparison {
  const ticks = past?.ticks ?? []
  const measured = ticks.filter(({ kind }) => kind !== 'unmeasured').length
  const pastShare = measured / Math.max(1, ticks.length)
  const figure = mode === 'before_after' ? sumUp(ticks) : undefined
  const slots = mode === 'before_after' ? past?.slots : undefined
  const comparison: Comparison = {
    mode,
    pastShare,
    ...(figure === undefined ? {} : { past: figure }),
    ...(slots === undefined ? {} : { slots: { ticks: slots, next: 0 } }),
    carried: {},
    reference: { ticks: 0, samples: [] },
  }
  const needsLevels = check.kind === 'histogram' || check.kind === 'gauge'
  if (mode === 'concurrent' && needsLevels && past === undefined) return comparison
  const judged = { ...judgedCheck(check, mode), ...(slots === undefined ? {} : { paired: true }) }
  return { ...comparison, judge: startJudge(judged, ticks.map(pastObservation)) }
}

export function judgedCheck(check: Check, mode: JudgedCheck['mode']): JudgedCheck {
  const revert =
    check.kind === 'traffic'
      ? { worseBy: check.atLeast - 1, atLeast: 0 }
      : {
          worseBy: check.kind === 'probe' ? 0 : check.worseBy,
          atLeast: check.kind === 'probe' ? 0 : check.atLeast,
        }
  return { kind: check.kind, mode, revert, promote: promoteMargin(check.kind, revert) }
}

export interface ComparedTick {
  readonly candidate: ArmTick
  /** Of the other arm at the same time; absent where there is none. */
  readonly baseline?: ArmTick
  /** Ticks since the deployment. */
  readonly slot: number
  /** The candidate's share of the traffic, 0 to 1, where it is known. */
  readonly share?: number
}

/** One tick of both arms. */
export function compareTick(check: Check, comparison: Comparison, tick: ComparedTick): Comparison {
  if (check.kind === 'traffic' && !canCompareTraffic(comparison, tick.share)) return comparison
  if (comparison.mode === 'before_after' && comparison.slots === undefined) {
    const alone = pastTick(tick.candidate)
    if (comparison.judge === undefined || alone === undefined) return comparison
    return { ...comparison, judge: judge(comparison.judge, pastObservation(alone)) }
  }
  const { baseline, slots } = otherArm(comparison, tick)
  const ready = { ...chooseLevels(check, comparison, baseline), ...(slots === undefined ? {} : { slots }) }
  const { observation, carried } = pairArms(ready.carried, tick.candidate, baseline)
  if (observation === undefined || ready.judge === undefined) return { ...ready, carried }
  return { ...ready, carried, judge: judge(withShare(ready.judge, tick.share), observation) }
}

/** The stable version now, or the same time of earlier days since the last tick. */
function otherArm(
  { slots }: Comparison,
  tick: { readonly baseline?: ArmTick; readonly slot: number },
): { readonly baseline: ArmTick | undefined; readonly slots?: NonNullable<Comparison['slots']> } {
  if (slots === undefined) return { baseline: tick.baseline }
  const next = Math.max(slots.next, tick.slot + 1)
  return { baseline: slotsTick(slots.ticks, slots.next, tick.slot), slots: { ...slots, next } }
}

/** A canary has less traffic because it was given less. Against the past only the whole of it compares; at the same time, what the weights say. */
function canCompareTraffic({ mode }: Comparison, share: number | undefined): boolean {
  if (mode === 'before_after') return share === undefined || share >= 1
  return share !== undefined && share > 0 && share < 1
}

/** Only the traffic check asks for it. Known before the tick, so the bet stays fair. */
function withShare(state: JudgeState, share: number | undefined): JudgeState {
  if (state.check.kind !== 'traffic' || share === undefined) return state
  return { ...state, check: { ...state.check, expectedShare: share / (1 - share) } }
}

/** A tick that is not judged (grace) still shows at which levels to compare. */
export function lookAhead(check: Check, comparison: Comparison, tick: ComparedTick): Comparison {
  if (comparison.mode === 'concurrent') return chooseLevels(check, comparison, tick.baseline)
  const { slots } = otherArm(comparison, tick)
  return slots === undefined ? comparison : { ...comparison, slots }
}

/** The levels come from the baseline arm alone, and before the first bet: the version under test has no say in them. */
function chooseLevels(check: Check, comparison: Comparison, tick: ArmTick | undefined): Comparison {
  if (comparison.judge !== undefined || tick?.kind !== 'value') return comparison
  const { value } = tick
  const samples = [...comparison.reference.samples, ...(value.kind === 'samples' ? value.values : [])]
  const figure = addToFigure(comparison.reference.figure, value)
  const reference = {
    ticks: comparison.reference.ticks + 1,
    figure,
    samples: samples.slice(-REFERENCE.mostSamples),
  }
  const { leastTicks, mostTicks, enough } = REFERENCE
  const isEnough =
    reference.ticks >= mostTicks ||
    (reference.ticks >= leastTicks && (figure.kind === 'samples' || sizeOf(figure) >= enough))
  if (!isEnough) return { ...comparison, reference }
  const past: Observation =
    figure.kind === 'buckets'
      ? { kind: 'buckets', candidate: bucketsIn(figure) }
      : { kind: 'samples', candidate: reference.samples }
  const started = startJudge(judgedCheck(check, comparison.mode), [past])
  // Not one level worth watching yet (nothing slow was seen): keep looking.
  return started.arms.length === 0
    ? { ...comparison, reference }
    : { ...comparison, judge: started, reference: { ticks: 0, samples: [] } }
}
