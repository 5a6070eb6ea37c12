import type { Check, Health } from '../config/health.ts'
import type { ArmTick } from './arm-reading.ts'
import { judge, type JudgeState, startJudge } from './judge.ts'
import type { JudgedCheck } from './judge/judged-check.ts'
import { chooseLevels, NO_REFERENCE, type Reference } from './choose-levels.ts'
import { addToFigure, type Figure, sizeOf } from './figure.ts'
import { judgedCheck } from './judged-margin.ts'
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
  /** Concurrent: against the stable version's past, for when the stable version has no traffic left; and for how many looks in a row it has had none. */
  readonly alone?: { readonly judge: JudgeState; readonly idle: number }
  readonly reference: Reference
}

/** Whether the configuration asks for this check to be compared. A probe is held to its limit only. */
export function wantsComparison(health: Health, check: Check): boolean {
  return health.baseline !== undefined && check.kind !== 'probe'
}

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
    reference: NO_REFERENCE,
  }
  const needsLevels = check.kind === 'histogram' || check.kind === 'gauge'
  if (mode === 'concurrent' && needsLevels && past === undefined) return comparison
  const judged = { ...judgedCheck(check, mode), ...(slots === undefined ? {} : { paired: true }) }
  const history = ticks.map(pastObservation)
  const withJudge = { ...comparison, judge: startJudge(judged, history) }
  if (mode !== 'concurrent' || pastShare < LEAST_PAST_SHARE) return withJudge
  return { ...withJudge, alone: { judge: startJudge(judgedCheck(check, 'before_after'), history), idle: 0 } }
}

/** Of the two hours before the deployment; with less of them nothing is taken back by them (see `verdict.ts`). */
const LEAST_PAST_SHARE = 0.9

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
  const { alone } = comparison
  if (alone !== undefined && alone.idle >= GONE_AFTER) return compareAlone(check, comparison, { alone, tick })
  if (check.kind === 'traffic' && !canCompareTraffic(comparison, tick.share))
    return countIdle(comparison, tick)
  if (comparison.mode === 'before_after' && comparison.slots === undefined) {
    return { ...comparison, ...judgePast(comparison, tick) }
  }
  const { baseline, slots } = otherArm(comparison, tick)
  const ready = { ...withLevels(check, comparison, baseline), ...(slots === undefined ? {} : { slots }) }
  const { observation, carried } = pairArms(ready.carried, tick.candidate, baseline)
  const next = countIdle({ ...ready, carried }, tick)
  if (observation === undefined || next.judge === undefined) return next
  return { ...next, judge: judge(withShare(next.judge, tick.share), observation) }
}

/** Looks without a request to the stable version after which it counts as gone: two may be a scrape that came early. */
const GONE_AFTER = 4

/**
 * At 100 % of the traffic the stable version has none: then its past is the reference. Which of the two judges a tick
 * belongs to is known before the tick, so each keeps its guarantee.
 */
function compareAlone(
  check: Check,
  comparison: Comparison,
  { alone, tick }: { readonly alone: NonNullable<Comparison['alone']>; readonly tick: ComparedTick },
): Comparison {
  const next = { ...countIdle(comparison, tick), carried: {} }
  const past = pastTick(tick.candidate)
  const isWhole = tick.share === undefined || tick.share >= 1
  if (past === undefined || next.alone === undefined || (check.kind === 'traffic' && !isWhole)) return next
  return { ...next, alone: { ...next.alone, judge: judge(alone.judge, pastObservation(past)) } }
}

/** A source that could not be read says nothing of the stable version's traffic. */
function countIdle(comparison: Comparison, { baseline }: ComparedTick): Comparison {
  const { alone } = comparison
  if (alone === undefined || baseline === undefined || baseline.kind === 'waiting') return comparison
  if (baseline.kind === 'unmeasured' && baseline.why !== 'no_data') return comparison
  const hasTraffic = baseline.kind === 'value' && sizeOf(addToFigure(undefined, baseline.value)) > 0
  return { ...comparison, alone: { ...alone, idle: hasTraffic ? 0 : alone.idle + 1 } }
}

function judgePast({ judge: state }: Comparison, { candidate }: ComparedTick): { judge?: JudgeState } {
  const past = pastTick(candidate)
  if (state === undefined) return {}
  return { judge: past === undefined ? state : judge(state, pastObservation(past)) }
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
  if (comparison.mode === 'concurrent') return withLevels(check, comparison, tick.baseline)
  const { slots } = otherArm(comparison, tick)
  return slots === undefined ? comparison : { ...comparison, slots }
}

function withLevels(check: Check, comparison: Comparison, tick: ArmTick | undefined): Comparison {
  if (comparison.judge !== undefined || tick?.kind !== 'value') return comparison
  const { judge, reference } = chooseLevels(check, comparison.reference, tick.value)
  return { ...comparison, reference, ...(judge === undefined ? {} : { judge }) }
}
