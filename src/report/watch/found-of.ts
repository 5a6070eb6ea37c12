import { reportOf } from '../../health/explain.ts'
import type { Found, WatchRecord } from '../../watch/watch-record.ts'

/** What is measured: as it was when it was decided, else as it is now. Nothing where the deploying run left nothing, or nothing is live yet. */
export function foundOf(record: WatchRecord, nowMs: number): Found | undefined {
  // Nothing was looked at yet: a table of nothing would be read as a fault of the source.
  if (record.outcome?.reason === 'not_live') return undefined
  if (record.found !== undefined) return record.found
  if (record.state === undefined || record.phase === 'awaiting') return undefined
  // … or was not looked at so far, since reading its past took longer than the grace.
  if (record.outcome === undefined && record.state.lastTickMs === undefined) return undefined
  return reportOf(record.state, record.outcome?.atMs ?? nowMs)
}
