import type { Check, Health } from '../config/health.ts'
import type { TemplateValues } from '../config/label-template.ts'
import type { Measurement } from '../ports/health-source.ts'
import { type ArmMemory, type ArmReading, readArm } from './arm-reading.ts'
import { type CheckState, startCheck, watchCheck } from './check-watch.ts'
import { type Comparison, lookAhead, startComparison, wantsComparison } from './comparison.ts'
import type { Past } from './past.ts'
import { isWorse } from './standing.ts'
import { type Answers, planQueries, type Slots } from './query-plan.ts'

/**
 * A watch: from the deployment over all traffic steps to the end of the soak. Plain JSON; the same answers at the same
 * times always give the same state, bit for bit, whether or not it was stored in between.
 */
export interface WatchState {
  readonly version: 1
  /** The configuration it began with; a later change does not touch it. */
  readonly health: Health
  readonly values: TemplateValues
  /** The deployment (ms). */
  readonly startedMs: number
  /** The newest traffic step, or the deployment: the soak counts from here. */
  readonly step: { readonly sinceMs: number; readonly share?: number }
  readonly lastTickMs?: number
  /** Judged time in which nobody looked, because a traffic step was being taken: no tick of it was missed. */
  readonly unwatchedMs: number
  /** When it was first `unhealthy` by the comparison; evidence once given is not taken back. */
  readonly worseAtMs?: number
  readonly checks: Readonly<Record<string, CheckState>>
}

/** The time before the deployment by check; see `baseline.ts`. Plain JSON. */
export type History = Readonly<Record<string, Past>>

/**
 * The state of a watch whose new version came at `nowMs`. `history` is wanted for a before/after baseline (without it
 * nothing is compared) and may be given for a concurrent one.
 */
export function startWatch(
  health: Health,
  values: TemplateValues,
  nowMs: number,
  history?: History,
): WatchState {
  const checks: Record<string, CheckState> = {}
  for (const [name, check] of Object.entries(health.checks)) {
    checks[name] = startCheck(comparisonOf({ health, values }, check, history?.[name]))
  }
  return { version: 1, health, values, startedMs: nowMs, step: { sinceMs: nowMs }, unwatchedMs: 0, checks }
}

/** The traffic has been moved: `share` (0 to 1) of it goes to the new version from now on. The hold and the soak count from here; the evidence goes on. */
export function enterStep(watch: WatchState, share: number | undefined, nowMs: number): WatchState {
  const checks = mapChecks(watch.checks, (state) => ({
    ...state,
    measured: { ...state.measured, step: 0 },
    stepSize: 0,
  }))
  const lookedMs = Math.max(watch.lastTickMs ?? nowMs, judgedFromMs(watch))
  return {
    ...watch,
    checks,
    unwatchedMs: watch.unwatchedMs + Math.max(0, nowMs - lookedMs),
    step: { sinceMs: nowMs, ...(share === undefined ? {} : { share }) },
  }
}

/** Takes in what the sources said, in the order of `queriesOf`. A tick that is not later than the last one changes nothing. */
export function tick(watch: WatchState, answers: Answers, nowMs: number): WatchState {
  if (!Number.isFinite(nowMs) || nowMs <= (watch.lastTickMs ?? watch.startedMs - 1)) return watch
  const plan = planQueries(watch.health, watch.values)
  const checks = mapChecks(watch.checks, (state, name) => {
    const check = watch.health.checks[name]
    const slots = plan.checks[name]
    if (check === undefined || slots === undefined) return state
    return tickCheck(watch, { name, check, state, slots, answers }, nowMs)
  })
  const next = { ...watch, checks, lastTickMs: nowMs }
  const isNowWorse = next.worseAtMs === undefined && isWorse(next)
  return isNowWorse ? { ...next, worseAtMs: nowMs } : next
}

/** From when on ticks are judged: a service that has just started may be slow, and nobody may be sent to it yet. */
export function judgedFromMs({ startedMs, health }: WatchState): number {
  return startedMs + health.graceMs
}

interface CheckInput {
  readonly name: string
  readonly check: Check
  readonly state: CheckState
  readonly slots: { readonly candidate: Slots; readonly baseline: Slots }
  readonly answers: Answers
}

function tickCheck(
  watch: WatchState,
  { check, state, slots, answers }: CheckInput,
  nowMs: number,
): CheckState {
  const { health } = watch
  const read = (memory: ArmMemory, slots: Slots, isNew: boolean): ArmReading => {
    if (slots === undefined) return { memory, tick: UNRESOLVED }
    return readArm(check, memory, pick(answers, slots), { nowMs, sinceMs: watch.startedMs, isNew })
  }
  const candidate = read(state.memory.candidate, slots.candidate, health.candidate !== undefined)
  const baseline =
    slots.baseline === undefined ? undefined : read(state.memory.baseline, slots.baseline, false)
  const memory = { candidate: candidate.memory, baseline: baseline?.memory ?? state.memory.baseline }
  const { share } = watch.step
  const both = {
    candidate: candidate.tick,
    ...(baseline === undefined ? {} : { baseline: baseline.tick }),
    ...(share === undefined ? {} : { share }),
    slot: Math.round((nowMs - watch.startedMs) / health.everyMs),
    nowMs,
  }
  const next = { ...state, memory }
  if (nowMs >= judgedFromMs(watch)) {
    return watchCheck(check, next, both, Math.max(4 * health.everyMs, LEAST_PATIENCE_MS))
  }
  const { comparison } = state
  return comparison === undefined ? next : { ...next, comparison: lookAhead(check, comparison, both) }
}

/** Prometheus scrapes once a minute by default: a source may have nothing newer for one and a half of those. */
const LEAST_PATIENCE_MS = 90_000

const UNRESOLVED = {
  kind: 'unmeasured',
  why: 'no_data',
  detail: 'a variable in its labels has no value in this upgrade',
} as const

function pick(answers: Answers, slots: NonNullable<Slots>): Measurement[] {
  return slots.map(
    ([batch, query]) => answers[batch]?.[query] ?? { kind: 'error', why: 'the source gave no answer' },
  )
}

/** The first upgrade has no version before it: then nothing is compared. */
function comparisonOf(
  { health, values }: Pick<WatchState, 'health' | 'values'>,
  check: Check,
  past: Past | undefined,
): Comparison | undefined {
  if (health.baseline === undefined || !wantsComparison(health, check) || !values.previous) return undefined
  if (health.baseline.kind === 'concurrent') return startComparison(check, 'concurrent', past)
  return past === undefined ? undefined : startComparison(check, 'before_after', past)
}

function mapChecks(
  checks: Readonly<Record<string, CheckState>>,
  change: (state: CheckState, name: string) => CheckState,
): Record<string, CheckState> {
  return Object.fromEntries(Object.entries(checks).map(([name, state]) => [name, change(state, name)]))
}
