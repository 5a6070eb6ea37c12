import type { Check } from '../config/health.ts'
import type { CheckState } from './check-watch.ts'
import { sizeOf } from './figure.ts'
import { LEAST_REQUESTS } from './limit.ts'
import { comparedChecks, evidenceFor } from './standing.ts'
import {
  type CheckVerdict,
  type Coverage,
  coverageOf,
  judgeCheck,
  LEAST_COVERAGE,
  type Reason,
  type Verdict,
} from './verdict.ts'
import { judgedFromMs, type WatchState } from './watch.ts'

export interface WatchVerdict {
  readonly verdict: Verdict
  readonly reason: Reason
  /** Nothing more will be learnt: it is unhealthy, or its time is over. */
  readonly done: boolean
  /** Healthy, or healthy so far. */
  readonly ok: boolean
  /** When its time is over, as it looks now (ms). */
  readonly endsMs: number
  /** The weaker of what was used: `concurrent` only where nothing rests on the time before. */
  readonly comparison: 'concurrent' | 'before_after' | 'none'
  /** Requests of the new version that were watched: of the check that saw most. */
  readonly watched: number
  /** Absent unless every check of requests was compared at the same time: only then may it be said. */
  readonly noticed?: Noticed
  readonly checks: readonly NamedVerdict[]
}

/** Requests that failed or were slow because of the new version, and at most how many (99 % per check), of all that were watched. */
export interface Noticed {
  readonly requests: number
  readonly lower: number
  readonly upper: number
  readonly watched: number
}

export interface NamedVerdict extends CheckVerdict {
  readonly name: string
  readonly coverage: Coverage
}

/** Whether the traffic step is fine. `wait`: not held long enough. `extend`: held once more, for something was missed. `hold`: still missing, a person must look. */
export interface Gate {
  readonly gate: 'wait' | 'proceed' | 'extend' | 'hold' | 'unhealthy'
  readonly reason: Reason
  /** When it will be decided, for `wait` and `extend` (ms). */
  readonly untilMs: number
}

/** Every reason, the worst first: it is the watch's. */
export const REASONS: readonly Reason[] = [
  'limit_exceeded',
  'worse_than_baseline',
  'worse_than_short_baseline',
  'no_data',
  'source_error',
  'invalid_data',
  'low_coverage',
  'too_little_traffic',
  'no_baseline',
  'undecided',
  'too_early',
  'no_worse_than_baseline',
  'within_limit',
]

/** What wants more time rather than more looks. */
const EXTENDS: ReadonlySet<Reason> = new Set([
  'no_data',
  'source_error',
  'invalid_data',
  'low_coverage',
  'too_little_traffic',
])

/** The verdict of all checks over the whole watch: unhealthy if one is, healthy only if all are. */
export function verdictOf(watch: WatchState, nowMs: number): WatchVerdict {
  const checks = Object.entries(watch.checks).map(([name, state]): NamedVerdict => {
    const coverage = coverageOf(watch, state, 'watch', nowMs)
    return Object.assign({ name, coverage }, judgeCheck(watch, name, nowMs))
  })
  const reason = gravest(checks)
  const verdict = verdictOfAll(checks)
  const endsMs = endOf(watch, EXTENDS.has(reason), nowMs)
  const modes = comparedChecks(watch).map((name) => evidenceFor(watch, name).mode)
  const noticed = noticedBy(watch)
  return {
    verdict,
    reason,
    done: verdict === 'unhealthy' || nowMs >= endsMs,
    ok: verdict === 'healthy',
    endsMs,
    comparison: modes.includes('before_after') ? 'before_after' : (modes[0] ?? 'none'),
    watched: Math.max(0, ...Object.keys(watch.checks).map((name) => requestsOf(watch, name))),
    ...(noticed === undefined ? {} : { noticed }),
    checks,
  }
}

/**
 * May the next traffic step be taken? Here `undecided` may go on, because the watch does: only what was not seen, or a
 * limit that is being broken right now, stops it. Only the whole watch's verdict needs `healthy`.
 */
