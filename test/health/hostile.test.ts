import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Measurement, Sample } from '../../src/ports/health-source.ts'
import { reportOf } from '../../src/health/explain.ts'
import { type Answers, queriesOf } from '../../src/health/query-plan.ts'
import { enterStep, startWatch, tick, type WatchState } from '../../src/health/watch.ts'
import { gateOf, verdictOf } from '../../src/health/watch-verdict.ts'
import { config, START, VALUES } from './service.ts'

/** All kinds of check, with limits and compared at the same time. */
const health = config({
  candidate: { version: '{version}' },
  baseline: { version: '{previous}' },
  watch: '5m',
  hold: '1m',
  checks: {
    errors: { bad: 'requests{code=~"5.."}', total: 'requests', max: '1%' },
    latency: { histogram: 'latency_seconds', max: '300ms' },
    memory: { gauge: 'memory_bytes', max: '512MiB', min: 0 },
    demand: { traffic: 'requests' },
    answers: { probe: '/healthz', source: 'site' },
  },
})
const batches = queriesOf(health, VALUES)

const number = fc.oneof(
  fc.nat(1000),
  fc.double(),
  fc.constantFrom(
    0,
    -0,
    Number.NaN,
    Infinity,
    -Infinity,
    1e308,
    -1e308,
    Number.MAX_SAFE_INTEGER,
    5e-324,
    2 ** 53,
    -1,
  ),
)
const atMs = fc.oneof(
  fc.integer({ min: -3, max: 30 }).map((ticks) => START + ticks * 15_000),
  number,
)
const labels = fc.dictionary(
  fc.constantFrom('__name__', 'le', 'version', 'code', '__proto__', 'pod'),
  fc.constantFrom(
    'probe_success',
    'requests',
    '0.1',
    '1',
    '+Inf',
    'NaN',
    'abc',
    '',
    '500',
    'v1',
    '__proto__',
  ),
)
const native = fc.record({
  count: number,
  sum: number,
  buckets: fc.array(fc.record({ lower: number, upper: number, count: number }), { maxLength: 4 }),
})
const sample: fc.Arbitrary<Sample> = fc.oneof(
  fc.record({ labels, value: number, atMs }),
  fc.record({ labels, value: number, atMs, histogram: native }),
)
const measurement: fc.Arbitrary<Measurement> = fc.oneof(
  { weight: 5, arbitrary: fc.array(sample, { minLength: 1, maxLength: 6 }).map(okay) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('no_data' as const, 'error' as const, 'invalid' as const)
      .map((kind): Measurement => ({ kind, why: 'x' })),
  },
)
const answers: fc.Arbitrary<Answers> = fc.tuple(
  ...batches.map(({ queries }) => fc.array(measurement, { maxLength: queries.length })),
)

function okay(samples: Sample[]): Measurement {
  return { kind: 'ok', samples: samples as [Sample, ...Sample[]] }
}

/** Every tick stored and loaded, and judged in every way. */
function watchAll(ticks: readonly Answers[]): { watch: WatchState; nowMs: number } {
  let watch = enterStep(startWatch(health, VALUES, START), 0.5, START)
  let nowMs = START
  for (const said of ticks) {
    nowMs += 15_000
    watch = JSON.parse(JSON.stringify(tick(watch, said, nowMs))) as WatchState
    gateOf(watch, nowMs)
  }
  return { watch, nowMs }
}

describe('whatever the sources say', () => {
  it('a watch never throws, and what it says is finite, and stored and loaded the same', () => {
    const survives = fc.property(fc.array(answers, { maxLength: 30 }), (ticks) => {
      const { watch, nowMs } = watchAll(ticks)
      const report = reportOf(watch, nowMs)
      expect(JSON.stringify(JSON.parse(JSON.stringify(report)))).toBe(JSON.stringify(report))
      const figures = report.checks.map(({ before, after, change, allowed }) => [
        before,
        after,
        change,
        allowed,
      ])
      expect(JSON.stringify([figures, report.noticed ?? {}, report.watched])).not.toMatch(/NaN|Infinity|null/)
      return true
    })
    expect(fc.check(survives, { numRuns: 150 }).errorInstance).toBeNull()
  })

  it('is never healthy without measured traffic', () => {
    const nothing = fc.constantFrom<Measurement['kind']>('no_data', 'error', 'invalid')
    const silent = fc.array(nothing, { minLength: 7, maxLength: 7 })
    const unhealthy = fc.property(fc.array(silent, { maxLength: 60 }), (ticks) => {
      const said = ticks.map((kinds) =>
        batches.map(({ queries }, batch) =>
          queries.map(
            (_, query) => ({ kind: kinds[(batch + query) % kinds.length], why: 'x' }) as Measurement,
          ),
        ),
      )
      const { watch, nowMs } = watchAll(said)
      const { verdict, checks } = verdictOf(watch, nowMs)
      return verdict === 'inconclusive' && checks.every((check) => check.verdict === 'inconclusive')
    })
    expect(fc.check(unhealthy, { numRuns: 80 })).toMatchObject({ failed: false })
  })

  it('a check is never healthy with less than nine tenths of its ticks measured', () => {
    const covered = fc.property(fc.array(answers, { maxLength: 40 }), (ticks) => {
      const { watch, nowMs } = watchAll(ticks)
      return verdictOf(watch, nowMs).checks.every(
        ({ verdict, coverage }) => verdict !== 'healthy' || coverage.measured >= 0.9 * coverage.expected,
      )
    })
    expect(fc.check(covered, { numRuns: 80 })).toMatchObject({ failed: false })
  })

  it('is never unhealthy without as many bad ticks as the limit wants, or evidence of 100', () => {
    const proven = fc.property(fc.array(answers, { maxLength: 30 }), (ticks) => {
      const { watch, nowMs } = watchAll(ticks)
      const { verdict, checks } = verdictOf(watch, nowMs)
      if (verdict !== 'unhealthy') return true
      return checks
        .filter((check) => check.verdict === 'unhealthy')
        .every(({ name, reason }) =>
          reason === 'limit_exceeded' ? watch.checks[name]!.limit.broken >= 3 : watch.worseAtMs !== undefined,
        )
    })
    expect(fc.check(proven, { numRuns: 120 })).toMatchObject({ failed: false })
  })

  it('a storm of resets and huge totals makes no verdict by itself', () => {
    const total = fc.constantFrom(0, 1, 1e3, 1e9, 1e15, Number.MAX_SAFE_INTEGER)
    const storm = fc.property(fc.array(fc.tuple(total, total), { minLength: 5, maxLength: 40 }), (ticks) => {
      const said = ticks.map(([good, bad], index) => {
        const counters = ['200', '500'].map((code, which) => ({
          labels: { __name__: 'requests', code },
          value: which === 0 ? good : bad,
          atMs: START + (index + 1) * 15_000,
        }))
        return batches.map(({ queries }) =>
          queries.map((query) =>
            query.kind === 'select' && query.selector.includes('5..') ? okay([counters[1]!]) : okay(counters),
          ),
        )
      })
      const { watch, nowMs } = watchAll(said)
      return watch.worseAtMs === undefined && verdictOf(watch, nowMs).verdict !== 'healthy'
    })
    expect(fc.check(storm, { numRuns: 120 })).toMatchObject({ failed: false })
  })
})
