import type { WatchRecord } from '../../watch/watch-record.ts'
import { situationOf } from './situation.ts'
import { watchComment } from './watch-comment.ts'

/**
 * The new comment of an outcome; it mentions whoever must act. Nothing where there is nothing new to say: while it goes on, and where
 * a later deployment took its place.
 */
export function outcomeComment(record: WatchRecord, nowMs: number): string | undefined {
  const situation = situationOf(record, nowMs)
  const isQuiet = situation === 'awaiting' || situation === 'watching' || situation === 'superseded'
  return isQuiet ? undefined : watchComment(record, nowMs)
}
