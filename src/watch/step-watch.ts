import { liveQuestion, LIVE_WITHIN_MS, notLiveLine, showsVersion } from '../health/build-info.ts'
import { nextTickMs } from '../health/tick-times.ts'
import { startWatch, tick, type WatchState } from '../health/watch.ts'
import { watchCheck } from '../report/watch/watch-check.ts'
import { actOnWatch } from './act-on-watch.ts'
import { decided, outcomeIn } from './decided.ts'
import { isFailure, isPassing, onceMore } from './failing.ts'
import { ask, look, type Look } from './look.ts'
import { areOpen, openSources } from './open-sources.ts'
import { withPast } from './read-past.ts'
import { recoveryTick } from './recover.ts'
import { takeOrder } from './take-order.ts'
import type { WatchPorts, WatchStep } from './watch-ports.ts'
import type { WatchRecord } from './watch-record.ts'

/** GitHub that does not let a check be closed for longer than this has it stay open. */
const CLOSED_FOR_MS = 30 * 60_000
const CLOSE_AGAIN_MS = 60_000

/**
 * One step of a watch: what a person ordered, then a look at the sources or an act. Whatever it was, it is done again from the
 * record as it stood where nobody wrote down what came of it. Errors: those of acting (`GitHubError`, the records'); a
 * source that fails is an answer.
 */
export async function stepWatch(record: WatchRecord, ports: WatchPorts): Promise<WatchStep> {
  const ordered = takeOrder(record, ports.clock.now())
  switch (ordered.phase) {
    case 'awaiting':
      return calm(await lookForVersion(ordered, ports))
    case 'watching':
      return tickWatch(ordered, ports)
    case 'recovering':
      return calm(await tickRecovery(ordered, ports))
    case 'acting':
      return isLeft(ordered) ? calm(await close(ordered, ports)) : actOnWatch(ordered, ports)
    case 'held':
    case 'ended':
      return calm(atRest(ordered))
  }
}

/** Whether the metric of `health.live` shows the version by now; from then on it is watched. */
async function lookForVersion(record: WatchRecord, ports: WatchPorts): Promise<WatchRecord> {
  const { state, begunMs, history, awaitedUntilMs = record.liveMs + LIVE_WITHIN_MS } = record
  const question = state && liveQuestion(state.health, state.values)
  if (state === undefined || question === undefined) return { ...record, phase: 'watching' }
  const { query, source } = question
  const opened = await openSources(state.health, record.sources, ports)
  const [answer] = await ask(1, ports, async (signal) => {
    if (!areOpen(opened)) throw new Error(opened.why)
    if (query === undefined) throw new Error('a variable in its labels has no value in this upgrade')
    return opened.get(source)?.read([query], signal)
  })
  const nowMs = ports.clock.now()
  const { health, values } = state
  if (showsVersion(answer, begunMs)) {
    const begun = startWatch(health, values, nowMs, history)
    const nextMs = nowMs + health.everyMs
    return {
      ...record,
      phase: 'watching',
      state: { ...begun, step: stepAt(state, nowMs) },
      liveMs: nowMs,
      nextMs,
    }
  }
  if (nowMs < awaitedUntilMs) return { ...record, nextMs: nextTickMs(record.liveMs, health.everyMs, nowMs) }
  const line = notLiveLine(record.deployment.version, answer)
  return decided(record, { verdict: 'inconclusive', reason: 'not_live', line, atMs: nowMs }, nowMs)
}

function stepAt({ step }: WatchState, nowMs: number): WatchState['step'] {
  return { ...step, sinceMs: nowMs }
}

async function tickWatch(record: WatchRecord, ports: WatchPorts): Promise<WatchStep> {
  if (record.state === undefined) return calm(atRest({ ...record, phase: 'held' }))
  const watched = await withPast({ ...record, state: record.state }, ports)
  const { state } = watched
  const { looks, isBehind } = await look(watched, state, ports)
  const next = afterLooks(watched, looks)
  if (next.phase !== 'watching') return { record: next, isUrgent: next.outcome?.reason === 'unhealthy' }
  const nowMs = ports.clock.now()
  const nextMs = isBehind ? nowMs : nextTickMs(state.startedMs, state.health.everyMs, nowMs)
  return calm({ ...next, nextMs })
}

/** A watch ends at the tick at which it would have ended, had nobody slept; while it is paused it does not. */
export function afterLooks(
  record: WatchRecord & { readonly state: WatchState },
  looks: readonly Look[],
): WatchRecord {
  let { state } = record
  for (const { answers, atMs } of looks) {
    state = tick(state, answers, atMs)
    if (record.paused !== undefined) continue
    const outcome = outcomeIn(state, record.policy, atMs)
    if (outcome !== undefined) return decided({ ...record, state }, outcome, atMs)
  }
  return { ...record, state }
}

async function tickRecovery(record: WatchRecord, ports: WatchPorts): Promise<WatchRecord> {
  const { state } = record.acts.recovery ?? {}
  if (state === undefined) return { ...record, phase: 'acting' }
  const { looks, isBehind } = await look(record, state, ports)
  let next = record
  for (const { answers, atMs } of looks) {
    next = recoveryTick(next, answers, atMs)
    if (next.phase !== 'recovering') return next
  }
  return isBehind ? { ...next, nextMs: ports.clock.now() } : next
}

/** Another version came before anything was decided of this one, or while nothing might be done about it: nobody goes on with it. */
function isLeft({ outcome, supersededBy, paused, acts: { rollback } }: WatchRecord): boolean {
  if (outcome === undefined) return true
  const isAtWork = rollback !== undefined && rollback.ended === undefined
  return supersededBy !== undefined && paused !== undefined && outcome.by === undefined && !isAtWork
}

/** Its check is closed, and that is all that is said of it. */
async function close(record: WatchRecord, { deployments, clock, log }: WatchPorts): Promise<WatchRecord> {
  const nowMs = clock.now()
  const verdict = record.outcome?.verdict ?? 'inconclusive'
  try {
    await deployments.setVerdict(record.deployment.id, verdict, watchCheck(record, nowMs))
  } catch (error) {
    if (!isFailure(error)) throw error
    log.warning(`The check of ${record.environment} could not be closed: ${error.message}`)
    if (isPassing(record, nowMs, CLOSED_FOR_MS)) return onceMore(record, nowMs, CLOSE_AGAIN_MS)
  }
  return atRest({ ...record, phase: 'ended' })
}

function atRest({ nextMs: _, ...record }: WatchRecord): WatchRecord {
  return record
}

function calm(record: WatchRecord): WatchStep {
  return { record, isUrgent: false }
}
