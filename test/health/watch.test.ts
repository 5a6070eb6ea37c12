import { describe, expect, it } from 'vitest'

import type { Measurement } from '../../src/ports/health-source.ts'
import { reportOf } from '../../src/health/explain.ts'
import { queriesOf } from '../../src/health/query-plan.ts'
import { coverageOf } from '../../src/health/verdict.ts'
import { enterStep, startWatch, tick } from '../../src/health/watch.ts'
import { gateOf, verdictOf } from '../../src/health/watch-verdict.ts'
import { begin, config, requests, run, sample, service, START, VALUES, type World } from './service.ts'

const errors = { bad: 'requests{code=~"5.."}', total: 'requests', max: '1%' }
const memory = { gauge: 'memory_bytes', max: '512MiB' }
const latency = { histogram: 'latency_seconds', quantile: 0.9, max: '300ms' }
const MiB = 1024 ** 2

const steady = service((at) => requests('v2', 1500, 3, at))
const failing = service((at) => requests('v2', 1500, 150, at))

function gauge(value: (tick: number) => number): World {
  return service((at) => [sample({ __name__: 'memory_bytes' }, value((at - START) / 15_000), at)])
}

/** Cumulative buckets 0.1, 0.3, 1, +Inf with these requests per tick. */
function buckets(perTick: readonly [number, number, number, number]): World {
  return service((at) => {
    const ticks = (at - START) / 15_000 + 1000
    let sum = 0
    return ['0.1', '0.3', '1', '+Inf'].map((le, index) => {
      sum += (perTick[index] ?? 0) * ticks
      return sample({ __name__: 'latency_seconds_bucket', le }, sum, at)
    })
  })
}

const nothing =
  (measurement: Measurement): World =>
  () =>
    measurement

const outage =
  (from: number, to: number): World =>
  (query, at) =>
    at >= START + from * 60_000 && at < START + to * 60_000
      ? { kind: 'error', why: 'refused' }
      : steady(query, at)

const minutely: World = (query, at) => steady(query, START + Math.floor((at - START) / 60_000) * 60_000)
const stuck: World = (query, at) => steady(query, Math.min(at, START + 120_000))

const probed =
  (success: (tick: number) => number): World =>
  (_, at) => ({
    kind: 'ok',
    samples: [sample({ __name__: 'probe_success' }, success((at - START) / 15_000), at)],
  })

const mixed: World = (query, at) => {
  const all = [steady, gauge((tick) => tick), buckets([900, 90, 9, 1])].map((part) => part(query, at))
  return all.find(({ kind }) => kind === 'ok') ?? { kind: 'no_data', why: 'none' }
}

function end(checks: Record<string, unknown>, world: World, ticks = 41): ReturnType<typeof verdictOf> {
  const { watch, nowMs } = run(begin({ checks }), world, ticks)
  return verdictOf(watch, nowMs)
}

