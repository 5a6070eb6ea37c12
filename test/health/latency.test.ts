import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { bucketTotals, isInvalid, toBuckets } from '../../src/health/counter-reading.ts'
import { addBuckets, alignBuckets, quantileOf, slowerThan } from '../../src/health/latency.ts'
import type { Buckets } from '../../src/health/observation.ts'
import type { Sample } from '../../src/ports/health-source.ts'

const edges = [0.1, 0.5, 1, Infinity]

describe('a quantile of a histogram', () => {
  // promql/promqltest/testdata/histograms.test of Prometheus, "testhistogram": cumulative 5, 7, 11, 12 at 0.1, 0.2, 1e0, +Inf.
  const theirs: Buckets = { edges: [0.1, 0.2, 1, Infinity], counts: [5, 2, 4, 1] }
  it.each([
    [0.2, 0.048],
    [0.5, 0.15],
    [0.8, 0.72],
  ])('of Prometheus’ own example: %d is %d', (quantile, value) => {
    expect(quantileOf(theirs, quantile)).toBeCloseTo(value, 12)
  })

  it.each([
    ['inside a bucket it is interpolated', [10, 10, 0, 0], 0.75, 0.3],
    ['in the last bucket it is the last finite edge', [0, 0, 1, 9], 0.99, 1],
    ['the lowest bucket begins at zero', [10, 0, 0, 0], 0.5, 0.05],
    ['empty buckets are passed over', [0, 0, 10, 0], 0.5, 0.75],
  ])('%s', (_, counts, quantile, value) => {
    expect(quantileOf({ edges, counts }, quantile)).toBeCloseTo(value, 12)
  })

  it('is unknown without requests', () => {
    expect(quantileOf({ edges, counts: [0, 0, 0, 0] }, 0.5)).toBeUndefined()
    expect(quantileOf({ edges: [Infinity], counts: [5] }, 0.5)).toBeUndefined()
  })

  const histogram = fc
    .array(fc.nat(1000), { minLength: 4, maxLength: 4 })
    .map((counts): Buckets => ({ edges, counts }))

  it('and the share of slower requests say the same', () => {
    const agree = fc.property(
      histogram,
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (buckets, quantile) => {
        const level = quantileOf(buckets, quantile)
        if (level === undefined || level >= 1) return true
        const { atLeast, total } = slowerThan(buckets, level)
        return atLeast / total <= 1 - quantile + 1e-9
      },
    )
    expect(fc.check(agree, { numRuns: 1000 })).toMatchObject({ failed: false })
  })

  it('lies within the edges and grows with q', () => {
    const monotone = fc.property(histogram, (buckets) => {
      const values = [0.1, 0.5, 0.9, 0.99].map((quantile) => quantileOf(buckets, quantile) ?? 0)
      return values.every((value, index) => value >= 0 && value <= 1 && value >= (values[index - 1] ?? 0))
    })
    expect(fc.check(monotone, { numRuns: 1000 })).toMatchObject({ failed: false })
  })
})

describe('requests slower than a level', () => {
  const buckets: Buckets = { edges, counts: [50, 30, 10, 10] }
  it('are counted above it and shared out inside its bucket', () => {
    expect(slowerThan(buckets, 0.5)).toEqual({ atLeast: 20, atMost: 20, total: 100 })
    expect(slowerThan(buckets, 0.3)).toEqual({ atLeast: 35, atMost: 35, total: 100 })
  })
  it('are only bounded beyond the last finite edge', () => {
    expect(slowerThan(buckets, 2)).toEqual({ atLeast: 0, atMost: 10, total: 100 })
  })
})

describe('histograms with other edges', () => {
  const coarse: Buckets = { edges: [0.5, Infinity], counts: [3, 4] }
  it('are added over the edges that both have', () => {
    expect(addBuckets({ edges, counts: [1, 1, 1, 1] }, coarse)).toEqual({
      edges: [0.5, Infinity],
      counts: [5, 6],
    })
  })
  it('are compared over the edges that both have', () => {
    expect(alignBuckets({ edges, counts: [1, 1, 1, 1] }, coarse)[0]).toEqual({
      edges: [0.5, Infinity],
      counts: [2, 2],
    })
  })
})

function classic(buckets: Record<string, number>, labels: Record<string, string> = {}): Sample[] {
  return Object.entries(buckets).map(([le, value]) => ({ labels: { ...labels, le }, value, atMs: 1 }))
}

const native = (buckets: { lower: number; upper: number; count: number }[]): Sample => ({
  labels: { __name__: 'latency_seconds' },
  value: Number.NaN,
  atMs: 1,
  histogram: { count: 0, sum: 0, buckets },
})

describe('a histogram’s samples', () => {
  it('classic buckets are taken apart by le', () => {
    const read = bucketTotals(classic({ '+Inf': 9, '0.1': 4, '1': 6 }, { pod: 'a' }))
    expect(read).toEqual([{ series: '[["pod","a"]]', atMs: 1, totals: { '0.1': 4, '1': 2, Infinity: 3 } }])
  })

  it.each([
    ['without +Inf', { '0.1': 4 }, 'no bucket le="+Inf"'],
    ['where a bucket holds less than the one below', { '0.1': 4, '1': 3, '+Inf': 5 }, 'holds less'],
    ['with an edge that is no number', { abc: 4, '+Inf': 5 }, 'is no number'],
    ['with NaN', { '0.1': Number.NaN, '+Inf': 5 }, 'a bucket is NaN'],
  ])('%s make no sense', (_, buckets, why) => {
    const read = bucketTotals(classic(buckets))
    expect(isInvalid(read) && read.invalid).toContain(why)
  })

  it('native buckets go to one grid, whatever schema they have', () => {
    const read = bucketTotals([
      native([
        { lower: 0.5, upper: 2 ** -0.5, count: 3 },
        { lower: 1, upper: 2, count: 4 },
      ]),
    ])
    const buckets = toBuckets(isInvalid(read) ? {} : read[0]!.totals)
    expect(slowerThan(buckets, 1)).toEqual({ atLeast: 4, atMost: 4, total: 7 })
    expect(slowerThan(buckets, 2)).toEqual({ atLeast: 0, atMost: 0, total: 7 })
    expect(buckets.edges).toHaveLength(202)
  })

  it('a plain series is no histogram', () => {
    expect(bucketTotals([{ labels: {}, value: 3, atMs: 1 }])).toHaveProperty('invalid')
  })
})
