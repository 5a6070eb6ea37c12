import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { grafanaAnnotations } from '../../src/adapters/grafana-annotations.ts'
import type { GrafanaOptions } from '../../src/adapters/grafana-api.ts'
import { grafanaSource } from '../../src/adapters/grafana.ts'
import { UsageError } from '../../src/errors.ts'
import type { AlertSelection, Measurement } from '../../src/ports/health-source.ts'
import { healthSourceContract, type HealthSourceWorld } from '../contract/health-source.ts'

const ORIGIN = 'https://grafana.example'
const RULES = '/api/prometheus/grafana/api/v1/rules'
const EVALUATED = '2026-11-22T12:00:00.5Z'
const EVALUATED_MS = Date.parse(EVALUATED)
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

const options = (over: Partial<GrafanaOptions> = {}): GrafanaOptions => ({
  name: 'graphs',
  url: ORIGIN,
  token: 'glsa_0123456789',
  timeoutMs: 1000,
  ...over,
})

/** An alert of a rule, as Grafana's definition of its rules API has it: pkg/services/ngalert/api/tooling/definitions/prom.go */
function alert(state: string, labels: object = {}, activeAt = '2026-11-22T11:58:00+01:00') {
  return { labels: { alertname: 'Slow', ...labels }, annotations: {}, state, activeAt, value: '' }
}

function rule(over: object = {}) {
  return {
    state: 'inactive',
    name: 'Slow',
    query: '[]',
    duration: 60,
    labels: { severity: 'page' },
    health: 'ok',
    type: 'alerting',
    lastEvaluation: EVALUATED,
    evaluationTime: 0.01,
    alerts: [alert('Normal')],
    ...over,
  }
}

function group(...rules: object[]) {
  return { name: 'every minute', file: 'Shop', folderUid: 'fshop', rules, interval: 60 }
}

function answers(...groups: object[]) {
  return nock(ORIGIN, { reqheaders: { authorization: 'Bearer glsa_0123456789' } })
    .get(RULES)
    .reply(200, { status: 'success', data: { groups } })
}

async function ask(alerts: AlertSelection = { folder: 'Shop' }, over = {}): Promise<Measurement | undefined> {
  const source = grafanaSource(options(over))
  const [answer] = await source.read([{ kind: 'alerts', alerts }], new AbortController().signal)
  return answer
}

/** `rule: 0` or `1` for each rule, or `kind: why`. */
async function said(alerts?: AlertSelection, over = {}): Promise<string[] | string> {
  const answer = await ask(alerts, over)
  if (answer?.kind !== 'ok') return `${answer?.kind}: ${answer?.why}`
  return answer.samples
    .filter(({ labels }) => labels['__name__'] === 'probe_success')
    .map(({ labels, value }) => `${labels['rule']}: ${value}`)
}

