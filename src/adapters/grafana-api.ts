import type { z } from 'zod'
import type { SourceAccess } from '../config/source-access.ts'
import { UsageError } from '../errors.ts'
import { type HttpAnswer, HttpFailure, httpRequest, shownUrl, type TlsMaterial } from './http-request.ts'
import { sourceHeaders } from './source-headers.ts'

export interface GrafanaOptions extends Omit<SourceAccess, 'tls'> {
  readonly name: string
  /** The server, with its sub-path: `https://example.org/grafana`. */
  readonly url: string
  /** For one request. */
  readonly timeoutMs: number
  readonly tls?: TlsMaterial
}

export interface GrafanaRequest {
  readonly method: 'GET' | 'POST' | 'PATCH'
  /** Below the server's URL, e.g. `api/annotations`. */
  readonly path: string
  readonly query?: URLSearchParams
  readonly body?: unknown
}

/** One call of Grafana's API, its answer read as `schema` has it. Rejects with a `GrafanaFault`, or the signal's reason. */
export type AskGrafana = <Answer>(
  request: GrafanaRequest,
  schema: z.ZodType<Answer>,
  signal: AbortSignal,
) => Promise<Answer>

/** No answer of use. Its message names the place and holds nothing of the answer. */
export class GrafanaFault extends Error {
  override readonly name = 'GrafanaFault'
  /** `error`: it could not be asked, or refused. `invalid`: it answered with something else. */
  readonly kind: 'error' | 'invalid'

  constructor(kind: 'error' | 'invalid', message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

/** A rule with its alerts has about 1 KiB. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/** @throws UsageError for a URL that is none. */
export function grafanaApi({ name, url: text, timeoutMs, tls, ...access }: GrafanaOptions): AskGrafana {
  const base = URL.parse(text)
  if (base === null || !/^https?:$/.test(base.protocol) || base.search !== '' || base.hash !== '')
    throw new UsageError(
      `source ${name}: expected the http or https URL of a Grafana, without query or fragment`,
    )
  const limits = { timeoutMs, maxBytes: MAX_ANSWER_BYTES, overflow: 'fail', ...(tls && { tls }) } as const
  return async ({ method, path, query, body }, schema, signal) => {
    const url = new URL(base)
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`
    url.search = query?.toString() ?? ''
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const headers = { ...sourceHeaders(access), accept: 'application/json', ...type }
    try {
      return read(
        await httpRequest({ url, method, headers, ...sent, ...limits }, signal),
        shownUrl(url),
        schema,
      )
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error
      throw new GrafanaFault(error.reason === 'too_large' ? 'invalid' : 'error', error.message, {
        cause: error,
      })
    }
  }
}

function read<Answer>(
  { status, contentType, body }: HttpAnswer,
  where: string,
  schema: z.ZodType<Answer>,
): Answer {
  // Whoever is not let in is sent to the page for logins.
  if (status >= 300 && status < 400)
    throw new GrafanaFault('error', `${where} redirects (${status}): see the URL and the token`)
  if (status !== 200) throw new GrafanaFault('error', `${where} answers with status ${status}${hint(status)}`)
  if (contentType !== 'application/json')
    throw new GrafanaFault(
      'invalid',
      `${where} answers with ${contentType.slice(0, 60) || 'no content type'}, which is no JSON`,
    )
  const answer = schema.safeParse(parseJson(body))
  if (answer.success) return answer.data
  const place = answer.error.issues[0]?.path.join('.') ?? ''
  const at = place === '' ? '' : ` (at ${place})`
  throw new GrafanaFault('invalid', `${where} answers with JSON that is not of Grafana's API${at}`)
}

function hint(status: number): string {
  if (status === 401) return ': it wants a token of a service account'
  if (status === 403) return ': the token lacks a permission'
  return status === 404 ? ': is this the URL of a Grafana?' : ''
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
