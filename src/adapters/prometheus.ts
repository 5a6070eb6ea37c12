import type { SourceAccess } from '../config/source-access.ts'
import { UsageError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { HealthSource, HistoryStep, Measurement } from '../ports/health-source.ts'
import type { TlsMaterial } from './http-request.ts'
import { inParallel } from './in-parallel.ts'
import { type ApiAnswer, askPrometheus, type PrometheusApi } from './prometheus-api.ts'
import { readPast, stepTimes } from './prometheus-past.ts'
import { measureAll, prepare, type Prepared, type RawSeries, unmeasured } from './prometheus-query.ts'
import { apart, StrangeAnswer, together } from './prometheus-samples.ts'
import { sourceHeaders } from './source-headers.ts'

export interface PrometheusOptions extends Omit<SourceAccess, 'tls'> {
  readonly name: string
  /** The server (or Mimir, Thanos, Cortex, VictoriaMetrics), with its path prefix. User and password in it are sent as basic authentication. */
  readonly url: string
  readonly tls?: TlsMaterial
  /** For one query. */
  readonly timeoutMs: number
  readonly clock: Pick<Clock, 'now'>
  /** Take answers that come with warnings (a store was away, say) as if they were complete. */
  readonly tolerateWarnings?: boolean
}

/** Prometheus runs 20 queries at a time by default (`-query.max-concurrency`); others want some too. */
const QUERIES_AT_ONCE = 6

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
  const readJointly = jointReader(api)
  return {
    name: options.name,
    async read(queries, signal) {
      signal.throwIfAborted()
      const prepared = queries.map(prepare)
      const raw = prepared.filter((query) => 'selector' in query)
      const joint = await readJointly(raw, signal)
      return inParallel(QUERIES_AT_ONCE, prepared, async (query) => {
        if ('kind' in query) return query
        const answer =
          joint.get(query) ?? (await askPrometheus(api, 'query', { query: query.promql }, signal))
        return measureInstant(query, answer, options.clock.now())
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
  timeoutMs,
  tolerateWarnings,
  tls,
  ...access
}: PrometheusOptions): PrometheusApi {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new UsageError(
      `source ${name}: expected the http or https URL of a Prometheus, without query or fragment`,
    )
  }
  return {
    url,
    headers: sourceHeaders(access),
    ...(tls === undefined ? {} : { tls }),
    timeoutMs,
    tolerateWarnings: tolerateWarnings ?? false,
  }
}

/**
 * Asks for all selectors at once, so that what they give is of one moment. The answers lack those that must be asked by
 * themselves: all of them where one spoils the whole, and then this is not tried again with the same ones.
 */
function jointReader(
  api: PrometheusApi,
): (queries: readonly RawSeries[], signal: AbortSignal) => Promise<ReadonlyMap<Prepared, ApiAnswer>> {
  let refused = ''
  return async (queries, signal) => {
    const promql = together(queries.map(({ selector }) => selector))
    if (queries.length < 2 || promql === refused) return new Map()
    const answer = await askPrometheus(api, 'query', { query: promql }, signal)
    if (answer.kind !== 'refused' && answer.kind !== 'too_large') return answersApart(queries, answer)
    refused = promql
    return new Map()
  }
}

function answersApart(queries: readonly RawSeries[], answer: ApiAnswer): Map<Prepared, ApiAnswer> {
  if (answer.kind !== 'data' || answer.data.resultType !== 'vector') {
    return new Map(queries.map((query) => [query, answer]))
  }
  try {
    const parts = apart(answer.data, queries.length)
    const found = queries.flatMap((query, index): [Prepared, ApiAnswer][] => {
      const data = parts[index]
      return data === undefined ? [] : [[query, { kind: 'data', data }]]
    })
    return new Map(found)
  } catch (error) {
    if (!(error instanceof StrangeAnswer)) throw error
    const invalid: ApiAnswer = { kind: 'invalid', why: error.message }
    return new Map(queries.map((query) => [query, invalid]))
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
