import { describe, expect, it } from 'vitest'

import type { HealthSource, Sample } from '../../src/ports/health-source.ts'
import { loadBaseline } from '../../src/health/baseline.ts'
import { reportOf } from '../../src/health/explain.ts'
import { enterStep, startWatch, type WatchState } from '../../src/health/watch.ts'
import { gateOf, verdictOf } from '../../src/health/watch-verdict.ts'
import {
  begin,
  binomial,
  config,
  random,
  run,
  sample,
  service,
  START,
  VALUES,
  type World,
} from './service.ts'
import { addTick, EVERY, expose, remembering, traffic, type Version } from './worlds.ts'

const errors = { bad: 'requests{code=~"5.."}', total: 'requests' }
const latency = { histogram: 'latency_seconds' }
const concurrent = { candidate: { version: '{version}' }, baseline: { version: '{previous}' } }

const stable: Version = { version: 'v1', perTick: 1500, failing: 0.001 }

const start = (): WatchState => begin({ ...concurrent, watch: '30m', checks: { errors, latency } })

const evidence = (watch: WatchState): number =>
  watch.checks['errors']!.comparison!.judge!.arms[0]!.candidate.total

/** The service before and after START, without labels of a version. */
function changing(failingBefore: number, failingAfter: number, seed: number): World {
  const uniform = random(seed)
  const state = { good: 0, bad: 0, buckets: [0, 0, 0, 0, 0] }
  let to = START - 3 * 3_600_000
  return service((at) => {
    for (; to < at; to += EVERY) {
      addTick(
        state,
        { version: '', perTick: 300, failing: to < START ? failingBefore : failingAfter },
        uniform,
      )
    }
    return expose({ version: 'any', perTick: 0, failing: 0 }, state, at)
  })
}

