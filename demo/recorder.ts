import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parsePage } from '../src/adapters/openmetrics.ts'
import { seriesMatch } from '../src/adapters/series-match.ts'
import { parseSelector } from '../src/config/selector.ts'
import type { Labels } from '../src/ports/health-source.ts'

/** As much of a Prometheus as this demo needs, since none can be installed offline: it keeps what it scrapes, and answers for any time. */
export interface Recorder {
  readonly url: string
  close(): Promise<void>
}

interface TimedValue {
  readonly atMs: number
  readonly value: number
}

interface Series {
  readonly labels: Labels
  /** Oldest first. */
  readonly samples: TimedValue[]
}

const SCRAPE_EVERY_MS = 250
/** A series whose newest sample is older is gone; Prometheus waits five minutes, but here nobody has so much time. */
const STALE_MS = 3000

/**
 * Begins to scrape the metrics pages of these services; one that is not there is asked again. Nobody wants to watch two hours before
 * the first upgrade, so the past of the first version is made up: as many requests a second as it gets now, and none failed.
 */
export async function startRecorder(services: readonly string[], rate: number): Promise<Recorder> {
  const known = new Map<string, Series>()
  let hasPast = false
  const scrape = async (): Promise<void> => {
    await Promise.all(services.map(async (service) => scrapeOne(known, service)))
    hasPast ||= makeUpPast(known, rate)
  }
  const timer = setInterval(() => void scrape(), SCRAPE_EVERY_MS)
  const server = createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString())
      const isRange = request.url?.endsWith('/query_range') === true
      const data = isRange ? range([...known.values()], form) : instant([...known.values()], form)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ status: 'success', data }))
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      clearInterval(timer)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function scrapeOne(known: Map<string, Series>, service: string): Promise<void> {
  try {
    const answer = await fetch(`${service}/metrics`, { signal: AbortSignal.timeout(2000) })
    const page = parsePage(await answer.text(), 'prometheus')
    const atMs = Date.now()
    for (const { labels, value } of page) {
      const named = { ...labels, instance: new URL(service).host }
      const key = JSON.stringify(named)
      const series = known.get(key) ?? { labels: named, samples: new Array<TimedValue>() }
      series.samples.push({ atMs, value })
      known.set(key, series)
    }
  } catch {
    // Nothing runs there at the moment.
  }
}

const PAST_S = 2 * 3600

/** The service was started anew after it: its counters begin at 0 again. */
function makeUpPast(known: ReadonlyMap<string, Series>, rate: number): boolean {
  const one = [...known.values()].find(({ labels }) => labels['__name__'] === 'http_requests_total')
  const first = one?.samples[0]
  if (one === undefined || first === undefined) return false
  const past = Array.from({ length: PAST_S }, (_, second) => ({
    atMs: first.atMs - (PAST_S - second) * 1000,
    value: 1 + rate * (second + 1),
  }))
  one.samples.unshift(...past)
  return true
}

/** What Seamless asks for is always a selector's series with the times of their samples, or several of those at once. */
function selectorsOf(promql: string): readonly string[] {
  return [...promql.matchAll(/label_replace\(timestamp\((.*?)\), "__seamless_time__"/g)].map(
    ([, selector = '']) => selector,
  )
}

interface Asked {
  readonly labels: Labels
  readonly at: (ms: number) => number | undefined
}

function asked(all: readonly Series[], promql: string): readonly Asked[] {
  const selectors = selectorsOf(promql)
  const isTogether = promql.includes('__seamless_query__')
  return selectors.flatMap((selector, index) => {
    const isMeant = seriesMatch(parseSelector(selector))
    const tag = isTogether ? { __seamless_query__: String(index) } : {}
    return all
      .filter(({ labels }) => isMeant(labels))
      .flatMap((series): Asked[] => {
        const { __name__: _, ...rest } = series.labels
        const newest = (ms: number): TimedValue | undefined => newestAt(series.samples, ms)
        return [
          { labels: { ...series.labels, ...tag }, at: (ms) => newest(ms)?.value },
          { labels: { ...rest, ...tag, __seamless_time__: '1' }, at: (ms) => seconds(newest(ms)?.atMs) },
        ]
      })
  })
}

function newestAt(samples: readonly TimedValue[], ms: number): TimedValue | undefined {
  let [low, high] = [0, samples.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((samples[middle]?.atMs ?? Infinity) <= ms) low = middle + 1
    else high = middle
  }
  const found = samples[low - 1]
  return found === undefined || ms - found.atMs >= STALE_MS ? undefined : found
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000
}

function instant(all: readonly Series[], form: URLSearchParams): unknown {
  const nowMs = Date.now()
  const result = asked(all, form.get('query') ?? '').flatMap(({ labels, at }) => {
    const value = at(nowMs)
    return value === undefined ? [] : [{ metric: labels, value: [nowMs / 1000, String(value)] }]
  })
  return { resultType: 'vector', result }
}

function range(all: readonly Series[], form: URLSearchParams): unknown {
  const [start = 0, end = 0, step = 1] = ['start', 'end', 'step'].map((name) => Number(form.get(name)))
  // Before its first sample there is nothing to look for.
  const firstMs = Math.min(...all.flatMap(({ samples }) => samples[0]?.atMs ?? []))
  const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, at) => start + at * step)
  const known = times.filter((time) => time * 1000 >= firstMs)
  const result = asked(all, form.get('query') ?? '').flatMap(({ labels, at }) => {
    const values = known.flatMap((time) => {
      const value = at(time * 1000)
      return value === undefined ? [] : [[time, String(value)]]
    })
    return values.length === 0 ? [] : [{ metric: labels, values }]
  })
  return { resultType: 'matrix', result }
}
