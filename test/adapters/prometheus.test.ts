import { once } from 'node:events'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type PrometheusOptions, prometheusSource } from '../../src/adapters/prometheus.ts'
import { UsageError } from '../../src/errors.ts'
import type { HealthSource, Measurement, Query } from '../../src/ports/health-source.ts'
import {
  healthSourceContract,
  historySourceContract,
  seriesSourceContract,
} from '../contract/health-source.ts'
import type { SeriesSourceWorld } from '../contract/health-source.ts'

const ORIGIN = 'http://prometheus.example:9090'
const NOW_MS = 1_800_000_000_000
const NOW = NOW_MS / 1000
const clock = { now: () => NOW_MS }
const servers: Server[] = []

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

function source(over: Partial<PrometheusOptions> = {}): HealthSource {
  return prometheusSource({ name: 'main', url: ORIGIN, timeoutMs: 1000, clock, ...over })
}

function vector(...result: unknown[]) {
  return { status: 'success', data: { resultType: 'vector', result } }
}

function matrix(...result: unknown[]) {
  return { status: 'success', data: { resultType: 'matrix', result } }
}

/** What `timestamp` gives for a series, as the source asks for it. */
function time(labels: object, seconds: number) {
  return { metric: { ...labels, __seamless_time__: '1' }, value: [NOW, String(seconds)] }
}

const JSON_TYPE = { 'content-type': 'application/json' }

function answers(body: unknown, status = 200) {
  return nock(ORIGIN).post('/api/v1/query').reply(status, JSON.stringify(body), JSON_TYPE)
}

async function ask(query: Query, from = source()): Promise<Measurement | undefined> {
  const [measurement] = await from.read([query], new AbortController().signal)
  return measurement
}

const expression = (promql: string): Query => ({ kind: 'expression', promql })
const select = (selector: string): Query => ({ kind: 'select', selector })

/** The values, or `kind: why`. */
async function said(query: Query, from = source()): Promise<readonly number[] | string> {
  const answer = await ask(query, from)
  return answer?.kind === 'ok' ? answer.samples.map(({ value }) => value) : `${answer?.kind}: ${answer?.why}`
}

