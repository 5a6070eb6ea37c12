import type { Observation } from '../observation.ts'
import type { JudgedCheck } from './judged-check.ts'
import { isBuckets } from './tail.ts'

/** The edges or levels at which a check compares; `[0]` for checks that count only once. */
export interface Scale {
  readonly levels: readonly number[]
  /** Histogram: by how much (as a power) a slower service raises the tail at this edge; 1 elsewhere. */
  readonly stretch: readonly number[]
}

/** Edges at which tails are worth watching: above it too common to say "slow", below it too rare to count. */
const tails = { most: 0.75, least: 0.0002 }
/** Each chosen edge leaves at most this share of the last one's tail, or it would say the same again. */
const thinning = 0.9
/** An edge counts only if the baseline had this many slower requests; fewer say nothing about the slope. */
const fewest = 5
const mostEdges = 8
/** Levels of a gauge, as quantiles of the baseline; 1 is beyond anything seen. */
const quantiles = [0.5, 0.8, 0.95, 1]
/** A steeper tail than this is a bucket without requests, not a service. */
const steepest = 12

/** Where to compare, read off the arm that is compared with: `candidate` of past ticks, or `baseline` of concurrent ones. */
export function scaleOf(check: JudgedCheck, reference: readonly Observation[]): Scale {
  if (check.kind === 'histogram') return edgesOf(reference)
  if (check.kind === 'gauge') return levelsOf(reference)
  return { levels: [0], stretch: [1] }
}

function levelsOf(reference: readonly Observation[]): Scale {
  const samples = reference
    .flatMap((tick) => (tick.kind === 'samples' ? tick.candidate : []))
    .filter(Number.isFinite)
    .toSorted((a, b) => a - b)
  const picked = quantiles.flatMap((q) => samples[Math.ceil(q * samples.length) - 1] ?? [])
  const levels = [...new Set(picked)]
  return { levels, stretch: levels.map(() => 1) }
}

function edgesOf(reference: readonly Observation[]): Scale {
  const pooled = pool(reference)
  const total = pooled.reduce((sum, [, count]) => sum + count, 0)
  const rungs = pooled.map(([edge], index) => ({
    edge,
    tail: pooled.slice(index + 1).reduce((sum, [, count]) => sum + count, 0) / total,
  }))
  const levels: number[] = []
  const stretch: number[] = []
  let last = tails.most / thinning
  for (const [index, { edge, tail }] of rungs.entries()) {
    const wanted = tail >= tails.least && tail * total >= fewest && tail <= last * thinning
    if (!wanted || edge <= 0 || edge === Infinity) continue
    last = tail
    levels.push(edge)
    stretch.push(slopeBelow(rungs, index))
  }
  const kept = spread(levels.length)
  return {
    levels: kept.map((index) => levels[index] ?? 0),
    stretch: kept.map((index) => stretch[index] ?? 1),
  }
}

/** −d log(tail)/d log(latency) in the bucket that ends at this edge: a service (1+m) slower has (1+m)^slope of the tail here. */
function slopeBelow(
  rungs: readonly { readonly edge: number; readonly tail: number }[],
  index: number,
): number {
  const here = rungs[index]
  const below = rungs[index - 1]
  if (!here) return 1
  const from = below && below.edge > 0 ? below : { edge: here.edge / 2, tail: 1 }
  const slope = Math.log(from.tail / here.tail) / Math.log(here.edge / from.edge)
  return Math.min(steepest, Math.max(0, slope))
}

/** Requests by upper edge over all ticks, edges ascending. */
function pool(reference: readonly Observation[]): readonly (readonly [number, number])[] {
  const byEdge = new Map<number, number>()
  for (const tick of reference) {
    if (tick.kind !== 'buckets' || !isBuckets(tick.candidate)) continue
    for (const [index, edge] of tick.candidate.edges.entries()) {
      byEdge.set(edge, (byEdge.get(edge) ?? 0) + (tick.candidate.counts[index] ?? 0))
    }
  }
  return [...byEdge].toSorted(([a], [b]) => a - b)
}

/** At most `mostEdges` of `count` indices, first and last among them. */
function spread(count: number): readonly number[] {
  if (count <= mostEdges) return Array.from({ length: count }, (_, index) => index)
  return Array.from({ length: mostEdges }, (_, index) => Math.round((index * (count - 1)) / (mostEdges - 1)))
}
