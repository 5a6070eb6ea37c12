import type { VerdictSummary } from '../../ports/deployments.ts'
import type { WatchRecord } from '../../watch/watch-record.ts'
import { situationOf } from './situation.ts'
import { watchComment } from './watch-comment.ts'

/** The check run of a watch, while it goes on and when it is decided. */
export function watchCheck(record: WatchRecord, nowMs: number): VerdictSummary {
  return { title: situationOf(record, nowMs), text: watchComment(record, nowMs) }
}
