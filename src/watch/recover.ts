import type { Health } from '../config/health.ts'
import { reportOf } from '../health/explain.ts'
import type { Answers } from '../health/query-plan.ts'
import { nextTickMs } from '../health/tick-times.ts'
import { type History, startWatch, tick, type WatchState } from '../health/watch.ts'
import { verdictOf } from '../health/watch-verdict.ts'
import type { Deployed } from '../ports/deployments.ts'
import type { Recovery, WatchRecord } from './watch-record.ts'

/** Five minutes are what the judge needs at least to call something no worse than before (`judge/verdict.ts`). */
const LEAST_MS = 5 * 60_000
/** What a concurrent comparison keeps of the time before (`baseline.ts`). */
const CONCURRENT_PAST_MS = 7_200_000

/**
 * The watch whether users are well again, once the environment was taken back: all of them against the same frozen past as
 * before, and the limits. Where there is nothing to watch by, it has ended at once as `unknown`.
 */
export function startRecovery(record: WatchRecord, nowMs: number): WatchRecord {
  const { state } = record
  if (state === undefined) {
    return over(record, { sinceMs: nowMs, untilMs: nowMs }, ended('unknown', NOT_WATCHED, nowMs))
  }
  const health = recoveryHealth(state.health, record.history)
  const values = { ...state.values, previous: state.values.version }
  const { version, sha } = record.acts.rollback?.ended?.to ?? record.before ?? record.deployment
  const began = startWatch(health, { ...values, version, sha }, nowMs, pastOf(record, state, nowMs))
  const untilMs = nowMs + health.graceMs + health.watchMs
  const recovery = { sinceMs: nowMs, untilMs, state: began }
  const acts = { ...record.acts, recovery }
  return { ...record, phase: 'recovering', acts, nextMs: nextTickMs(nowMs, health.everyMs, nowMs) }
}

/** One look, answered in the order of `queriesOf` for the recovery's state. Once it is over the watch goes on `acting`. */
export function recoveryTick(record: WatchRecord, answers: Answers, nowMs: number): WatchRecord {
  const { recovery } = record.acts
  if (recovery?.state === undefined || recovery.ended !== undefined) return record
  const state = tick(recovery.state, answers, nowMs)
  const looked = { ...recovery, state, untilMs: endsMs(recovery, state, nowMs) }
  const next = { ...record, acts: { ...record.acts, recovery: looked } }
  const end = recoveryEnd(next, nowMs)
  if (end !== undefined) return over(record, looked, end)
  return { ...next, nextMs: nextTickMs(looked.sinceMs, state.health.everyMs, nowMs) }
}

/** How it ended; nothing while it is open. Only what is shown to be no worse than before counts as recovered. */
export function recoveryEnd(record: WatchRecord, nowMs: number): Recovery['ended'] | undefined {
  const { recovery } = record.acts
  if (recovery?.ended !== undefined) return recovery.ended
  if (recovery?.state === undefined) return undefined
  const { verdict } = verdictOf(recovery.state, nowMs)
  const isOver = verdict === 'unhealthy' || nowMs >= endsMs(recovery, recovery.state, nowMs)
  return isOver ? ended(kinds[verdict], reportOf(recovery.state, nowMs).line, nowMs) : undefined
}

/** Once more as long where nothing is known by then: a person who is called for nothing is a cost, too. */
function endsMs({ sinceMs }: Recovery, state: WatchState, nowMs: number): number {
  const { graceMs, watchMs } = state.health
  const onceMs = sinceMs + graceMs + watchMs
  const isExtended = nowMs >= onceMs && verdictOf(state, nowMs).verdict === 'inconclusive'
  return isExtended ? onceMs + watchMs : onceMs
}

/**
 * A later deployment took the environment: the recovery ends with what it knows by then. That of our own revert is no other
 * version in that sense: whether users are well once it is there is the very question.
 */
export function stopRecovery(record: WatchRecord, by: Deployed, nowMs: number): WatchRecord {
  const { recovery } = record.acts
  if (recovery?.state === undefined || recovery.ended !== undefined) return record
  if (isOwnRevert(record, by)) return record
  const { verdict } = verdictOf(recovery.state, nowMs)
  const line = `${reportOf(recovery.state, nowMs).line} ${by.version} came before it was over.`
  return over(record, recovery, ended(kinds[verdict], line, nowMs))
}

/** What came is the branch as our revert left it. */
export function isOwnRevert({ acts }: Pick<WatchRecord, 'acts'>, by: Pick<Deployed, 'sha'>): boolean {
  return acts.revert?.commit !== undefined && acts.revert.commit === by.sha
}

const NOT_WATCHED =
  'Whether users are well again is not known: the run that found it watched, and it has ended.'

const kinds = { healthy: 'recovered', unhealthy: 'still_bad', inconclusive: 'unknown' } as const

function ended(
  kind: NonNullable<Recovery['ended']>['kind'],
  line: string,
  atMs: number,
): NonNullable<Recovery['ended']> {
  return { kind, line, atMs }
}

function over(record: WatchRecord, recovery: Recovery, end: NonNullable<Recovery['ended']>): WatchRecord {
  const acts = { ...record.acts, recovery: { ...recovery, ended: end } }
  return { ...record, phase: 'acting', nextMs: end.atMs, acts }
}

/** Nobody has the new version any more, so there is no second arm: everybody is compared with the past. */
function recoveryHealth(health: Health, history: History | undefined): Health {
  const { candidate: _, baseline, ...rest } = health
  const watchMs = Math.min(health.watchMs, Math.max(LEAST_MS, health.holdMs))
  if (baseline === undefined || history === undefined) return { ...rest, watchMs }
  const past =
    baseline.kind === 'before' ? baseline : { kind: 'before' as const, beforeMs: CONCURRENT_PAST_MS }
  return { ...rest, watchMs, baseline: past }
}

/** With `same-time` the days before are paired tick by tick from the deployment on, and the recovery begins later. */
function pastOf(
  { history, begunMs }: WatchRecord,
  { health: { everyMs } }: WatchState,
  nowMs: number,
): History | undefined {
  if (history === undefined) return undefined
  const skipped = Math.max(0, Math.round((nowMs - begunMs) / everyMs))
  const shifted = Object.entries(history).map(([name, { ticks, slots }]) => [
    name,
    slots === undefined ? { ticks } : { ticks, slots: slots.slice(skipped) },
  ])
  return Object.fromEntries(shifted) as History
}
