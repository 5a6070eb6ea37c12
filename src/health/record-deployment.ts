import type { Health } from '../config/health.ts'
import type { TemplateValues } from '../config/label-template.ts'
import type { HealthSource, HistoryRange, HistoryStep } from '../ports/health-source.ts'
import { type BaselineSources, loadBaseline } from './baseline.ts'
import { longestWatchMs, type RecordedDeployment } from './backtest.ts'
import { type QueryBatch, queriesOf } from './query-plan.ts'

/** A deployment to record. */
export interface PastDeployment {
  readonly atMs: number
  readonly values: TemplateValues
  /** The next deployment, or now: what came later says nothing of this one. */
  readonly untilMs: number
}

/** Reads what a watch would have seen of a past deployment from sources that keep history. What a source does not keep was not measured. */
export async function recordDeployment(
  health: Health,
  { atMs, values, untilMs }: PastDeployment,
  { sources, signal }: Omit<BaselineSources, 'nowMs'>,
): Promise<RecordedDeployment> {
  const history = await loadBaseline(health, values, { sources, nowMs: atMs, signal })
  const toMs = Math.min(untilMs, atMs + longestWatchMs(health))
  const range = { fromMs: atMs, toMs, stepMs: health.everyMs }
  const batches = queriesOf(health, values)
  const pasts = await Promise.all(batches.map((batch) => pastOf(batch, sources, range, signal)))
  // A source gives its past at times of its own choice (multiples of the step); a tick is then, not when it was asked for.
  const times = pasts.find((steps) => steps.length > 0)?.map((step) => step.atMs) ?? timesOf(range)
  const ticks = times.map((at, index) => ({
    atMs: at,
    answers: pasts.map((steps) => steps[index]?.measurements ?? []),
  }))
  return { atMs, values, ...(history === undefined ? {} : { history }), ticks }
}

function timesOf({ fromMs, toMs, stepMs }: HistoryRange): number[] {
  const count = Math.max(0, Math.floor((toMs - fromMs) / stepMs) + 1)
  return Array.from({ length: count }, (_, index) => fromMs + index * stepMs)
}

async function pastOf(
  { source, queries }: QueryBatch,
  sources: ReadonlyMap<string, HealthSource>,
  range: HistoryRange,
  signal: AbortSignal,
): Promise<readonly HistoryStep[]> {
  return (await sources.get(source)?.history?.(queries, range, signal)) ?? []
}
