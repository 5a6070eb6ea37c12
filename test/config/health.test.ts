import { readFileSync } from 'node:fs'

import * as fc from 'fast-check'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

import { health } from '../../src/config/health.ts'

const gauge = { gauge: 'memory_bytes', max: '1GiB' }

function refusal(value: unknown): string[] {
  const issues = health.safeParse(value).error?.issues ?? []
  return issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
}

describe('health in the configuration', () => {
  it('three lines suffice', () => {
    expect(
      health.parse({
        source: 'main',
        baseline: { before: '2h' },
        checks: { memory: { gauge: 'memory_bytes' } },
      }),
    ).toEqual({
      source: 'main',
      everyMs: 15_000,
      graceMs: 60_000,
      holdMs: 300_000,
      watchMs: 1_800_000,
      baseline: { kind: 'before', beforeMs: 7_200_000 },
      checks: {
        memory: {
          kind: 'gauge',
          gauge: { metric: 'memory_bytes', matchers: [] },
          consecutive: 3,
          worseBy: 0.1,
          atLeast: 0.05,
          weight: 1,
        },
      },
    })
  })

  it('a metric that shows the commit names it, and is read from the source of all', () => {
    const checks = { memory: gauge }
    expect(health.parse({ source: 'main', live: 'app_build_info{commit="{sha}"}', checks }).live).toEqual({
      metric: 'app_build_info',
      matchers: [{ label: 'commit', operator: '=', value: '{sha}' }],
    })
    expect(refusal({ source: 'main', live: 'app_build_info', checks })).toEqual([
      'live: no {sha} or {version} in its labels: it would show whichever version runs',
    ])
    expect(refusal({ source: 'main', live: 'app_build_info{commit!="{sha}"}', checks })).toHaveLength(1)
    const own = { memory: { ...gauge, source: 'main' } }
    expect(refusal({ live: 'app_build_info{commit="{sha}"}', checks: own })).toEqual([
      'live: no source: it is read from health.source',
    ])
  })

  it('the example is understood', () => {
    const text = readFileSync(new URL('../../examples/seamless.yml', import.meta.url), 'utf8')
    const example = z
      .object({ environments: z.object({ production: z.object({ health }) }) })
      .parse(load(text)).environments.production.health
    expect(Object.values(example.checks).map(({ kind }) => kind)).toEqual([
      'ratio',
      'histogram',
      'traffic',
      'gauge',
      'gauge',
      'probe',
      'probe',
      'probe',
    ])
  })

  it('is plain JSON, so that a watch can keep it', () => {
    const read = health.parse({ source: 'main', checks: { memory: gauge } })
    expect(JSON.parse(JSON.stringify(read))).toEqual(read)
  })

  it.each([
    [
      'C04 a misspelt key',
      { source: 'm', checks: { a: { ...gauge, treshold: 3 } } },
      'checks.a: Unrecognized key: "treshold"',
    ],
    [
      'C05 a ratio without a rule',
      { source: 'm', checks: { a: { bad: 'x', total: 'y' } } },
      'checks.a: nothing says when it passes or fails: set max, or health.baseline',
    ],
    ['C05 a gauge without a rule', { source: 'm', checks: { a: { gauge: 'x' } } }, 'set max or min'],
    [
      'C05 traffic without a baseline',
      { source: 'm', checks: { a: { traffic: 'x' } } },
      'set health.baseline',
    ],
    [
      'one bad tick that decides',
      { source: 'm', checks: { a: { ...gauge, consecutive: 1 } } },
      'one bad tick decides nothing',
    ],
    ['ticks that are load', { source: 'm', every: '50ms', checks: { a: gauge } }, 'every: at least 100ms'],
    [
      'a watch too short for its limits',
      { source: 'm', every: '15s', watch: '30s', checks: { a: gauge } },
      'watch: too short for 3 ticks',
    ],
    ['no source', { checks: { a: gauge } }, 'checks.a.source: no source'],
    ['no check', { source: 'm', checks: {} }, 'checks: expected at least one check'],
    ['a check of no kind', { source: 'm', checks: { a: { max: 3 } } }, 'checks.a: expected what to check'],
    [
      'a ratio of one counter',
      { source: 'm', checks: { a: { bad: 'x', max: '1%' } } },
      'checks.a.total: expected a PromQL selector',
    ],
    [
      'a function',
      { source: 'm', checks: { a: { gauge: 'rate(x[5m])', max: 1 } } },
      'checks.a.gauge: "rate(x[5m])" is not a selector',
    ],
    [
      'a share without %',
      { source: 'm', checks: { a: { bad: 'x', total: 'y', max: 0.01 } } },
      'checks.a.max: expected a percentage such as 10%',
    ],
    [
      'a quantile in percent',
      { source: 'm', checks: { a: { histogram: 'x', quantile: 99, max: '1s' } } },
      'checks.a.quantile: a quantile is between 0 and 1',
    ],
    [
      'limits the wrong way round',
      { source: 'm', checks: { a: { gauge: 'x', min: 2, max: 1 } } },
      'min must be below max',
    ],
    [
      'a probe of another host',
      { source: 'm', checks: { a: { probe: '//evil.example/' } } },
      'checks.a.probe: expected a path',
    ],
    [
      'a certificate of a connection that has none',
      { source: 'm', checks: { a: { connect: 'tcp', certificate: '14d' } } },
      'checks.a.certificate: over tcp there is none: connect by tls',
    ],
    [
      'graphs of no time',
      { source: 'm', dashboard: 'https://g.example/d/a?to={to}', checks: { a: { probe: '/' } } },
      'dashboard: expected {from} and {to} in it: the times of the watch, in ms',
    ],
    [
      'graphs at no URL',
      { source: 'm', dashboard: 'javascript:{from}{to}', checks: { a: { probe: '/' } } },
      'dashboard: expected the http or https URL of a dashboard',
    ],
    [
      "everybody's alerts",
      { source: 'm', checks: { a: { alerts: {} } } },
      "checks.a.alerts: expected folder or labels, or both: not every alert of a Grafana is this service's",
    ],
    [
      'a path of a connection',
      { source: 'm', checks: { a: { connect: 'tls', body: 'ok' } } },
      'checks.a: Unrecognized key: "body"',
    ],
    [
      'a header that is none',
      { source: 'm', checks: { a: { probe: '/', headers: { 'a b': '.' } } } },
      'checks.a.headers.a b: ',
    ],
    [
      'a probe of a URL',
      { source: 'm', checks: { a: { probe: 'http://x/' } } },
      'checks.a.probe: expected a path',
    ],
    [
      'two arms that cannot be told apart',
      { source: 'm', baseline: { version: 'v1' }, checks: { a: gauge } },
      'candidate: a baseline by labels needs',
    ],
    [
      'a baseline of nothing',
      { source: 'm', baseline: {}, checks: { a: gauge } },
      'baseline: expected at least one label',
    ],
    [
      'a baseline that is misspelt',
      { source: 'm', baseline: { before: '2h', sametime: 'day' }, checks: { a: gauge } },
      'baseline: Unrecognized key: "sametime"',
    ],
    [
      'a variable that is misspelt',
      { source: 'm', candidate: { v: '{verison}' }, checks: { a: gauge } },
      'did you mean {version}?',
    ],
  ])('refuses %s', (_, value, message) => {
    expect(refusal(value).join('\n')).toContain(message)
  })

  it('a probe without a limit has one: it must answer', () => {
    expect(refusal({ source: 'm', checks: { a: { probe: '/healthz' } } })).toEqual([])
  })

  it('whatever stands there, it is parsed or refused, never a crash', () => {
    const value = fc.record({
      source: fc.constant('m'),
      baseline: fc.anything(),
      checks: fc.dictionary(fc.string(), fc.anything()),
    })
    const survives = fc.property(
      fc.oneof(fc.anything(), value),
      (value) => typeof health.safeParse(value).success === 'boolean',
    )
    expect(fc.check(survives, { numRuns: 500 })).toMatchObject({ failed: false })
  })
})
