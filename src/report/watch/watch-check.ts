import type { VerdictSummary } from '../../ports/deployments.ts'
import { verdictDetails } from '../../upgrade/verdict-details.ts'
import type { WatchRecord } from '../../watch/watch-record.ts'
import { plainTitleOf } from './title-of.ts'
import { toldOf } from './told.ts'
import { watchComment } from './watch-comment.ts'

/**
 * The check run of a watch, while it goes on and when it is decided: the kept comment's text, since a push without a pull request
 * has nothing else. Its details are what a later rollback reads: what was deployed, by digest.
 */
export function watchCheck(record: WatchRecord, nowMs: number): VerdictSummary {
  const { run } = record
  return {
    title: plainTitleOf(toldOf(record, nowMs)),
    text: watchComment(record, nowMs),
    ...(run === undefined ? {} : { details: verdictDetails(run.upgrade, run.artifacts) }),
  }
}
