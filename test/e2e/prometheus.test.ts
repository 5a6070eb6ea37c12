import { once } from 'node:events'
import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { prometheusSource } from '../../src/adapters/prometheus.ts'
import { scrapeSource } from '../../src/adapters/scrape.ts'
import type { HealthSource, Measurement, Query, Sample } from '../../src/ports/health-source.ts'
import {
  healthSourceContract,
  historySourceContract,
  seriesSourceContract,
  type SeriesSourceWorld,
} from '../contract/health-source.ts'
import { type PrometheusServer, hasPrometheus, startPrometheus } from '../support/prometheus-server.ts'

const isThere = hasPrometheus()
if (!isThere) {
  const missing = 'no `prometheus` on the PATH (Debian: apt-get install prometheus)'
  // CI must not pass without having asked a real one.
  if ((process.env['CI'] ?? '') !== '') throw new Error(missing)
  console.warn(`test/e2e/prometheus.test.ts is skipped: ${missing}`)
}

const clock = { now: () => Date.now() }
const signal = new AbortController().signal
const select = (selector: string): Query => ({ kind: 'select', selector })
const expression = (promql: string): Query => ({ kind: 'expression', promql })

function source(url: string): HealthSource {
  return prometheusSource({ name: 'main', url, timeoutMs: 60_000, clock })
}

async function read(from: HealthSource, query: Query): Promise<Measurement> {
  const [measurement] = await from.read([query], signal)
  if (measurement === undefined) throw new Error('no measurement')
  return measurement
}

function samples(measurement: Measurement | undefined): readonly Sample[] {
  if (measurement?.kind !== 'ok') throw new Error(`${measurement?.kind}: ${measurement?.why}`)
  return measurement.samples
}

/** Which series, by the labels of their page. */
function series(measurement: Measurement): string[] {
  const found = measurement.kind === 'ok' ? measurement.samples : []
  return found
    .map(({ labels }) => Object.entries(labels).filter(([name]) => name !== 'job'))
    .map((own) => JSON.stringify(own.sort(([a], [b]) => (a < b ? -1 : 1))))
    .sort((a, b) => (a < b ? -1 : 1))
}

/** Asks again and again until the answer is as wanted; scrapes come every second. */
async function until(
  from: HealthSource,
  query: Query,
  wanted: (measurement: Measurement) => boolean,
): Promise<Measurement> {
  const endMs = Date.now() + 20_000
  for (;;) {
    const measurement = await read(from, query)
    if (wanted(measurement)) return measurement
    if (Date.now() > endMs) throw new Error(`still ${JSON.stringify(measurement)}`)
    await sleep(200)
  }
}

const isOk = (measurement: Measurement) => measurement.kind === 'ok'

