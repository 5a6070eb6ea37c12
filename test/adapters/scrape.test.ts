import { once } from 'node:events'
import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scrapeSource } from '../../src/adapters/scrape.ts'
import { UsageError } from '../../src/errors.ts'
import type { HealthSource, Measurement } from '../../src/ports/health-source.ts'
import {
  healthSourceContract,
  seriesSourceContract,
  type SeriesSourceWorld,
} from '../contract/health-source.ts'

const A = 'http://a.example:9100'
const B = 'http://b.example:9100'

let nowMs = 1_800_000_000_000
const clock = { now: () => nowMs }
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

function page(origin: string, text: string, contentType = 'text/plain; version=0.0.4; charset=utf-8') {
  return nock(origin).get('/metrics').reply(200, text, { 'content-type': contentType })
}

function down(origin: string) {
  return nock(origin).get('/metrics').reply(503, 'secret of the operator')
}

function source(...origins: string[]): HealthSource {
  const urls = origins.map((origin) => `${origin}/metrics`)
  return scrapeSource({ name: 'pages', urls, timeoutMs: 1000, clock })
}

function ask(from: HealthSource, ...selectors: string[]): Promise<readonly Measurement[]> {
  const queries = selectors.map((selector) => ({ kind: 'select', selector }) as const)
  return from.read(queries, new AbortController().signal)
}

/** `labels value`, or `kind: why`: what a person would compare by eye. */
function shown(measurement: Measurement | undefined): string[] {
  if (measurement?.kind !== 'ok') return [`${measurement?.kind}: ${measurement?.why}`]
  return measurement.samples.map(({ labels: { __name__: name, ...labels }, value }) => {
    const inside = Object.entries(labels).map(([key, text]) => `${key}=${text}`)
    return `${name}{${inside.sort((a, b) => (a < b ? -1 : 1)).join(',')}} ${value}`
  })
}

async function one(from: HealthSource, selector: string): Promise<string[]> {
  return shown((await ask(from, selector))[0])
}

