import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/*
 * A process that answers like a Prometheus which scrapes a service of three instances every 15 s: the counters of its
 * requests, a latency histogram, a gauge. It is as fast as one can be: a query is answered once a second, and from memory after
 * that. Says `listening <port>` when it is ready.
 */

const INSTANCES = ['10.0.0.1:8080', '10.0.0.2:8080', '10.0.0.3:8080']
const EDGES = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf']
/** How much of the requests is below each edge. */
const BELOW = [0.001, 0.004, 0.03, 0.12, 0.58, 0.97, 0.995, 0.999, 0.9995, 0.9999, 1, 1]
const PER_SECOND = 40
const SCRAPE_SECONDS = 15
/** The service was started then (s); counters count from there. */
const STARTED = Math.floor(Date.now() / 1000) - 40 * 86_400

type Metric = Record<string, string>
interface Series {
  readonly metric: Metric
  readonly at: (seconds: number) => number
}

function seriesOf(selector: string): readonly Series[] {
  if (/latency/.test(selector)) return INSTANCES.flatMap(bucketsOf)
  return INSTANCES.map((instance, index): Series => {
    const metric = { instance, job: 'shop', namespace: 'shop' }
    if (/saturation/.test(selector))
      return { metric: { __name__: 'saturation', ...metric }, at: (s) => 0.4 + 0.05 * wave(s, index) }
    const total = (s: number): number => requests(s, index)
    if (!/code=~/.test(selector))
      return { metric: { __name__: 'http_requests_total', ...metric, code: '200' }, at: total }
    const bad = (s: number): number => Math.floor(requests(s, index) * 0.001)
    return { metric: { __name__: 'http_requests_total', ...metric, code: '500' }, at: bad }
  })
}

function bucketsOf(instance: string, index: number): readonly Series[] {
  return EDGES.map((le, edge) => ({
    metric: { __name__: 'latency_seconds_bucket', instance, job: 'shop', namespace: 'shop', le },
    at: (s) => Math.floor(requests(s, index) * (BELOW[edge] ?? 1)),
  }))
}

/** Never less than before, and no two intervals quite alike. */
function requests(seconds: number, index: number): number {
  return Math.floor(PER_SECOND * (seconds - STARTED) + 60 * (1 + wave(seconds, index)))
}

function wave(seconds: number, index: number): number {
  return Math.sin(seconds / 97 + index) * Math.cos(seconds / 31)
}

/** Each selector of a query with the labels that its series get beside their own. */
function selectorsOf(promql: string): readonly (readonly [selector: string, more: Metric])[] {
  const parts = promql.split(/"__seamless_query__", "(\d+)", "", ""\)(?: or )?/)
  if (parts.length === 1) return [[promql, {}]]
  return Array.from({ length: (parts.length - 1) / 2 }, (_, at) => [
    parts[2 * at] ?? '',
    { __seamless_query__: parts[2 * at + 1] ?? '' },
  ])
}

function scrapedAt(seconds: number): number {
  return Math.floor(seconds / SCRAPE_SECONDS) * SCRAPE_SECONDS
}

type Answer = (series: Series, more: Metric, value: (seconds: number) => number) => unknown

/** Every series and, beside it, the time of its sample. */
function answer(promql: string, form: Answer): unknown[] {
  return selectorsOf(promql).flatMap(([selector, more]) =>
    seriesOf(selector).flatMap((series) => {
      const { __name__: _, ...labels } = series.metric
      const times = { ...series, metric: { ...labels, __seamless_time__: '1' } }
      return [form(series, more, (s) => series.at(scrapedAt(s))), form(times, more, scrapedAt)]
    }),
  )
}

function instant(promql: string, seconds: number): unknown {
  const result = answer(promql, ({ metric }, more, value) => ({
    metric: { ...metric, ...more },
    value: [seconds, String(value(seconds))],
  }))
  return { status: 'success', data: { resultType: 'vector', result } }
}

function range(form: URLSearchParams): unknown {
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name)))
  if (start === undefined || end === undefined || step === undefined) throw new Error('no range')
  const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, at) => start + at * step)
  const result = answer(form.get('query') ?? '', ({ metric }, more, value) => ({
    metric: { ...metric, ...more },
    values: times.map((seconds) => [seconds, String(value(seconds))]),
  }))
  return { status: 'success', data: { resultType: 'matrix', result } }
}

const remembered = new Map<string, { second: number; body: string }>()

function instantBody(promql: string): string {
  const second = Math.floor(Date.now() / 1000)
  const known = remembered.get(promql)
  if (known?.second === second) return known.body
  const body = JSON.stringify(instant(promql, second))
  remembered.set(promql, { second, body })
  return body
}

const server = createServer((request, response) => {
  void request.toArray().then((chunks: Buffer[]) => {
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    const isRange = request.url?.endsWith('/query_range') === true
    const body = isRange ? JSON.stringify(range(form)) : instantBody(form.get('query') ?? '')
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(body)
  })
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 })
await once(server, 'listening')
console.log(`listening ${(server.address() as AddressInfo).port}`)
