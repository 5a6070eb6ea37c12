import { lookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import type { Clock } from '../ports/clock.ts'
import type {
  HealthSource,
  HttpProbe,
  Measurement,
  ProbeRequest,
  Query,
  Sample,
} from '../ports/health-source.ts'
import { type Resolve, vettedLookup } from './address-policy.ts'
import { connectOnce } from './connect.ts'
import { HttpFailure, httpRequest, shownUrl, type TlsMaterial } from './http-request.ts'
import { isAsExpected, MAX_BODY_BYTES, readExpectation, UndecidedProbe } from './probe-answer.ts'
import { below, type ProbePlace, readPlace } from './probe-place.ts'

export interface ProbeOptions {
  readonly name: string
  /** The service as its users reach it, e.g. `https://shop.example`; probes go to paths below it and nowhere else. Or `tcp://host:port`. */
  readonly url: string
  readonly clock: Pick<Clock, 'now'>
  /** The authorities that the service's certificate must come from, in place of the public ones. */
  readonly tls?: Pick<TlsMaterial, 'ca'>
  /** Addresses and networks (CIDR) that its name may lead to although they are not public. */
  readonly allow?: readonly string[]
  /** Where a name leads; without it, where this machine says. */
  readonly resolve?: Resolve
}

/**
 * Asks the service itself, as a user without an account would: one request a query, all at the same time, no
 * credentials, no redirects followed, no proxy. Answers with `probe_success` (1 or 0) and what else the blackbox exporter
 * says of such a probe, whatever the outcome, and with nothing of the body.
 *
 * What the service does wrong is `probe_success` 0: it refuses or drops the connection, takes longer than the timeout,
 * answers with another status or another body, breaks HTTP, lets its certificate expire. What may be our own fault is
 * an `error`, so that a broken resolver, route or trust store on this side never counts against a version.
 *
 * It connects to addresses that were vetted and to no others: see `refusalOf`.
 * @throws UsageError for a URL that is none, that has credentials, or that leads where no service is.
 */
export function probeSource(options: ProbeOptions): HealthSource {
  const { name, url, clock, tls = {}, allow = [] } = options
  const resolve = options.resolve ?? ((host) => lookup(host, { all: true }))
  const policy = { source: name, allow }
  const site = { place: readPlace(url, policy), clock, tls, lookup: vettedLookup(resolve, policy) }
  return {
    name,
    async read(queries, signal) {
      signal.throwIfAborted()
      return Promise.all(queries.map((query) => measure(site, query, signal)))
    },
  }
}

interface Site {
  readonly place: ProbePlace
  readonly clock: Pick<Clock, 'now'>
  readonly tls: Pick<TlsMaterial, 'ca'>
  readonly lookup: LookupFunction
}

/** What a probe found. */
interface Finding {
  readonly success: boolean
  /** Of HTTP alone; 0 without an answer. */
  readonly status?: number
  readonly certificateEndsMs?: number
}

async function measure(site: Site, query: Query, signal: AbortSignal): Promise<Measurement> {
  if (query.kind !== 'probe') return { kind: 'invalid', why: `a probe does not answer ${query.kind} queries` }
  const { probe } = query
  try {
    const atMs = site.clock.now()
    const { instance, ask } = 'connect' in probe ? connection(site, probe) : exchange(site, probe)
    const startedMs = performance.now()
    const found = await ask(signal)
    const seconds = (performance.now() - startedMs) / 1000
    const success = found.success && isCertificateKept(probe, found, atMs)
    return samples(instance, atMs, { ...found, success, seconds })
  } catch (error) {
    if (error instanceof UndecidedProbe) return { kind: 'invalid', why: error.message }
    if (error instanceof HttpFailure) return { kind: 'error', why: error.message }
    throw error
  }
}

interface Prepared {
  /** What its samples are called. */
  readonly instance: string
  /** @throws HttpFailure for what may be our own fault, UndecidedProbe. */
  readonly ask: (signal: AbortSignal) => Promise<Finding>
}

/** @throws UndecidedProbe */
function exchange({ place: { base }, tls, lookup }: Site, probe: HttpProbe): Prepared {
  if (base === undefined) throw new UndecidedProbe('a tcp URL has no paths: write connect instead of probe')
  const url = below(base, probe.path)
  if (url === undefined)
    throw new UndecidedProbe(`${JSON.stringify(probe.path)} is no path below ${shownUrl(base)}`)
  if (probe.certificateMs !== undefined && url.protocol !== 'https:')
    throw new UndecidedProbe(`${shownUrl(url)} has no certificate: its URL is not https`)
  const expectation = readExpectation(probe)
  const { method, timeoutMs } = probe
  const limits = { timeoutMs, maxBytes: MAX_BODY_BYTES, overflow: 'cut' } as const
  return {
    instance: shownUrl(url),
    ask: (signal) =>
      unlessItsOwn({ success: false, status: 0 }, async () => {
        const answer = await httpRequest({ url, method, tls, lookup, ...limits }, signal)
        const { status, certificateEndsMs } = answer
        const success = isAsExpected(answer, expectation)
        return { success, status, ...(certificateEndsMs === undefined ? {} : { certificateEndsMs }) }
      }),
  }
}

function connection(
  { place: { host, port }, tls, lookup }: Site,
  { connect, timeoutMs }: Extract<ProbeRequest, { connect: string }>,
): Prepared {
  const request = { host, port, timeoutMs, lookup, ...(connect === 'tls' ? { tls } : {}) }
  return {
    instance: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    ask: (signal) =>
      unlessItsOwn({ success: false }, async () => ({
        success: true,
        ...(await connectOnce(request, signal)),
      })),
  }
}

/** A failure of the service's own is a finding. */
async function unlessItsOwn(failed: Finding, ask: () => Promise<Finding>): Promise<Finding> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof HttpFailure && error.reason !== 'unreachable') return failed
    throw error
  }
}

function isCertificateKept(
  { certificateMs }: ProbeRequest,
  { certificateEndsMs }: Finding,
  nowMs: number,
): boolean {
  return certificateMs === undefined || (certificateEndsMs ?? 0) - nowMs >= certificateMs
}

/** Named as by https://github.com/prometheus/blackbox_exporter */
function samples(
  instance: string,
  atMs: number,
  { success, seconds, status, certificateEndsMs }: Finding & { readonly seconds: number },
): Measurement {
  const named = (name: string, value: number): Sample => ({
    labels: { __name__: name, instance },
    value,
    atMs,
  })
  return {
    kind: 'ok',
    samples: [
      named('probe_success', success ? 1 : 0),
      named('probe_duration_seconds', seconds),
      ...(status === undefined ? [] : [named('probe_http_status_code', status)]),
      ...(certificateEndsMs === undefined
        ? []
        : [named('probe_ssl_earliest_cert_expiry', certificateEndsMs / 1000)]),
    ],
  }
}
