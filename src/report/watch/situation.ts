import { verdictOf } from '../../health/watch-verdict.ts'
import type { WatchOutcome, WatchRecord } from '../../watch/watch-record.ts'

/** What people must be told of a watch: each is one state of `examples/comment.md`. */
export type Situation =
  /** Not seen running yet. */
  | 'awaiting'
  | 'watching'
  /** Users would notice, and a person said that nothing is to be done. */
  | 'bad_while_paused'
  | 'promoted'
  | 'accepted'
  /** Nobody knows whether users notice. */
  | 'held'
  /** Its metric never showed the commit. */
  | 'never_seen'
  /** Users would notice; it would have been taken back. */
  | 'shadow'
  | 'superseded'
  /** Users would notice, and it is being taken back. */
  | 'taking_back'
  | 'rollback_failed'
  /** There is no version to go back to. */
  | 'no_target'
  /** The environment is back; what became of the merge and of its users, `acts` says. */
  | 'taken_back'

export function situationOf(record: WatchRecord, nowMs: number): Situation {
  const { outcome, acts, supersededBy, phase } = record
  if (acts.rollback !== undefined) return ofRollback(record)
  if (supersededBy !== undefined && outcome?.verdict !== 'healthy') return 'superseded'
  if (outcome !== undefined) return isWaiting(record) ? ofPaused(outcome) : ofOutcome(outcome, record)
  if (phase === 'awaiting') return 'awaiting'
  const isBad = record.state !== undefined && verdictOf(record.state, nowMs).verdict === 'unhealthy'
  return isBad ? ofBad(record) : 'watching'
}

/** Decided, but by a pause nothing may come of it; that nobody knows is told all the same. */
function isWaiting({ paused, outcome, acts }: WatchRecord): boolean {
  const mayNot = outcome?.verdict !== 'inconclusive' && outcome?.by === undefined
  return paused !== undefined && mayNot && acts.verdictToldAtMs === undefined
}

function ofPaused({ verdict }: WatchOutcome): Situation {
  return verdict === 'unhealthy' ? 'bad_while_paused' : 'watching'
}

function ofOutcome({ reason }: WatchOutcome, record: WatchRecord): Situation {
  switch (reason) {
    case 'healthy':
    case 'promoted_by_person':
      return 'promoted'
    case 'accepted_by_person':
      return 'accepted'
    case 'unhealthy':
      return ofBad(record)
    case 'shadow_unhealthy':
      return 'shadow'
    case 'not_live':
      return 'never_seen'
    case 'health_no_data':
    case 'health_too_little_traffic':
    case 'health_undecided':
      return 'held'
  }
}

function ofBad({ paused, policy }: WatchRecord): Situation {
  if (paused !== undefined) return 'bad_while_paused'
  return policy.shadow ? 'shadow' : 'taking_back'
}

function ofRollback({ acts, supersededBy }: WatchRecord): Situation {
  switch (acts.rollback?.ended?.kind) {
    case undefined:
      return 'taking_back'
    case 'rolled_back':
      return 'taken_back'
    case 'no_target':
      return 'no_target'
    case 'failed':
      // What could not be taken back is gone all the same.
      return supersededBy === undefined ? 'rollback_failed' : 'superseded'
  }
}
