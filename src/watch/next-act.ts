import { isOwnRevert } from './recover.ts'
import type { WatchRecord } from './watch-record.ts'

/** What is done about an outcome, in the order in which it is done. */
export type Act =
  /** The check run, and the ledger. */
  | 'tell_verdict'
  /** The environment goes back to the version before: begun, followed, ended. */
  | 'roll_back'
  /** The merge is taken back, or that is proposed, or neither. */
  | 'revert'
  /** A new comment that it was taken back: nobody waits for it until it is known whether that helped. */
  | 'tell_back'
  /** It is watched whether users are well again; the ticks are the watch's. */
  | 'recover'
  /** The new comment, the issue where a person is needed, the breaker. */
  | 'tell_end'
  /** It waits for people: nothing more comes by itself. */
  | 'hold'
  /** What was merged goes on to the environments that come after this one. */
  | 'go_on'
  | 'end'
  /** Paused by a person: nothing is promoted or taken back until they say `/continue`. */
  | 'wait'

/** The next thing to do about the outcome of a watch: whatever stands in `acts` is done. */
export function nextAct(record: WatchRecord): Act {
  const { outcome, acts } = record
  if (outcome === undefined) return 'wait'
  if (acts.verdictToldAtMs === undefined) return isPaused(record) ? 'wait' : 'tell_verdict'
  if (acts.endToldAtMs === undefined) return beforeTheEnd(record)
  const isOpen = outcome.verdict === 'inconclusive' || outcome.reason === 'shadow_unhealthy'
  // Of a version that is gone there is nothing left to decide.
  if (isOpen && record.supersededBy === undefined) return 'hold'
  return outcome.verdict === 'healthy' && acts.onward === undefined && goesOn(record) ? 'go_on' : 'end'
}

function beforeTheEnd(record: WatchRecord): Act {
  const { outcome, acts } = record
  if (outcome?.verdict !== 'unhealthy') return 'tell_end'
  const { rollback, revert, recovery } = acts
  const isShadow = outcome.reason === 'shadow_unhealthy'
  // What a run is doing already is followed to its end.
  if (isPaused(record) && (rollback?.begunAtMs === undefined || rollback.ended !== undefined)) return 'wait'
  if (!isShadow && rollback?.ended === undefined) return 'roll_back'
  if (revert === undefined) return 'revert'
  const { supersededBy } = record
  const isThere = supersededBy === undefined || isOwnRevert(record, supersededBy)
  const isBack = rollback?.ended?.kind === 'rolled_back'
  if (isShadow || !isBack || !isThere || recovery?.ended !== undefined) return 'tell_end'
  return acts.backToldAtMs === undefined ? 'tell_back' : 'recover'
}

/** What is only on trial in a pull request goes no further by itself. */
function goesOn({ pull, supersededBy }: WatchRecord): boolean {
  return pull?.isMerged === true && supersededBy === undefined
}

/** What a person decided by a command is carried out all the same; and to be held is neither to be promoted nor to be taken back. */
function isPaused({ paused, outcome }: WatchRecord): boolean {
  return paused !== undefined && outcome?.by === undefined && outcome?.verdict !== 'inconclusive'
}
