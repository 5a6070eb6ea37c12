import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http'
import { Agent as HttpAgent, request as overHttp } from 'node:http'
import { Agent as HttpsAgent, request as overTls } from 'node:https'
import type { LookupFunction } from 'node:net'
import { TLSSocket } from 'node:tls'
import { certificateEnd } from './certificate-end.ts'
import { inTime } from './in-time.ts'

export interface HttpRequest {
  /** http: or https:. User and password in it are sent as basic authentication. */
  readonly url: URL
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** For the whole exchange, from the connection to the last byte: a body that drips is cut off too. */
  readonly timeoutMs: number
  readonly maxBytes: number
  /** What a body over `maxBytes` means: `fail`, or `cut`: answer with its first `maxBytes`. */
  readonly overflow: 'fail' | 'cut'
  readonly tls?: TlsMaterial
  /** Where a host's name leads, asked once per request; what it throws is why there is no answer. Without it, the system's. */
  readonly lookup?: LookupFunction
}

/** PEM texts: the authorities that are believed in place of the public ones, a certificate of our own and its key. */
export interface TlsMaterial {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

export interface HttpAnswer {
  readonly status: number
  /** The media type in lower case, without parameters; empty when the server named none. */
  readonly contentType: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** Whether the body went on after `maxBytes`. */
  readonly cut: boolean
  /** Over TLS: when the first of the server's certificates ends (ms since the epoch). */
  readonly certificateEndsMs?: number
}

/**
 * Why there is no answer.
 * - `refused`: nothing listens, or it closed the connection, or spoke no HTTP, or its certificate is expired or another's;
 * - `timeout`: it did not finish in time;
 * - `too_large`: the body is over `maxBytes`;
 * - `unreachable`: it cannot be told from a fault of our own: name resolution, routes, this machine's limits, an authority unknown here.
 */
export type HttpFailureReason = 'refused' | 'timeout' | 'too_large' | 'unreachable'

/** An exchange without an answer. Its message holds no credentials, no query and nothing of the body. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure'
  readonly reason: HttpFailureReason

  constructor(reason: HttpFailureReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/**
 * One HTTP exchange with a service or a metrics source, made as a monitor must: redirects are answers and are never
 * followed, proxies of the environment are not used, nothing is decompressed, nothing is kept alive (a socket that the
 * server closed meanwhile would look like an outage). It is node:http and not fetch because fetch obeys
 * NODE_USE_ENV_PROXY, and follows and unpacks more than a monitor may.
 * @throws HttpFailure, or the signal's reason when it is aborted.
 */
export async function httpRequest(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { url, timeoutMs } = request
  return inTime(
    { timeoutMs, signal },
    (end) => exchange(request, end),
    (error, late) => failureOf({ where: shownUrl(url), timeoutMs }, error, late),
  )
}

/** Where a request goes, fit to be shown: no credentials, no query. */
export function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname}`
}

async function exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const message = await send(request, signal)
  const { socket } = message
  // While it is open: afterwards it has forgotten.
  const certificateEndsMs = socket instanceof TLSSocket ? certificateEnd(socket) : undefined
  const { body, cut } = await readBody(message, request)
  return {
    status: message.statusCode ?? 0,
    contentType: (message.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
    headers: message.headers,
    body,
    cut,
    ...(certificateEndsMs === undefined ? {} : { certificateEndsMs }),
  }
}

function send(request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { url, method, body, lookup } = request
  const tls = url.protocol === 'https:'
  const options: RequestOptions = {
    method,
    signal,
    headers: {
      'user-agent': 'seamless',
      'accept-encoding': 'identity',
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      ...request.headers,
    },
    // proxyEnv stated: agents may come to take the environment's proxies by default (nodejs/node#64528).
    agent: tls ? new HttpsAgent({ proxyEnv: {}, ...request.tls }) : new HttpAgent({ proxyEnv: {} }),
    ...(lookup === undefined ? {} : { lookup }),
  }
  return new Promise((resolve, reject) => {
    const sent = (tls ? overTls : overHttp)(url, options, resolve)
    sent.on('error', reject)
    sent.end(body)
  })
}

async function readBody(
  message: IncomingMessage,
  request: HttpRequest,
): Promise<{ body: Buffer; cut: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  // Leaving the loop destroys the socket, so that an endless body ends here.
  for await (const chunk of message as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > request.maxBytes) {
      if (request.overflow === 'fail') throw new HttpFailure('too_large', tooLarge(request))
      return { body: Buffer.concat(chunks).subarray(0, request.maxBytes), cut: true }
    }
  }
  return { body: Buffer.concat(chunks), cut: false }
}

function tooLarge(request: HttpRequest): string {
  return `${shownUrl(request.url)} answers with more than ${Math.round(request.maxBytes / 1024)} KiB`
}

/** Why an exchange with `where` has no answer; `late`: its time was up. */
export function failureOf(
  { where, timeoutMs }: { readonly where: string; readonly timeoutMs: number },
  error: unknown,
  late: boolean,
): HttpFailure {
  if (error instanceof HttpFailure) return error
  if (late) {
    return new HttpFailure('timeout', `${where} did not answer within ${timeoutMs} ms`, { cause: error })
  }
  const code = errorCode(error)
  if (isOfTheService(code)) {
    const hint = /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|UNKNOWN_CA|BAD_CERTIFICATE/.test(code)
      ? CLIENT_HINT
      : ''
    return new HttpFailure('refused', `${where} does not answer (${code}${hint})`, { cause: error })
  }
  const hint = /^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/.test(code) ? AUTHORITY_HINT : ''
  return new HttpFailure('unreachable', `${where} cannot be reached (${code}${hint})`, { cause: error })
}

const AUTHORITY_HINT = "; name its authority in the source's _CA_FILE, or in NODE_EXTRA_CA_CERTS"
const CLIENT_HINT = "; it wants a certificate of ours, or another one: the source's _CERT_FILE and _KEY_FILE"

function errorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'unknown error'
}

const OF_THE_SERVICE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EPROTO',
  'CERT_HAS_EXPIRED',
  'CERT_REVOKED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** Failures that only something at the service's address can have caused. All others may be of our own network, or of our trust store. */
function isOfTheService(code: string): boolean {
  // HPE_: the HTTP parser's, ERR_SSL_: OpenSSL's words for a peer that does not speak it.
  return OF_THE_SERVICE.has(code) || code.startsWith('HPE_') || code.startsWith('ERR_SSL_')
}
