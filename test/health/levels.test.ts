import { describe, expect, it } from 'vitest'

import type { Sample } from '../../src/ports/health-source.ts'
import { loadBaseline } from '../../src/health/baseline.ts'
import { reportOf } from '../../src/health/explain.ts'
import { startWatch } from '../../src/health/watch.ts'
import { verdictOf } from '../../src/health/watch-verdict.ts'
import { begin, config, random, run, sample, service, START, VALUES, type World } from './service.ts'
import { addTick, EVERY, expose, remembering } from './worlds.ts'

const latency = { histogram: 'latency_seconds' }
const concurrent = { candidate: { version: '{version}' }, baseline: { version: '{previous}' } }
const steady = (): number => 0.05
const small = (): number => 1e8

/** v1 and v2, each with a latency of this scale (seconds) and a memory of this size, before and from START on. */
function measured(
  latencyOf: (at: number, version: string) => number,
  memoryOf: typeof latencyOf,
  seed: number,
): World {
  const uniform = random(seed)
  const first = START - 500 * EVERY
  const running = new Map([
    ['v1', [0, 0, 0, 0, 0]],
    ['v2', [0, 0, 0, 0, 0]],
  ])
  const past: Sample[][] = []
  return service((at) => {
    for (let next = first + past.length * EVERY; next <= at; next += EVERY) {
      past.push(
        [...running].flatMap(([version, buckets]) => {
          const slower = latencyOf(next, version) / 0.05
          addTick({ good: 0, bad: 0, buckets }, { version, perTick: 600, failing: 0, slower }, uniform)
          const memory = memoryOf(next, version) * (1 + 0.05 * (uniform() - 0.5))
          const histogram = expose(
            { version, perTick: 0, failing: 0 },
            { good: 0, bad: 0, buckets },
            next,
          ).slice(2)
          return histogram.concat(sample({ __name__: 'memory_bytes', version }, memory, next))
        }),
      )
    }
    return past[Math.round((at - first) / EVERY)] ?? []
  })
}
describe('latency and gauges', () => {
  const memory = { gauge: 'memory_bytes' }

  it.each([
    ['slower by half', (_: number, version: string) => (version === 'v2' ? 0.075 : 0.05), small, 'latency'],
    ['twice as large', steady, (_: number, version: string) => (version === 'v2' ? 2e8 : 1e8), 'memory'],
  ])('at the same time: %s is seen', (_, latencyOf, memoryOf, blamed) => {
    const world = measured(latencyOf, memoryOf, 1)
    const { watch, nowMs } = run(
      begin({ ...concurrent, watch: '30m', checks: { latency, memory } }),
      world,
      60,
    )
    const { verdict, checks } = verdictOf(watch, nowMs)
    expect(verdict).toBe('unhealthy')
    expect(checks.find((check) => check.verdict === 'unhealthy')?.name).toBe(blamed)
  })

  it.each([
    ['slower by half', (at: number) => (at >= START ? 0.075 : 0.05), small, 'latency'],
    ['twice as large', steady, (at: number) => (at >= START ? 2e8 : 1e8), 'memory'],
    ['the same', steady, small, undefined],
  ])('with the time before: %s', async (_, latencyOf, memoryOf, blamed) => {
    const world = measured(latencyOf, memoryOf, 2)
    const checks = {
      latency: { histogram: 'latency_seconds{version="v1"}' },
      memory: { gauge: 'memory_bytes{version="v1"}' },
    }
    const health = config({ baseline: { before: '2h' }, watch: '30m', checks })
    const ask = {
      sources: new Map([['main', remembering(world)]]),
      nowMs: START,
      signal: AbortSignal.abort(),
    }
    const history = await loadBaseline(health, VALUES, ask)
    const stored = JSON.parse(JSON.stringify(history)) as typeof history
    const { watch, nowMs } = run(startWatch(health, VALUES, START, stored), world, 60)
    const report = reportOf(watch, nowMs)
    expect(report.checks.find(({ verdict }) => verdict === 'unhealthy')?.name).toBe(blamed)
    expect(report.checks.map(({ before }) => before)).toEqual([
      expect.stringMatching(/^p99 30\d ms$/),
      expect.stringMatching(/^9\d MiB$/),
    ])
  })
})
