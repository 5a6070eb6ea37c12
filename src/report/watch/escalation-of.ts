import type { Escalated } from '../../ports/escalation.ts'
import type { WatchRecord } from '../../watch/watch-record.ts'
import { fitSections, type Section } from './fit-sections.ts'
import { plainTitleOf } from './title-of.ts'
import { type Told, toldOf } from './told.ts'
import {
  changeSection,
  doneSection,
  evidenceSection,
  footSection,
  leadSection,
  nextSection,
  recipeSection,
  tableSection,
} from './watch-sections.ts'

/**
 * What a person must decide, for the issue and the webhook; nothing where nobody is needed, or where the pull request says it
 * to its author and users are well. It mentions nobody: the comment does.
 */
export function escalationOf(record: WatchRecord, nowMs: number): Escalated | undefined {
  const told = toldOf(record, nowMs)
  if (!needsPerson(told)) return undefined
  const text = fitSections([
    leadSection(told),
    whereSection(told),
    evidenceSection(told),
    doneSection(told),
    recipeSection(told),
    nextSection(told),
    tableSection(told),
    changeSection(told),
    footSection(told),
  ])
  return { environment: record.environment, title: plainTitleOf(told), text }
}

function needsPerson(told: Told): boolean {
  switch (told.situation) {
    case 'held':
    case 'never_seen':
    case 'shadow':
    case 'rollback_failed':
    case 'no_target':
      return true
    // Whoever paused it is told by a comment, where there is a pull request for one.
    case 'bad_while_paused':
      return told.record.pull === undefined
    case 'taken_back':
    case 'superseded':
      return isUnwell(told) || mergeNeedsPerson(told)
    case 'awaiting':
    case 'watching':
    case 'promoted':
    case 'accepted':
    case 'taking_back':
      return false
  }
}

/** What nobody knows because another version came is found out by that one's watch. */
function isUnwell({ record: { acts, supersededBy } }: Told): boolean {
  const kind = acts.recovery?.ended?.kind
  return kind === 'still_bad' || (kind === 'unknown' && supersededBy === undefined)
}

/** Users have a healthy version again, but the branch has not; a pull request's author is told there. */
function mergeNeedsPerson({ record: { acts, pull } }: Told): boolean {
  switch (acts.revert?.outcome) {
    case 'conflict':
    case 'failed':
      return true
    case 'proposed':
      return pull === undefined
    case 'not_done':
      return pull === undefined || ALARMING.has(acts.revert.reason)
    case 'merged':
    case 'already_reverted':
    case undefined:
      return false
  }
}

/** Not this change alone is bad, or Seamless itself may be wrong. */
const ALARMING: ReadonlySet<string> = new Set(['breaker_open', 'shared_cause', 'switch_unknown'])

function whereSection({ record: { pull } }: Told): Section {
  const text =
    pull === undefined
      ? 'It came by a push, without a pull request. The commands below are comments on any pull request.'
      : `It is about #${pull.number}; the commands below are comments there.`
  return { rank: 0, name: 'where', text }
}
