import { type EValue, type Evidence, evidenceOf } from './judge.ts'
import { combine } from './judge/combine.ts'
import type { WatchState } from './watch.ts'

/** The chance that a watch of an unchanged service ever says `unhealthy` by comparison, over all its checks and looks. */
export const ALPHA = 0.01

/** Nothing known of a check that will be compared: evidence 1, neither way. It takes its part of alpha from the start, or a late starter would change the others' parts. */
const NO_EVIDENCE = { log: 0, value: 1 } as const

/** The comparison's evidence of one check. */
export function evidenceFor({ checks, health }: WatchState, name: string): Evidence {
  const comparison = checks[name]?.comparison
  const ticks = { measured: 0, unmeasured: 0 }
  const kind = health.checks[name]?.kind ?? 'ratio'
  const mode = comparison?.mode ?? 'concurrent'
  const none: Evidence = { kind, mode, worse: NO_EVIDENCE, notWorse: NO_EVIDENCE, ticks }
  const evidence = comparison?.judge === undefined ? none : evidenceOf(comparison.judge)
  return comparison?.alone === undefined ? evidence : join(evidence, evidenceOf(comparison.alone.judge))
}

/**
 * Evidence at the same time and, once the stable version was gone, against its past. The mean of two e-values is one; so is
 * the product of two that never bet on the same tick (Vovk and Wang, *E-values: calibration, combination and applications*,
 * 2021, 4.1 and 4.2). Of worse the mean: it does not begin with what the first has lost. Of not worse the product: both must hold.
 */
function join(together: Evidence, alone: Evidence): Evidence {
  if (alone.ticks.measured === 0) return together
  const value = (together.worse.value + alone.worse.value) / 2
  const notWorse = together.notWorse.log + alone.notWorse.log
  const leading = alone.worse.log > together.worse.log ? alone : together
  const measured = together.ticks.measured + alone.ticks.measured
  return {
    ...leading,
    ...(together.noticed === undefined ? {} : { noticed: together.noticed }),
    worse: { log: Math.log(value), value },
    notWorse: { log: notWorse, value: Math.exp(notWorse) },
    ticks: { measured, unmeasured: together.ticks.unmeasured },
  }
}

/** The names of the checks that are compared. */
export function comparedChecks({ checks }: WatchState): readonly string[] {
  return Object.keys(checks).filter((name) => checks[name]?.comparison !== undefined)
}

/** The evidence of the whole watch for "worse than tolerated"; it acts at 1/ALPHA. */
export function commonEvidence(watch: WatchState): EValue {
  return standing(watch).worse
}

/** Whether the checks' common evidence has reached 1/ALPHA. */
export function isWorse(watch: WatchState): boolean {
  return comparedChecks(watch).length > 0 && standing(watch).kind === 'unhealthy'
}

/** Once the watch is unhealthy by comparison: the check with most evidence, and every other that would be enough by itself. */
export function blameOf(watch: WatchState): readonly string[] {
  if (watch.worseAtMs === undefined) return []
  const byEvidence = comparedChecks(watch)
    .map((name) => ({ name, log: evidenceFor(watch, name).worse.log }))
    .toSorted((a, b) => b.log - a.log)
  return byEvidence
    .filter(({ log }, index) => index === 0 || log >= Math.log(1 / ALPHA))
    .map(({ name }) => name)
}

function standing(watch: WatchState): ReturnType<typeof combine> {
  const names = comparedChecks(watch)
  const evidences = names.map((name) => evidenceFor(watch, name))
  return combine(
    evidences,
    names.map((name) => weightOf(watch, name)),
    ALPHA,
  )
}

function weightOf({ health }: WatchState, name: string): number {
  const check = health.checks[name]
  return check === undefined || check.kind === 'probe' ? 0 : check.weight
}
