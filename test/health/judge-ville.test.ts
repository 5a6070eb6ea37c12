import { describe, expect, test } from 'vitest'
import { seeded } from '../../bench/judge/random.ts'
import { type Mode, type NoiseKind, record } from '../../bench/judge/service.ts'
import { checkOf, type CheckName, watch } from '../../bench/judge/watch.ts'

/** A quick part of `npm run bench:judge -- --full`: the same simulator, judge and null models, fewer watches. */
const watches = 12
const noises: readonly NoiseKind[] = ['poisson', 'gamma', 'ar1', 'drift', 'bursts']
const modes: readonly Mode[] = ['before_after', 'concurrent']

function reverted(mode: Mode, noise: NoiseKind, names: readonly CheckName[], rate: number): number {
  let count = 0
  for (let seed = 0; seed < watches; seed++) {
    const recording = record(
      { mode, noise, rate, errorRate: 0.005, baselineTicks: 480, watchTicks: 120 },
      seeded(77_000 + seed),
    )
    const checks = names.map((name) => checkOf(name, mode))
    if (watch(recording, names, checks).reverted !== undefined) count++
  }
  return count
}

/** Ten seconds of pure computing on one core, much more where others compute too. */
const patience = { timeout: 180_000 }

describe(
  'Ville’s bound: an unchanged service is reverted in at most 1 % of watches, however often one looks',
  patience,
  () => {
    // 60 watches: P(≥ 5 of 60 | 1 %) is 0.04 %.
    test.each(modes)('%s, errors, latency, CPU and traffic together, all noises', (mode) => {
      const total = noises.reduce(
        (sum, noise) => sum + reverted(mode, noise, ['errors', 'latency', 'cpu', 'traffic'], 50),
        0,
      )
      expect(total).toBeLessThanOrEqual(4)
    })

    test.each(modes)('%s, errors alone at 1000 requests a second', (mode) => {
      const total = noises.reduce((sum, noise) => sum + reverted(mode, noise, ['errors'], 1000), 0)
      expect(total).toBeLessThanOrEqual(4)
    })

    test('and the same judge does see ten times as many errors, in every watch', () => {
      for (let seed = 0; seed < 20; seed++) {
        const recording = record(
          {
            mode: 'concurrent',
            noise: 'ar1',
            rate: 100,
            errorRate: 0.005,
            baselineTicks: 480,
            watchTicks: 120,
            degradation: { errors: 10 },
          },
          seeded(88_000 + seed),
        )
        expect(watch(recording, ['errors'], [checkOf('errors', 'concurrent')]).reverted).toBeLessThanOrEqual(
          20,
        )
      }
    })
  },
)