describe("what Prometheus' API answers to an expression", () => {
  it('a vector: a sample a series, of the time of the evaluation', async () => {
    answers(vector({ metric: { job: 'a' }, value: [NOW, '1.5'] }, { metric: {}, value: [NOW, '2e+06'] }))
    expect(await ask(expression('q'))).toEqual({
      kind: 'ok',
      samples: [
        { labels: { job: 'a' }, value: 1.5, atMs: NOW_MS },
        { labels: {}, value: 2_000_000, atMs: NOW_MS },
      ],
    })
  })

  it('values of several times where one was asked for: invalid', async () => {
    answers(vector({ metric: { a: '1' }, value: [NOW, '1'] }, { metric: { a: '2' }, value: [NOW + 1, '1'] }))
    expect(await said(expression('q'))).toBe('invalid: q: an instant query with values of several times')
  })

  it('a scalar: one sample without labels', async () => {
    answers({ status: 'success', data: { resultType: 'scalar', result: [NOW, '42'] } })
    expect(await ask(expression('scalar(q)'))).toEqual({
      kind: 'ok',
      samples: [{ labels: {}, value: 42, atMs: NOW_MS }],
    })
  })

  it('M03 an empty vector: no data, and never zero', async () => {
    answers(vector())
    expect(await said(expression('q'))).toBe('no_data: q: the answer is empty')
  })

  it('M06 a matrix where one value is wanted: invalid', async () => {
    const result = [{ metric: {}, values: [[NOW, '1']] }]
    answers({ status: 'success', data: { resultType: 'matrix', result } })
    expect(await said(expression('q[5m]'))).toBe(
      'invalid: q[5m] gives a range of values, not one; apply a function such as rate()',
    )
  })

  it('M06 a string: invalid', async () => {
    answers({ status: 'success', data: { resultType: 'string', result: [NOW, 'x'] } })
    expect(await said(expression('"x"'))).toBe('invalid: "x": the query gives a string, not numbers')
  })

  it('a native histogram: its count, sum and buckets', async () => {
    const histogram = {
      count: '60',
      sum: '33.9',
      buckets: [
        [3, '-0.001', '0.001', '2'],
        [0, '0.5', '1', '58'],
      ],
    }
    answers(vector({ metric: { a: 'b' }, histogram: [NOW, histogram] }))
    const buckets = [
      { lower: -0.001, upper: 0.001, count: 2 },
      { lower: 0.5, upper: 1, count: 58 },
    ]
    expect(await ask(expression('h'))).toEqual({
      kind: 'ok',
      samples: [
        { labels: { a: 'b' }, value: 60, atMs: NOW_MS, histogram: { count: 60, sum: 33.9, buckets } },
      ],
    })
  })

  it('M04 NaN and infinities: as they are', async () => {
    answers(vector(...['NaN', '+Inf', '-Inf'].map((value) => ({ metric: { value }, value: [NOW, value] }))))
    expect(await said(expression('q'))).toEqual([NaN, Infinity, -Infinity])
  })

  it.each(['abc', '', '0x10', '1,5'])('M04 the value %j: invalid', async (value) => {
    answers(vector({ metric: {}, value: [NOW, value] }))
    expect(await said(expression('q'))).toBe('invalid: q: a value is no number')
  })

  it('M07 warnings: an error, unless they are tolerated', async () => {
    const body = { ...vector({ metric: {}, value: [NOW, '1'] }), warnings: ['store a is away'] }
    answers(body)
    expect(await said(expression('q'))).toBe(
      `error: ${ORIGIN}/api/v1/query calls its answer incomplete: store a is away`,
    )
    answers(body)
    expect(await said(expression('q'), source({ tolerateWarnings: true }))).toEqual([1])
  })

  it('infos and empty warnings: nothing against the data', async () => {
    answers({
      ...vector({ metric: {}, value: [NOW, '1'] }),
      infos: ['PromQL info: not a counter?'],
      warnings: [],
    })
    expect(await said(expression('q'))).toEqual([1])
  })
})

