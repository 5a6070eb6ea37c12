import { describe, expect, it } from 'vitest'

import { FRESH_LIMIT, holdToLimit, type LimitState, limitVerdict } from '../../src/health/limit.ts'
import { binomial, config, random } from './service.ts'

const check = config({ checks: { errors: { bad: 'b', total: 't', max: '1%' } } }).checks['errors']!

function ticks(counts: readonly (readonly [bad: number, total: number])[]): LimitState {
  return counts.reduce<LimitState>(
    (state, [bad, total], index) =>
      holdToLimit(check, state, { kind: 'counted', counts: { bad, total } }, index),
    FRESH_LIMIT,
  )
}

describe('an absolute limit of 1 %', () => {
  it.each([
    [
      'three ticks far above it',
      [
        [50, 100],
        [50, 100],
        [50, 100],
      ],
      'exceeded',
    ],
    [
      'two ticks far above it',
      [
        [50, 100],
        [50, 100],
      ],
      'undecided',
    ],
    [
      'two above, one below, two above',
      [
        [50, 100],
        [50, 100],
        [0, 900],
        [50, 100],
        [50, 100],
      ],
      'undecided',
    ],
    ['requests that come one by one, all bad', Array.from({ length: 60 }, () => [1, 1]), 'exceeded'],
    ['requests that come one by one, all good', Array.from({ length: 60 }, () => [0, 1]), 'kept'],
    ['no requests at all', Array.from({ length: 60 }, () => [0, 0]), 'too_little_traffic'],
    ['1 of 3', [[1, 3]], 'too_little_traffic'],
    [
      '2 of 100, which chance explains',
      [
        [2, 100],
        [2, 100],
        [2, 100],
      ],
      'undecided',
    ],
  ] as [string, [number, number][], string][])('%s', (_, counts, verdict) => {
    expect(limitVerdict(check, ticks(counts))).toBe(verdict)
  })

  it('is broken by chance in fewer than 1 of 100 watches of a service at half of it', () => {
    const uniform = random(7)
    const watches = 2000
    let broken = 0
    for (let watch = 0; watch < watches; watch += 1) {
      const counts = Array.from({ length: 120 }, (): [number, number] => [binomial(300, 0.005, uniform), 300])
      if (limitVerdict(check, ticks(counts)) === 'exceeded') broken += 1
    }
    expect(broken / watches).toBeLessThan(0.01)
  })

  it('is found broken within five ticks by a service at five times of it', () => {
    const uniform = random(8)
    let slow = 0
    for (let watch = 0; watch < 500; watch += 1) {
      const counts = Array.from({ length: 5 }, (): [number, number] => [binomial(300, 0.05, uniform), 300])
      if (limitVerdict(check, ticks(counts)) !== 'exceeded') slow += 1
    }
    expect(slow).toBeLessThan(25)
  })

  it('0 % is broken by single failures', () => {
    const strict = config({ checks: { errors: { bad: 'b', total: 't', max: '0%' } } }).checks['errors']!
    const one = { kind: 'counted', counts: { bad: 1, total: 1000 } } as const
    const state = [1, 2, 3].reduce<LimitState>(
      (state, at) => holdToLimit(strict, state, one, at),
      FRESH_LIMIT,
    )
    expect(limitVerdict(strict, state)).toBe('exceeded')
  })
})