export function gateOf(watch: WatchState, nowMs: number): Gate {
  const heldFromMs = Math.max(judgedFromMs(watch), watch.step.sinceMs)
  const onceMs = heldFromMs + watch.health.holdMs
  const twiceMs = onceMs + watch.health.holdMs
  const bad = Object.keys(watch.checks)
    .map((name) => judgeCheck(watch, name, nowMs))
    .find(({ verdict }) => verdict === 'unhealthy')
  if (bad !== undefined) return { gate: 'unhealthy', reason: bad.reason, untilMs: nowMs }
  if (nowMs < onceMs) return { gate: 'wait', reason: 'too_early', untilMs: onceMs }
  const missing = new Set(
    Object.entries(watch.checks).flatMap(([name, state]) => missingInStep(watch, name, state, nowMs)),
  )
  const reason = REASONS.find((known) => missing.has(known))
  if (reason === undefined) return { gate: 'proceed', reason: 'undecided', untilMs: nowMs }
  return nowMs < twiceMs
    ? { gate: 'extend', reason, untilMs: twiceMs }
    : { gate: 'hold', reason, untilMs: nowMs }
}

function missingInStep(watch: WatchState, name: string, state: CheckState, nowMs: number): Reason[] {
  const { measured, expected } = coverageOf(watch, state, 'step', nowMs)
  if (expected > 0 && measured < LEAST_COVERAGE * expected)
    return [measured === 0 ? 'no_data' : 'low_coverage']
  const check = watch.health.checks[name]
  if (check !== undefined && countsRequests(check) && state.stepSize < LEAST_REQUESTS)
    return ['too_little_traffic']
  return state.limit.streak > 0 ? ['undecided'] : []
}

function endOf(watch: WatchState, isExtended: boolean, nowMs: number): number {
  const onceMs = Math.max(judgedFromMs(watch), watch.step.sinceMs) + watch.health.watchMs
  return isExtended && nowMs >= onceMs ? onceMs + watch.health.watchMs : onceMs
}

function verdictOfAll(checks: readonly NamedVerdict[]): Verdict {
  if (checks.some(({ verdict }) => verdict === 'unhealthy')) return 'unhealthy'
  return checks.length > 0 && checks.every(({ verdict }) => verdict === 'healthy')
    ? 'healthy'
    : 'inconclusive'
}

function gravest(checks: readonly NamedVerdict[]): Reason {
  return REASONS.find((reason) => checks.some((check) => check.reason === reason)) ?? 'no_data'
}

function requestsOf(watch: WatchState, name: string): number {
  const check = watch.health.checks[name]
  return check !== undefined && countsRequests(check) ? sizeOf(watch.checks[name]?.figures.candidate) : 0
}

/** Failed and slow requests together; the same request may be both, so the sums are on the safe side. */
function noticedBy(watch: WatchState): Noticed | undefined {
  const names = Object.keys(watch.checks).filter((name) => mayFailRequests(watch.health.checks[name]))
  const evidences = names.map((name) => evidenceFor(watch, name))
  const parts = evidences.flatMap(({ mode, noticed }) => (mode === 'concurrent' && noticed ? [noticed] : []))
  if (parts.length === 0 || parts.length < names.length || parts.some((part) => part.of === 0))
    return undefined
  const watched = Math.max(...parts.map((part) => part.of))
  const sum = (read: (part: (typeof parts)[number]) => number): number =>
    Math.min(
      watched,
      parts.reduce((total, part) => total + read(part), 0),
    )
  return {
    requests: Math.round(sum(({ estimate }) => estimate)),
    lower: Math.floor(sum(({ lower }) => lower)),
    upper: Math.ceil(sum(({ upper }) => upper)),
    watched,
  }
}

function mayFailRequests(check: Check | undefined): boolean {
  return check?.kind === 'ratio' || check?.kind === 'histogram'
}

function countsRequests({ kind }: Check): boolean {
  return kind === 'ratio' || kind === 'histogram' || kind === 'traffic'
}