describe('the alerts of a Grafana', () => {
  it('are a sample for each rule, of the time of its evaluation, and say since when they fire', async () => {
    answers(
      group(rule({ state: 'firing', alerts: [alert('Alerting'), alert('Normal')] }), rule({ name: 'Full' })),
    )
    const named = (name: string, rule: string, value: number) => ({
      labels: { __name__: name, rule, folder: 'Shop' },
      value,
      atMs: EVALUATED_MS,
    })
    expect(await ask()).toEqual({
      kind: 'ok',
      samples: [
        named('probe_success', 'Slow', 0),
        named('grafana_alert_firing_since_seconds', 'Slow', Date.parse('2026-11-22T10:58:00Z') / 1000),
        named('probe_success', 'Full', 1),
      ],
    })
  })

  it.each([
    ['Normal', 1],
    ['Pending', 1],
    ['Recovering', 1],
    ['Normal (MissingSeries)', 1],
    ['Alerting', 0],
    ['Alerting (KeepLast)', 0],
    // As the alerts of other rulers are called.
    ['firing', 0],
  ])('%s is %i', async (state, success) => {
    answers(group(rule({ alerts: [alert(state)] })))
    expect(await said()).toEqual([`Slow: ${success}`])
  })

  it.each(['NoData', 'Error', 'Normal (NoData)', 'Alerting (NoData)', 'Alerting (Error)', 'Normal (Error)'])(
    '%s is unknown, whatever it was told to show',
    async (state) => {
      answers(group(rule({ alerts: [alert('Alerting'), alert(state)] })))
      expect(await said()).toBe('error: the rule "Slow" has no data')
    },
  )

  it.each([
    ['nodata', 'has no data'],
    ['error', 'cannot be evaluated'],
    ['unknown', 'is of unknown health (unknown)'],
  ])('a rule of health %s is unknown', async (health, why) => {
    answers(group(rule({ health })))
    expect(await said()).toBe(`error: the rule "Slow" ${why}`)
  })

  it.each<[string, AlertSelection, string[] | string]>([
    ['a folder by its title', { folder: 'Shop' }, ['Slow: 0', 'Full: 1']],
    ['a folder by its UID', { folder: 'fshop' }, ['Slow: 0', 'Full: 1']],
    ['labels of the rule', { labels: { severity: 'page' } }, ['Slow: 0']],
    ['a label of one of its alerts', { labels: { region: 'eu' } }, ['Slow: 1']],
    ['both at once', { labels: { severity: 'page', region: 'us' } }, ['Slow: 0']],
    ['a folder and a label', { folder: 'Shop', labels: { severity: 'mail' } }, ['Full: 1']],
  ])('are chosen by %s', async (_, selection, expected) => {
    const alerts = [alert('Alerting', { region: 'us' }), alert('Normal', { region: 'eu' })]
    const other = { ...group(rule({ labels: {}, name: 'Other' })), file: 'Ads', folderUid: 'fads' }
    answers(group(rule({ alerts }), rule({ name: 'Full', labels: { severity: 'mail' } })), other)
    expect(await said(selection)).toEqual(expected)
  })

  it.each<[string, AlertSelection, object[]]>([
    ['a folder that is not there', { folder: 'shop' }, [group(rule())]],
    ['a label that no rule has', { labels: { constructor: 'x' } }, [group(rule())]],
    ['a rule that is paused', {}, [group(rule({ isPaused: true }))]],
    ['a rule that only records', {}, [group(rule({ type: 'recording' }))]],
    ['a Grafana without rules', {}, []],
  ])('are no data with %s: a misspelt name is no peace', async (_, selection, groups) => {
    answers(...groups)
    expect(await said(selection)).toBe('no_data: no alert rule that this token sees is selected')
  })

  it('of a rule that has none are good', async () => {
    answers(group(rule({ alerts: null })))
    expect(await said()).toEqual(['Slow: 1'])
  })
})

describe('a Grafana that gives no answer of use', () => {
  const url = `${ORIGIN}${RULES}`

  it.each([
    [401, `error: ${url} answers with status 401: it wants a token of a service account`],
    [403, `error: ${url} answers with status 403: the token lacks a permission`],
    [404, `error: ${url} answers with status 404: is this the URL of a Grafana?`],
    [500, `error: ${url} answers with status 500`],
    [302, `error: ${url} redirects (302): see the URL and the token`],
  ])('%i says what to do', async (status, why) => {
    nock(ORIGIN).get(RULES).reply(status, '{"message":"the secret"}', { location: '/login' })
    expect(await said()).toBe(why)
  })

  it.each([
    ['a page', '<p>secret</p>', 'text/html', 'text/html, which is no JSON'],
    ['half an answer', '{"status":"success","da', 'application/json', "JSON that is not of Grafana's API"],
    [
      'another answer',
      '{"status":"error"}',
      'application/json',
      "JSON that is not of Grafana's API (at status)",
    ],
  ])('M17 %s is invalid, and is not repeated', async (_, body, type, what) => {
    nock(ORIGIN).get(RULES).reply(200, body, { 'content-type': type })
    expect(await said()).toBe(`invalid: ${url} answers with ${what}`)
  })

  it('M01 nothing listens', async () => {
    nock.enableNetConnect('127.0.0.1')
    const origin = await serve(() => {})
    servers.splice(0).forEach((server) => server.close())
    expect(await said(undefined, { url: origin })).toBe(
      `error: ${origin}${RULES} does not answer (ECONNREFUSED)`,
    )
  })

  it('M05 it hangs', async () => {
    nock.enableNetConnect('127.0.0.1')
    const origin = await serve(() => {})
    expect(await said(undefined, { url: origin, timeoutMs: 50 })).toBe(
      `error: ${origin}${RULES} did not answer within 50 ms`,
    )
  })

  it.each(['grafana', 'ftp://grafana.example', 'https://grafana.example/?orgId=1'])(
    '%s is refused as a URL',
    (url) => {
      expect(() => grafanaSource(options({ url }))).toThrow(UsageError)
    },
  )
})

