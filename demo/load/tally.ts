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
}

export function tally(outcomes: readonly Outcome[]): Tally {
  const bad = outcomes.filter(failed)
  const failures = new Map(
    [...Map.groupBy(bad, ({ status }) => status)].map(([key, list]) => [key, list.length]),
  )
  const versions = new Map(
    [...Map.groupBy(outcomes, ({ version }) => version)].map(([version, list]) => [
      version,
      { requests: list.length, failed: list.filter(failed).length },
    ]),
  )
  const latencies = outcomes.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b)
  const at = (share: number): number => latencies[Math.ceil(share * latencies.length) - 1] ?? Number.NaN
  return {
    requests: outcomes.length,
    failed: bad.length,
    failures,
    versions,
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
  }
}
