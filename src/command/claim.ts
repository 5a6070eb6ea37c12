import type { RecordRead } from '../ports/records.ts'
import type { WorkflowRunState } from '../ports/workflows.ts'
import { code } from '../report/markdown.ts'
import { dirtyText, holdText, operationText } from './lock-text.ts'
import { type EnvironmentLock, environmentLock, type Hold, type Operation } from './operation-lock.ts'

/**
 * After so long without a renewal others may look whether the run of an operation still lives. Longer than the 90 s that
 * a run may take to show, with room for a restart.
 */
export const LEASE_MS = 5 * 60_000

/** What the record of an environment is now; no lock: it was never locked, or is free. */
export type LockRead =
  | { readonly kind: 'lock'; readonly lock?: EnvironmentLock; readonly revision?: string }
  /** It blocks everything and is never overwritten. */
  | { readonly kind: 'unreadable'; readonly reason: 'lock_unreadable'; readonly text: string }

/** The record's next value; `undefined`: it is to be removed (or, where there is none, nothing to write). */
export interface LockWrite {
  readonly kind: 'write'
  readonly next: EnvironmentLock | undefined
}

/** Somebody else has it: by whom, since when, at which commit. */
export interface LockHeld {
  readonly kind: 'held'
  readonly reason: 'environment_held' | 'environment_busy' | 'environment_dirty'
  readonly text: string
}

export type ClaimDecision =
  /** `through`: a rollback goes through the lock of another pull request, which stays. */
  | (LockWrite & { readonly next: EnvironmentLock; readonly through?: Hold })
  /** This very command claimed it before: go on from what is recorded. */
  | { readonly kind: 'ours'; readonly operation: Operation }
  /** Its run has ended, or it never got one: settle it, then read and decide again. */
  | { readonly kind: 'settle'; readonly holder: Operation }
  /** A rollback ends the deployment that runs: cancel its run, wait for its end, settle it, then decide again. */
  | { readonly kind: 'cancel'; readonly holder: Operation }
  | LockHeld

export interface ClaimRequest {
  readonly environment: string
  readonly operation: Operation
  readonly nowMs: number
  /** The run of the operation that is there, asked just now; `gone`: GitHub has no such run; `unknown`: GitHub did not say. Absent where no run is recorded. */
  readonly run?: WorkflowRunState | 'gone' | 'unknown'
}

export function lockKey(environment: string): string {
  return `locks/${environment}`
}

/** A record as a lock. What is no lock of this environment blocks it until somebody has looked. */
export function readLock(read: RecordRead, environment: string): LockRead {
  if (read.kind === 'absent') return { kind: 'lock' }
  if (read.kind === 'unreadable') return unreadable(environment, `${read.why} ${read.where}`)
  const parsed = environmentLock.safeParse(read.record.value)
  if (parsed.success && parsed.data.environment === environment)
    return { kind: 'lock', lock: parsed.data, revision: read.record.revision }
  return unreadable(environment, `the record ${read.record.key} is no lock of it`)
}

/** Claims an environment for a deployment or a rollback. */
export function decideClaim(lock: EnvironmentLock | undefined, request: ClaimRequest): ClaimDecision {
  const { operation, environment } = request
  const holder = lock?.operation
  if (holder?.key === operation.key) return { kind: 'ours', operation: holder }
  const hold = lock?.hold
  if (hold !== undefined && hold.pull !== operation.pull && operation.kind === 'deploy') {
    const advice = `${code(`/unlock ${environment}`)} takes the lock away.`
    return held('environment_held', `${holdText(environment, hold)} ${advice}`)
  }
  const inTheWay = holder === undefined ? undefined : meet(holder, request)
  if (inTheWay !== undefined) return inTheWay
  const over = holder?.dirty === undefined ? {} : { over: holder.dirty }
  const next = lockOf(environment, hold, { ...operation, ...over })
  return {
    kind: 'write',
    next,
    ...(hold === undefined || hold.pull === operation.pull ? {} : { through: hold }),
  }
}

/** What another operation makes of a claim; nothing where it lets it through. */
function meet(
  holder: Operation,
  { operation, environment, nowMs, run }: ClaimRequest,
): ClaimDecision | undefined {
  if (holder.dirty !== undefined) {
    if (operation.kind === 'rollback') return undefined
    return held('environment_dirty', dirtyText(environment, holder, holder.dirty))
  }
  if (holder.ending !== undefined || hasEnded(holder, nowMs, run)) return { kind: 'settle', holder }
  if (operation.kind === 'rollback' && holder.kind === 'deploy' && run !== 'unknown')
    return { kind: 'cancel', holder }
  const doubt = run === 'unknown' ? ' GitHub did not say whether its run still works.' : ''
  return held('environment_busy', operationText(environment, holder) + doubt)
}

