import { setTimeout as sleep } from 'node:timers/promises'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sourceRows } from '../../src/cli/doctor/source-rows.ts'
import { documentedConfig } from '../support/documented-config.ts'

const ORIGIN = 'https://grafana.example'
const RULES = '/api/prometheus/grafana/api/v1/rules'
const config = documentedConfig('grafana.md')
const clock = {
  now: () => Date.now(),
  sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
}

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

function rows(over: Record<string, string> = {}) {
  const environment = {
    SEAMLESS_SOURCE_GRAPHS_URL: ORIGIN,
    SEAMLESS_SOURCE_GRAPHS_TOKEN: 'glsa_0123456789',
    ...over,
  }
  return sourceRows(config, { environment, clock, signal: new AbortController().signal })
}

/** As pkg/services/ngalert/api/tooling/definitions/prom.go of Grafana has it; no server of it can be had here. */
function rules(state: 'Normal' | 'Alerting') {
  const labels = { alertname: 'Slow', grafana_folder: 'Shop', severity: 'page' }
  const alerts = [{ labels, annotations: {}, state, activeAt: '2026-11-22T11:58:00Z', value: '' }]
  const rule = {
    state: state === 'Normal' ? 'inactive' : 'firing',
    name: 'Slow',
    query: '[]',
    labels: { severity: 'page' },
    health: 'ok',
    type: 'alerting',
    lastEvaluation: '2026-11-22T12:00:00Z',
    evaluationTime: 0.01,
    alerts,
  }
  return { status: 'success', data: { groups: [{ name: 'a', file: 'Shop', interval: 60, rules: [rule] }] } }
}

describe('the example of docs/grafana.md', () => {
  it('is what doctor says there', async () => {
    nock(ORIGIN).get(RULES).reply(200, rules('Normal'))
    expect(await rows()).toEqual([
      { what: 'source graphs', state: 'ok', why: 'It answers; 1 of 1 queries have data.' },
    ])
  })

  it('names the source that does not let us in', async () => {
    nock(ORIGIN).get(RULES).reply(401)
    expect(await rows()).toEqual([
      {
        what: 'source graphs',
        state: 'missing',
        why: `It does not answer: ${ORIGIN}${RULES} answers with status 401: it wants a token of a service account`,
        todo: 'See that it is reachable from here, and its token right.',
      },
    ])
  })

  it('names the selection that has no rule', async () => {
    nock(ORIGIN)
      .get(RULES)
      .reply(200, { status: 'success', data: { groups: [] } })
    expect((await rows()).map(({ why }) => why)).toEqual([
      'It answers; 0 of 1 queries have data.',
      'alerts of "Shop" {severity="page"}: no alert rule that this token sees is selected',
    ])
  })

  it('says that an alert is firing, for it would be at the first look too', async () => {
    nock(ORIGIN).get(RULES).reply(200, rules('Alerting'))
    expect((await rows()).map(({ why }) => why)).toEqual([
      'It answers; 0 of 1 queries have data.',
      'alerts of "Shop" {severity="page"}: an alert is firing',
    ])
  })
})