async function serve(answer: (path: string) => unknown): Promise<string> {
  const server = createServer((request, response) => {
    const body = answer(request.url ?? '')
    if (body === undefined) return
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Requests and answers as on https://grafana.com/docs/grafana/latest/developers/http_api/annotations/ */
describe('annotations', () => {
  const tags = ['seamless', 'deployment:7']
  const mark = { tags, text: 'production to 2.0.0', startMs: 1000 }
  const find = (found: unknown[]) =>
    nock(ORIGIN)
      .get('/grafana/api/annotations?tags=seamless&tags=deployment%3A7&type=annotation&limit=1')
      .reply(200, found)
  const put = (over = {}) =>
    grafanaAnnotations(options({ url: `${ORIGIN}/grafana/` })).put({ ...mark, ...over })

  it('are made where there is none with these tags', async () => {
    const asked = find([])
    const made = nock(ORIGIN)
      .post('/grafana/api/annotations', { time: 1000, tags, text: mark.text })
      .reply(200, { message: 'Annotation added', id: 1 })
    await put()
    expect([asked.isDone(), made.isDone()]).toEqual([true, true])
  })

  it('are changed where there is one, so that one deployment is marked once', async () => {
    find([{ id: 1124, time: 1000, tags, text: mark.text }])
    const patched = nock(ORIGIN)
      .patch('/grafana/api/annotations/1124', { text: 'production: promoted', timeEnd: 5000 })
      .reply(200, { message: 'Annotation patched' })
    await put({ text: 'production: promoted', endMs: 5000 })
    expect(patched.isDone()).toBe(true)
  })

  it.each([
    [403, 'the token lacks a permission'],
    [401, 'it wants a token of a service account'],
  ])('are refused with what is missing (%i)', async (status, why) => {
    find([])
    nock(ORIGIN).post('/grafana/api/annotations').reply(status, { message: 'secret' })
    await expect(put()).rejects.toThrow(
      `${ORIGIN}/grafana/api/annotations answers with status ${status}: ${why}`,
    )
  })
})

async function world(): Promise<HealthSourceWorld> {
  nock.enableNetConnect('127.0.0.1')
  let mode: 'answer' | 'fail' | 'stall' = 'answer'
  const url = await serve(() => {
    if (mode === 'stall') return undefined
    if (mode === 'fail') return { status: 'error', error: 'no' }
    return {
      status: 'success',
      data: { groups: [group(rule(), rule({ name: 'Full', labels: { a: 'b' } }))] },
    }
  })
  return {
    source: grafanaSource(options({ url, timeoutMs: 60_000 })),
    known: [
      { kind: 'alerts', alerts: { folder: 'Shop' } },
      { kind: 'alerts', alerts: { labels: { a: 'b' } } },
    ],
    refused: [
      { kind: 'select', selector: 'up' },
      { kind: 'expression', promql: 'up' },
    ],
    fail: () => {
      mode = 'fail'
      nock(url).get(RULES).reply(503)
    },
    stall: () => void (mode = 'stall'),
    now: () => EVALUATED_MS,
  }
}

healthSourceContract('grafana', world)