describe('an answer that is none', () => {
  const url = `${ORIGIN}/api/v1/query`

  it.each([
    ['status error with 200', 200],
    ['a refused query', 400],
    ['one that cannot be run', 422],
    ['one that took too long', 503],
  ])('M02 %s is an error, with what the server says of it', async (_, status) => {
    answers({ status: 'error', errorType: 'bad_data', error: 'parse error: unexpected "}"' }, status)
    expect(await said(expression('q}'))).toBe(`error: ${url} answers bad_data: parse error: unexpected "}"`)
  })

  it.each([
    [500, ''],
    [502, ''],
    [401, ': it wants other credentials'],
    [404, ': is this the URL of a Prometheus?'],
  ])('M02 a page with status %i is an error', async (status, hint) => {
    nock(ORIGIN).post('/api/v1/query').reply(status, '<p>secret</p>', { 'content-type': 'text/html' })
    expect(await said(expression('q'))).toBe(`error: ${url} answers with status ${status}${hint}`)
  })

  it.each([
    ['HTML', '<p>secret</p>', 'text/html', 'text/html, which is no JSON'],
    ['JSON by another name', JSON.stringify(vector()), 'text/plain', 'text/plain, which is no JSON'],
    ['broken JSON', '{"secret', 'application/json', "JSON that is not of Prometheus' API"],
    ['other JSON', '{"secret":1}', 'application/json', "JSON that is not of Prometheus' API (at status)"],
    [
      'a vector that is none',
      JSON.stringify(vector({ metric: { secret: 'x' }, value: [NOW, 1] })),
      'application/json',
      "JSON that is not of Prometheus' API (at data.result.0.value.1)",
    ],
  ])('M06 %s is invalid, and is not repeated', async (_, body, type, what) => {
    nock(ORIGIN).post('/api/v1/query').reply(200, body, { 'content-type': type })
    expect(await said(expression('q'))).toBe(`invalid: ${url} answers with ${what}`)
  })

  it('M06 50 MB are not read to the end', async () => {
    nock.enableNetConnect('127.0.0.1')
    let written = 0
    const server = createServer((_, response) => {
      response.on('error', () => {}).writeHead(200, JSON_TYPE)
      const write = () => {
        written += 1e6
        if (!response.destroyed && written < 50e6) response.write(Buffer.alloc(1e6, ' '), write)
      }
      write()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    servers.push(server)
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    expect(await said(expression('q'), source({ url: origin, timeoutMs: 20_000 }))).toBe(
      `invalid: ${origin}/api/v1/query answers with more than 16384 KiB`,
    )
    expect(written).toBeLessThan(40e6)
  })

  it('M16 a redirect is not followed', async () => {
    nock(ORIGIN).post('/api/v1/query').reply(307, '', { location: 'http://other.example/' })
    expect(await said(expression('q'))).toBe(`error: ${url} redirects (307); name the server itself`)
  })
})

describe('raw series', () => {
  it('come with the time of each sample and not with that of the question, however old it is', async () => {
    answers(
      vector(
        { metric: { __name__: 'm', a: '1', b: '2' }, value: [NOW, '10'] },
        { metric: { __name__: 'm', a: '2' }, value: [NOW, '20'] },
        time({ a: '2' }, NOW - 290),
        time({ b: '2', a: '1' }, NOW - 1.5),
      ),
    )
    expect(await ask(select('m'))).toEqual({
      kind: 'ok',
      samples: [
        { labels: { __name__: 'm', a: '1', b: '2' }, value: 10, atMs: NOW_MS - 1500 },
        { labels: { __name__: 'm', a: '2' }, value: 20, atMs: NOW_MS - 290_000 },
      ],
    })
  })

  it('without the time of a sample are invalid', async () => {
    answers(vector({ metric: { __name__: 'm' }, value: [NOW, '10'] }))
    expect(await said(select('m'))).toBe('invalid: m: a series came without the time of its sample')
  })

  it('M13 a value that looks like PromQL stays a value', async () => {
    const forms: (string | null)[] = []
    nock(ORIGIN)
      .post('/api/v1/query')
      .reply(200, async (request: Request) => {
        forms.push(new URLSearchParams(await request.text()).get('query'))
        return vector()
      })
    await ask(select(String.raw`m{env="x\"} or vector(0) #\\\n"}`))
    const matcher = String.raw`m{env="x\"} or vector(0) #\\\n"}`
    expect(forms).toEqual([
      `${matcher} or label_replace(timestamp(${matcher}), "__seamless_time__", "1", "", "")`,
    ])
  })

  it.each(['rate(m[5m])', 'm[5m]', 'm offset 5m', '{}', 'm{', 'm or vector(0)'])(
    '%j is not asked for',
    async (selector) => {
      expect(await said(select(selector))).toMatch(/^invalid: /)
    },
  )
})

describe('several selectors of a tick', () => {
  const queries = [select('bad'), expression('up'), select('rate(m[1m])'), select('total')]
  const single = vector({ metric: {}, value: [NOW, '1'] }, time({}, NOW))

  it('are one question, so that no scrape comes between them', async () => {
    const joint = vector(
      tagged('1', { __name__: 'total', a: 'x' }, 100),
      tagged('0', { __name__: 'bad', a: 'x' }, 3),
      tagged('0', { a: 'x', __seamless_time__: '1' }, NOW - 1),
      tagged('1', { a: 'x', __seamless_time__: '1' }, NOW - 2),
    )
    const asked = replies((query) => [200, query === 'up' ? single : joint])
    const answered = await source().read(queries, new AbortController().signal)
    expect(asked).toHaveLength(2)
    expect(answered[0]).toEqual({
      kind: 'ok',
      samples: [{ labels: { __name__: 'bad', a: 'x' }, value: 3, atMs: NOW_MS - 1000 }],
    })
    expect(answered.map(({ kind }) => kind)).toEqual(['ok', 'ok', 'invalid', 'ok'])
    expect(answered[3]).toMatchObject({ samples: [{ value: 100, atMs: NOW_MS - 2000 }] })
  })

  it('are asked one by one where one of them spoils the whole', async () => {
    const asked = replies((query) =>
      query.includes('bad') ? [422, { status: 'error', errorType: 'execution', error: 'no' }] : [200, single],
    )
    const from = source()
    const answered = await from.read(queries, new AbortController().signal)
    expect(answered.map(({ kind }) => kind)).toEqual(['error', 'ok', 'invalid', 'ok'])
    expect(asked).toHaveLength(4)
    await from.read(queries, new AbortController().signal)
    // Not all at once again: it would be in vain.
    expect(asked).toHaveLength(7)
  })

  it('are asked by themselves where they have native histograms', async () => {
    const joint = vector(
      tagged('0', { __name__: 'bad' }, 3),
      tagged('0', { __seamless_time__: '1' }, NOW),
      tagged('1', { __name__: 'total' }, 0),
      tagged('1', { __seamless_time__: '1' }, NOW),
      tagged('1', { __seamless_native__: '1' }, 60),
    )
    const histogram = { count: '60', sum: '33.9', buckets: [] }
    const alone = vector({ metric: { __name__: 'total' }, histogram: [NOW, histogram] }, time({}, NOW))
    const asked = replies((query) => [200, query.includes('__seamless_query__') ? joint : alone])
    const answered = await source().read([select('bad'), select('total')], new AbortController().signal)
    expect(answered.map((answer) => answer.kind === 'ok' && answer.samples[0]?.value)).toEqual([3, 60])
    expect(asked).toHaveLength(2)
  })

  it('are not asked again where the server has failed', async () => {
    const asked = replies(() => [503, { status: 'error', errorType: 'timeout', error: 'no' }])
    const answered = await source().read(queries, new AbortController().signal)
    expect(answered.map(({ kind }) => kind)).toEqual(['error', 'error', 'invalid', 'error'])
    expect(asked).toHaveLength(2)
  })

  it('are invalid where what came belongs to none', async () => {
    replies(() => [200, single])
    const [answer] = await source().read(queries, new AbortController().signal)
    expect(answer).toEqual({ kind: 'invalid', why: 'a series came that belongs to no query' })
  })
})

/** A point of the query with that number, as the source marks it when it asks for several. */
function tagged(index: string, labels: object, value: number) {
  return { metric: { ...labels, __seamless_query__: index }, value: [NOW, String(value)] }
}

/** Answers by what is asked; returns what was. */
function replies(answer: (query: string) => [status: number, body: unknown]): string[] {
  const asked: string[] = []
  nock(ORIGIN)
    .post('/api/v1/query')
    .times(10)
    .reply(async (request: Request) => {
      const query = new URLSearchParams(await request.text()).get('query') ?? ''
      asked.push(query)
      const [status, body] = answer(query)
      return [status, JSON.stringify(body), JSON_TYPE]
    })
  return asked
}

describe("the server's clock", () => {
  it.each([
    [61, /^error: the clocks of the Prometheus and of this machine are 61 s apart/],
    [-600, /^error: the clocks of the Prometheus and of this machine are 600 s apart/],
  ])('%i s from ours makes old and new samples indistinguishable', async (apart, error) => {
    answers(vector({ metric: {}, value: [NOW + apart, '1'] }))
    expect(await said(expression('q'))).toMatch(error)
  })

  it('may be some seconds off', async () => {
    answers(vector({ metric: {}, value: [NOW - 20, '1'] }))
    expect(await said(expression('q'))).toEqual([1])
  })
})

describe('the request', () => {
  it('is a form with credentials, tenant, timeout, and the prefix of the path', async () => {
    const seen: string[] = []
    nock('https://mimir.example', {
      reqheaders: { authorization: 'Bearer t0ken', 'x-scope-orgid': 'shop', 'content-type': /urlencoded$/ },
    })
      .post('/prometheus/api/v1/query')
      .reply(200, async (request: Request) => {
        seen.push(await request.text())
        return vector()
      })
    const headers = { 'X-Scope-OrgID': 'shop' }
    const from = source({ url: 'https://mimir.example/prometheus/', token: 't0ken', headers })
    await ask(expression('up{a="&="}'), from)
    expect(seen).toEqual(['query=up%7Ba%3D%22%26%3D%22%7D&timeout=1000ms'])
  })

  it('takes basic authentication from the URL and never shows it', async () => {
    nock(ORIGIN).post('/api/v1/query').basicAuth({ user: 'u', pass: 'p@ss' }).reply(503)
    const shown = await said(expression('q'), source({ url: ORIGIN.replace('//', '//u:p%40ss@') }))
    expect(shown).toBe(`error: ${ORIGIN}/api/v1/query answers with status 503`)
  })

  it('is one for each query, at most six at a time', async () => {
    nock.enableNetConnect('127.0.0.1')
    let open = 0
    let most = 0
    const server = createServer((_, response) => {
      most = Math.max(most, ++open)
      setTimeout(() => {
        open--
        response.writeHead(200, JSON_TYPE).end(JSON.stringify(vector({ metric: {}, value: [NOW, '1'] })))
      }, 20)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    servers.push(server)
    const from = source({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    const queries = Array.from({ length: 20 }, (_, index) => expression(`q${index}`))
    const answered = await from.read(queries, new AbortController().signal)
    expect(answered.map(({ kind }) => kind)).toEqual(queries.map(() => 'ok'))
    expect(most).toBe(6)
  })

  it.each(['prometheus', 'ftp://a.example', 'http://a.example/?x=1'])('%j is refused as a URL', (url) => {
    expect(() => source({ url })).toThrow(UsageError)
  })
})

/** A Prometheus whose every series has a value at each step; `more` says what else. */
function keeps(
  more: (form: URLSearchParams) => { status?: number; body?: unknown } | undefined = () => undefined,
) {
  const asked: string[] = []
  nock(ORIGIN)
    .post('/api/v1/query_range')
    .times(20)
    .reply(async (request: Request) => {
      const form = new URLSearchParams(await request.text())
      const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name))) as [
        number,
        number,
        number,
      ]
      const count = Math.floor((end - start) / step) + 1
      asked.push(`${count} from ${start}`)
      const special = more(form)
      if (special !== undefined) return [special.status ?? 200, JSON.stringify(special.body), JSON_TYPE]
      const at = Array.from({ length: count }, (_, index) => start + index * step)
      const series = { metric: { __name__: 'm' }, values: at.map((time) => [time, String(time % 1000)]) }
      const times = {
        metric: { __seamless_time__: '1' },
        values: at.map((time) => [time, String(time - 2.5)]),
      }
      return [200, JSON.stringify(matrix(series, times)), JSON_TYPE]
    })
  return asked
}

describe('the past', () => {
  const signal = new AbortController().signal

  it('is cut into steps that are multiples of the step, both ends included', async () => {
    const asked = keeps()
    const range = { fromMs: 100_001, toMs: 130_000, stepMs: 10_000 }
    const steps = await source().history?.([select('m')], range, signal)
    expect(asked).toEqual(['3 from 110'])
    expect(steps).toEqual(
      [110, 120, 130].map((at) => ({
        atMs: at * 1000,
        measurements: [
          { kind: 'ok', samples: [{ labels: { __name__: 'm' }, value: at, atMs: at * 1000 - 2500 }] },
        ],
      })),
    )
  })

  it('is asked for in pieces that Prometheus gives, at most 11 000 steps each', async () => {
    const asked = keeps()
    const steps = await source().history?.(
      [select('m')],
      { fromMs: 0, toMs: 25_000_000, stepMs: 1000 },
      signal,
    )
    expect(asked).toEqual(['11000 from 0', '11000 from 11000', '3001 from 22000'])
    expect(steps).toHaveLength(25_001)
    expect(new Set(steps?.map(({ measurements }) => measurements[0]?.kind))).toEqual(new Set(['ok']))
  })

  it('M06 is asked for in halves where an answer is too large', async () => {
    const tooMuch = 'x'.repeat(17 * 1024 * 1024)
    const asked = keeps((form) => (form.get('start') === form.get('end') ? undefined : { body: tooMuch }))
    const steps = await source().history?.([select('m')], { fromMs: 1000, toMs: 4000, stepMs: 1000 }, signal)
    expect(asked).toEqual([
      '4 from 1',
      '2 from 1',
      '1 from 1',
      '1 from 2',
      '2 from 3',
      '1 from 3',
      '1 from 4',
    ])
    expect(steps?.map(({ measurements }) => measurements[0]?.kind)).toEqual(['ok', 'ok', 'ok', 'ok'])
  })

  it('says for each step what it has: a gap, an error, each query by itself', async () => {
    keeps((form) => {
      const query = form.get('query')
      if (query === 'broken')
        return { status: 422, body: { status: 'error', errorType: 'execution', error: 'no' } }
      return query === 'gap'
        ? {
            body: matrix({
              metric: {},
              values: [
                [1, '1'],
                [3, '3'],
              ],
            }),
          }
        : undefined
    })
    const queries = [expression('gap'), expression('broken'), select('rate(m[5m])')]
    const steps = await source().history?.(queries, { fromMs: 1000, toMs: 3000, stepMs: 1000 }, signal)
    expect(steps?.map(({ measurements }) => measurements.map(({ kind }) => kind))).toEqual([
      ['ok', 'error', 'invalid'],
      ['no_data', 'error', 'invalid'],
      ['ok', 'error', 'invalid'],
    ])
  })

  it('of no time at all has no steps', async () => {
    expect(
      await source().history?.([select('m')], { fromMs: 1001, toMs: 1999, stepMs: 1000 }, signal),
    ).toEqual([])
  })
})

/** A Prometheus that knows `a` and `b`. */
async function world(): Promise<SeriesSourceWorld> {
  nock.enableNetConnect('127.0.0.1')
  let mode: 'answer' | 'fail' | 'stall' = 'answer'
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      if (mode === 'stall') return
      const form = new URLSearchParams(body)
      const range = request.url?.endsWith('_range') === true
      const point = (metric: object) =>
        range ? { metric, values: [[Number(form.get('start')), '1']] } : { metric, value: [NOW, String(NOW)] }
      const result = knownIn(form.get('query') ?? '').flatMap(({ name, ...tag }) => [
        point({ __name__: name, ...tag }),
        point({ __seamless_time__: '1', ...tag }),
      ])
      const data = { resultType: range ? 'matrix' : 'vector', result }
      response
        .writeHead(mode === 'fail' ? 500 : 200, JSON_TYPE)
        .end(JSON.stringify({ status: 'success', data }))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    source: source({ url, timeoutMs: 60_000 }),
    known: [select('a'), select('b')],
    unknown: select('c'),
    refused: [
      select('rate(a[5m])'),
      { kind: 'probe', probe: { path: '/', method: 'GET', statuses: [200], timeoutMs: 100 } },
    ],
    fail: () => void (mode = 'fail'),
    stall: () => void (mode = 'stall'),
    now: clock.now,
  }
}

/** Which of its series a query of the source asks for: one alone, or several with their numbers. */
function knownIn(query: string): { name: string; __seamless_query__?: string }[] {
  const joint = [...query.matchAll(/label_replace\(([ab])\b.*?"__seamless_query__", "(\d+)"/g)]
  if (joint.length > 0) return joint.map(([, name, index]) => ({ name: name!, __seamless_query__: index! }))
  const [name] = /^[ab]\b/.exec(query) ?? []
  return name === undefined ? [] : [{ name }]
}

healthSourceContract('prometheus', world)
seriesSourceContract('prometheus', world)
historySourceContract('prometheus', world)
