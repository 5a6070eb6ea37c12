import { describe, expect, test } from 'vitest'
import { seeded } from '../../../bench/judge/random.ts'
import { forecast, learn, type Level, pass, startLevel } from '../../../src/health/statistics/level.ts'
import type { Noise } from '../../../src/health/statistics/noise.ts'

const wandering: Noise = { swing: 0.09, persistence: 0.9, jitter: 0.005 }

function follow(level: Level, noise: Noise, counts: readonly number[], expected: number): Level {
  return counts.reduce((now, count) => learn(pass(now, noise), noise, count, expected), level)
}

describe('the level of a rate', () => {
  test('forecasts fairly: over many unchanged services counts are the forecast on average, with about the variance foretold', () => {
    const random = seeded(11)
    let surprise = 0
    let squared = 0
    let ticks = 0
    for (let service = 0; service < 300; service++) {
      let swing = 0.3 * random.normal()
      let level = startLevel(wandering, 0)
      for (let tick = 0; tick < 60; tick++) {
        swing = 0.9 * swing + 0.3 * Math.sqrt(0.19) * random.normal()
        level = pass(level, wandering)
        const { factor, noise } = forecast(level, wandering)
        const mean = 100 * factor
        const count = random.poisson(100 * Math.exp(swing - 0.045))
        surprise += count / mean - 1
        squared += (count / mean - 1) ** 2 / (noise + 1 / mean)
        ticks++
        level = learn(level, wandering, count, 100)
      }
    }
    expect(Math.abs(surprise / ticks)).toBeLessThan(0.03)
    expect(squared / ticks).toBeGreaterThan(0.7)
    expect(squared / ticks).toBeLessThan(1.15)
  })

  test('returns: what a swing took for itself fades by its persistence when nothing is measured', () => {
    const high = follow(startLevel(wandering, 0), wandering, [150, 150, 150], 100)
    const later = pass(pass(high, wandering), wandering)
    expect(later.swing).toBeCloseTo(high.swing * 0.81, 12)
    expect(later.swingVariance).toBeLessThanOrEqual(wandering.swing)
  })

  test('takes a lasting change for its own only as far as the past is in doubt', () => {
    const sure = follow(
      startLevel({ ...wandering, swing: 0 }, 1e-4),
      { ...wandering, swing: 0 },
      Array.from({ length: 50 }, () => 200),
      100,
    )
    expect(Math.exp(sure.offset)).toBeLessThan(1.7)
    const unsure = follow(
      startLevel({ ...wandering, swing: 0 }, 1),
      { ...wandering, swing: 0 },
      Array.from({ length: 50 }, () => 200),
      100,
    )
    expect(Math.exp(unsure.offset)).toBeGreaterThan(1.95)
  })

  test('a swing explains away at most two and a half of its standard deviations', () => {
    const level = follow(
      startLevel(wandering, 0),
      wandering,
      Array.from({ length: 100 }, () => 10_000),
      100,
    )
    expect(level.swing).toBeLessThanOrEqual(2.5 * 0.3 + 1e-12)
  })

  test('keeps a proper covariance through any counts', () => {
    const random = seeded(5)
    let level = startLevel(wandering, 0.2)
    for (let tick = 0; tick < 2000; tick++) {
      level = learn(pass(level, wandering), wandering, random.poisson(random.uniform() < 0.05 ? 500 : 2), 2)
      expect(level.offsetVariance).toBeGreaterThanOrEqual(0)
      expect(level.swingVariance).toBeGreaterThanOrEqual(0)
      expect(level.covariance ** 2).toBeLessThanOrEqual(
        level.offsetVariance * level.swingVariance * (1 + 1e-9) + 1e-18,
      )
    }
  })
})
