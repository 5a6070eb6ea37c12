import { evidenceOf, judge, type JudgeState, startJudge } from '../../src/health/judge.ts'
import { combine } from '../../src/health/judge/combine.ts'
import { defaultMargins, type JudgedKind, promoteMargin } from '../../src/health/judge/margin.ts'
import type { JudgedCheck } from '../../src/health/judge/judged-check.ts'
import { canaryShare, type Mode, type Recording, type Tick } from './service.ts'

export type CheckName = keyof Tick

export const alpha = 0.01
const kinds: Readonly<Record<CheckName, JudgedKind>> = {
  errors: 'ratio',
  latency: 'histogram',
  cpu: 'gauge',
  traffic: 'traffic',
}

export interface Outcome {
  /** Tick (from 1) at which the watch reverted. */
  readonly reverted?: number
  /** Tick at which it was first `healthy so far`, not before five minutes. */
  readonly healthy?: number
  readonly standing: string
  /** Log evidence of "worse" after each tick. */
  readonly evidence: readonly number[]
}

export function checkOf(
  name: CheckName,
  mode: Mode,
  margin?: { worseBy: number; atLeast: number },
): JudgedCheck {
  const kind = kinds[name]
  const revert = margin ?? defaultMargins[kind]
  const share = canaryShare / (1 - canaryShare)
  return { kind, mode, revert, promote: promoteMargin(kind, revert), expectedShare: share }
}

/** The judge of this project over one recording, as the watch runs it: first verdict latches. */
export function watch(
  recording: Recording,
  names: readonly CheckName[],
  checks: readonly JudgedCheck[],
): Outcome {
  let states: readonly JudgeState[] = checks.map((check, index) =>
    startJudge(
      check,
      recording.baseline.map((tick) => tick[names[index]!]),
    ),
  )
  let healthy: number | undefined
  let standing = 'undecided'
  const evidence: number[] = []
  for (const [index, tick] of recording.watch.entries()) {
    states = states.map((state, which) => judge(state, tick[names[which]!]))
    const now = combine(states.map(evidenceOf), undefined, alpha)
    evidence.push(now.worse.log)
    standing = now.kind
    if (now.kind === 'unhealthy')
      return { reverted: index + 1, standing, evidence, ...(healthy !== undefined && { healthy }) }
    if (now.kind === 'healthy_so_far' && index + 1 >= 20) healthy ??= index + 1
  }
  return { standing, evidence, ...(healthy !== undefined && { healthy }) }
}
