import { type Matcher, parseSelector, type Selector } from '../config/selector.ts'
import type { SourceAccess } from '../config/source-access.ts'
import { UsageError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { HealthSource, Measurement, Query, Sample } from '../ports/health-source.ts'
import { HttpFailure, httpRequest, shownUrl, type TlsMaterial } from './http-request.ts'
import { MalformedPage, parsePage, type PageFormat } from './openmetrics.ts'
import { matchWithin, PatternFailure } from './pattern.ts'
import { seriesMatch } from './series-match.ts'
import { sourceHeaders } from './source-headers.ts'

export interface ScrapeOptions extends Omit<SourceAccess, 'tls'> {
  readonly name: string
  /** The metrics pages, e.g. `http://10.0.0.7:9100/metrics`. User and password in one are sent to that one. */
  readonly urls: readonly string[]
  readonly tls?: TlsMaterial
  /** For one page, from the connection to its last byte. */
  readonly timeoutMs: number
  readonly clock: Pick<Clock, 'now'>
}

/** Far above what services expose (a page of 100 000 series has about 12 MiB). */
const MAX_PAGE_BYTES = 16 * 1024 * 1024

/** A target that has not answered for so long is gone, and no longer a gap: Prometheus' lookback, after which its series vanish too. */
const GONE_AFTER_MS = 5 * 60_000

/** For one query over all pages; a plain selector takes some ms for 100 000 series. */
const MATCHING_MS = 500

const ACCEPT = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5'

interface Target {
  readonly url: URL
  /** The `instance` label of its series, as Prometheus sets it. */
  readonly instance: string
  /** Its last page, for as long as the target counts as there. */
  last?: { readonly samples: readonly Sample[]; readonly atMs: number }
}

/** What one tick had from one target: its page, or why there is none and the page before. */
type Scrape =
  | { readonly samples: readonly Sample[] }
  | {
      readonly failure: { readonly kind: 'error' | 'invalid'; readonly why: string }
      readonly before: readonly Sample[]
    }

/**
 * Reads metrics pages itself, without a Prometheus: each page once per `read`, all of them at the same time.
 *
 * A page that cannot be had makes a query's measurement unknown when it is known to have series for it (a "missed
 * scrape": without them the sum over all instances would be wrong, and look like fewer requests); a target that never
 * answered, or not for five minutes, is just not there. Unless no target answers at all: then nothing is known.
 * @throws UsageError for a URL that is none.
 */
export function scrapeSource(options: ScrapeOptions): HealthSource {
  const targets = makeTargets(options)
  return {
    name: options.name,
    async read(queries, signal) {
      signal.throwIfAborted()
      if (!queries.some(({ kind }) => kind === 'select')) return queries.map((query) => measure(query, []))
      const scrapes = await Promise.all(targets.map((target) => scrape(target, options, signal)))
      return queries.map((query) => measure(query, scrapes))
    },
  }
}

function makeTargets({ name, urls }: ScrapeOptions): Target[] {
  if (urls.length === 0) throw new UsageError(`source ${name} has no URL to scrape`)
  const parsed = [...new Set(urls)].map((text) => {
    const url = URL.parse(text)
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw new UsageError(`source ${name}: expected an http or https URL of a metrics page`)
    }
    return url
  })
  const names = parsed.map((url) => instanceOf(url, parsed))
  return parsed.map((url, index) => {
    const name = names[index] ?? ''
    // Not by the query, which would tell two pages of one path apart: it may hold a key.
    const isTwice = names.filter((other) => other === name).length > 1
    return { url, instance: isTwice ? `${name}#${index + 1}` : name }
  })
}

/** Two pages of one host would mix their series: they are told apart by their paths. */
function instanceOf(url: URL, all: readonly URL[]): string {
  const place = hostAndPort(url)
  return all.filter((other) => hostAndPort(other) === place).length === 1 ? place : place + url.pathname
}

