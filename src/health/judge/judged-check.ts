import type { JudgedKind, Margin } from './margin.ts'

/** What a check compares, how far worse is tolerated, and what the reference is. */
export interface JudgedCheck {
  readonly kind: JudgedKind
  /** `concurrent`: the baseline arm ran at the same time. `before_after`: it is the version's own past. */
  readonly mode: 'concurrent' | 'before_after'
  /** Worse than this is `unhealthy`. */
  readonly revert: Margin
  /** Shown to be no worse than this is `healthy`; wider than `revert`, or noisy services never get there. */
  readonly promote: Margin
  /** Only `traffic`, concurrent: requests the candidate should get per request of the baseline arm (20 % canary: 0.25). Default 1. */
  readonly expectedShare?: number
}
