/**
 * What one check saw in one tick, in two arms: the candidate (the version under test) and the baseline (the stable
 * version at the same time, or a tick of the past paired with this one). All counts are increments within the tick.
 * `baseline` is absent where nothing can be compared: then only absolute limits hold.
 */
export type Observation =
  | { readonly kind: 'counted'; readonly candidate: Counts; readonly baseline?: Counts }
  | { readonly kind: 'buckets'; readonly candidate: Buckets; readonly baseline?: Buckets }
  | { readonly kind: 'samples'; readonly candidate: readonly number[]; readonly baseline?: readonly number[] }
  | { readonly kind: 'unmeasured'; readonly why: Unmeasured; readonly detail: string }

/** Requests of one arm in one tick; `bad` of `total`. Finite, not negative, bad ≤ total. */
export interface Counts {
  readonly bad: number
  readonly total: number
}

/** Requests of one arm in one tick by latency: `counts[i]` of them in (edges[i-1], edges[i]]; not cumulative; edges ascend, in the metric's unit, the last is +Infinity. */
export interface Buckets {
  readonly edges: readonly number[]
  readonly counts: readonly number[]
}

/** Why a tick has no value: nothing there, the source failed, what it said makes no sense, or the arm had no requests. */
export type Unmeasured = 'no_data' | 'error' | 'invalid' | 'no_traffic'
