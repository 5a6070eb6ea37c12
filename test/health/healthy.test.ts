import { describe, expect, test } from 'vitest'
import { seeded } from '../../bench/judge/random.ts'
import { type Degradation, type NoiseKind, record } from '../../bench/judge/service.ts'
import { checkNames, checkOf, outcomeOf, trace } from '../../bench/judge/watch.ts'
import { loadBaseline } from '../../src/health/baseline.ts'
import { verdictOf } from '../../src/health/watch-verdict.ts'
import { begin, config, type Run, run, START, VALUES } from './service.ts'
import { remembering, traffic } from './worlds.ts'

/** A part of `npm run bench:judge -- --healthy`, which gives the figures of docs/judge.md. */
interface Service {
  readonly noise?: NoiseKind
  readonly rate: number
  readonly errorRate?: number
  readonly degradation?: Degradation
}

/** The ticks at which canaries of half an hour were called healthy so far, for those that were. */
function healthyAt(
  watches: number,
  name: 'errors' | 'latency',
  { noise = 'poisson', errorRate = 0.001, ...service }: Service,
): readonly number[] {
  const scenario = { mode: 'concurrent', noise, errorRate, baselineTicks: 480, watchTicks: 120 } as const
  return Array.from({ length: watches }, (_, seed) => {
    const recording = record({ ...scenario, ...service }, seeded(seed))
    return outcomeOf([trace(recording, name, checkOf(name, 'concurrent'))]).healthy ?? []
  }).flat()
}

const noises: readonly NoiseKind[] = ['poisson', 'gamma', 'ar1', 'drift', 'bursts']
const patience = { timeout: 120_000 }

describe('more traffic never makes a good version harder to promote', patience, () => {
  test.each([100, 1000, 10_000])('latency of an unchanged canary at %s requests a second', (rate) => {
    const ticks = healthyAt(5, 'latency', { rate })
    expect(ticks).toHaveLength(5)
    expect(Math.max(...ticks)).toBeLessThanOrEqual(40)
  })

  test.each(noises)('latency at 1000 requests a second, noise: %s', (noise) => {
    expect(healthyAt(5, 'latency', { rate: 1000, noise }).length).toBeGreaterThanOrEqual(4)
  })

  test.each([100, 10_000])('two in five bad on both sides, at %s requests a second', (rate) => {
    expect(healthyAt(5, 'errors', { rate, errorRate: 0.4 })).toHaveLength(5)
  })

  // 2000 requests a tick ended `undecided` in 8 of 8 watches, while 400 were enough to be sure.
  test.each([400, 2000, 8000])(
    'a whole watch side by side is healthy at %s requests a tick and arm',
    async (perTick) => {
      for (const seed of [1, 2]) {
        const { watch, nowMs } = await sideBySide(perTick, seed)
        expect(verdictOf(watch, nowMs)).toMatchObject({ verdict: 'healthy' })
      }
    },
  )
})

/** Two versions alike, and of the older one a past to learn its noise from. */
async function sideBySide(perTick: number, seed: number): Promise<Run> {
  const versions = ['v1', 'v2'].map((version) => ({ version, perTick, failing: 0.001 }))
  const world = traffic(versions, seed)
  const checks = {
    errors: { bad: 'requests{code=~"5.."}', total: 'requests' },
    latency: { histogram: 'latency_seconds' },
  }
  const arms = { candidate: { version: '{version}' }, baseline: { version: '{previous}' } }
  const health = { ...arms, watch: '30m', checks }
  const sources = new Map([['main', remembering(world)]])
  const { signal } = new AbortController()
  const history = await loadBaseline(config(health), VALUES, { sources, nowMs: START, signal })
  return run(begin(health, history), world, 121)
}

describe('a version that is worse than the promote margin is not called healthy', patience, () => {
  test.each([
    ['p99 +50 %', 'latency', { slower: 1.5 }, 0.001],
    ['3 % of requests 4 times slower', 'latency', { fourTimesSlower: 0.03 }, 0.001],
    ['errors 0.5 → 1 %', 'errors', { errors: 2 }, 0.005],
  ] as const)('%s, at 100 and 1000 requests a second', (_, name, degradation, errorRate) => {
    for (const noise of noises) {
      for (const rate of [100, 1000])
        expect(healthyAt(3, name, { rate, noise, errorRate, degradation })).toEqual([])
    }
  })

  // 60 watches: P(≥ 9 of 60 | 5 %) is 0.3 %.
  test.each([100, 1000])('exactly at the promote margin, at %s requests a second', (rate) => {
    const promote = { worseBy: 0.2, atLeast: 0 }
    const check = { ...checkOf('errors', 'concurrent'), promote }
    const wrong = Array.from({ length: 60 }, (_, seed) => {
      const noise = noises[seed % noises.length]!
      const scenario = { mode: 'concurrent', noise, rate, errorRate: 0.15, baselineTicks: 480 } as const
      const recording = record({ ...scenario, watchTicks: 120, degradation: { errors: 1.2 } }, seeded(seed))
      return outcomeOf([trace(recording, 'errors', check)], 0).healthy
    }).filter((tick) => tick !== undefined)
    expect(wrong.length).toBeLessThan(9)
  })
})

describe('what is called unhealthy is calibrated, and stays as it is', patience, () => {
  const worse = { slower: 1.2, errors: 2, cpu: 1.3, traffic: 0.1 }
  test.each([
    [
      'concurrent',
      {},
      1000,
      [-2.5035943459672443, -2.5134112419653003, -1.9680437063622978, -2.515368333042787],
    ],
    [
      'concurrent',
      worse,
      100,
      [-0.4963756330221058, 0.1042652026803119, 0.3048850585768768, 36.647366538145185],
    ],
    [
      'concurrent',
      worse,
      1000,
      [7.773962422931509, 21.612073582952707, 1.1269491082267065, 77.59852012881107],
    ],
    [
      'before_after',
      worse,
      1000,
      [10.147295215818199, 0.2460429729722714, 2.109484822938927, 17.443113370434318],
    ],
  ] as const)('evidence of worse, %s, %j, %s requests a second', (mode, degradation, rate, logs) => {
    const scenario = {
      mode,
      noise: 'ar1',
      rate,
      errorRate: 0.005,
      baselineTicks: 480,
      watchTicks: 60,
    } as const
    const recording = record({ ...scenario, degradation }, seeded(4711))
    for (const [index, name] of checkNames.entries()) {
      const last = trace(recording, name, checkOf(name, mode)).at(-1)
      expect(last?.worse.log).toBeCloseTo(logs[index]!, 9)
    }
  })
})
