import { z } from 'zod'
import { type HttpAnswer, HttpFailure, httpRequest, shownUrl, type TlsMaterial } from './http-request.ts'

export interface PrometheusApi {
  /** The server, e.g. `https://mimir.example/prometheus`; `/api/v1/…` is appended. */
  readonly url: URL
  /** Authorization, tenant. */
  readonly headers: Readonly<Record<string, string>>
  readonly tls?: TlsMaterial
  readonly timeoutMs: number
  /** Take answers that the server itself calls incomplete. */
  readonly tolerateWarnings: boolean
}

/** What `data` can be: https://prometheus.io/docs/prometheus/latest/querying/api/#expression-query-result-formats */
export type QueryData = z.infer<typeof queryData>

export type ApiAnswer =
  | { readonly kind: 'data'; readonly data: QueryData }
  | { readonly kind: 'error' | 'invalid'; readonly why: string }
  /** This query cannot be answered, another one may: the server refuses it, or its answer is over the size cap. */
  | { readonly kind: 'refused' | 'too_large'; readonly why: string }

/** An instant query of 40 000 series has about 10 MiB. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

const point = z.tuple([z.number(), z.string()])

/** A bucket is `[boundary rule, lower, upper, count]`; which of its edges belong to it makes no difference to us. */
const histogramPoint = z.tuple([
  z.number(),
  z.object({
    count: z.string(),
    sum: z.string(),
    buckets: z.array(z.tuple([z.number(), z.string(), z.string(), z.string()])).default([]),
  }),
])

const metric = z.record(z.string(), z.string())

const queryData = z.discriminatedUnion('resultType', [
  z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric, value: point.optional(), histogram: histogramPoint.optional() })),
  }),
  z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric,
        values: z.array(point).default([]),
        histograms: z.array(histogramPoint).default([]),
      }),
    ),
  }),
  z.object({ resultType: z.literal('scalar'), result: point }),
  z.object({ resultType: z.literal('string'), result: point }),
])

const envelope = z.discriminatedUnion('status', [
  // `infos` may stand beside the warnings; they are advice on the query and say nothing against the data.
  z.object({ status: z.literal('success'), data: queryData, warnings: z.array(z.string()).nullish() }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
])

/**
 * One call of Prometheus' query API, POSTed as a form so that no query is too long for a URL. Whatever comes back is an
 * answer; what the server says of an error is kept (it names the mistake), any other text of it is not.
 * @throws the signal's reason when it is aborted.
 */
export async function askPrometheus(
  api: PrometheusApi,
  endpoint: 'query' | 'query_range',
  parameters: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const url = new URL(api.url)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v1/${endpoint}`
  // The server's own timeout frees its worker when we have gone.
  const form = new URLSearchParams({ ...parameters, timeout: `${api.timeoutMs}ms` })
  const headers = {
    ...api.headers,
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  }
  const { timeoutMs, tls } = api
  const limits = { timeoutMs, maxBytes: MAX_ANSWER_BYTES, overflow: 'fail', ...(tls && { tls }) } as const
  try {
    const answer = await httpRequest(
      { url, method: 'POST', headers, body: form.toString(), ...limits },
      signal,
    )
    return readAnswer(answer, shownUrl(url), api.tolerateWarnings)
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    return { kind: error.reason === 'too_large' ? 'too_large' : 'error', why: error.message }
  }
}

function readAnswer(answer: HttpAnswer, where: string, tolerateWarnings: boolean): ApiAnswer {
  const { status, contentType } = answer
  if (status >= 300 && status < 400) {
    return { kind: 'error', why: `${where} redirects (${status}); name the server itself` }
  }
  const read = contentType === 'application/json' ? envelope.safeParse(parseJson(answer.body)) : undefined
  if (read?.data?.status === 'error') {
    const { errorType, error } = read.data
    const isOfTheQuery = errorType === 'bad_data' || errorType === 'execution'
    return {
      kind: isOfTheQuery ? 'refused' : 'error',
      why: `${where} answers ${errorType}: ${error.slice(0, 300)}`,
    }
  }
  if (status < 200 || status >= 300)
    return { kind: 'error', why: `${where} answers with status ${status}${hint(status)}` }
  if (read?.data === undefined)
    return { kind: 'invalid', why: `${where} answers with ${strange(contentType, read?.error)}` }
  const [warning] = read.data.warnings ?? []
  if (warning !== undefined && !tolerateWarnings) {
    return { kind: 'error', why: `${where} calls its answer incomplete: ${warning.slice(0, 300)}` }
  }
  return { kind: 'data', data: read.data.data }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function hint(status: number): string {
  if (status === 401 || status === 403) return ': it wants other credentials'
  return status === 404 ? ': is this the URL of a Prometheus?' : ''
}

/** What came instead, by its type or by the place where it breaks the API; never by its text. */
function strange(contentType: string, error: z.ZodError | undefined): string {
  if (error === undefined) return `${contentType.slice(0, 60) || 'no content type'}, which is no JSON`
  const path = error.issues[0]?.path.join('.') ?? ''
  return `JSON that is not of Prometheus' API${path === '' ? '' : ` (at ${path})`}`
}
