import type { HistoryRange, Measurement, Query } from '../ports/health-source.ts'
import { askPrometheus, type PrometheusApi } from './prometheus-api.ts'
import { measureAll, prepare, type Prepared, unmeasured } from './prometheus-query.ts'

/** Prometheus refuses a range query of more than 11 000 points a series. */
const MAX_STEPS = 11_000

/** Multiples of the step: the same steps whenever one asks, so that a replay sees the same values and servers can cache them. */
export function stepTimes({ fromMs, toMs, stepMs }: HistoryRange): number[] {
  const first = Math.ceil(fromMs / stepMs) * stepMs
  return Array.from(
    { length: Math.max(0, Math.floor((toMs - first) / stepMs) + 1) },
    (_, step) => first + step * stepMs,
  )
}

export interface Past {
  readonly api: PrometheusApi
  readonly query: Query
  readonly stepMs: number
  readonly signal: AbortSignal
}

/** One measurement for each of the times. */
export async function readPast(past: Past, times: readonly number[]): Promise<Measurement[]> {
  const prepared = prepare(past.query)
  if ('kind' in prepared) return times.map(() => prepared)
  const measurements: Measurement[] = []
  for (let from = 0; from < times.length; from += MAX_STEPS) {
    measurements.push(...(await readChunk(past, prepared, times.slice(from, from + MAX_STEPS))))
  }
  return measurements
}

async function readChunk(past: Past, query: Prepared, times: readonly number[]): Promise<Measurement[]> {
  const parameters = {
    query: query.promql,
    start: String((times[0] ?? 0) / 1000),
    end: String((times.at(-1) ?? 0) / 1000),
    step: String(past.stepMs / 1000),
  }
  const answer = await askPrometheus(past.api, 'query_range', parameters, past.signal)
  if (answer.kind === 'too_large' && times.length > 1) {
    const half = Math.ceil(times.length / 2)
    const earlier = await readChunk(past, query, times.slice(0, half))
    return [...earlier, ...(await readChunk(past, query, times.slice(half)))]
  }
  if (answer.kind !== 'data') return times.map(() => unmeasured(answer))
  if (answer.data.resultType !== 'matrix') {
    return times.map(() => ({ kind: 'invalid', why: `${query.shown} gives no range of values` }))
  }
  const measured = measureAll(query, answer.data)
  if (!(measured instanceof Map)) return times.map(() => measured)
  const empty: Measurement = { kind: 'no_data', why: `${query.shown}: nothing at that time` }
  return times.map((atMs) => measured.get(atMs) ?? empty)
}
