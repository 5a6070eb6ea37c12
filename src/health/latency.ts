import type { Buckets } from './observation.ts'

/**
 * The quantile of a histogram by linear interpolation inside its bucket, as Prometheus' `histogram_quantile` for classic
 * histograms does it: https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile. The lowest
 * bucket starts at 0 when its edge is positive; a quantile in the last bucket (+Infinity) is the last finite edge.
 * Undefined without requests or finite edges.
 */
export function quantileOf({ edges, counts }: Buckets, quantile: number): number | undefined {
  const total = sum(counts)
  if (!(total > 0)) return undefined
  const rank = quantile * total
  let below = 0
  for (const [index, edge] of edges.entries()) {
    const count = counts[index] ?? 0
    // The first bucket that reaches the rank; an empty one is passed over unless the rank lies on its edge.
    if (below + count < rank || (count === 0 && index < edges.length - 1)) {
      below += count
      continue
    }
    const lower = lowerEdge(edges, index)
    if (edge === Infinity) return Number.isFinite(lower) ? lower : undefined
    if (!Number.isFinite(lower)) return edge
    return lower + (edge - lower) * Math.min(1, Math.max(0, (rank - below) / count))
  }
  return undefined
}

/** How many requests were slower than `level`: exactly one number, but where the level lies beyond the last finite edge. */
export interface Slower {
  readonly atLeast: number
  readonly atMost: number
  readonly total: number
}

/** The same interpolation the other way round, so that "p99 above 300 ms" and "more than 1 % slower than 300 ms" agree. */
export function slowerThan({ edges, counts }: Buckets, level: number): Slower {
  const total = sum(counts)
  let slower = 0
  for (const [index, edge] of edges.entries()) {
    const count = counts[index] ?? 0
    const lower = lowerEdge(edges, index)
    if (lower >= level) slower += count
    else if (edge === Infinity) return { atLeast: slower, atMost: slower + count, total }
    else if (edge > level && Number.isFinite(lower)) slower += (count * (edge - level)) / (edge - lower)
  }
  return { atLeast: slower, atMost: slower, total }
}

/** The sum of two histograms over the edges that both have; undefined when they share none but +Infinity while one has others. */
export function addBuckets(a: Buckets, b: Buckets): Buckets {
  if (a.edges.length === b.edges.length && a.edges.every((edge, index) => edge === b.edges[index])) {
    return { edges: a.edges, counts: a.counts.map((count, index) => count + (b.counts[index] ?? 0)) }
  }
  const shared = sharedEdges(a, b)
  return addBuckets(coarsen(a, shared), coarsen(b, shared))
}

/** Both histograms over the edges that both have. */
export function alignBuckets(a: Buckets, b: Buckets): readonly [Buckets, Buckets] {
  const shared = sharedEdges(a, b)
  return [coarsen(a, shared), coarsen(b, shared)]
}

function sharedEdges(a: Buckets, b: Buckets): readonly number[] {
  const others = new Set(b.edges)
  return a.edges.filter((edge) => others.has(edge))
}

function coarsen({ edges, counts }: Buckets, kept: readonly number[]): Buckets {
  const coarse = kept.map(() => 0)
  for (const [index, edge] of edges.entries()) {
    const slot = kept.findIndex((wanted) => wanted >= edge)
    if (slot !== -1) coarse[slot] = (coarse[slot] ?? 0) + (counts[index] ?? 0)
  }
  return { edges: kept, counts: coarse }
}

function lowerEdge(edges: readonly number[], index: number): number {
  const [before, first] = [edges[index - 1], edges[0] ?? 0]
  if (before !== undefined) return before
  return first > 0 && first < Infinity ? 0 : -Infinity
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
