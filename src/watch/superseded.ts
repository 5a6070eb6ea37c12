import type { Deployed } from '../ports/deployments.ts'
import { stopRecovery } from './recover.ts'
import type { WatchRecord } from './watch-record.ts'

/**
 * A later deployment took the environment. Whoever is not decided yet never will be: its check is closed, and nobody is blamed.
 * What was found bad before stays so, and what follows from that goes on where it still can.
 */
export function superseded(record: WatchRecord, by: Deployed, nowMs: number): WatchRecord {
  if (record.supersededBy !== undefined || by.id === record.deployment.id) return record
  const next = { ...record, supersededBy: by }
  switch (record.phase) {
    case 'awaiting':
    case 'watching':
      return { ...next, phase: 'acting', nextMs: nowMs }
    case 'acting':
      return { ...next, nextMs: nowMs }
    case 'recovering':
      return stopRecovery(next, by, nowMs)
    case 'held':
    case 'ended':
      return { ...withoutNext(next), phase: 'ended' }
  }
}

function withoutNext({ nextMs: _, ...record }: WatchRecord): WatchRecord {
  return record
}