describe('a watch by absolute limits', () => {
  it('is healthy at its end when everything was measured and within its limits', () => {
    expect(end({ errors }, steady)).toMatchObject({
      verdict: 'healthy',
      reason: 'within_limit',
      done: true,
      ok: true,
    })
  })

  it('says healthy so far before its end, without being done', () => {
    expect(end({ errors }, steady, 20)).toMatchObject({ verdict: 'healthy', done: false, ok: true })
  })

  it('is unhealthy at once when a limit is broken three ticks in a row', () => {
    expect(end({ errors }, failing, 3)).toMatchObject({ verdict: 'inconclusive', done: false })
    expect(end({ errors }, failing, 4)).toMatchObject({
      verdict: 'unhealthy',
      reason: 'limit_exceeded',
      done: true,
      ok: false,
    })
  })

  it('stays unhealthy when the limit is kept again', () => {
    const { watch } = run(begin({ checks: { errors } }), failing, 10)
    const { watch: after, nowMs } = run(
      watch,
      service((at) => requests('v2', 9e6, 0, at)),
      30,
    )
    expect(verdictOf(after, nowMs).verdict).toBe('unhealthy')
  })

  it.each([
    ['latency within its limit', { latency }, buckets([900, 90, 10, 0]), 'healthy: within_limit'],
    ['latency above its limit', { latency }, buckets([500, 300, 200, 0]), 'unhealthy: limit_exceeded'],
    ['memory within its limit', { memory }, gauge(() => 100 * MiB), 'healthy: within_limit'],
    ['memory above its limit', { memory }, gauge(() => 600 * MiB), 'unhealthy: limit_exceeded'],
    [
      'a gauge below its least',
      { free: { gauge: 'memory_bytes', min: '64MiB' } },
      gauge(() => MiB),
      'unhealthy: limit_exceeded',
    ],
    [
      'a limit beyond the last bucket edge that many requests reach',
      { latency: { ...latency, max: '5s' } },
      buckets([500, 200, 100, 200]),
      'inconclusive: undecided',
    ],
    [
      'a limit beyond the last bucket edge that few requests reach',
      { latency: { ...latency, max: '5s' } },
      buckets([500, 200, 100, 20]),
      'healthy: within_limit',
    ],
  ] as const)('%s', (_, checks, world, expected) => {
    const { verdict, reason } = end(checks, world)
    expect(`${verdict}: ${reason}`).toBe(expected)
  })

  it('one instance above the limit is enough', () => {
    const world = service((at) => [
      sample({ __name__: 'memory_bytes', pod: 'a' }, 100 * MiB, at),
      sample({ __name__: 'memory_bytes', pod: 'b' }, 600 * MiB, at),
    ])
    expect(end({ memory }, world).verdict).toBe('unhealthy')
  })

  it('M10 one bad sample in 60 is not unhealthy', () => {
    const { watch, nowMs } = run(
      begin({ watch: '15m', checks: { memory } }),
      gauge((tick) => (tick === 30 ? 9e9 : 1)),
      60,
    )
    expect(verdictOf(watch, nowMs)).toMatchObject({ verdict: 'healthy' })
  })

  it('M10 bad every other tick is not unhealthy either, and not healthy', () => {
    expect(
      end(
        { memory },
        gauge((tick) => (tick % 2 === 0 ? 9e9 : 1)),
      ),
    ).toMatchObject({ verdict: 'inconclusive', reason: 'undecided' })
  })

  it('M11 3 requests with 1 error are too few', () => {
    const world = service((at) => {
      const later = at > START + 60_000
      return [
        sample({ __name__: 'requests', code: '200' }, later ? 2 : 0, at),
        sample({ __name__: 'requests', code: '500' }, later ? 1 : 0, at),
      ]
    })
    const verdict = end({ errors }, world, 82)
    expect(verdict).toMatchObject({
      verdict: 'inconclusive',
      reason: 'too_little_traffic',
      done: true,
      watched: 3,
    })
  })

  it('waits for more requests rather than judging a share of two', () => {
    const { watch, nowMs } = run(
      begin({ checks: { errors } }),
      service((at) => requests('v2', 2, 1, at)),
      40,
    )
    expect(verdictOf(watch, nowMs)).toMatchObject({ verdict: 'unhealthy', reason: 'limit_exceeded' })
  })

  it('the grace is not judged', () => {
    const { watch, nowMs } = run(begin({ grace: '2m', checks: { errors } }), failing, 8)
    expect(verdictOf(watch, nowMs)).toMatchObject({ verdict: 'inconclusive', reason: 'too_early' })
  })
})

