import { reportOf } from '../health/explain.ts'
import { verdictOf } from '../health/watch-verdict.ts'
import type { WatchStanding } from '../ports/watches.ts'
import type { WatchRecord } from './watch-record.ts'

/** A watch as commands and their answers see it. */
export function standingOf(record: WatchRecord, nowMs: number): WatchStanding {
  const { deployment, environment, phase, paused, outcome } = record
  const endsMs = endOf(record, nowMs)
  return {
    deployment,
    environment,
    state: phase === 'held' || phase === 'ended' ? phase : 'open',
    paused: paused !== undefined,
    line: lineOf(record, nowMs),
    ...(outcome !== undefined && { verdict: outcome.verdict }),
    ...(endsMs !== undefined && { endsMs }),
  }
}

function lineOf(record: WatchRecord, nowMs: number): string {
  const { outcome, supersededBy, phase, state, acts } = record
  if (acts.recovery?.ended !== undefined) return acts.recovery.ended.line
  if (outcome !== undefined) return outcome.line
  if (supersededBy !== undefined) return `${supersededBy.version} came before it was decided.`
  if (phase === 'awaiting') return 'Deployed; its metric does not show the commit yet.'
  return state === undefined ? 'The deploying run watched it.' : reportOf(state, nowMs).line
}

function endOf({ phase, state, awaitedUntilMs, acts }: WatchRecord, nowMs: number): number | undefined {
  if (phase === 'awaiting') return awaitedUntilMs
  if (phase === 'recovering') return acts.recovery?.untilMs
  return phase === 'watching' && state !== undefined ? verdictOf(state, nowMs).endsMs : undefined
}
