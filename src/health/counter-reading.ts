import type { Labels, Sample } from '../ports/health-source.ts'
import type { CounterReading, Totals } from './increments.ts'
import type { Buckets } from './observation.ts'

/** What a source said makes no sense as running totals. */
export interface Invalid {
  readonly invalid: string
}

export function isInvalid(value: object): value is Invalid {
  return 'invalid' in value && typeof value.invalid === 'string'
}

/** Samples of plain counters. */
export function counterReadings(samples: readonly Sample[]): readonly CounterReading[] | Invalid {
  const readings: CounterReading[] = []
  for (const { labels, value, atMs } of samples) {
    if (!isTotal(value)) return { invalid: `a counter is ${value}` }
    readings.push({ series: identityOf(labels), atMs, totals: { '': value } })
  }
  return readings
}

/**
 * Samples of a histogram, one reading per series; totals by upper edge. Classic buckets (`le`) are cumulative and become
 * plain ones. A source that has both kinds is read by its classic buckets, whose edges never change.
 */
export function bucketTotals(samples: readonly Sample[]): readonly CounterReading[] | Invalid {
  const classic = samples.filter(({ labels }) => labels['le'] !== undefined)
  return classic.length > 0 ? classicReadings(classic) : nativeReadings(samples)
}

/** One series' increments by upper edge → buckets in ascending order, over the edges that the series has or, for a native histogram, over the grid. */
export function toBuckets(totals: Totals): Buckets {
  const isNative = NATIVE in totals
  const sorted = Object.entries(totals)
    .filter(([edge]) => edge !== NATIVE)
    .map(([edge, count]) => ({ edge: edgeOf(edge), count }))
    .sort((a, b) => a.edge - b.edge)
  if (!isNative) return { edges: sorted.map(({ edge }) => edge), counts: sorted.map(({ count }) => count) }
  const counts = GRID.map(() => 0)
  for (const { edge, count } of sorted) {
    const slot = GRID.indexOf(edge)
    counts[slot] = (counts[slot] ?? 0) + count
  }
  return { edges: GRID, counts }
}

function classicReadings(samples: readonly Sample[]): readonly CounterReading[] | Invalid {
  const bySeries = new Map<string, { atMs: number; cumulative: [edge: number, total: number][] }>()
  for (const { labels, value, atMs } of samples) {
    const edge = edgeOf(labels['le'] ?? '')
    if (Number.isNaN(edge)) return { invalid: `le="${labels['le'] ?? ''}" is no number` }
    if (!isTotal(value)) return { invalid: `a bucket is ${value}` }
    const series = identityOf(labels)
    const known = bySeries.get(series) ?? { atMs, cumulative: [] }
    known.cumulative.push([edge, value])
    bySeries.set(series, { ...known, atMs: Math.max(known.atMs, atMs) })
  }
  const readings: CounterReading[] = []
  for (const [series, { atMs, cumulative }] of bySeries) {
    const totals = plainBuckets(cumulative)
    if (isInvalid(totals)) return totals
    readings.push({ series, atMs, totals })
  }
  return readings
}

/** Cumulative → plain. A bucket that holds less than the one below it was read in the middle of an update: no sense is made of it. */
function plainBuckets(cumulative: [edge: number, total: number][]): Totals | Invalid {
  cumulative.sort(([a], [b]) => a - b)
  if (cumulative.at(-1)?.[0] !== Infinity) return { invalid: 'no bucket le="+Inf"' }
  const totals: Record<string, number> = {}
  let below = 0
  for (const [edge, total] of cumulative) {
    if (total < below) return { invalid: `bucket le="${edge}" holds less than the one below it` }
    totals[String(edge)] = (totals[String(edge)] ?? 0) + total - below
    below = total
  }
  return totals
}

function nativeReadings(samples: readonly Sample[]): readonly CounterReading[] | Invalid {
  const readings: CounterReading[] = []
  for (const { labels, histogram, atMs } of samples) {
    if (histogram === undefined)
      return { invalid: 'no histogram: a series without le and without native buckets' }
    const totals: Record<string, number> = { [NATIVE]: 0 }
    for (const { upper, count } of histogram.buckets) {
      if (!isTotal(count) || Number.isNaN(upper))
        return { invalid: `a native bucket up to ${upper} is ${count}` }
      const edge = String(GRID.find((edge) => edge >= upper * (1 - 1e-9)) ?? Infinity)
      totals[edge] = (totals[edge] ?? 0) + count
    }
    readings.push({ series: identityOf(labels), atMs, totals })
  }
  return readings
}

/** Marks the totals of a native histogram, whose empty buckets are not listed. */
const NATIVE = 'native'

/**
 * Native buckets are put on one fixed grid, because which of them exist changes from moment to moment: powers of 2^(1/4),
 * the edges of schema 2, which every finer schema shares (https://prometheus.io/docs/specs/native_histograms/#schema),
 * from a microsecond to 2^30.
 */
const GRID: readonly number[] = [
  ...Array.from({ length: 201 }, (_, index) => 2 ** ((index - 80) / 4)),
  Infinity,
]

/** All labels but the bucket's and the metric's name (`…_bucket`), in a fixed order. */
function identityOf(labels: Labels): string {
  const own = Object.entries(labels).filter(([name]) => name !== 'le')
  return JSON.stringify(own.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function edgeOf(text: string): number {
  if (text === '+Inf' || text === 'Infinity') return Infinity
  return text === '' ? Number.NaN : Number(text)
}

/** A running total is finite and not negative. */
function isTotal(value: number): boolean {
  return Number.isFinite(value) && value >= 0
}