describe('a watch that compares with the stable version at the same time', () => {
  it('finds an equal version healthy, and says by how many it was noticed at most', () => {
    const { watch, nowMs } = run(start(), traffic([stable, { ...stable, version: 'v2' }], 1), 121)
    const verdict = verdictOf(watch, nowMs)
    expect(verdict).toMatchObject({
      verdict: 'healthy',
      reason: 'no_worse_than_baseline',
      done: true,
      comparison: 'concurrent',
    })
    expect(verdict.noticed!.lower).toBe(0)
    expect(verdict.noticed!.watched).toBeGreaterThan(150_000)
    expect(verdict.noticed!.upper).toBeLessThan(0.02 * verdict.noticed!.watched)
  })

  it('finds ten times the errors within two minutes, and tells how much worse', () => {
    const { watch, nowMs } = run(
      start(),
      traffic([stable, { ...stable, version: 'v2', failing: 0.01 }], 2),
      9,
    )
    const report = reportOf(watch, nowMs)
    expect(report).toMatchObject({ verdict: 'unhealthy', reason: 'worse_than_baseline' })
    expect(report.line).toMatch(
      /^Unhealthy after 1 min .* s: errors: [\d.]+ % against [\d.]+ % on stable \(\d+ of [\d ]+ requests\), .*times with 99 % confidence, tolerated [\d.]+ %; evidence .* \(acts at 100\)\.$/,
    )
    expect(report.noticed!.lower).toBeGreaterThan(0)
  })

  it('M12 2 % errors against none at all is unhealthy', () => {
    const world = traffic(
      [
        { ...stable, failing: 0 },
        { ...stable, version: 'v2', failing: 0.02 },
      ],
      3,
    )
    const { watch, nowMs } = run(begin({ ...concurrent, checks: { errors } }), world, 12)
    expect(verdictOf(watch, nowMs)).toMatchObject({ verdict: 'unhealthy', reason: 'worse_than_baseline' })
  })

  it('finds requests that take twice as long', () => {
    const world = traffic([stable, { ...stable, version: 'v2', slower: 2 }], 4)
    const { watch, nowMs } = run(begin({ ...concurrent, grace: '1m', checks: { latency } }), world, 16)
    expect(verdictOf(watch, nowMs)).toMatchObject({ verdict: 'unhealthy', checks: [{ name: 'latency' }] })
  })

  it('with a canary of a tenth of the traffic it finds them too', () => {
    const world = traffic([stable, { version: 'v2', perTick: 150, failing: 0.02 }], 5)
    const { watch, nowMs } = run(begin({ ...concurrent, checks: { errors } }), world, 30)
    expect(verdictOf(watch, nowMs).verdict).toBe('unhealthy')
  })

  it('calls few of many unchanged versions worse', () => {
    let unhealthy = 0
    for (let seed = 100; seed < 140; seed += 1) {
      const slow = { ...stable, perTick: 150 }
      const world = traffic([slow, { ...slow, version: 'v2' }], seed)
      const { watch, nowMs } = run(begin({ ...concurrent, checks: { errors, latency } }), world, 41)
      if (verdictOf(watch, nowMs).verdict === 'unhealthy') unhealthy += 1
    }
    expect(unhealthy).toBeLessThanOrEqual(1)
  })

  it('without the stable version’s series nothing is compared and nothing is healthy', () => {
    const { watch, nowMs } = run(start(), traffic([{ ...stable, version: 'v2' }], 6), 121)
    expect(verdictOf(watch, nowMs)).toMatchObject({ verdict: 'inconclusive', reason: 'no_baseline' })
  })

  it('a baseline that misses looks is made up for by the next', () => {
    const both = traffic([stable, { ...stable, version: 'v2' }], 7)
    const gappy: World = (query, at) => {
      const isBaseline = query.kind === 'select' && query.selector.includes('v1')
      return isBaseline && (at / EVERY) % 3 !== 0 ? { kind: 'error', why: 'refused' } : both(query, at)
    }
    const { watch, nowMs } = run(begin({ ...concurrent, watch: '30m', checks: { errors } }), gappy, 121)
    expect(verdictOf(watch, nowMs)).toMatchObject({ verdict: 'healthy' })
  })

  it('one watch spans the steps: evidence of the first counts in the last', () => {
    const world = traffic([stable, { ...stable, version: 'v2', failing: 0.0035 }], 8)
    const first = run(enterStep(start(), 0.1, START), world, 5)
    const before = evidence(first.watch)
    const second = run(enterStep(first.watch, 0.5, first.nowMs), world, 1)
    expect(evidence(second.watch)).toBeGreaterThan(before)
    expect(gateOf(run(second.watch, world, 60).watch, second.nowMs + 60 * EVERY).gate).toBe('unhealthy')
  })

  it('the first upgrade falls back to its limits', () => {
    const health = config({ ...concurrent, checks: { errors: { ...errors, max: '5%' } } })
    const { watch, nowMs } = run(
      startWatch(health, { version: 'v2' }, START),
      traffic([{ ...stable, version: 'v2' }], 9),
      41,
    )
    expect(verdictOf(watch, nowMs)).toMatchObject({
      verdict: 'healthy',
      reason: 'within_limit',
      comparison: 'none',
    })
  })

  it('no traffic where the weights sent some is a collapse', () => {
    const check = { traffic: 'requests' }
    const begun = enterStep(begin({ ...concurrent, checks: { check } }), 0.5, START)
    const equal = run(begun, traffic([stable, { ...stable, version: 'v2' }], 10), 41)
    expect(verdictOf(equal.watch, equal.nowMs).verdict).not.toBe('unhealthy')
    const dead = run(begun, traffic([stable, { version: 'v2', perTick: 0, failing: 0 }], 11), 41)
    expect(verdictOf(dead.watch, dead.nowMs)).toMatchObject({
      verdict: 'unhealthy',
      reason: 'worse_than_baseline',
    })
  })
})

