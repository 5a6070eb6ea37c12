import { evidenceOf, judge, type JudgeState, startJudge } from '../../src/health/judge.ts'
import { seeded } from './random.ts'
import { type Mode, record } from './service.ts'
import { type CheckName, checkNames, checkOf } from './watch.ts'

export interface Cost {
  readonly check: CheckName
  readonly mode: Mode
  readonly comparisons: number
  /** One tick: judged, and its evidence read. */
  readonly nanoseconds: number
  readonly bytes: number
  /** After ten times as many ticks. */
  readonly bytesLater: number
}

export function costs(): readonly Cost[] {
  const modes: readonly Mode[] = ['before_after', 'concurrent']
  return modes.flatMap((mode) => checkNames.map((check) => costOf(check, mode)))
}

function costOf(check: CheckName, mode: Mode): Cost {
  const scenario = {
    mode,
    noise: 'ar1',
    rate: 100,
    errorRate: 0.001,
    baselineTicks: 480,
    watchTicks: 120,
  } as const
  const recording = record(scenario, seeded(7))
  const ticks = recording.watch.map((tick) => tick[check])
  const start = startJudge(
    checkOf(check, mode),
    recording.baseline.map((tick) => tick[check]),
  )
  const once = (from: JudgeState): JudgeState =>
    ticks.reduce((state, tick) => {
      const next = judge(state, tick)
      evidenceOf(next)
      return next
    }, from)
  for (let warm = 0; warm < 15; warm++) once(start)
  const runs = Array.from({ length: 30 }, () => {
    const began = process.hrtime.bigint()
    once(start)
    return Number(process.hrtime.bigint() - began) / ticks.length
  })
  const after = once(start)
  let later = after
  for (let again = 0; again < 9; again++) later = once(later)
  return {
    check,
    mode,
    comparisons: start.arms.length,
    // The machine is shared: the median of many short runs, not their mean.
    nanoseconds: runs.toSorted((a, b) => a - b)[15] ?? 0,
    bytes: JSON.stringify(after).length,
    bytesLater: JSON.stringify(later).length,
  }
}
