import { UsageError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { HealthSource, Measurement, ProbeRequest, Query, Sample } from '../ports/health-source.ts'
import { type HttpAnswer, HttpFailure, httpRequest, shownUrl, type TlsMaterial } from './http-request.ts'
import { compilePattern, matchWithin, PatternFailure } from './pattern.ts'

export interface ProbeOptions {
  readonly name: string
  /** The service as its users reach it, e.g. `https://shop.example`; probes go to paths below it and nowhere else. */
  readonly url: string
  readonly clock: Pick<Clock, 'now'>
  /** The authorities that the service's certificate must come from, in place of the public ones. */
  readonly tls?: Pick<TlsMaterial, 'ca'>
}

/** So much of a body is looked at for the expected text; status pages have some KiB. */
const MAX_BODY_BYTES = 1024 * 1024

/** For one body; a plain pattern takes well under one ms for 1 MiB. */
const MATCHING_MS = 250

/**
 * Asks the service itself, as a user without an account would: one request a query, all at the same time, no
 * credentials, no redirects followed, no proxy. Answers with `probe_success` (1 or 0) and `probe_duration_seconds`,
 * both whatever the outcome, and with nothing of the body.
 *
 * What the service does wrong is `probe_success` 0: it refuses or drops the connection, takes longer than the timeout,
 * answers with another status or another body, breaks HTTP, lets its certificate expire. What may be our own fault is
 * an `error`, so that a broken resolver, route or trust store on this side never counts against a version.
 * @throws UsageError for a URL that is none, or that has credentials.
 */
export function probeSource({ name, url, clock }: ProbeOptions): HealthSource {
  const base = readBase(name, url)
  return {
    name,
    async read(queries, signal) {
      signal.throwIfAborted()
      return Promise.all(queries.map((query) => measure({ base, query, clock }, signal)))
    },
  }
}

function readBase(name: string, text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`source ${name}: expected the http or https URL of the service`)
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError(`source ${name}: a probe's URL has no user, password, query or fragment`)
  }
  return url
}

interface Probe {
  readonly base: URL
  readonly query: Query
  readonly clock: Pick<Clock, 'now'>
}

async function measure({ base, query, clock }: Probe, signal: AbortSignal): Promise<Measurement> {
  if (query.kind !== 'probe') return { kind: 'invalid', why: `a probe does not answer ${query.kind} queries` }
  try {
    const { probe } = query
    const expected = probe.body === undefined ? undefined : compilePattern(probe.body)
    if (expected !== undefined && probe.method === 'HEAD') {
      return { kind: 'invalid', why: 'a HEAD request has no body that could match' }
    }
    const url = below(base, probe.path)
    if (url === undefined) {
      return { kind: 'invalid', why: `${JSON.stringify(probe.path)} is no path below ${shownUrl(base)}` }
    }
    const atMs = clock.now()
    const startedMs = performance.now()
    const success = await isSuccess({ url, probe, expected }, signal)
    return samples(url, atMs, { success, seconds: (performance.now() - startedMs) / 1000 })
  } catch (error) {
    if (error instanceof PatternFailure || error instanceof UndecidedBody) {
      return { kind: 'invalid', why: error.message }
    }
    if (error instanceof HttpFailure) return { kind: 'error', why: error.message }
    throw error
  }
}

/** The path is of the config, the origin of whoever runs Seamless: the one must not change the other, as `//host` or `/..` would. */
function below(base: URL, path: string): URL | undefined {
  if (!path.startsWith('/')) return undefined
  const prefix = base.pathname.replace(/\/$/, '')
  const url = URL.parse(`${base.origin}${prefix}${path}`)
  const inside = url?.origin === base.origin && url.pathname.startsWith(`${prefix}/`) && url.username === ''
  return inside ? url : undefined
}

interface Expectation {
  readonly url: URL
  readonly probe: ProbeRequest
  readonly expected: RegExp | undefined
}

/** @throws HttpFailure for what may be our own fault, PatternFailure, UndecidedBody. */
async function isSuccess({ url, probe, expected }: Expectation, signal: AbortSignal): Promise<boolean> {
  try {
    const { method, timeoutMs } = probe
    const answer = await httpRequest(
      { url, method, timeoutMs, maxBytes: MAX_BODY_BYTES, overflow: 'cut' },
      signal,
    )
    return probe.statuses.includes(answer.status) && (expected === undefined || hasBody(answer, expected))
  } catch (error) {
    if (error instanceof HttpFailure && error.reason !== 'unreachable') return false
    throw error
  }
}

function hasBody({ body, cut }: HttpAnswer, expected: RegExp): boolean {
  const text = body.toString('utf8')
  if (matchWithin(MATCHING_MS, () => expected.test(text))) return true
  if (cut) throw new UndecidedBody('the body is over 1 MiB and its beginning does not match')
  return false
}

/** A body that was not read to the end: the expected text may still have come. */
class UndecidedBody extends Error {
  override readonly name = 'UndecidedBody'
}

function samples(
  url: URL,
  atMs: number,
  { success, seconds }: { success: boolean; seconds: number },
): Measurement {
  const instance = shownUrl(url)
  const named = (name: string, value: number): Sample => ({
    labels: { __name__: name, instance },
    value,
    atMs,
  })
  return {
    kind: 'ok',
    samples: [named('probe_success', success ? 1 : 0), named('probe_duration_seconds', seconds)],
  }
}
