import type { JudgedCheck } from './judge/judged-check.ts'
import { type Arm, type ArmEvidence, evidenceOfArm, judgeArm, startArm } from './judge/arm.ts'
import { type Reading, readingsOf, type Scale } from './judge/reading.ts'
import { scaleOf } from './judge/scale.ts'
import type { Observation } from './observation.ts'

/**
 * The ticks of the version that is compared with, oldest first, ending just before the deployment, at the watch's own tick
 * length; each in the field `candidate` (it was the version in charge then). Before/after mode learns its noise and its frozen
 * reference from them; concurrent mode the edges and levels that are worth watching.
 */
export type BaselineHistory = readonly Observation[]

/** Everything the judge knows of one check; plain JSON, of the same size however long the watch. */
export interface JudgeState {
  readonly version: 1
  readonly check: JudgedCheck
  readonly scale: Scale
  /** One comparison per edge or level; exactly one for the other kinds. */
  readonly arms: readonly Arm[]
  readonly measured: number
  readonly unmeasured: number
}

/** The evidence of one check so far; every number a report shows is one of these or follows from them. */
export interface Evidence {
  readonly kind: JudgedCheck['kind']
  readonly mode: JudgedCheck['mode']
  /** For "worse than tolerated": mean over edges or levels. Unhealthy when the watch's mean reaches 1/alpha. */
  readonly worse: EValue
  /** For "no worse than the promote margin": the weakest edge or level, since every one must hold. */
  readonly notWorse: EValue
  /** The comparison people are shown: the edge or level with most evidence of worse, or the only one; absent before there is anything to compare. */
  readonly headline?: ArmEvidence
  /** Histogram edge (metric's unit) or gauge level of the headline. */
  readonly level?: number
  readonly ticks: { readonly measured: number; readonly unmeasured: number }
}

/** An e-value and its natural logarithm. */
export interface EValue {
  readonly log: number
  readonly value: number
}

/** Nothing seen yet. A baseline without a measured tick is no baseline: before/after then stays undecided. */
export function startJudge(check: JudgedCheck, baseline: BaselineHistory | undefined): JudgeState {
  const history = baseline ?? []
  const scale = scaleOf(check, history)
  const past = history.map((tick) => readingsOf(check, scale, tick))
  const arms = scale.levels.map((_, index) =>
    startArm(
      check,
      past.flatMap((readings) => readings?.[index] ?? []),
      scale.stretch[index] ?? 1,
    ),
  )
  return { version: 1, check, scale, arms, measured: 0, unmeasured: 0 }
}

/** One tick. An unmeasured or senseless observation changes nothing but is counted. */
export function judge(state: JudgeState, observation: Observation): JudgeState {
  const readings = readingsOf(state.check, state.scale, observation)
  if (!readings || !comparable(state, readings)) {
    return { ...state, unmeasured: state.unmeasured + 1 }
  }
  const arms = state.arms.map((arm, index) => {
    const reading = readings[index]
    return reading ? judgeArm(arm, reading, state.check) : arm
  })
  return { ...state, arms, measured: state.measured + 1 }
}

/** What is known so far. Pure: the same state always gives the same evidence. */
export function evidenceOf(state: JudgeState): Evidence {
  const arms = state.arms.map(evidenceOfArm)
  const worse = Math.log(arms.reduce((sum, arm) => sum + Math.exp(arm.worse), 0) / arms.length)
  const notWorse = Math.min(...arms.map((arm) => arm.notWorse))
  const headline = arms.reduce((most, arm, index) => (arm.worse > (arms[most]?.worse ?? 0) ? index : most), 0)
  const level = state.scale.levels[headline]
  return {
    kind: state.check.kind,
    mode: state.check.mode,
    worse: eValue(arms.length > 0 ? worse : 0),
    notWorse: eValue(arms.length > 0 ? notWorse : 0),
    ...(arms[headline] && { headline: arms[headline] }),
    ...(level !== undefined && leveled(state.check) && { level }),
    ticks: { measured: state.measured, unmeasured: state.unmeasured },
  }
}

function eValue(log: number): EValue {
  return { log, value: Math.exp(log) }
}

function leveled(check: JudgedCheck): boolean {
  return check.kind === 'histogram' || check.kind === 'gauge'
}

/** Concurrent comparisons need the other arm in the tick; before/after ones a past or a paired tick of it. */
function comparable(state: JudgeState, readings: readonly Reading[]): boolean {
  if (readings.length === 0) return false
  return readings.every(
    (reading, index) => reading.baseline ?? (state.check.mode === 'before_after' && state.arms[index]?.past),
  )
}
