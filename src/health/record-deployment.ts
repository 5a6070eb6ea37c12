import type { Health } from '../config/health.ts'
import type { TemplateValues } from '../config/label-template.ts'
import type { HealthSource, HistoryStep } from '../ports/health-source.ts'
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
  const count = Math.floor((toMs - atMs) / health.everyMs) + 1
  const ticks = Array.from({ length: Math.max(0, count) }, (_, index) => ({
    atMs: atMs + index * health.everyMs,
    answers: pasts.map((steps) => steps[index]?.measurements ?? []),
  }))
  return { atMs, values, ...(history === undefined ? {} : { history }), ticks }
}

async function pastOf(
  { source, queries }: QueryBatch,
  sources: ReadonlyMap<string, HealthSource>,
  range: { readonly fromMs: number; readonly toMs: number; readonly stepMs: number },
  signal: AbortSignal,
): Promise<readonly HistoryStep[]> {
  return (await sources.get(source)?.history?.(queries, range, signal)) ?? []
}