async function serve(listener: RequestListener): Promise<Server> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const hostAndPort = (server: Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`

describe.runIf(isThere)('a real Prometheus', () => {
  let requests = 0
  let isUp = true
  let page: Server
  let nativePage: Server
  let prometheus: PrometheusServer
  let main: HealthSource
  const startedMs = Date.now()

  beforeAll(async () => {
    page = await serve((_, response) => {
      requests += 10
      response.writeHead(isUp ? 200 : 500, { 'content-type': 'text/plain; version=0.0.4' }).end(
        [
          `requests_total{code="200"} ${requests}`,
          `requests_total{code="500",why="a \\"}\\\\\\nb"} 1`,
          `same_total ${requests}`,
          'odd NaN',
          'odd{sign="+"} +Inf',
          'seconds_bucket{le="0.5"} 3\nseconds_bucket{le="+Inf"} 4\nseconds_sum 1.5\nseconds_count 4',
          // A sample of a time of its own, as Prometheus keeps it: nothing newer ever comes.
          `left_behind 7 ${startedMs - 100_000}`,
          'a 1\nb{x="y"} 2',
          '',
        ].join('\n'),
      )
    })
    nativePage = await serve((_, response) => {
      const type =
        'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited'
      response.writeHead(200, { 'content-type': type }).end(nativeHistogramPage())
    })
    prometheus = await startPrometheus(hostAndPort(page), hostAndPort(nativePage))
    main = source(prometheus.url)
    await until(main, select('requests_total'), isOk)
  })

  afterEach(() => prometheus.revive())

  afterAll(async () => {
    await prometheus?.remove()
    page?.close()
    nativePage?.close()
  })

  it('raw series come with all labels, and with the time of their scrape', async () => {
    const [sample] = samples(await read(main, select('requests_total{code="200"}')))
    expect(sample?.labels).toEqual({
      __name__: 'requests_total',
      code: '200',
      instance: hostAndPort(page),
      job: 'service',
    })
    const next = await until(main, select('requests_total{code="200"}'), (measurement) => {
      return samples(measurement)[0]?.atMs !== sample?.atMs
    })
    const apartMs = (samples(next)[0]?.atMs ?? 0) - (sample?.atMs ?? 0)
    expect(Math.abs(apartMs / 1000 - Math.round(apartMs / 1000))).toBeLessThan(0.2)
    expect(samples(next)[0]?.value).toBeGreaterThan(sample?.value ?? Infinity)
  })

  it('an old sample that Prometheus repeats keeps its old time', async () => {
    const [repeated] = samples(await read(main, expression('left_behind')))
    const [raw] = samples(await read(main, select('left_behind')))
    expect(repeated?.atMs).toBeGreaterThan(startedMs)
    expect([raw?.value, raw?.atMs]).toEqual([7, startedMs - 100_000])
  })

  it('several series of a classic histogram are all there', async () => {
    const buckets = samples(await read(main, select('seconds_bucket')))
    expect(buckets.map(({ labels, value }) => `${labels['le']}: ${value}`).sort()).toEqual([
      '+Inf: 4',
      '0.5: 3',
    ])
  })

  it('a native histogram comes as its count, sum and buckets', async () => {
    const [sample] = samples(await until(main, select('request_seconds'), isOk))
    expect(sample?.labels['__name__']).toBe('request_seconds')
    expect(sample?.value).toBe(6)
    expect(sample?.histogram).toEqual({
      count: 6,
      sum: 9.5,
      buckets: [
        { lower: -0.001, upper: 0.001, count: 1 },
        { lower: 0.5, upper: 1, count: 2 },
        { lower: 1, upper: 2, count: 3 },
      ],
    })
    expect(Math.abs((sample?.atMs ?? 0) - Date.now())).toBeLessThan(10_000)
  })

  it('a selector of both kinds of a histogram finds the one that there is', async () => {
    const both = ['seconds', 'request_seconds'].map((name) => select(`{__name__=~"${name}(_bucket)?"}`))
    const [classic, native] = await main.read(both, signal)
    expect(samples(classic).map(({ labels }) => labels['le'])).toEqual(
      expect.arrayContaining(['0.5', '+Inf']),
    )
    expect(samples(native).map(({ histogram }) => histogram?.count)).toEqual([6])
  })

  it('two selectors of a tick are of the same scrape, whenever one asks', async () => {
    const pair = [select('requests_total{code="200"}'), select('same_total')]
    const seen = new Set<number>()
    const endMs = Date.now() + 3000
    while (Date.now() < endMs) {
      const [one, other] = (await main.read(pair, signal)).map((measurement) => samples(measurement)[0])
      expect([one?.value, one?.atMs]).toEqual([other?.value, other?.atMs])
      seen.add(one?.value ?? Number.NaN)
    }
    expect(seen.size).toBeGreaterThanOrEqual(3)
  })

  it.each([
    'odd',
    'odd{sign=""}',
    'odd{sign!=""}',
    'odd{sign=~".+"}',
    'odd{sign!~"[+]"}',
    'requests_total{code=~"2..|4.."}',
    'requests_total{code=~"2"}',
    'requests_total{code!~"5.*",why=""}',
    'seconds_bucket{le=~"(?i)[+]INF"}',
    String.raw`requests_total{why="a \"}\\\nb"}`,
    '{__name__=~"seconds_(bucket|sum)"}',
    '{__name__="seconds_bucket",le=~"0[.]5|[+]Inf"}',
    'seconds_bucket{le!="+Inf",nothing=~".*"}',
    'seconds_bucket{nothing=~".+"}',
  ])('%s selects the same of the page by scrape as by Prometheus', async (selector) => {
    const urls = [`http://${hostAndPort(page)}/metrics`]
    const direct = scrapeSource({ name: 'pages', urls, timeoutMs: 5000, clock })
    const [scraped, asked] = [await read(direct, select(selector)), await read(main, select(selector))]
    expect(series(scraped)).toEqual(series(asked))
  })

  it('M04 NaN and infinities come as they are', async () => {
    const values = samples(await read(main, select('odd'))).map(({ value }) => value)
    expect(new Set(values)).toEqual(new Set([NaN, Infinity]))
  })

  it('M13 a value with quotes, braces, backslash and line feed is one literal value', async () => {
    const literal = String.raw`requests_total{why="a \"}\\\nb"}`
    expect(samples(await read(main, select(literal)))).toHaveLength(1)
    expect(await read(main, select(String.raw`requests_total{why="x\"} or vector(0) #"}`))).toMatchObject({
      kind: 'no_data',
    })
  })

  it.each([
    ['vector(1)', 'ok', undefined],
    ['scalar(vector(1))', 'ok', undefined],
    ['absent(requests_total)', 'no_data', /the answer is empty/],
    ['requests_total[5m]', 'invalid', /gives a range of values/],
    ['"text"', 'invalid', /gives a string/],
    ['requests_total{', 'error', /answers bad_data: .*parse error/],
    ['requests_total * on() requests_total', 'error', /answers execution: .*many-to-many/],
  ])('M02 M03 M06 %s is %s', async (promql, kind, why) => {
    const measurement = await read(main, expression(promql))
    expect(measurement.kind).toBe(kind)
    expect('why' in measurement ? measurement.why : '').toMatch(why ?? /^$/)
  })

  it('a selector of two metrics with otherwise equal labels is an error, not a mixture', async () => {
    expect(await read(main, select('{__name__=~"seconds_sum|seconds_count"}'))).toMatchObject({
      kind: 'error',
      why: expect.stringContaining('same labelset'),
    })
  })

  it('its past has every second, with samples never younger than the step', async () => {
    await sleep(2000)
    const toMs = Date.now() - 500
    const range = { fromMs: toMs - 2500, toMs, stepMs: 500 }
    const steps = (await main.history?.([select('requests_total{code="200"}')], range, signal)) ?? []
    expect(steps).toHaveLength(Math.floor(toMs / 500) - Math.ceil(range.fromMs / 500) + 1)
    const ages = steps.map(({ atMs, measurements }) => atMs - (samples(measurements[0])[0]?.atMs ?? Infinity))
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...ages)).toBeLessThan(2500)
    expect(new Set(ages.map((age) => Math.round(age / 500))).size).toBeGreaterThan(1)
  })

  it('a past of more steps than Prometheus gives at once is put together', async () => {
    const toMs = Date.now()
    const steps = await main.history?.(
      [select('requests_total')],
      { fromMs: toMs - 23_000_000, toMs, stepMs: 1000 },
      signal,
    )
    const kinds = steps?.map(({ measurements }) => measurements[0]?.kind) ?? []
    expect(kinds.length).toBeGreaterThanOrEqual(23_000)
    expect(kinds[0]).toBe('no_data')
    expect(kinds.at(-1)).toBe('ok')
    expect(new Set(kinds)).toEqual(new Set(['ok', 'no_data']))
  })

  it('a target that restarts counts from zero: the raw counter falls', async () => {
    const before = samples(await read(main, select('requests_total{code="200"}')))[0]?.value ?? 0
    requests = 0
    const after = await until(main, select('requests_total{code="200"}'), (measurement) => {
      return (samples(measurement)[0]?.value ?? Infinity) < before
    })
    expect(samples(after)[0]?.value).toBeLessThan(before)
  })

  it('a target that cannot be scraped leaves a gap: no data, and then data again', async () => {
    isUp = false
    const gone = await until(main, select('requests_total'), ({ kind }) => kind !== 'ok')
    expect(gone.kind).toBe('no_data')
    isUp = true
    await until(main, select('requests_total'), isOk)
    const toMs = Date.now()
    const steps = await main.history?.(
      [select('requests_total')],
      { fromMs: toMs - 5000, toMs, stepMs: 250 },
      signal,
    )
    expect(steps?.map(({ measurements }) => measurements[0]?.kind)).toContain('no_data')
  })

  it('M01 a Prometheus that restarts is an error meanwhile, and shows the age of what it has afterwards', async () => {
    const [before] = samples(await read(main, select('requests_total{code="200"}')))
    await prometheus.kill()
    await until(main, select('requests_total'), ({ kind }) => kind === 'error')
    await sleep(1500)
    await prometheus.revive()
    const [after] = samples(await until(main, select('requests_total{code="200"}'), isOk))
    expect(after?.atMs).toBeGreaterThanOrEqual(before?.atMs ?? Infinity)
    await until(main, select('requests_total{code="200"}'), (measurement) => {
      return measurement.kind === 'ok' && (measurement.samples[0]?.atMs ?? 0) > (after?.atMs ?? Infinity)
    })
  })

  async function world(): Promise<SeriesSourceWorld> {
    await until(main, select('a'), isOk)
    return {
      source: main,
      known: [select('a'), select('b{x="y"}')],
      unknown: select('c'),
      refused: [
        select('rate(a[5m])'),
        expression('a[5m]'),
        expression('"text"'),
        { kind: 'probe', probe: { path: '/', method: 'GET', statuses: [200], timeoutMs: 100 } },
      ],
      fail: () => prometheus.kill(),
      stall: () => prometheus.freeze(),
      now: () => Date.now(),
    }
  }

  healthSourceContract('prometheus', world)
  seriesSourceContract('prometheus', world)
  historySourceContract('prometheus', world)
})

