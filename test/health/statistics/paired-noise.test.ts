import { describe, expect, test } from 'vitest'
import { type Random, seeded } from '../../../bench/judge/random.ts'
import type { Noise } from '../../../src/health/statistics/noise.ts'
import {
  type PairedNoise,
  pairedTick,
  ratioNoise,
  startPairedNoise,
} from '../../../src/health/statistics/paired-noise.ts'

const own: Noise = { swing: 0.09, persistence: 0.9, jitter: 0.005 }

/** Two arms of 1 : 4 whose log-rates swing with what they share and what each has for itself. */
function arms(random: Random, shared: number, apart: number, worse: number): PairedNoise {
  const swing = (sd: number): (() => number) => {
    let value = sd * random.normal()
    return () => (value = 0.9 * value + sd * Math.sqrt(0.19) * random.normal())
  }
  const [both, candidate, baseline] = [swing(shared), swing(apart), swing(apart)]
  let noise = startPairedNoise
  for (let tick = 0; tick < 240; tick++) {
    const common = both()
    noise = pairedTick(
      noise,
      { bad: random.poisson(3000 * 0.02 * worse * Math.exp(common + candidate())), total: 3000 },
      { bad: random.poisson(12_000 * 0.02 * Math.exp(common + baseline())), total: 12_000 },
    )
  }
  return noise
}

/** Mean factor κ over several services. */
function factor(shared: number, apart: number, worse = 1): number {
  const seeds = [1, 2, 3, 4, 5, 6, 7, 8]
  const all = seeds.map((seed) => {
    const noise = arms(seeded(seed), shared, apart, worse)
    return ratioNoise(noise, own, { candidate: 0.02 * worse, baseline: 0.02 }).swing / own.swing
  })
  return all.reduce((sum, one) => sum + one, 0) / all.length
}

describe('the noise between two arms', () => {
  test('is small when they swing together', () => {
    expect(factor(0.3, 0)).toBeLessThan(0.25)
  })

  test('is what each has for itself: both arms’ own variance, in units of the reference’s', () => {
    // Each arm has half of the reference's variance for itself: together once the whole.
    const both = factor(0.3 * Math.SQRT1_2, 0.3 * Math.SQRT1_2)
    expect(both).toBeGreaterThan(0.5)
    expect(both).toBeLessThan(1.8)
  })

  test('does not count a constant worsening', () => {
    expect(factor(0.3, 0, 3)).toBeLessThan(0.3)
  })

  test('starts from the prior: half the reference’s noise and half a standard error', () => {
    expect(ratioNoise(startPairedNoise, own, { candidate: 0, baseline: 0 }).swing).toBeCloseTo(
      0.75 * own.swing,
      12,
    )
  })
})
