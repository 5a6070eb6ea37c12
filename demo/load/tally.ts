import { failed, type Outcome } from './outcome.ts'

/** The counts of a stretch of the load. */
export interface Tally {
  readonly requests: number
  readonly failed: number
  /** Failed ones by status; 0: no answer. */
  readonly failures: ReadonlyMap<number, number>
  /** All requests that a version answered, by version; empty: nobody that gave its version. */
  readonly versions: ReadonlyMap<string, { readonly requests: number; readonly failed: number }>
  /** Milliseconds; NaN without requests. */
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** The longest time in which no request that was sent succeeded (ms). */
  readonly outageMs: number
}

export function tally(outcomes: readonly Outcome[]): Tally {
  const bad = outcomes.filter(failed)
  const latencies = outcomes.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b)
  const at = (share: number): number => latencies[Math.ceil(share * latencies.length) - 1] ?? Number.NaN
  return {
    requests: outcomes.length,
    failed: bad.length,
    failures: new Map([...Map.groupBy(bad, ({ status }) => status)].map(([key, list]) => [key, list.length])),
    versions: byVersion(outcomes),
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
    outageMs: outage(outcomes),
  }
}

function byVersion(outcomes: readonly Outcome[]): Tally['versions'] {
  const lists = [...Map.groupBy(outcomes, ({ version }) => version)]
  return new Map(
    lists.map(([version, list]) => [version, { requests: list.length, failed: list.filter(failed).length }]),
  )
}

/** From the first of a row of failed requests to the first good one after it. */
function outage(outcomes: readonly Outcome[]): number {
  let longest = 0
  let sinceMs: number | undefined
  for (const outcome of outcomes.toSorted((a, b) => a.atMs - b.atMs)) {
    if (failed(outcome)) sinceMs ??= outcome.atMs
    if (sinceMs !== undefined) longest = Math.max(longest, outcome.atMs - sinceMs)
    if (!failed(outcome)) sinceMs = undefined
  }
  return longest
}
