import type { Escalated } from '../../ports/escalation.ts'
import type { WatchRecord } from '../../watch/watch-record.ts'
import { situationOf } from './situation.ts'
import { watchComment } from './watch-comment.ts'

/** What a person must decide; nothing where nobody is needed. */
export function escalationOf(record: WatchRecord, nowMs: number): Escalated | undefined {
  const situation = situationOf(record, nowMs)
  if (situation === 'promoted' || situation === 'accepted' || situation === 'watching') return undefined
  return { environment: record.environment, title: situation, text: watchComment(record, nowMs) }
}