/** Five days of a service whose share of failures depends on the time. */
function seasonal(
  failing: (at: number) => number,
  seed: number,
  perTick: (at: number) => number = () => 300,
): World {
  const uniform = random(seed)
  const state = { good: 0, bad: 0 }
  const first = START - 97 * 3_600_000
  const past: [good: number, bad: number][] = []
  return service((at) => {
    for (let next = first + past.length * EVERY; next <= at; next += EVERY) {
      const bad = binomial(perTick(next), failing(next), uniform)
      state.good += perTick(next) - bad
      state.bad += bad
      past.push([state.good, state.bad])
    }
    const [good, bad] = past[Math.round((at - first) / EVERY)] ?? [0, 0]
    return [
      sample({ __name__: 'requests', code: '200' }, good, at),
      sample({ __name__: 'requests', code: '500' }, bad, at),
    ]
  })
}

/** START is a midnight; the hour after it is ten times as bad every day. */
function busyAfterMidnight(at: number): number {
  return ((at - START) / 3_600_000 + 240) % 24 < 1 ? 0.02 : 0.002
}

describe('a watch that compares with the time before', () => {
  const before = { baseline: { before: '2h' } }

  async function watchOf(
    value: Record<string, unknown>,
    world: World,
    sinceMs?: number,
  ): Promise<WatchState> {
    const health = config({ ...before, watch: '30m', checks: { errors }, ...value })
    const sources = new Map([['main', remembering(world, sinceMs)]])
    const history = await loadBaseline(health, VALUES, { sources, nowMs: START, signal: AbortSignal.abort() })
    return startWatch(health, VALUES, START, history)
  }

  it('finds five times the errors', async () => {
    const world = changing(0.002, 0.01, 1)
    const { watch, nowMs } = run(await watchOf({}, world), world, 41)
    const report = reportOf(watch, nowMs)
    expect(report).toMatchObject({
      verdict: 'unhealthy',
      reason: 'worse_than_baseline',
      comparison: 'before_after',
    })
    expect(report.line).toContain('before')
    expect(report).not.toHaveProperty('noticed')
  })

  it('finds an unchanged service not unhealthy', async () => {
    const world = changing(0.002, 0.002, 2)
    const { watch, nowMs } = run(await watchOf({}, world), world, 121)
    expect(verdictOf(watch, nowMs).verdict).not.toBe('unhealthy')
  })

  it('says so, but acts on nothing, when less than two hours of past are known', async () => {
    const world = changing(0.002, 0.01, 3)
    const { watch, nowMs } = run(await watchOf({}, world, START - 3_000_000), world, 121)
    expect(verdictOf(watch, nowMs)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'worse_than_short_baseline',
    })
  })

  it('without any past nothing is compared, and it says so', async () => {
    const limited = { checks: { errors: { ...errors, max: '5%' } } }
    for (const value of [{}, limited]) {
      const world = changing(0.002, 0.002, 4)
      const { watch, nowMs } = run(await watchOf(value, world, START), world, 121)
      expect(verdictOf(watch, nowMs)).toMatchObject({ verdict: 'inconclusive', reason: 'no_baseline' })
    }
  })

  it('asks for the same clock time of the four days before, where it is told to', async () => {
    const asked: number[][] = []
    const source: HealthSource = {
      ...remembering(changing(0, 0, 5)),
      history: (_, { fromMs, toMs }) => {
        asked.push([(fromMs - START) / 3_600_000, (toMs - START) / 3_600_000])
        return Promise.resolve([])
      },
    }
    const health = config({ baseline: { before: '2h', 'same-time': 'day' }, checks: { errors } })
    await loadBaseline(health, VALUES, {
      sources: new Map([['main', source]]),
      nowMs: START,
      signal: AbortSignal.abort(),
    })
    expect(asked).toEqual([
      [-96, -94],
      [-72, -70],
      [-48, -46],
      [-24, -22],
    ])
  })

  it('a season is not an upgrade: with same-time the busy hour is compared with busy hours', async () => {
    const verdicts = []
    for (const baseline of [{ before: '2h' }, { before: '2h', 'same-time': 'day' }]) {
      const world = seasonal(busyAfterMidnight, 6)
      const { watch, nowMs } = run(await watchOf({ baseline, watch: '20m' }, world), world, 81)
      verdicts.push(verdictOf(watch, nowMs).verdict)
    }
    expect(verdicts[0]).toBe('unhealthy')
    expect(verdicts[1]).not.toBe('unhealthy')
  })

  it('and five times the failures of busy hours are seen', async () => {
    const world = seasonal((at) => (at >= START ? 0.05 : 0.01), 7)
    const start = await watchOf({ baseline: { before: '1h', 'same-time': 'day' }, watch: '20m' }, world)
    const { watch, nowMs } = run(start, world, 41)
    expect(reportOf(watch, nowMs)).toMatchObject({ verdict: 'unhealthy', reason: 'worse_than_baseline' })
  })

  it('traffic that ends is a collapse, and a tenth less is none', async () => {
    const checks = { demand: { traffic: 'requests' } }
    for (const [perTick, verdict] of [
      [270, 'inconclusive'],
      [0, 'unhealthy'],
    ] as const) {
      const world = seasonal(
        () => 0,
        8,
        (at) => (at >= START ? perTick : 300),
      )
      const { watch, nowMs } = run(
        await watchOf({ checks, baseline: { before: '2h', 'same-time': 'day' } }, world),
        world,
        41,
      )
      expect(verdictOf(watch, nowMs).verdict === 'unhealthy').toBe(verdict === 'unhealthy')
    }
  })
})