/**
 * The one exposition format that can carry them, written by hand: `io.prometheus.client.MetricFamily`
 * (https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto), schema 0 (powers of two).
 */
function nativeHistogramPage(): Buffer {
  const span = Buffer.concat([varint(1, zigzag(0)), varint(2, 2)])
  const histogram = Buffer.concat([
    varint(1, 6), // sample_count
    double(2, 9.5), // sample_sum
    varint(5, zigzag(0)), // schema
    double(6, 0.001), // zero_threshold
    varint(7, 1), // zero_count
    bytes(12, span), // positive_span: two buckets, from (0.5, 1] on
    varint(13, zigzag(2)), // positive_delta: 2
    varint(13, zigzag(1)), // 3
  ])
  const family = Buffer.concat([
    bytes(1, Buffer.from('request_seconds')),
    varint(3, 4), // HISTOGRAM
    bytes(4, bytes(7, histogram)),
  ])
  return Buffer.concat([Buffer.from([family.length]), family])
}

/** Protobuf's wire format, for values below 128: https://protobuf.dev/programming-guides/encoding/ */
function varint(field: number, value: number): Buffer {
  return Buffer.from([field << 3, value])
}

function bytes(field: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2, value.length]), value])
}

function double(field: number, value: number): Buffer {
  const number = Buffer.alloc(9, (field << 3) | 1)
  number.writeDoubleLE(value, 1)
  return number
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}
