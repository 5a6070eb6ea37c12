import { parseSelector, type Selector } from '../config/selector.ts'
import { UsageError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { HealthSource, HistoryRange, HistoryStep, Measurement, Query } from '../ports/health-source.ts'
import { inParallel } from './in-parallel.ts'
import { type ApiAnswer, askPrometheus, type PrometheusApi, type QueryData } from './prometheus-api.ts'
import {
  measureExpression,
  measureSelector,
  pointsByTime,
  StrangeAnswer,
  withTimes,
} from './prometheus-samples.ts'

export interface PrometheusOptions {
  readonly name: string
  /** The server (or Mimir, Thanos, Cortex, VictoriaMetrics), with its path prefix. User and password in it are sent as basic authentication. */
  readonly url: string
  /** Sent as a bearer token. */
  readonly token?: string
  /** E.g. the tenant: `{ 'X-Scope-OrgID': 'shop' }`. */
  readonly headers?: Readonly<Record<string, string>>
  /** For one query. */
  readonly timeoutMs: number
  readonly clock: Pick<Clock, 'now'>
  /** Take answers that come with warnings (a store was away, say) as if they were complete. */
  readonly tolerateWarnings?: boolean
}

/** Prometheus runs 20 queries at a time by default (`-query.max-concurrency`); others want some too. */
const QUERIES_AT_ONCE = 6

/** Prometheus refuses a range query of more than 11 000 points a series. */
const MAX_STEPS = 11_000

/** Between two machines that keep their time by NTP there are milliseconds. */
const MAX_CLOCK_DIFFERENCE_MS = 60_000

/**
 * Asks a Prometheus, or what speaks its API. Raw series come with the time at which each sample was scraped (see
 * `withTimes`), so that what is older than a deployment never counts as new; if the server's clock and ours differ by
 * more than a minute that cannot be told, and the measurement is an error.
 * @throws UsageError for a URL that is none.
 */
export function prometheusSource(options: PrometheusOptions): HealthSource {
  const api = makeApi(options)
  return {
    name: options.name,
    async read(queries, signal) {
      signal.throwIfAborted()
      return inParallel(QUERIES_AT_ONCE, queries, async (query) => {
        const prepared = prepare(query)
        if ('kind' in prepared) return prepared
        const answer = await askPrometheus(api, 'query', { query: prepared.promql }, signal)
        return measureInstant(prepared, answer, options.clock.now())
      })
    },
    async history(queries, range, signal) {
      signal.throwIfAborted()
      const times = stepTimes(range)
      const past = await inParallel(QUERIES_AT_ONCE, queries, (query) =>
        readPast({ api, query, stepMs: range.stepMs, signal }, times),
      )
      return times.map((atMs, step): HistoryStep => ({
        atMs,
        measurements: past.flatMap((of) => of[step] ?? []),
      }))
    },
  }
}

function makeApi({
  name,
  url: text,
  token,
  headers,
  timeoutMs,
  tolerateWarnings,
}: PrometheusOptions): PrometheusApi {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new UsageError(
      `source ${name}: expected the http or https URL of a Prometheus, without query or fragment`,
    )
  }
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return {
    url,
    headers: { ...headers, ...authorization },
    timeoutMs,
    tolerateWarnings: tolerateWarnings ?? false,
  }
}

/** A query as PromQL; with its selector where raw samples are wanted. */
interface Prepared {
  readonly promql: string
  /** As the config has it, for people. */
  readonly shown: string
  readonly selector?: Selector
}

function prepare(query: Query): Prepared | Extract<Measurement, { kind: 'invalid' }> {
  if (query.kind === 'probe') return { kind: 'invalid', why: 'a Prometheus does not answer probe queries' }
  if (query.kind === 'expression') return { promql: query.promql, shown: query.promql }
  try {
    const selector = parseSelector(query.selector)
    return { promql: withTimes(selector), shown: query.selector, selector }
  } catch (error) {
    return { kind: 'invalid', why: error instanceof Error ? error.message : String(error) }
  }
}

function measureInstant(query: Prepared, answer: ApiAnswer, nowMs: number): Measurement {
  if (answer.kind !== 'data') return unmeasured(answer)
  if (answer.data.resultType === 'matrix') {
    return {
      kind: 'invalid',
      why: `${query.shown} gives a range of values, not one; apply a function such as rate()`,
    }
  }
  const measured = measureAll(query, answer.data)
  if (!(measured instanceof Map)) return measured
  const [evaluation, another] = measured
  if (another !== undefined)
    return { kind: 'invalid', why: `${query.shown}: an instant query with values of several times` }
  if (evaluation === undefined) return { kind: 'no_data', why: `${query.shown}: the answer is empty` }
  const [atMs, measurement] = evaluation
  const apartMs = Math.abs(atMs - nowMs)
  if (apartMs <= MAX_CLOCK_DIFFERENCE_MS) return measurement
  return {
    kind: 'error',
    why: `the clocks of the Prometheus and of this machine are ${Math.round(apartMs / 1000)} s apart: what was measured before the deployment cannot be told from what was measured after it`,
  }
}

/** The measurements of a result by the time of its evaluations; or the one reason why it has none. */
function measureAll(query: Prepared, data: QueryData): Map<number, Measurement> | Measurement {
  const { shown, selector } = query
  try {
    const measured = new Map<number, Measurement>()
    for (const [atMs, points] of pointsByTime(data)) {
      measured.set(
        atMs,
        selector === undefined ? measureExpression(points, atMs, shown) : measureSelector(points, selector),
      )
    }
    return measured
  } catch (error) {
    if (!(error instanceof StrangeAnswer)) throw error
    return { kind: 'invalid', why: `${shown}: ${error.message}` }
  }
}

function unmeasured({ kind, why }: Exclude<ApiAnswer, { kind: 'data' }>): Measurement {
  return { kind: kind === 'error' ? 'error' : 'invalid', why }
}

/** Multiples of the step: the same steps whenever one asks, so that a replay sees the same values and servers can cache them. */
function stepTimes({ fromMs, toMs, stepMs }: HistoryRange): number[] {
  const first = Math.ceil(fromMs / stepMs) * stepMs
  return Array.from(
    { length: Math.max(0, Math.floor((toMs - first) / stepMs) + 1) },
    (_, step) => first + step * stepMs,
  )
}

interface Past {
  readonly api: PrometheusApi
  readonly query: Query
  readonly stepMs: number
  readonly signal: AbortSignal
}

/** One measurement for each of the times. */
async function readPast(past: Past, times: readonly number[]): Promise<Measurement[]> {
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
