import { describe, expect, test } from 'vitest'
import { seeded } from '../../../bench/judge/random.ts'
import { leastNoise, longRun, noiseOfPast } from '../../../src/health/statistics/noise.ts'
import type { Counts } from '../../../src/health/observation.ts'

function past(
  ticks: number,
  seed: number,
  swing: (normal: () => number) => () => number,
  requests = 20_000,
): readonly Counts[] {
  const random = seeded(seed)
  const next = swing(() => random.normal())
  return Array.from({ length: ticks }, () => ({
    bad: random.poisson(requests * 0.01 * Math.exp(next())),
    total: requests,
  }))
}

function ar1(sd: number, persistence: number): (normal: () => number) => () => number {
  return (normal) => {
    let value = sd * normal()
    return () => (value = persistence * value + sd * Math.sqrt(1 - persistence ** 2) * normal())
  }
}

describe('the noise of a past', () => {
  test('that is pure Poisson is the least ever assumed', () => {
    const estimates = [1, 2, 3, 4, 5].map((seed) => longRun(noiseOfPast(past(480, seed, () => () => 0))))
    expect(Math.max(...estimates)).toBeLessThan(0.03)
    expect(Math.min(...estimates)).toBe(longRun(leastNoise))
  })

  test('with independent swings is their variance, once a tick', () => {
    const noise = noiseOfPast(past(5000, 7, (normal) => () => 0.2 * normal()))
    expect(longRun(noise)).toBeGreaterThan(0.03)
    expect(longRun(noise)).toBeLessThan(0.08)
  })

  test('with autocorrelation is the long-run variance, many times that of a tick', () => {
    const noise = noiseOfPast(past(8000, 3, ar1(0.2, 0.9)))
    // σ² (1+φ)/(1−φ) = 0.04 · 19 = 0.76
    expect(longRun(noise)).toBeGreaterThan(0.5)
    expect(longRun(noise)).toBeLessThan(1.3)
    expect(noise.persistence).toBe(0.9)
    expect(noise.swing).toBeCloseTo(0.04, 1)
  })

  test('of two hours does not miss autocorrelation: seven of ten estimates are at least half the truth', () => {
    const enough = Array.from({ length: 40 }, (_, seed) =>
      longRun(noiseOfPast(past(480, 100 + seed, ar1(0.3, 0.9)))),
    )
    expect(enough.filter((value) => value > 0.5 * 0.09 * 19).length).toBeGreaterThanOrEqual(28)
  })

  test('without a single bad event, or too short, is the least', () => {
    expect(noiseOfPast(Array.from({ length: 480 }, () => ({ bad: 0, total: 100 })))).toEqual(leastNoise)
    expect(noiseOfPast([{ bad: 3, total: 10 }])).toEqual(leastNoise)
    expect(noiseOfPast([])).toEqual(leastNoise)
  })
})
