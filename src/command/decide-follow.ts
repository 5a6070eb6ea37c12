import type { ReadDeployment } from '../ports/deployments.ts'
import type { WorkflowRunState } from '../ports/workflows.ts'
import type { Operation } from './operation-lock.ts'

/** A run that was asked for shows within seconds; after this it does not come any more. */
export const RUN_STARTS_WITHIN_MS = 90_000
/** How often a run that has not shown is looked for, and one that works is looked at: its end is told by an event, too. */
const SEEK_EVERY_MS = 15_000
const LOOK_EVERY_MS = 2 * 60_000

const MINUTE_MS = 60_000
/** When the progress comment is edited though nothing changed. */
const MARKS_MS = [1, 5, 15, 60].map((minutes) => minutes * MINUTE_MS)
const LATER_MARKS_MS = 6 * 60 * MINUTE_MS

/** What is known of an operation at this moment. */
export interface FollowFacts {
  readonly operation: Operation
  readonly nowMs: number
  /** `gone`: GitHub does not know the recorded one any more. Absent: none has shown yet. */
  readonly run?: WorkflowRunState | 'gone'
  readonly deployment?: ReadDeployment
}

export type FollowDecision =
  /** Look again then, or when something happens. `phase` and `told` are what its progress comment says by now. */
  | { readonly kind: 'wait'; readonly untilMs: number; readonly phase: Phase; readonly told: string }
  /** It is over; `conclusion` as in `EndingFacts`. */
  | { readonly kind: 'end'; readonly conclusion: string }
  /** Whoever began it died before a run was asked for, and nobody came to go on. */
  | { readonly kind: 'abandoned' }

/** What an operation is at. */
export type Phase = 'beginning' | 'asked' | 'queued' | 'waiting' | 'running' | 'live'

/** What to do about an operation that is under way. */
export function decideFollow(facts: FollowFacts): FollowDecision {
  const { operation, nowMs, run } = facts
  if (operation.dispatchedAtMs === undefined && run === undefined) {
    if (operation.leaseUntilMs <= nowMs) return { kind: 'abandoned' }
    return wait(facts, 'beginning', operation.leaseUntilMs)
  }
  const startedMs = operation.dispatchedAtMs ?? operation.sinceMs
  if (run === undefined) {
    const lateMs = startedMs + RUN_STARTS_WITHIN_MS
    if (nowMs >= lateMs) return { kind: 'end', conclusion: 'never' }
    return wait(facts, 'asked', Math.min(nowMs + SEEK_EVERY_MS, lateMs))
  }
  if (run === 'gone') return { kind: 'end', conclusion: 'gone' }
  if (run.status === 'completed') return { kind: 'end', conclusion: run.conclusion ?? 'completed' }
  const nextMs = Math.min(nowMs + LOOK_EVERY_MS, startedMs + nextMark(nowMs - startedMs))
  return wait(facts, phaseOf(run, facts.deployment), nextMs)
}

/** How long it takes, in the steps in which it is told: 0, 1, 5, 15, 60 minutes, then every 6 hours (ms). */
export function lastMark(elapsedMs: number): number {
  const later = Math.floor(elapsedMs / LATER_MARKS_MS) * LATER_MARKS_MS
  return Math.max(0, later, ...MARKS_MS.filter((mark) => mark <= elapsedMs))
}

function nextMark(elapsedMs: number): number {
  return MARKS_MS.find((mark) => mark > elapsedMs) ?? lastMark(elapsedMs) + LATER_MARKS_MS
}

function wait({ operation, nowMs, run }: FollowFacts, phase: Phase, untilMs: number): FollowDecision {
  const elapsedMs = nowMs - (operation.dispatchedAtMs ?? operation.sinceMs)
  const id = typeof run === 'object' ? run.id : ''
  return { kind: 'wait', untilMs, phase, told: `${phase}/${lastMark(elapsedMs) / MINUTE_MS}/${id}` }
}

function phaseOf(run: WorkflowRunState, deployment: ReadDeployment | undefined): Phase {
  if (run.status === 'queued' || run.status === 'waiting') return run.status
  return deployment?.state === 'success' ? 'live' : 'running'
}
