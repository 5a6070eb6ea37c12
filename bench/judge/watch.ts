import { type Evidence, evidenceOf, judge, startJudge } from '../../src/health/judge.ts'
import { combine } from '../../src/health/judge/combine.ts'
import type { JudgedCheck } from '../../src/health/judge/judged-check.ts'
import { defaultMargins, type JudgedKind, type Margin, promoteMargin } from '../../src/health/judge/margin.ts'
import { canaryShare, type Mode, type Recording, type Tick } from './service.ts'

export type CheckName = keyof Tick

export const checkNames: readonly CheckName[] = ['errors', 'latency', 'cpu', 'traffic']
export const alpha = 0.01
/** `healthy so far` is not said before five minutes of 15 s ticks. */
const leastTicks = 20
const kinds: Readonly<Record<CheckName, JudgedKind>> = {
  errors: 'ratio',
  latency: 'histogram',
  cpu: 'gauge',
  traffic: 'traffic',
}

export interface Outcome {
  /** Tick (from 1) at which the watch reverted. */
  readonly reverted?: number
  /** Tick at which it was first `healthy so far`. */
  readonly healthy?: number
  /** Log evidence of "worse" after each tick, to the end or the revert. */
  readonly evidence: readonly number[]
}

export function checkOf(name: CheckName, mode: Mode, margin?: Margin): JudgedCheck {
  const kind = kinds[name]
  const revert = margin ?? defaultMargins[kind]
  const expectedShare = canaryShare / (1 - canaryShare)
  return { kind, mode, revert, promote: promoteMargin(kind, revert), expectedShare }
}

/** What one check shows after each tick of a recording. */
export function trace(recording: Recording, name: CheckName, check: JudgedCheck): readonly Evidence[] {
  let state = startJudge(
    check,
    recording.baseline.map((tick) => tick[name]),
  )
  return recording.watch.map((tick) => {
    state = judge(state, tick[name])
    return evidenceOf(state)
  })
}

/** The watch over the traces of its checks: the first `unhealthy` ends it; at `level` 0 none does. */
export function outcomeOf(traces: readonly (readonly Evidence[])[], level: number = alpha): Outcome {
  let healthy: number | undefined
  const evidence: number[] = []
  for (const index of (traces[0] ?? []).keys()) {
    const now = combine(
      traces.flatMap((one) => one[index] ?? []),
      undefined,
      level,
    )
    evidence.push(now.worse.log)
    if (now.kind === 'healthy_so_far' && index + 1 >= leastTicks) healthy ??= index + 1
    if (now.kind === 'unhealthy') return { reverted: index + 1, evidence, ...(healthy && { healthy }) }
  }
  return { evidence, ...(healthy && { healthy }) }
}

/** The judge of this project over one recording. */
export function watch(
  recording: Recording,
  names: readonly CheckName[],
  checks: readonly JudgedCheck[],
): Outcome {
  return outcomeOf(names.map((name, index) => trace(recording, name, checks[index]!)))
}