function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`
}

async function scrape(target: Target, options: ScrapeOptions, signal: AbortSignal): Promise<Scrape> {
  const atMs = options.clock.now()
  try {
    const page = await fetchPage(target, options, signal)
    const samples = parsePage(page.text, page.format).map((sample): Sample => ({
      labels: Object.assign(Object.create(null), { instance: target.instance }, sample.labels),
      value: sample.value,
      atMs: sample.atMs ?? atMs,
    }))
    target.last = { samples, atMs }
    return { samples }
  } catch (error) {
    signal.throwIfAborted()
    if (target.last !== undefined && atMs - target.last.atMs > GONE_AFTER_MS) delete target.last
    return { failure: explain(target, error), before: target.last?.samples ?? [] }
  }
}

async function fetchPage(
  { url }: Target,
  { timeoutMs, tls, ...access }: ScrapeOptions,
  signal: AbortSignal,
): Promise<{ text: string; format: PageFormat }> {
  const headers = { ...sourceHeaders(access), accept: ACCEPT }
  const limits = { timeoutMs, maxBytes: MAX_PAGE_BYTES, overflow: 'fail', ...(tls && { tls }) } as const
  const { status, contentType, body } = await httpRequest({ url, method: 'GET', headers, ...limits }, signal)
  if (status >= 300 && status < 400)
    throw new PageFailure('error', `redirects (${status}); name the page itself`)
  if (status !== 200) throw new PageFailure('error', `answers with status ${status}`)
  const format = formatOf(contentType)
  if (format === undefined) {
    const is = contentType === '' ? 'without a content type' : `as ${contentType.slice(0, 60)}`
    throw new PageFailure('invalid', `answers ${is}, which is no metrics page`)
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(body), format }
  } catch (error) {
    throw new PageFailure('invalid', 'answers with text that is not UTF-8', { cause: error })
  }
}

function formatOf(contentType: string): PageFormat | undefined {
  if (contentType === 'application/openmetrics-text') return 'openmetrics'
  return contentType === 'text/plain' ? 'prometheus' : undefined
}

/** An answer that is no page of metrics. */
class PageFailure extends Error {
  readonly kind: 'error' | 'invalid'

  constructor(kind: 'error' | 'invalid', message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

function explain({ url }: Target, error: unknown): { kind: 'error' | 'invalid'; why: string } {
  if (error instanceof HttpFailure) {
    return { kind: error.reason === 'too_large' ? 'invalid' : 'error', why: error.message }
  }
  if (error instanceof PageFailure) return { kind: error.kind, why: `${shownUrl(url)} ${error.message}` }
  if (error instanceof MalformedPage) {
    return { kind: 'invalid', why: `${shownUrl(url)} is no valid metrics page: ${error.message}` }
  }
  throw error
}

function measure(query: Query, scrapes: readonly Scrape[]): Measurement {
  if (query.kind !== 'select') {
    return { kind: 'invalid', why: `a metrics page answers selectors only, not ${query.kind} queries` }
  }
  const selector = readSelector(query.selector)
  if (selector instanceof Error) return { kind: 'invalid', why: selector.message }
  try {
    const work = (): Measurement => select(selector, query.selector, scrapes)
    return selector.matchers.some(isPattern) ? matchWithin(MATCHING_MS, work) : work()
  } catch (error) {
    if (error instanceof PatternFailure) return { kind: 'invalid', why: error.message }
    throw error
  }
}

function isPattern({ operator }: Matcher): boolean {
  return operator === '=~' || operator === '!~'
}

function readSelector(text: string): Selector | Error {
  try {
    return parseSelector(text)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function select(selector: Selector, text: string, scrapes: readonly Scrape[]): Measurement {
  const matches = seriesMatch(selector)
  const failed = scrapes.filter((scrape) => 'failure' in scrape)
  const missed = failed.find(({ before }) => before.some(({ labels }) => matches(labels)))
  if (missed !== undefined) return { ...missed.failure, why: `missed scrape: ${missed.failure.why}` }
  const [first] = failed
  if (first !== undefined && failed.length === scrapes.length) {
    const others = failed.length > 1 ? ` (and ${failed.length - 1} more)` : ''
    return { ...first.failure, why: first.failure.why + others }
  }
  const found = scrapes.flatMap((scrape) => ('samples' in scrape ? scrape.samples : []))
  const answered = scrapes.length - failed.length
  return newest(
    text,
    found.filter(({ labels }) => matches(labels)),
    answered,
  )
}

/** One sample a series: OpenMetrics allows several points of one. Two with the same time would count its traffic twice. */
function newest(text: string, matched: readonly Sample[], pages: number): Measurement {
  const series = new Map<string, Sample>()
  for (const sample of matched) {
    const key = JSON.stringify(Object.entries(sample.labels).sort(([a], [b]) => (a < b ? -1 : 1)))
    const other = series.get(key)
    if (other?.atMs === sample.atMs) {
      return { kind: 'invalid', why: `${text}: the same series stands on the pages twice` }
    }
    if (other === undefined || other.atMs < sample.atMs) series.set(key, sample)
  }
  const [first, ...rest] = series.values()
  if (first !== undefined) return { kind: 'ok', samples: [first, ...rest] }
  return { kind: 'no_data', why: `${text}: no such series on ${pages === 1 ? 'the page' : `${pages} pages`}` }
}
