import type { WatchRecord } from '../../watch/watch-record.ts'
import { foundOf } from './found-of.ts'

/** The kept comment of a watch: its receipt, as of `nowMs`. Markdown whose outside values are inert, and which fits where it is posted. */
export function watchComment(record: WatchRecord, nowMs: number): string {
  return foundOf(record, nowMs)?.line ?? ''
}
