import type { Buckets, Counts } from '../../../src/health/observation.ts'
import type { Tick } from '../service.ts'

/** What the peers watch: a rate of errors, or a 99th percentile of latency. */
export type Metric = 'errors' | 'latency'
export type Arm = 'candidate' | 'baseline'

/** Ticks of 15 s in the peers' usual query window and interval of a minute. */
export const ticksAMinute = 4

/** The metric's value over some ticks, as PromQL would compute it; NaN where there were no requests. */
export function valueOver(ticks: readonly Tick[], metric: Metric, arm: Arm): number {
  return metric === 'errors' ? errorRate(ticks, arm) : p99(ticks, arm)
}

const remembered = new WeakMap<readonly Tick[], Map<string, readonly number[]>>()

/** The value of each tick by itself; remembered, since every dial of Kayenta asks for the same. */
export function valuesOf(ticks: readonly Tick[], metric: Metric, arm: Arm): readonly number[] {
  const known = remembered.get(ticks) ?? new Map<string, readonly number[]>()
  remembered.set(ticks, known)
  const key = `${metric} ${arm}`
  const values = known.get(key) ?? ticks.map((tick) => valueOver([tick], metric, arm))
  known.set(key, values)
  return values
}

/** sum(rate(errors)) / sum(rate(requests)). */
function errorRate(ticks: readonly Tick[], arm: Arm): number {
  let [bad, total] = [0, 0]
  for (const { errors } of ticks) {
    const counts: Counts | undefined = errors.kind === 'counted' ? errors[arm] : undefined
    bad += counts?.bad ?? 0
    total += counts?.total ?? 0
  }
  return bad / total
}

/** histogram_quantile(0.99, …): linear within the bucket; the last finite edge where the rank lies in the open bucket. */
function p99(ticks: readonly Tick[], arm: Arm): number {
  const sums = new Map<number, number>()
  for (const { latency } of ticks) {
    const buckets: Buckets | undefined = latency.kind === 'buckets' ? latency[arm] : undefined
    for (const [index, edge] of (buckets?.edges ?? []).entries()) {
      sums.set(edge, (sums.get(edge) ?? 0) + (buckets?.counts[index] ?? 0))
    }
  }
  const rungs = [...sums].toSorted(([a], [b]) => a - b)
  const total = rungs.reduce((sum, [, count]) => sum + count, 0)
  let [below, lower] = [0, 0]
  for (const [edge, count] of rungs) {
    if (below + count >= 0.99 * total && count > 0) {
      return edge === Infinity ? lower : lower + (edge - lower) * ((0.99 * total - below) / count)
    }
    below += count
    lower = edge
  }
  return Number.NaN
}
