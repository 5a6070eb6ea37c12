import type { Reason } from './verdict.ts'

export type HeldReason = 'health_no_data' | 'health_too_little_traffic' | 'health_undecided'

/** The word of outcomes for why nothing is known. */
export function heldReason(reason: Reason): HeldReason {
  if (reason === 'undecided' || reason === 'no_baseline' || reason === 'worse_than_short_baseline') {
    return 'health_undecided'
  }
  if (reason === 'too_little_traffic') return 'health_too_little_traffic'
  return 'health_no_data'
}
