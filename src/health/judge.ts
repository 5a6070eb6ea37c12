import { type Arm, type ArmEvidence, evidenceOfArm, judgeArm, startArm } from './judge/arm.ts'
import type { JudgedCheck } from './judge/judged-check.ts'
import { pastReadings, type Reading, readingsOf } from './judge/reading.ts'
import { type Scale, scaleOf } from './judge/scale.ts'
import type { Observation } from './observation.ts'
import { type Noticed, noticed } from './statistics/noticed.ts'

/**
 * The ticks of the version that is compared with, oldest first, ending just before the deployment, at the watch's own tick
 * length; each in the field `candidate` (it was the version in charge then). Before/after mode learns its noise and its frozen
 * reference from them; concurrent mode its noise, and the edges and levels that are worth watching. Two hours are wanted, four
 * better; under 40 measured ticks the noise is assumed instead of learnt.
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
  /** The comparison people are shown: the edge or level with most evidence of worse, or the only one; absent before there is one. */
  readonly headline?: ArmEvidence
  /** Histogram edge (metric's unit) or gauge level of the headline. */
  readonly level?: number
  /** Requests that were bad because of the new version; only a concurrent comparison of requests may say so. */
  readonly noticed?: Noticed
  readonly ticks: { readonly measured: number; readonly unmeasured: number }
}

/** An e-value and its natural logarithm. */
export interface EValue {
  readonly log: number
  readonly value: number
}

/**
 * Nothing seen yet. Without any past a before/after check stays unmeasured, and so does a histogram or a gauge in either mode:
 * only the past (concurrent: some ticks of the baseline arm) says at which edges or levels to compare.
 */
export function startJudge(check: JudgedCheck, baseline: BaselineHistory | undefined): JudgeState {
  const history = baseline ?? []
  const scale = scaleOf(check, history)
  const past = history.map((tick) => pastReadings(check, scale, tick))
  const arms = scale.levels.map((_, index) => {
    const ticks = past.flatMap((tick) => tick[index] ?? [])
    return startArm(check, ticks, scale.stretch[index] ?? 1)
  })
  return { version: 1, check, scale, arms, measured: 0, unmeasured: 0 }
}

/** One tick. An unmeasured or senseless observation changes nothing but is counted. */
export function judge(state: JudgeState, observation: Observation): JudgeState {
  const readings = readingsOf(state.check, state.scale, observation)
  if (!readings || !comparable(state, readings)) return { ...state, unmeasured: state.unmeasured + 1 }
  const arms = state.arms.map((arm, index) => {
    const reading = readings[index]
    return reading ? judgeArm(arm, reading, state.check) : arm
  })
  return { ...state, arms, measured: state.measured + 1 }
}

/** What is known so far. Pure: the same state always gives the same evidence. */
export function evidenceOf(state: JudgeState): Evidence {
  const arms = state.arms.map(evidenceOfArm)
  const worse = arms.reduce((sum, arm) => sum + Math.exp(arm.worse), 0) / arms.length
  const index = arms.reduce((most, arm, at) => (arm.worse > (arms[most]?.worse ?? 0) ? at : most), 0)
  const [headline, level] = [arms[index], state.scale.levels[index]]
  const { check } = state
  return {
    kind: check.kind,
    mode: check.mode,
    worse: eValue(arms.length > 0 ? Math.log(worse) : 0),
    notWorse: eValue(arms.length > 0 ? Math.min(...arms.map((arm) => arm.notWorse)) : 0),
    ...(headline && { headline }),
    ...(level !== undefined && (check.kind === 'histogram' || check.kind === 'gauge') && { level }),
    ...(headline &&
      check.mode === 'concurrent' &&
      (check.kind === 'ratio' || check.kind === 'histogram') && {
        noticed: noticed(headline.candidate, headline.baseline, headline.ratio),
      }),
    ticks: { measured: state.measured, unmeasured: state.unmeasured },
  }
}

/** Concurrent arms need each other in the tick; a frozen reference needs a past. */
function comparable({ check, arms }: JudgeState, readings: readonly Reading[]): boolean {
  if (readings.length === 0) return false
  if (check.mode === 'concurrent') return readings.every((reading) => reading.baseline !== undefined)
  return arms.every((arm) => arm.past.total > 0)
}

function eValue(log: number): EValue {
  return { log, value: Math.exp(log) }
}
