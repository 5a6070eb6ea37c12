import type { WatchState } from '../health/watch.ts'
import type { RunReport } from '../upgrade/run-report.ts'
import type { Beginning } from './beginning.ts'
import type { Found, WatchOutcome, WatchRecord } from './watch-record.ts'

/**
 * The watch of what a run has judged by itself at a step of its traffic: decided from the start. Nothing where it failed to go
 * back, but not because users would have noticed anything.
 */
export function foundByRun(
  record: WatchRecord,
  state: WatchState,
  beginning: Extract<Beginning, { kind: 'found_bad' | 'held' }>,
): WatchRecord | undefined {
  const { run, liveMs } = record
  const judged = run?.judged
  const found = judged && foundIn(judged)
  const line = judged?.line ?? beginning.message
  const acting = {
    ...record,
    ...(found !== undefined && { found }),
    phase: 'acting',
    nextMs: liveMs,
  } as const
  if (beginning.kind === 'held') {
    return { ...acting, outcome: heldOutcome(beginning.reason, line, liveMs) }
  }
  const { ended, message } = beginning
  if (ended !== 'rolled_back' && judged?.verdict !== 'unhealthy') return undefined
  const to = ended === 'rolled_back' && record.before !== undefined ? { to: record.before } : {}
  const rollback = { begunAtMs: liveMs, ended: { kind: ended, ...to, message, atMs: liveMs } }
  const outcome: WatchOutcome = { verdict: 'unhealthy', reason: 'unhealthy', line, atMs: liveMs }
  // Whether users are well again is watched by what the run watched by; without its figures nobody could read that.
  const watched = found === undefined ? {} : { state }
  return { ...acting, ...watched, outcome, acts: { rollback } }
}

function heldOutcome(
  reason: Extract<Beginning, { kind: 'held' }>['reason'],
  line: string,
  atMs: number,
): WatchOutcome {
  return { verdict: reason === 'shadow_unhealthy' ? 'unhealthy' : 'inconclusive', reason, line, atMs }
}

function foundIn(judged: NonNullable<RunReport['judged']>): Found {
  const { verdict, reason, line, comparison, watched, checks, dashboard, noticed } = judged
  return {
    verdict,
    reason,
    line,
    comparison,
    watched,
    checks,
    ...(dashboard !== undefined && { dashboard }),
    // A receipt of before said no lower end: that is none.
    ...(noticed !== undefined && { noticed: { ...noticed, lower: noticed.lower ?? 0 } }),
  }
}
