import { lastMark } from '../command/decide-follow.ts'
import { verdictOf } from '../health/watch-verdict.ts'
import type { WatchRecord } from './watch-record.ts'

const MINUTE_MS = 60_000

/**
 * What the kept comment says, as one word: it is edited when this changes. That is at every change of what people would do or
 * conclude, and while it goes on after 1, 5, 15, 60 minutes, then every 6 hours.
 */
export function toldMark(record: WatchRecord, nowMs: number): string {
  const { phase, paused, outcome, supersededBy } = record
  return [
    phase,
    paused === undefined ? '' : `paused by ${paused.by.id}`,
    outcome?.reason ?? seemingOf(record, nowMs),
    ...actsOf(record),
    supersededBy === undefined ? '' : `superseded by ${supersededBy.id}`,
    timeOf(record, nowMs),
  ].join('/')
}

/** How it looks as long as nothing is decided. */
function seemingOf({ phase, state }: WatchRecord, nowMs: number): string {
  return phase === 'watching' && state !== undefined ? verdictOf(state, nowMs).verdict : ''
}

function actsOf({ acts: { rollback, revert, recovery } }: WatchRecord): string[] {
  const back = rollback?.ended?.kind ?? (rollback?.dispatchedAtMs === undefined ? 'begun' : 'asked')
  return [
    rollback === undefined ? '' : back,
    revert === undefined ? '' : 'revert',
    recovery?.ended?.kind ?? '',
  ]
}

/** Only what goes on has a time that people wait for. */
function timeOf({ phase, liveMs, acts }: WatchRecord, nowMs: number): string {
  if (phase === 'held' || phase === 'ended') return ''
  const sinceMs = phase === 'recovering' ? (acts.recovery?.sinceMs ?? liveMs) : liveMs
  return String(lastMark(nowMs - sinceMs) / MINUTE_MS)
}