/** Moves 300 requests a tick from v1 to v2 at START, where v2 fails so often. */
async function moved(failing: number, seed: number, hasPast: boolean): Promise<ReturnType<typeof reportOf>> {
  const uniform = random(seed)
  const [old, fresh] = [
    { good: 0, bad: 0 },
    { good: 0, bad: 0 },
  ]
  const past: Sample[][] = []
  const first = START - 500 * EVERY
  const world = service((at) => {
    for (let next = first + past.length * EVERY; next <= at; next += EVERY) {
      const [arm, share] = next < START ? [old, 0.002] : [fresh, failing]
      const bad = binomial(300, share, uniform)
      arm.bad += bad
      arm.good += 300 - bad
      past.push([
        sample({ __name__: 'requests', version: 'v1', code: '200' }, old.good, next),
        sample({ __name__: 'requests', version: 'v1', code: '500' }, old.bad, next),
        ...(next < START
          ? []
          : [sample({ __name__: 'requests', version: 'v2', code: '200' }, fresh.good, next)]),
        ...(next < START
          ? []
          : [sample({ __name__: 'requests', version: 'v2', code: '500' }, fresh.bad, next)]),
      ])
    }
    return past[Math.round((at - first) / EVERY)] ?? []
  })
  const health = config({ ...concurrent, watch: '30m', checks: { errors } })
  const sources = new Map([['main', remembering(world)]])
  const ask = { sources, nowMs: START, signal: AbortSignal.abort() }
  const history = hasPast ? await loadBaseline(health, VALUES, ask) : undefined
  const { watch, nowMs } = run(enterStep(startWatch(health, VALUES, START, history), 1, START), world, 121)
  return reportOf(watch, nowMs)
}

describe('at 100 % of the traffic', () => {
  it('the stable version’s past is the reference, and it is said that it is the past', async () => {
    const report = await moved(0.01, 1, true)
    expect(report).toMatchObject({
      verdict: 'unhealthy',
      reason: 'worse_than_baseline',
      comparison: 'before_after',
    })
    expect(report).not.toHaveProperty('noticed')
  })

  it('an unchanged version is not taken back', async () => {
    const reports = await Promise.all([2, 3, 4, 5].map((seed) => moved(0.002, seed, true)))
    expect(reports.map(({ verdict }) => verdict)).not.toContain('unhealthy')
  })

  it('without a past nothing is compared, whatever happens', async () => {
    expect(await moved(0.01, 6, false)).toMatchObject({ verdict: 'inconclusive', reason: 'no_baseline' })
  })
})