describe('missing data', () => {
  it.each([
    ['M01 connection refused all the time', { kind: 'error', why: 'connection refused' }, 'source_error'],
    ['M02 the source answers with an error', { kind: 'error', why: 'status 503' }, 'source_error'],
    ['M03 an empty vector', { kind: 'no_data', why: 'an empty vector' }, 'no_data'],
    ['M06 an answer of the wrong shape', { kind: 'invalid', why: 'a matrix' }, 'invalid_data'],
  ] as const)('%s is inconclusive, with all kinds of check', (_, measurement, reason) => {
    for (const checks of [{ errors }, { memory }, { latency }]) {
      expect(end(checks, nothing(measurement), 82)).toMatchObject({
        verdict: 'inconclusive',
        reason,
        done: true,
        ok: false,
      })
    }
  })

  const rules = { 'max only': { max: 1 }, 'min only': { min: 0 }, 'max and min': { max: 1, min: 0 } }
  // A source whose answer has "abc" for a value calls it invalid; the others it hands on as they are.
  const values = [Number.NaN, Infinity, -Infinity, 'abc']
  it.each(Object.entries(rules).flatMap(([name, rule]) => values.map((value) => ({ name, rule, value }))))(
    'M04 $value under $name is inconclusive',
    ({ rule, value }) => {
      const odd: World =
        typeof value === 'number'
          ? service((at) => [sample({ __name__: 'g' }, value, at)])
          : () => ({ kind: 'invalid', why: `a value is ${JSON.stringify(value)}` })
      expect(end({ g: { gauge: 'g', ...rule } }, odd)).toMatchObject({
        verdict: 'inconclusive',
        reason: 'invalid_data',
      })
    },
  )

  it.each([Number.NaN, Infinity, -1])('M04 a counter of %d is inconclusive', (value) => {
    const world = service((at) => [
      ...requests('v2', 100, 0, at),
      sample({ __name__: 'requests', code: '302' }, value, at),
    ])
    expect(end({ errors }, world)).toMatchObject({ verdict: 'inconclusive', reason: 'invalid_data' })
  })

  it('M08 two healthy checks and one without data are inconclusive', () => {
    const world = service((at) => [...requests('v2', 1500, 3, at), sample({ __name__: 'up' }, 1, at)])
    const verdict = end({ errors, up: { gauge: 'up', min: 1 }, memory }, world)
    expect(verdict).toMatchObject({ verdict: 'inconclusive', reason: 'no_data' })
    expect(verdict.checks.map(({ verdict }) => verdict)).toEqual(['healthy', 'healthy', 'inconclusive'])
  })

  it('M09 one unhealthy check is enough, whatever else is missing', () => {
    expect(end({ errors, memory }, failing)).toMatchObject({ verdict: 'unhealthy', reason: 'limit_exceeded' })
  })

  it('M19 ten minutes without answers in an hour extend the watch once, and are inconclusive if they go on', () => {
    const start = begin({ watch: '1h', checks: { errors } })
    const first = run(start, outage(20, 30), 241)
    expect(verdictOf(first.watch, first.nowMs)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'low_coverage',
      done: false,
    })
    const second = run(first.watch, outage(20, 30), 240)
    expect(verdictOf(second.watch, second.nowMs)).toMatchObject({ verdict: 'healthy', done: true })
    const worse = run(first.watch, outage(70, 90), 240)
    expect(verdictOf(worse.watch, worse.nowMs)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'low_coverage',
      done: true,
    })
  })

  it('samples older than the deployment never count as new', () => {
    const world = service(() => [sample({ __name__: 'memory_bytes' }, 1, START - 1)])
    expect(end({ memory }, world)).toMatchObject({ verdict: 'inconclusive', reason: 'no_data' })
  })

  it('a source that scrapes once a minute is not called silent at ticks of 15 s', () => {
    expect(end({ errors }, minutely)).toMatchObject({ verdict: 'healthy' })
  })

  it('a source that repeats itself for ever is silent', () => {
    expect(end({ errors }, stuck)).toMatchObject({ verdict: 'inconclusive', reason: 'low_coverage' })
  })

  it('ticks that never came are missed ticks', () => {
    const { watch } = run(begin({ checks: { errors } }), steady, 10)
    expect(verdictOf(watch, START + 600_000)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'low_coverage',
    })
  })

  it('a variable without a value asks nothing', () => {
    const health = config({ candidate: { version: '{version}' }, checks: { errors } })
    expect(queriesOf(health, {})).toEqual([])
    const { watch, nowMs } = run(startWatch(health, {}, START), steady, 41)
    expect(verdictOf(watch, nowMs)).toMatchObject({ verdict: 'inconclusive', reason: 'no_data' })
  })
})

