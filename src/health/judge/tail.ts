import type { Buckets, Counts } from '../observation.ts'

/** Whether edges ascend to +Infinity and counts are finite, not negative and as many as the edges. */
export function isBuckets(raw: Buckets): boolean {
  const { edges, counts } = raw
  if (edges.length === 0 || edges.length !== counts.length || edges.at(-1) !== Infinity) return false
  const ascending = edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? Infinity))
  return ascending && counts.every((count) => Number.isFinite(count) && count >= 0 && count <= 1e12)
}

/**
 * Requests slower than `level`. A bucket that the level cuts (native histograms change resolution) is split as if its
 * requests lay evenly on a logarithmic axis; undefined where there are no requests or only the open last bucket knows.
 */
export function badAbove(buckets: Buckets, level: number): Counts | undefined {
  let bad = 0
  let total = 0
  for (const [index, count] of buckets.counts.entries()) {
    const upper = buckets.edges[index] ?? Infinity
    const lower = buckets.edges[index - 1] ?? 0
    total += count
    if (lower >= level * (1 - 1e-9)) bad += count
    else if (upper > level * (1 + 1e-9) && count > 0) {
      if (upper === Infinity) return undefined
      bad += count * (Math.log(upper / level) / Math.log(upper / Math.max(lower, level / 2)))
    }
  }
  return total >= 1e-3 ? { bad: Math.min(bad, total), total } : undefined
}
