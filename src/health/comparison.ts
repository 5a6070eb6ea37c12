import type { Check, Health } from '../config/health.ts'
import type { ArmTick, ArmValue } from './arm-reading.ts'
import { addBuckets, alignBuckets } from './latency.ts'
import { judge, type JudgeState, startJudge } from './judge.ts'
import type { JudgedCheck } from './judge/judged-check.ts'
import { promoteMargin } from './judge/margin.ts'
import { addToFigure, bucketsIn, type Figure, sizeOf, storeBuckets } from './figure.ts'
import type { Buckets, Counts, Observation } from './observation.ts'

/** A check against its baseline. Plain JSON. */
export interface Comparison {
  readonly mode: JudgedCheck['mode']
  /** Before/after: the share of the past that was measured. */
  readonly pastShare: number
  /** Before/after: all that the past showed. */
  readonly past?: Figure
  /** Absent until the reference has shown at which latencies or levels to compare. */
  readonly judge?: JudgeState
  /** Concurrent: counts of an arm that wait for the other arm's next measurement, so that both always cover the same time. */
  readonly carried: { readonly candidate?: Carried; readonly baseline?: Carried }
  /** Concurrent, before `judge`: what the baseline arm showed so far. */
  readonly reference: {
    readonly ticks: number
    readonly figure?: Figure
    readonly samples: readonly number[]
  }
}

type Carried = (Counts & { readonly kind: 'counted' }) | Extract<Figure, { kind: 'buckets' }>

/** Whether the configuration asks for this check to be compared. A probe is held to its limit only. */
export function wantsComparison(health: Health, check: Check): boolean {
  return health.baseline !== undefined && check.kind !== 'probe'
}

/** The baseline arm is looked at for this long before levels are chosen: a minute, or requests enough to see its tail, and five minutes at most. */
const REFERENCE = { leastTicks: 4, enough: 5000, mostTicks: 20, mostSamples: 400 }

/** Before/after: `history` are the ticks before the deployment. Concurrent: none is needed. */
export function startComparison(
  check: Check,
  mode: JudgedCheck['mode'],
  history: readonly Observation[] | undefined,
): Comparison {
  const measured = history?.filter(({ kind }) => kind !== 'unmeasured').length ?? 0
  const pastShare = measured / Math.max(1, history?.length ?? 0)
  const past = mode === 'before_after' ? sumUp(history ?? []) : undefined
  const comparison: Comparison = {
    mode,
    pastShare,
    ...(past === undefined ? {} : { past }),
    carried: {},
    reference: { ticks: 0, samples: [] },
  }
  const needsLevels = check.kind === 'histogram' || check.kind === 'gauge'
  if (mode === 'concurrent' && needsLevels && history === undefined) return comparison
  return { ...comparison, judge: startJudge(judgedCheck(check, mode), history) }
}

function sumUp(history: readonly Observation[]): Figure | undefined {
  let figure: Figure | undefined
  for (const tick of history) {
    if (tick.kind === 'counted') figure = addToFigure(figure, { kind: 'counted', counts: tick.candidate })
    if (tick.kind === 'buckets') figure = addToFigure(figure, { kind: 'buckets', buckets: tick.candidate })
    if (tick.kind === 'samples') figure = addToFigure(figure, { kind: 'samples', values: tick.candidate })
  }
  return figure
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

/** One tick of both arms. */
export function compareTick(
  check: Check,
  comparison: Comparison,
  tick: { readonly candidate: ArmTick; readonly baseline?: ArmTick; readonly share?: number },
): Comparison {
  if (check.kind === 'traffic' && !canCompareTraffic(comparison, tick.share)) return comparison
  if (comparison.mode === 'before_after') {
    if (comparison.judge === undefined || tick.candidate.kind === 'waiting') return comparison
    return { ...comparison, judge: judge(comparison.judge, pastObservation(tick.candidate)) }
  }
  const ready = chooseLevels(check, comparison, tick.baseline)
  const { observation, carried } = pairArms(ready.carried, tick.candidate, tick.baseline)
  if (observation === undefined || ready.judge === undefined) return { ...ready, carried }
  return { ...ready, carried, judge: judge(withShare(ready.judge, tick.share), observation) }
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

/** Before/after: the candidate alone; the judge has its past. */
export function pastObservation(tick: ArmTick): Observation {
  if (tick.kind === 'unmeasured') return tick
  if (tick.kind === 'waiting') return { kind: 'unmeasured', why: 'no_data', detail: 'nothing newer' }
  const { value } = tick
  if (value.kind === 'counted') return { kind: 'counted', candidate: value.counts }
  if (value.kind === 'buckets') return { kind: 'buckets', candidate: value.buckets }
  return { kind: 'samples', candidate: value.values }
}

/** A tick that is not judged (grace) still shows at which levels to compare. */
export function lookAhead(check: Check, comparison: Comparison, baseline: ArmTick | undefined): Comparison {
  return comparison.mode === 'concurrent' ? chooseLevels(check, comparison, baseline) : comparison
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

interface Paired {
  readonly observation?: Observation
  readonly carried: Comparison['carried']
}

/** Both arms over the same time. Gauges have no time to cover: they are paired only within a tick. */
function pairArms(carried: Comparison['carried'], candidate: ArmTick, baseline: ArmTick | undefined): Paired {
  const ours = gather(carried.candidate, candidate)
  const theirs = gather(carried.baseline, baseline)
  if (ours === undefined || theirs === undefined) return { carried: keep(ours, theirs) }
  if (ours.kind === 'counted' && theirs.kind === 'counted') {
    return { observation: { kind: 'counted', candidate: ours.counts, baseline: theirs.counts }, carried: {} }
  }
  if (ours.kind === 'buckets' && theirs.kind === 'buckets') {
    const [candidate, baseline] = alignBuckets(ours.buckets, theirs.buckets)
    return { observation: { kind: 'buckets', candidate, baseline }, carried: {} }
  }
  if (ours.kind === 'samples' && theirs.kind === 'samples') {
    return { observation: { kind: 'samples', candidate: ours.values, baseline: theirs.values }, carried: {} }
  }
  return { carried: {} }
}

function gather(carried: Carried | undefined, tick: ArmTick | undefined): ArmValue | undefined {
  const value = tick?.kind === 'value' ? tick.value : undefined
  if (carried === undefined) return value
  if (carried.kind === 'counted') {
    const { bad, total } = value?.kind === 'counted' ? value.counts : { bad: 0, total: 0 }
    return { kind: 'counted', counts: { bad: carried.bad + bad, total: carried.total + total } }
  }
  const before: Buckets = bucketsIn(carried)
  return { kind: 'buckets', buckets: value?.kind === 'buckets' ? addBuckets(before, value.buckets) : before }
}

function keep(candidate: ArmValue | undefined, baseline: ArmValue | undefined): Comparison['carried'] {
  const [ours, theirs] = [store(candidate), store(baseline)]
  return {
    ...(ours === undefined ? {} : { candidate: ours }),
    ...(theirs === undefined ? {} : { baseline: theirs }),
  }
}

function store(value: ArmValue | undefined): Carried | undefined {
  if (value?.kind === 'counted') return { kind: 'counted', ...value.counts }
  return value?.kind === 'buckets' ? storeBuckets(value.buckets) : undefined
}