describe('errors that have not happened yet', () => {
  it('are none, where the selector is known to be right', () => {
    const world = service((at) => requests('v2', 1500, 0, at).slice(0, 1))
    expect(end({ errors }, world)).toMatchObject({ verdict: 'healthy' })
  })

  it('count from the first one', () => {
    const world = service((at) => requests('v2', 1500, 150, at).slice(0, at < START + 60_000 ? 1 : 2))
    const { watch } = run(begin({ checks: { errors } }), world, 5)
    expect(watch.checks['errors']?.figures.candidate).toMatchObject({ kind: 'counted' })
    expect(end({ errors }, world).verdict).not.toBe('healthy')
  })

  it('are unknown, where the selector may be misspelt', () => {
    const world = service((at) => requests('v2', 1500, 0, at).slice(0, 1))
    expect(end({ errors: { ...errors, bad: 'requests{cod=~"5.."}' } }, world)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'no_data',
    })
    expect(end({ errors: { ...errors, bad: 'failures' } }, world)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'no_data',
    })
  })
})

describe('graphs of a watch', () => {
  const link = (dashboard: string, values = VALUES) => {
    const watch = startWatch(config({ checks: { errors }, dashboard }), values, START)
    return reportOf(watch, START + 600_000).dashboard
  }

  it('are linked to with its times, and with values that cannot become parameters', () => {
    const url = 'https://g.example/d/a?from={from}&to={to}&v={version}'
    expect(link(url, { ...VALUES, version: 'v2&to={from}' })).toBe(
      `https://g.example/d/a?from=${START}&to=${START + 600_000}&v=v2%26to%3D%7Bfrom%7D`,
    )
  })

  it('are not linked to where a value is missing', () => {
    expect(link('https://g.example/{branch}?from={from}&to={to}', { version: 'v2' })).toBeUndefined()
  })
})

describe('an alert of a Grafana', () => {
  const alarms = { alerts: { folder: 'Shop' } }
  /** One rule that fires from then on (ms), evaluated at each tick. */
  const firing =
    (sinceMs: number): World =>
    (_, at) => ({
      kind: 'ok',
      samples: [
        sample({ __name__: 'probe_success', rule: 'Slow' }, at < sinceMs ? 1 : 0, at),
        ...(at < sinceMs
          ? []
          : [sample({ __name__: 'grafana_alert_firing_since_seconds', rule: 'Slow' }, sinceMs / 1000, at)]),
      ],
    })

  it('that stays quiet is healthy, and one that goes off in the watch is not', () => {
    expect(end({ alarms }, firing(Infinity))).toMatchObject({ verdict: 'healthy', reason: 'within_limit' })
    expect(end({ alarms }, firing(START + 300_000))).toMatchObject({
      verdict: 'unhealthy',
      reason: 'limit_exceeded',
    })
  })

  it('that was there before the deployment says nothing of it', () => {
    const { watch, nowMs } = run(begin({ checks: { alarms } }), firing(START - 60_000), 41)
    expect(verdictOf(watch, nowMs)).toMatchObject({ verdict: 'inconclusive' })
    expect(watch.checks['alarms']?.trouble?.detail).toBe(
      '"Slow" has been firing since before the deployment, and says nothing of it',
    )
  })
})

describe('a probe', () => {
  const answers = { probe: '/healthz', source: 'site' }

  it('is asked of its own source', () => {
    const health = config({ checks: { errors, answers } })
    expect(queriesOf(health, VALUES)).toEqual([
      {
        source: 'main',
        queries: [
          { kind: 'select', selector: 'requests{code=~"5.."}' },
          { kind: 'select', selector: 'requests' },
        ],
      },
      {
        source: 'site',
        queries: [
          { kind: 'probe', probe: { path: '/healthz', method: 'GET', statuses: [200], timeoutMs: 5000 } },
        ],
      },
    ])
  })

  it.each([
    ['that always answers is healthy', () => 1, 'healthy'],
    [
      'that fails three times in a row is unhealthy',
      (tick: number) => (tick > 20 && tick < 24 ? 0 : 1),
      'unhealthy',
    ],
    ['that fails once is not unhealthy', (tick: number) => (tick === 20 ? 0 : 1), 'healthy'],
    ['that answers neither yes nor no is inconclusive', () => 0.5, 'inconclusive'],
  ] as const)('%s', (_, success, verdict) => {
    expect(end({ answers }, probed(success)).verdict).toBe(verdict)
  })
})

