import type { RecordRead } from '../ports/records.ts'
import type { WorkflowRunState } from '../ports/workflows.ts'
import type { EnvironmentLock, Hold, Operation } from './operation-lock.ts'

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
  readonly operation: Operation
  readonly nowMs: number
  /** The run of the operation that is there, asked just now; `gone`: GitHub has no such run; `unknown`: GitHub did not say. Absent where no run is recorded. */
  readonly run?: WorkflowRunState | 'gone' | 'unknown'
}

export function lockKey(environment: string): string {
  return `locks/${environment}`
}

export function readLock(read: RecordRead, environment: string): LockRead {
  throw new Error('not written yet')
}

/** Claims an environment for a deployment or a rollback. */
export function decideClaim(lock: EnvironmentLock | undefined, request: ClaimRequest): ClaimDecision {
  throw new Error('not written yet')
}

/** `/lock`. `same`: this pull request has it already. */
export function decideHold(
  lock: EnvironmentLock | undefined,
  request: { readonly environment: string; readonly hold: Hold },
): LockWrite | { readonly kind: 'same'; readonly hold: Hold } | LockHeld {
  throw new Error('not written yet')
}

/** `/unlock`. `was`: for the record. An operation is not a lock of this kind: it ends by itself. */
export function decideUnlock(
  lock: EnvironmentLock | undefined,
): (LockWrite & { readonly was: Hold }) | { readonly kind: 'none'; readonly text: string } {
  throw new Error('not written yet')
}

/** `/resolve`: a half-done operation is forgotten; one that still runs is not. `none`: no record of one, though GitHub's Deployment may still say so. */
export function decideResolve(
  lock: EnvironmentLock | undefined,
): (LockWrite & { readonly was: Operation }) | { readonly kind: 'none' } | LockHeld {
  throw new Error('not written yet')
}

/** A change of the operation of this key: `lost` where it is another's by now, or nobody's. */
export type OperationChange = LockWrite | { readonly kind: 'lost' }

/** Its end: the lock of a pull request stays. */
export function decideRelease(lock: EnvironmentLock | undefined, key: string): OperationChange {
  throw new Error('not written yet')
}

/** Writes down how far it is (`deployment`, `dispatchedAtMs`, `run`), or that it is half done (`dirty`), and renews its lease. */
export function decideProgress(
  lock: EnvironmentLock | undefined,
  key: string,
  progress: { readonly nowMs: number } & OperationProgress,
): OperationChange {
  throw new Error('not written yet')
}

/** Whatever is given is written over what stands there. */
export type OperationProgress = Partial<
  Pick<Operation, 'deployment' | 'dispatchedAtMs' | 'dispatched' | 'run' | 'told' | 'ending' | 'dirty'>
>
