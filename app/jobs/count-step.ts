import type { WatchRecord } from '../../src/watch/watch-record.ts'
import type { Metrics } from '../metrics.ts'

/** Counts what a step of a watch has brought about, once: the step that was kept is the one that counts. */
export function countStep(before: WatchRecord, after: WatchRecord, metrics: Metrics): void {
  const { outcome, acts } = after
  if (
    outcome !== undefined &&
    before.acts.verdictToldAtMs === undefined &&
    acts.verdictToldAtMs !== undefined
  )
    metrics.verdict(outcome.verdict)
  const { rollback, revert } = acts
  if (rollback?.ended !== undefined && before.acts.rollback?.ended === undefined)
    metrics.takenBack('rollback', rollback.ended.kind === 'rolled_back' ? 'done' : 'failed')
  if (revert === undefined || before.acts.revert !== undefined) return
  const how = ({ merged: 'done', proposed: 'proposed', conflict: 'failed', failed: 'failed' } as const)[
    revert.outcome as 'merged' | 'proposed' | 'conflict' | 'failed'
  ]
  if (how !== undefined) metrics.takenBack('revert', how)
}
