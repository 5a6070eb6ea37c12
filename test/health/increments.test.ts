import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { counterReadings } from '../../src/health/counter-reading.ts'
import {
  type CounterMemory,
  type CounterReading,
  countIncrements,
  NOTHING_SEEN,
} from '../../src/health/increments.ts'

const DEPLOYED = 1000

/** Feeds `[series, atMs, value]` readings tick by tick; what each tick counted. */
function count(
  ticks: readonly (readonly [string, number, number][])[],
  memory: CounterMemory = NOTHING_SEEN,
): number[] {
  let state = memory
  return ticks.map((readings) => {
    const result = countIncrements(state, readings.map(reading), DEPLOYED)
    state = JSON.parse(JSON.stringify(result.memory)) as CounterMemory
    return result.counted.reduce((sum, totals) => sum + (totals[''] ?? 0), 0)
  })
}

function reading([series, atMs, value]: readonly [string, number, number]): CounterReading {
  return { series, atMs, totals: { '': value } }
}

describe('running totals become increments', () => {
  it.each([
    ['the first look counts nothing', [[['a', 2000, 50]]], [0]],
    ['the next counts the difference', [[['a', 2000, 50]], [['a', 3000, 57]]], [0, 7]],
    ['a reset counts from zero', [[['a', 2000, 50]], [['a', 3000, 4]], [['a', 4000, 6]]], [0, 4, 2]],
    ['a missing look is covered by the next', [[['a', 2000, 50]], [], [['a', 4000, 60]]], [0, 0, 10]],
    [
      'a series that appears in the watch was born in it',
      [
        [['a', 2000, 50]],
        [
          ['a', 3000, 51],
          ['b', 3000, 9],
        ],
      ],
      [0, 10],
    ],
    [
      'a series that vanishes and comes back goes on',
      [
        [
          ['a', 2000, 50],
          ['b', 2000, 5],
        ],
        [['b', 3000, 6]],
        [
          ['a', 4000, 58],
          ['b', 4000, 6],
        ],
      ],
      [0, 1, 8],
    ],
    [
      'a repeated sample counts nothing',
      [[['a', 2000, 50]], [['a', 2000, 50]], [['a', 3000, 51]]],
      [0, 0, 1],
    ],
    [
      'a sample out of order counts nothing',
      [[['a', 2000, 50]], [['a', 3000, 60]], [['a', 2500, 55]], [['a', 4000, 61]]],
      [0, 10, 0, 1],
    ],
    [
      'a sample older than the deployment is only a base',
      [[['a', 500, 50]], [['a', 900, 70]], [['a', 2000, 71]]],
      [0, 0, 1],
    ],
    [
      'a series born before the deployment does not count as new',
      [
        [['a', 900, 1]],
        [
          ['a', 950, 1],
          ['b', 950, 40],
        ],
        [['b', 2000, 41]],
      ],
      [0, 0, 1],
    ],
  ] as [string, [string, number, number][][], number[]][])('%s', (_, ticks, counted) => {
    expect(count(ticks)).toEqual(counted)
  })

  it('one bucket that fell means that all its series was reset', () => {
    const first = countIncrements(
      NOTHING_SEEN,
      [{ series: 'h', atMs: 2000, totals: { 1: 50, 5: 3 } }],
      DEPLOYED,
    )
    const { counted } = countIncrements(
      first.memory,
      [{ series: 'h', atMs: 3000, totals: { 1: 9, 5: 4 } }],
      DEPLOYED,
    )
    expect(counted).toEqual([{ 1: 9, 5: 4 }])
  })

  it('series named like properties of objects are series', () => {
    const names = ['__proto__', 'constructor', 'toString']
    const ticks = [2000, 3000].map((at) =>
      names.map((name): [string, number, number] => [name, at, at / 1000]),
    )
    expect(count(ticks)).toEqual([0, 3])
  })

  it('ever new series do not make the memory grow for ever', () => {
    let memory = NOTHING_SEEN
    for (let tick = 0; tick < 60; tick += 1) {
      const readings = Array.from({ length: 100 }, (_, index) =>
        reading([`pod-${tick}-${index}`, 2000 + tick, 1]),
      )
      memory = countIncrements(memory, readings, DEPLOYED).memory
    }
    expect(Object.keys(memory.series)).toHaveLength(2000)
  })

  it('whatever comes in whatever order, nothing negative is counted, and never more than was there', () => {
    const one = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 5000 }), fc.nat(100))
    const sane = fc.property(fc.array(fc.array(one, { maxLength: 6 }), { maxLength: 20 }), (ticks) => {
      const counted = count(ticks)
      const most = ticks.flat().reduce((sum, [, , value]) => sum + value, 0)
      return (
        counted.every((increment) => increment >= 0) && counted.reduce((sum, next) => sum + next, 0) <= most
      )
    })
    expect(fc.check(sane, { numRuns: 1000 })).toMatchObject({ failed: false })
  })

  it('the order in which a source lists series does not matter', () => {
    const labels = [
      { __name__: 'x', a: '1', b: '2' },
      { b: '2', a: '1', __name__: 'x' },
    ]
    const [one, other] = labels.map((labels) => counterReadings([{ labels, value: 1, atMs: 1 }]))
    expect(one).toEqual(other)
  })
})
