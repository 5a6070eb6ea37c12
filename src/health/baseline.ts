import type { Check, Health } from '../config/health.ts'
import type { TemplateValues } from '../config/label-template.ts'
import type { LabelTemplates } from '../config/selector.ts'
import type { HealthSource, HistoryRange, HistoryStep } from '../ports/health-source.ts'
import { NO_MEMORY, readArm } from './arm-reading.ts'
import { wantsComparison } from './comparison.ts'
import { overlay, type Past, pastTick, type PastTick } from './past.ts'
import { armQueries } from './query-plan.ts'
import type { History } from './watch.ts'

export interface BaselineSources {
  readonly sources: ReadonlyMap<string, HealthSource>
  /** The deployment: the past ends here (ms). */
  readonly nowMs: number
  readonly signal: AbortSignal
}

/**
 * The past that a watch compares with, by check. A check whose source keeps no history, or had none, is missing in it:
 * it is then not compared, and says so. Undefined where the config compares nothing.
 *
 * A concurrent comparison takes from the two hours before the levels to compare at, and what to compare with when the
 * stable version has no traffic left; without them it finds the levels some minutes later, and then compares no more.
 */
export async function loadBaseline(
  health: Health,
  values: TemplateValues,
  { sources, nowMs, signal }: BaselineSources,
): Promise<History | undefined> {
  const { baseline } = health
  if (baseline === undefined || !values.previous) return undefined
  const ranges = rangesOf(health, nowMs)
  const labels = baseline.kind === 'concurrent' ? baseline.labels : {}
  const checks = Object.entries(health.checks).filter(([, check]) => wantsComparison(health, check))
  const isSameTime = baseline.kind === 'before' && baseline.sameTime !== undefined
  const loaded: Record<string, Past> = {}
  await Promise.all(
    checks.map(async ([name, check]) => {
      const source = sources.get(check.source ?? health.source ?? '')
      const past = source && (await pastOf(check, source, { labels, values, ranges, isSameTime, signal }))
      if (past !== undefined) loaded[name] = past
    }),
  )
  return loaded
}

/**
 * Which past: the time before the deployment, or, with `same-time`, as long a window from the deployment's time of day on,
 * on each of the four days (or the same day of the four weeks) before, because a season is not an upgrade.
 */
export function rangesOf(
  { baseline, everyMs }: Pick<Health, 'baseline' | 'everyMs'>,
  nowMs: number,
): HistoryRange[] {
  if (baseline === undefined) return []
  if (baseline.kind === 'concurrent') return [{ fromMs: nowMs - CONCURRENT_MS, toMs: nowMs, stepMs: everyMs }]
  const { beforeMs, sameTime } = baseline
  if (sameTime === undefined) return [{ fromMs: nowMs - beforeMs, toMs: nowMs, stepMs: everyMs }]
  const period = sameTime === 'day' ? DAY_MS : 7 * DAY_MS
  return Array.from({ length: SAME_TIME_WINDOWS }, (_, index) => {
    const fromMs = nowMs - (SAME_TIME_WINDOWS - index) * period
    return { fromMs, toMs: fromMs + Math.min(beforeMs, period), stepMs: everyMs }
  })
}

/** Days, or weeks, that `same-time` looks back. */
export const SAME_TIME_WINDOWS = 4

const DAY_MS = 86_400_000
/** Less of a past is none to judge by. */
const CONCURRENT_MS = 7_200_000

/** The past's steps as the watch would have seen them, tick by tick; undefined where there was nothing newer. */
export function observePast(check: Check, steps: readonly HistoryStep[]): (PastTick | undefined)[] {
  let memory = NO_MEMORY
  return steps.map(({ atMs, measurements }) => {
    const reading = readArm(check, memory, measurements, { nowMs: atMs, sinceMs: -Infinity, isNew: false })
    memory = reading.memory
    return pastTick(reading.tick)
  })
}

interface Ask {
  readonly labels: LabelTemplates
  readonly values: TemplateValues
  readonly ranges: readonly HistoryRange[]
  readonly isSameTime: boolean
  readonly signal: AbortSignal
}

/** A gap between two windows is no tick: each begins anew. */
async function pastOf(check: Check, source: HealthSource, ask: Ask): Promise<Past | undefined> {
  const queries = armQueries(check, ask.labels, ask.values)
  if (queries === undefined || source.history === undefined) return undefined
  const windows: (PastTick | undefined)[][] = []
  for (const range of ask.ranges) {
    windows.push(observePast(check, await source.history(queries, range, ask.signal)))
  }
  const ticks = windows.flat().filter((tick) => tick !== undefined)
  if (ticks.every(({ kind }) => kind === 'unmeasured')) return undefined
  return ask.isSameTime ? { ticks, slots: overlay(check, windows) } : { ticks }
}