describe('the gate of a traffic step', () => {
  const start = enterStep(begin({ checks: { errors } }), 0.1, START)

  it('waits for the step to be held', () => {
    const { watch, nowMs } = run(start, steady, 10)
    expect(gateOf(watch, nowMs)).toMatchObject({ gate: 'wait', untilMs: START + 300_000 })
  })

  it('lets the next step be taken when all was seen', () => {
    const { watch, nowMs } = run(start, steady, 21)
    expect(gateOf(watch, nowMs)).toMatchObject({ gate: 'proceed' })
  })

  it('counts the hold and the soak from the newest step', () => {
    const { watch, nowMs } = run(start, steady, 21)
    const next = enterStep(watch, 0.5, nowMs)
    expect(gateOf(next, nowMs)).toMatchObject({ gate: 'wait', untilMs: nowMs + 300_000 })
    expect(verdictOf(next, nowMs).endsMs).toBe(nowMs + 600_000)
  })

  it('does not count as missed what nobody could look at while a slow step was taken', () => {
    const { watch, nowMs } = run(start, steady, 21)
    const slowly = enterStep(watch, 0.5, nowMs + 600_000)
    const state = slowly.checks['errors']!
    const { measured, expected } = coverageOf(slowly, state, 'watch', nowMs + 600_000)
    expect(measured).toBe(expected)
  })

  it('stops at once when a limit is broken', () => {
    const { watch, nowMs } = run(start, failing, 4)
    expect(gateOf(watch, nowMs)).toMatchObject({ gate: 'unhealthy', reason: 'limit_exceeded' })
  })

  it('holds the step once more without traffic, then asks for a person', () => {
    const silent = service((at) => requests('v2', 0, 0, at))
    const once = run(start, silent, 21)
    expect(gateOf(once.watch, once.nowMs)).toMatchObject({ gate: 'extend', reason: 'too_little_traffic' })
    const twice = run(once.watch, silent, 20)
    expect(gateOf(twice.watch, twice.nowMs)).toMatchObject({ gate: 'hold', reason: 'too_little_traffic' })
  })

  it('does not proceed in the middle of a broken limit', () => {
    const { watch } = run(start, steady, 19)
    const late = service((at) => requests('v2', 15_000, 14_000, at))
    const { watch: broken, nowMs } = run(watch, late, 2)
    expect(gateOf(broken, nowMs)).toMatchObject({ gate: 'extend' })
  })
})

describe('the state of a watch', () => {
  it('does not grow with its length', () => {
    const checks = { errors, memory, latency }
    const long = JSON.stringify(run(begin({ checks }), mixed, 3000).watch).length
    expect(long).toBeLessThan(10_000)
  })

  it('is the same after a replay of the same answers', () => {
    const one = run(begin({ checks: { errors } }), steady, 50).watch
    const other = run(begin({ checks: { errors } }), steady, 50).watch
    expect(JSON.stringify(one)).toBe(JSON.stringify(other))
  })

  it('ignores a tick that is not later than the last', () => {
    const { watch, nowMs } = run(begin({ checks: { errors } }), steady, 5)
    expect(tick(watch, [], nowMs)).toBe(watch)
    expect(tick(watch, [], nowMs - 1)).toBe(watch)
    expect(tick(watch, [], Number.NaN)).toBe(watch)
  })

  it('asks a query once, however many checks need it', () => {
    const health = config({
      checks: { errors, again: { bad: 'requests{code="429"}', total: 'requests', max: '5%' } },
    })
    expect(
      queriesOf(health, VALUES)[0]?.queries.map((query) => query.kind === 'select' && query.selector),
    ).toEqual(['requests{code=~"5.."}', 'requests', 'requests{code="429"}'])
  })
})
