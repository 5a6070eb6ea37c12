import type { IncomingHttpHeaders } from 'node:http'
import type { z } from 'zod'
import { type HttpAnswer, HttpFailure, httpRequest, shownUrl } from './http-request.ts'
import { RemoteFault } from './remote-fault.ts'

/** What is asked of a CI server. Redirects are answers, and never followed: they would take the token elsewhere. */
export interface ServiceRequest {
  readonly url: URL
  readonly method?: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly maxBytes?: number
  /** Of a longer answer its beginning counts; else it is a fault. */
  readonly mayBeCut?: boolean
}

export interface ServiceAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly isCut: boolean
}

/** For one exchange; what takes longer is asked again. */
const TIMEOUT_MS = 30_000
/** A page of a hundred builds with all that was asked about them has about 100 kB. */
const MAX_BYTES = 8 * 1024 * 1024

/** One exchange. Errors: a passing `RemoteFault` without an answer, or the signal's reason. */
export async function askService(request: ServiceRequest, signal: AbortSignal): Promise<ServiceAnswer> {
  const { maxBytes = MAX_BYTES, mayBeCut = false, method = 'GET' } = request
  try {
    const { url, headers, body } = request
    const overflow = mayBeCut ? 'cut' : 'fail'
    const asked = { url, method, headers, timeoutMs: TIMEOUT_MS, maxBytes, overflow } as const
    const answer = await httpRequest({ ...asked, ...(body !== undefined && { body }) }, signal)
    return read(request, answer)
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    throw new RemoteFault(`${error.message}.`, { cause: error, isPassing: error.reason !== 'too_large' })
  }
}

function read({ url }: ServiceRequest, { status, headers, body, cut }: HttpAnswer): ServiceAnswer {
  // 429 and 5xx: the same may be answered well in a while.
  if (status === 429 || status >= 500) {
    const said = briefly(body.toString('utf8'))
    throw new RemoteFault(`${shownUrl(url)} answers with ${status}${said}.`, { isPassing: true })
  }
  return { status, headers, body: body.toString('utf8'), isCut: cut }
}

/**
 * The JSON of an answer, as this schema has it. Half an answer is a passing fault: a proxy that gave up, a server that went
 * down while it spoke.
 */
export function jsonOf<Parsed>(url: URL, { body }: ServiceAnswer, schema: z.ZodType<Parsed>): Parsed {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (cause) {
    const what = body.trim() === '' ? 'nothing' : 'no whole JSON'
    throw new RemoteFault(`${shownUrl(url)} answers with ${what}: is it the server's own address?`, {
      cause,
      isPassing: true,
    })
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new RemoteFault(
    `${shownUrl(url)} answers with JSON of another kind: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`,
    { cause: parsed.error },
  )
}

/** Where a redirect leads, fit to be shown. */
export function redirectOf({ status, headers }: ServiceAnswer, from: URL): string | undefined {
  if (status < 300 || status > 399) return undefined
  const { location } = headers
  return location === undefined || !URL.canParse(location, from.href)
    ? 'elsewhere'
    : shownUrl(new URL(location, from))
}

/** What a server says in its error page, short enough for a line: `: No valid crumb was included in the request`. */
export function briefly(body: string): string {
  const text = body
    .replaceAll(/<(style|script|head)\b[\s\S]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return text === '' ? '' : `: ${text.length <= 200 ? text : `${text.slice(0, 200)}…`}`
}