/** A live run is never robbed, however slow its worker is; without a run the lease says how long to wait for one. */
function hasEnded(holder: Operation, nowMs: number, run: ClaimRequest['run']): boolean {
  if (run === 'unknown') return false
  if (run === undefined || run === 'gone') return holder.leaseUntilMs <= nowMs
  return run.status === 'completed'
}

/** `/lock`. `same`: this pull request has it already. It may be set while something runs: it keeps the next one out. */
export function decideHold(
  lock: EnvironmentLock | undefined,
  { environment, hold }: { readonly environment: string; readonly hold: Hold },
): LockWrite | { readonly kind: 'same'; readonly hold: Hold } | LockHeld {
  const found = lock?.hold
  if (found !== undefined && found.pull !== hold.pull)
    return held('environment_held', holdText(environment, found))
  if (found !== undefined && (hold.reason === undefined || hold.reason === found.reason))
    return { kind: 'same', hold: found }
  return {
    kind: 'write',
    next: lockOf(environment, { ...hold, sinceMs: found?.sinceMs ?? hold.sinceMs }, lock?.operation),
  }
}

/** `/unlock`. `was`: for the record. An operation is not a lock of this kind: it ends by itself. */
export function decideUnlock(
  lock: EnvironmentLock | undefined,
  environment: string,
): (LockWrite & { readonly was: Hold }) | { readonly kind: 'none'; readonly text: string } {
  if (lock?.hold !== undefined) return { kind: 'write', next: without(lock, 'hold'), was: lock.hold }
  const { operation } = lock ?? {}
  if (operation === undefined) return { kind: 'none', text: `${code(environment)} is not locked.` }
  const text =
    operation.dirty === undefined
      ? `Nobody locked it, but ${operationText(environment, operation)} That ends by itself, or by ${code(`/rollback ${environment}`)}.`
      : `Nobody locked it, but ${dirtyText(environment, operation, operation.dirty)}`
  return { kind: 'none', text }
}

/** `/resolve`: a half-done operation is forgotten; one that still runs is not. `none`: no record of one, though GitHub's Deployment may still say so. */
export function decideResolve(
  lock: EnvironmentLock | undefined,
): (LockWrite & { readonly was: Operation }) | { readonly kind: 'none' } | LockHeld {
  const operation = lock?.operation
  if (lock === undefined || operation === undefined) return { kind: 'none' }
  if (operation.dirty === undefined)
    return held('environment_busy', operationText(lock.environment, operation))
  return { kind: 'write', next: without(lock, 'operation'), was: operation }
}

/** A change of the operation of this key: `lost` where it is another's by now, or nobody's. */
export type OperationChange = LockWrite | { readonly kind: 'lost' }

/** Its end: the lock of a pull request stays. */
export function decideRelease(lock: EnvironmentLock | undefined, key: string): OperationChange {
  if (lock?.operation?.key !== key) return { kind: 'lost' }
  return { kind: 'write', next: without(lock, 'operation') }
}

/** Writes down how far it is, or that it is half done (`dirty`), and renews its lease. */
export function decideProgress(
  lock: EnvironmentLock | undefined,
  key: string,
  { nowMs, ...progress }: { readonly nowMs: number } & OperationProgress,
): OperationChange {
  if (lock?.operation?.key !== key) return { kind: 'lost' }
  const leaseUntilMs = Math.max(lock.operation.leaseUntilMs, nowMs + LEASE_MS)
  return { kind: 'write', next: { ...lock, operation: { ...lock.operation, ...progress, leaseUntilMs } } }
}

/** Whatever is given is written over what stands there. */
export type OperationProgress = Partial<
  Pick<
    Operation,
    'deployment' | 'dispatchedAtMs' | 'dispatched' | 'run' | 'told' | 'ending' | 'endingUntilMs' | 'dirty'
  >
>

function held(reason: LockHeld['reason'], text: string): LockHeld {
  return { kind: 'held', reason, text }
}

function unreadable(environment: string, why: string): LockRead {
  const text = `The lock of ${code(environment)} cannot be read, so nothing was done: ${code(why, 300)}. Look at it, and remove it if it is nobody's.`
  return { kind: 'unreadable', reason: 'lock_unreadable', text }
}

function lockOf(
  environment: string,
  hold: Hold | undefined,
  operation: Operation | undefined,
): EnvironmentLock {
  return {
    schema: 1,
    environment,
    ...(hold === undefined ? {} : { hold }),
    ...(operation === undefined ? {} : { operation }),
  }
}

/** What is left; a free environment has no record. */
function without(lock: EnvironmentLock, part: 'hold' | 'operation'): EnvironmentLock | undefined {
  const hold = part === 'hold' ? undefined : lock.hold
  const operation = part === 'operation' ? undefined : lock.operation
  return hold === undefined && operation === undefined ? undefined : lockOf(lock.environment, hold, operation)
}
