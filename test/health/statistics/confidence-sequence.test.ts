import { describe, expect, test } from 'vitest'
import { seeded } from '../../../bench/judge/random.ts'
import {
  type ConfidenceSequence,
  intervalOf,
  narrow,
  startSequence,
} from '../../../src/health/statistics/confidence-sequence.ts'
import { noticed } from '../../../src/health/statistics/noticed.ts'

interface Run {
  readonly sequence: ConfidenceSequence
  readonly everMissed: boolean
}

/** Arms of 1 : 4, the candidate `ratio` times as bad; the guess is the plug-in of the judge. */
function watch(seed: number, ratio: number, ticks: number): Run {
  const random = seeded(seed)
  let sequence = startSequence
  let everMissed = false
  const [candidate, baseline] = [
    { bad: 0, total: 0 },
    { bad: 0, total: 0 },
  ]
  for (let tick = 0; tick < ticks; tick++) {
    const rate = baseline.total > 0 ? (baseline.bad + 1) / baseline.total : 1
    const guess = (candidate.bad + 1) / (rate * candidate.total + 1)
    const now = {
      candidate: { bad: random.poisson(300 * 0.01 * ratio), total: 300 },
      baseline: { bad: random.poisson(1200 * 0.01), total: 1200 },
    }
    sequence = narrow(sequence, { ...now, rate, guess, noise: 0.005, bound: 3 * rate })
    candidate.bad += now.candidate.bad
    candidate.total += 300
    baseline.bad += now.baseline.bad
    baseline.total += 1200
    const { lower, upper } = intervalOf(sequence, 1)
    everMissed ||= ratio < lower || ratio > upper
  }
  return { sequence, everMissed }
}

describe('the confidence sequence of the ratio', () => {
  test.each([0.5, 1, 2, 8])(
    'covers the ratio %d at all times at once in at least 99 % of watches',
    (ratio) => {
      const runs = Array.from({ length: 250 }, (_, seed) => watch(1000 + seed, ratio, 60))
      expect(runs.filter(({ everMissed }) => everMissed).length).toBeLessThanOrEqual(5)
    },
  )

  test('gets useful: 8 times worse is told from 4 and from 16 after a quarter of an hour', () => {
    const { lower, upper } = intervalOf(watch(3, 8, 60).sequence, 1)
    expect(lower).toBeGreaterThan(4)
    expect(upper).toBeLessThan(16)
  })

  test('never widens', () => {
    let last = { lower: 0, upper: Infinity }
    for (const ticks of [1, 5, 20, 60]) {
      const now = intervalOf(watch(9, 2, ticks).sequence, 1)
      expect(now.lower).toBeGreaterThanOrEqual(last.lower)
      expect(now.upper).toBeLessThanOrEqual(last.upper)
      last = now
    }
  })

  test('says nothing before anything was seen, and is wider by the doubt in a frozen reference', () => {
    expect(intervalOf(startSequence, 1)).toEqual({ lower: 0, upper: Infinity })
    const { sequence } = watch(3, 8, 60)
    expect(intervalOf(sequence, 1.5).lower).toBeCloseTo(intervalOf(sequence, 1).lower / 1.5, 12)
    expect(intervalOf(sequence, 1.5).upper).toBeCloseTo(intervalOf(sequence, 1).upper * 1.5, 12)
  })
})

describe('noticed by', () => {
  test('is the excess over the other arm’s rate, between the ends of the ratio’s interval', () => {
    const result = noticed({ bad: 412, total: 45_780 }, { bad: 180, total: 183_120 }, { lower: 4, upper: 16 })
    expect(result).toEqual({ estimate: 412 - 45, lower: 309, upper: 386.25, of: 45_780 })
  })

  test('is nobody when the new version is better, and never more than all that was bad', () => {
    expect(noticed({ bad: 3, total: 1000 }, { bad: 60, total: 4000 }, { lower: 0.1, upper: 0.9 })).toEqual({
      estimate: 0,
      lower: 0,
      upper: 0,
      of: 1000,
    })
    expect(
      noticed({ bad: 3, total: 1000 }, { bad: 0, total: 4000 }, { lower: 1.2, upper: Infinity }).upper,
    ).toBe(3)
  })
})
