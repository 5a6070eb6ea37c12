import type { ArmValue } from './arm-reading.ts'
import { addBuckets } from './latency.ts'
import type { Buckets } from './observation.ts'

/** All that one arm showed so far. Plain JSON: the last edge, +Infinity, is left out of `edges`. */
export type Figure =
  | { readonly kind: 'counted'; readonly bad: number; readonly total: number; readonly ticks: number }
  | { readonly kind: 'buckets'; readonly edges: readonly number[]; readonly counts: readonly number[] }
  | {
      readonly kind: 'samples'
      readonly count: number
      readonly sum: number
      readonly least: number
      readonly most: number
      readonly last: number
    }

/** The figure with one more tick. A histogram keeps the edges that all its ticks share. */
export function addToFigure(figure: Figure | undefined, value: ArmValue): Figure {
  if (value.kind === 'counted') {
    const { bad, total, ticks } = figure?.kind === 'counted' ? figure : { bad: 0, total: 0, ticks: 0 }
    return {
      kind: 'counted',
      bad: bad + value.counts.bad,
      total: total + value.counts.total,
      ticks: ticks + 1,
    }
  }
  if (value.kind === 'buckets') {
    return storeBuckets(
      figure?.kind === 'buckets' ? addBuckets(bucketsIn(figure), value.buckets) : value.buckets,
    )
  }
  const before = figure?.kind === 'samples' ? figure : { count: 0, sum: 0, least: Infinity, most: -Infinity }
  return {
    kind: 'samples',
    count: before.count + value.values.length,
    sum: before.sum + value.values.reduce((sum, sample) => sum + sample, 0),
    least: Math.min(before.least, ...value.values),
    most: Math.max(before.most, ...value.values),
    last: Math.max(...value.values),
  }
}

export function bucketsIn({ edges, counts }: Extract<Figure, { kind: 'buckets' }>): Buckets {
  return { edges: [...edges, Infinity], counts }
}

export function storeBuckets({ edges, counts }: Buckets): Extract<Figure, { kind: 'buckets' }> {
  return { kind: 'buckets', edges: edges.slice(0, -1), counts }
}

/** Requests (or samples) behind a figure. */
export function sizeOf(figure: Figure | undefined): number {
  if (figure === undefined) return 0
  if (figure.kind === 'counted') return figure.total
  if (figure.kind === 'samples') return figure.count
  return figure.counts.reduce((sum, count) => sum + count, 0)
}