async function serve(listener: RequestListener): Promise<string> {
  nock.enableNetConnect('127.0.0.1')
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const REQUESTS = `# TYPE http_requests_total counter
http_requests_total{code="200",version="v1"} 100
http_requests_total{code="500",version="v1"} 3
http_requests_total{code="503",version="v2"} 4
http_requests_total_created 1.7e9
up 1
`

describe('selection', () => {
  it.each([
    ['a name', 'up', ['up{instance=a.example:9100} 1']],
    [
      'a pattern, which must match the whole value',
      'http_requests_total{code=~"5.."}',
      [
        'http_requests_total{code=500,instance=a.example:9100,version=v1} 3',
        'http_requests_total{code=503,instance=a.example:9100,version=v2} 4',
      ],
    ],
    [
      'half a pattern',
      'http_requests_total{code=~"5"}',
      ['no_data: http_requests_total{code=~"5"}: no such series on the page'],
    ],
    [
      'several labels',
      'http_requests_total{code!~"2..|4..",version!="v1"}',
      ['http_requests_total{code=503,instance=a.example:9100,version=v2} 4'],
    ],
    [
      'the absence of a label',
      'http_requests_total{version=""}',
      ['no_data: http_requests_total{version=""}: no such series on the page'],
    ],
    ['the name as a label', '{__name__=~"u.", instance="a.example:9100"}', ['up{instance=a.example:9100} 1']],
    [
      'any case',
      'http_requests_total{version=~"(?i)V2"}',
      ['http_requests_total{code=503,instance=a.example:9100,version=v2} 4'],
    ],
    ['a label that is a property of every object', 'up{constructor=""}', ['up{instance=a.example:9100} 1']],
  ])('by %s', async (_, selector, expected) => {
    page(A, REQUESTS)
    expect(await one(source(A), selector)).toEqual(expected)
  })

  it('reads each page once, however many queries there are', async () => {
    page(A, REQUESTS)
    page(B, 'up 0\n')
    const answers = await ask(source(A, B), 'up', 'up', 'http_requests_total{code="200"}')
    expect(answers.map((answer) => shown(answer).length)).toEqual([2, 2, 1])
    expect(nock.isDone()).toBe(true)
  })

  it("keeps a page's own instance, and tells two pages of one host apart", async () => {
    nock(A).get('/one').reply(200, 'up{instance="inner"} 1\n', { 'content-type': 'text/plain' })
    nock(A).get('/two').reply(200, 'up 0\n', { 'content-type': 'text/plain' })
    const from = scrapeSource({ name: 'pages', urls: [`${A}/one`, `${A}/two`], timeoutMs: 1000, clock })
    expect(await one(from, 'up')).toEqual(['up{instance=inner} 1', 'up{instance=a.example:9100/two} 0'])
  })

  it('tells two pages of one path apart without their queries, which may hold a key', async () => {
    nock(A).get('/m').query({ key: 'secret1' }).reply(200, 'up 1\n', { 'content-type': 'text/plain' })
    nock(A).get('/m').query({ key: 'secret2' }).reply(200, 'up 0\n', { 'content-type': 'text/plain' })
    const urls = [`${A}/m?key=secret1`, `${A}/m?key=secret2`]
    const from = scrapeSource({ name: 'pages', urls, timeoutMs: 1000, clock })
    expect(await one(from, 'up')).toEqual([
      'up{instance=a.example:9100/m#1} 1',
      'up{instance=a.example:9100/m#2} 0',
    ])
  })

  it('M04 gives NaN and infinities as they are: to judge them is not its work', async () => {
    page(A, 'm{a="1"} NaN\nm{a="2"} +Inf\nm{a="3"} -Inf\n')
    const [answer] = await ask(source(A), 'm')
    expect(answer?.kind === 'ok' && answer.samples.map(({ value }) => value)).toEqual([
      NaN,
      Infinity,
      -Infinity,
    ])
  })

  it('stops at a regular expression that would run for ever', async () => {
    page(A, `m{a="${'a'.repeat(60)}!"} 1\n`)
    const [answer] = await ask(source(A), 'm{a=~"(a+)+"}')
    expect(answer).toEqual({ kind: 'invalid', why: expect.stringContaining('took longer than 500 ms') })
  })

  it('refuses what Prometheus reads differently, instead of answering differently', async () => {
    page(A, REQUESTS)
    expect(await one(source(A), String.raw`up{a=~"\\pL"}`)).toEqual([
      String.raw`invalid: "\\pL" uses \p, which is not supported here`,
    ])
  })
})

describe('time', () => {
  it("is the scrape's start, or what the page states: seconds in OpenMetrics, milliseconds before", async () => {
    page(A, 'a 1 1700000000.5\nb 1\n# EOF\n', 'application/openmetrics-text; version=1.0.0; charset=utf-8')
    page(B, 'a 1 1700000000500\n')
    const [a, b] = await ask(source(A, B), 'a', 'b')
    expect(a?.kind === 'ok' && a.samples.map(({ atMs }) => atMs)).toEqual([
      1_700_000_000_500, 1_700_000_000_500,
    ])
    expect(b?.kind === 'ok' && b.samples.map(({ atMs }) => atMs)).toEqual([nowMs])
  })

  it('of several points of a series the newest counts', async () => {
    page(A, 'a 17 123\na 19 789\na 18 456\n# EOF\n', 'application/openmetrics-text')
    expect(await one(source(A), 'a')).toEqual(['a{instance=a.example:9100} 19'])
  })

  it('the same series twice at one time is invalid: it would be counted twice', async () => {
    page(A, 'a{x="1",y="2"} 17\na{y="2",x="1"} 17\nb 1\n')
    const [a, b] = await ask(source(A), 'a', 'b')
    expect(shown(a)).toEqual(['invalid: a: the same series stands on the pages twice'])
    expect(b?.kind).toBe('ok')
  })
})

describe('targets that fail', () => {
  it('M02 a missed scrape of a target that had such series makes the measurement an error', async () => {
    const from = source(A, B)
    page(A, 'up 1\nonly_a 1\n')
    page(B, 'up 1\n')
    await ask(from, 'up')
    page(A, 'up 1\nonly_a 1\n')
    down(B)
    const [up, onlyA] = await ask(from, 'up', 'only_a')
    expect(shown(up)).toEqual(['error: missed scrape: http://b.example:9100/metrics answers with status 503'])
    expect(shown(onlyA)).toEqual(['only_a{instance=a.example:9100} 1'])
  })

  it('one that never answered is just not there', async () => {
    page(A, 'up 1\n')
    down(B)
    const [up, other] = await ask(source(A, B), 'up', 'other')
    expect(shown(up)).toEqual(['up{instance=a.example:9100} 1'])
    expect(shown(other)).toEqual(['no_data: other: no such series on the page'])
  })

  it('M01 if none answers, nothing is known', async () => {
    down(A)
    down(B)
    expect(await one(source(A, B), 'up')).toEqual([
      'error: http://a.example:9100/metrics answers with status 503 (and 1 more)',
    ])
  })

  it('one that is away for longer than five minutes is gone: its series have vanished', async () => {
    const from = source(A, B)
    page(A, 'up 1\n').persist()
    page(B, 'up 1\n')
    await ask(from, 'up')
    nock(B).get('/metrics').reply(503).persist()
    nowMs += 5 * 60_000
    expect(await one(from, 'up')).toEqual([expect.stringContaining('missed scrape')])
    nowMs += 1
    expect(await one(from, 'up')).toEqual(['up{instance=a.example:9100} 1'])
  })

  it('one that comes back is there again, with its counters as they are', async () => {
    const from = source(A)
    page(A, 'requests_total 100\n')
    await ask(from, 'requests_total')
    down(A)
    await ask(from, 'requests_total')
    page(A, 'requests_total 5\n')
    expect(await one(from, 'requests_total')).toEqual(['requests_total{instance=a.example:9100} 5'])
  })

  it.each([
    [
      'M06 no metrics page by its type',
      'application/json',
      '{"secret":1}',
      'answers as application/json, which is no metrics page',
    ],
    ['M06 HTML', 'text/html', '<p>secret</p>', 'answers as text/html, which is no metrics page'],
    [
      'M06 no metrics page by its text',
      'text/plain',
      'secret words here',
      'is no valid metrics page: line 1: expected a number, and at most a timestamp after it',
    ],
    [
      'an OpenMetrics page cut off in the middle',
      'application/openmetrics-text',
      'up 1\n',
      'is no valid metrics page: it does not end with # EOF: it is cut off',
    ],
    [
      'text that is not UTF-8',
      'text/plain',
      Buffer.from([0x6d, 0x20, 0xff]),
      'answers with text that is not UTF-8',
    ],
  ])('M17 %s is invalid, and what it says is not repeated', async (_, type, body, why) => {
    nock(A).get('/metrics').reply(200, body, { 'content-type': type })
    expect(await one(source(A), 'up')).toEqual([`invalid: ${A}/metrics ${why}`])
  })

  it('M06 a page without a content type is invalid', async () => {
    const origin = await serve((_, response) => response.end('up 1\n'))
    expect(await one(source(origin), 'up')).toEqual([
      `invalid: ${origin}/metrics answers without a content type, which is no metrics page`,
    ])
  })

  it('M06 a page over 16 MiB is invalid, and is not read to its end', async () => {
    const line = Buffer.from('# HELP filler filler\n'.repeat(50_000))
    const origin = await serve((_, response) => {
      response.on('error', () => {}).writeHead(200, { 'content-type': 'text/plain' })
      const write = () => response.destroyed || response.write(line, write)
      write()
    })
    expect(await one(source(origin), 'up')).toEqual([
      `invalid: ${origin}/metrics answers with more than 16384 KiB`,
    ])
  })

  it('M16 a page that redirects is not followed, and its credentials stay where they belong', async () => {
    nock(A, { reqheaders: { authorization: 'Bearer token' } })
      .get('/metrics')
      .reply(302, '', { location: `${B}/metrics` })
    const from = scrapeSource({
      name: 'pages',
      urls: [`${A}/metrics`],
      token: 'token',
      timeoutMs: 1000,
      clock,
    })
    expect(await one(from, 'up')).toEqual([
      'error: http://a.example:9100/metrics redirects (302); name the page itself',
    ])
  })
})

it('asks for OpenMetrics first', async () => {
  nock(A, { reqheaders: { accept: /^application\/openmetrics-text;version=1\.0\.0,text\/plain/ } })
    .get('/metrics')
    .reply(200, 'up 1\n', { 'content-type': 'text/plain' })
  expect(await one(source(A), 'up')).toEqual(['up{instance=a.example:9100} 1'])
})

it.each([['not a url'], ['file:///etc/passwd'], ['']])('M18 %j is no page to scrape', (url) => {
  expect(() => scrapeSource({ name: 'pages', urls: [url], timeoutMs: 1, clock })).toThrow(UsageError)
})

it('a source without any URL is refused', () => {
  expect(() => scrapeSource({ name: 'pages', urls: [], timeoutMs: 1, clock })).toThrow(
    'source pages has no URL to scrape',
  )
})

async function world(): Promise<SeriesSourceWorld> {
  let mode: 'answer' | 'fail' | 'stall' = 'answer'
  const origin = await serve((_, response) => {
    if (mode === 'stall') return
    response.writeHead(mode === 'fail' ? 500 : 200, { 'content-type': 'text/plain' }).end('a 1\nb{x="y"} 2\n')
  })
  return {
    source: scrapeSource({ name: 'pages', urls: [`${origin}/metrics`], timeoutMs: 60_000, clock }),
    known: [
      { kind: 'select', selector: 'a' },
      { kind: 'select', selector: 'b{x="y"}' },
    ],
    unknown: { kind: 'select', selector: 'c' },
    refused: [
      { kind: 'select', selector: 'rate(a[5m])' },
      { kind: 'expression', promql: 'a' },
      { kind: 'probe', probe: { path: '/', method: 'GET', statuses: [200], timeoutMs: 100 } },
    ],
    fail: () => void (mode = 'fail'),
    stall: () => void (mode = 'stall'),
    now: clock.now,
  }
}

healthSourceContract('scrape', world)
seriesSourceContract('scrape', world)
