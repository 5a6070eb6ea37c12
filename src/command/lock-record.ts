import type { Records } from '../ports/records.ts'
import {
  decideProgress,
  lockKey,
  type LockRead,
  type LockWrite,
  type OperationProgress,
  readLock,
} from './claim.ts'
import type { Operation } from './operation-lock.ts'
import type { OperationPorts } from './command-ports.ts'

/** A lock as it was read, to be written by compare-and-swap. */
export type KnownLock = Extract<LockRead, { kind: 'lock' }>

export async function lockOf(records: Records, environment: string): Promise<LockRead> {
  return readLock(await records.read(lockKey(environment)), environment)
}

/** Writes what was decided of a lock, where nobody changed it meanwhile. */
export async function writeLock(
  records: Records,
  environment: string,
  known: KnownLock,
  { next }: Pick<LockWrite, 'next'>,
): Promise<KnownLock | 'conflict'> {
  const key = lockKey(environment)
  if (next !== undefined) {
    const write = await records.write(key, next, known.revision)
    if (write.kind === 'conflict') return 'conflict'
    return { kind: 'lock', lock: next, revision: write.record.revision }
  }
  if (known.revision === undefined) return known
  return (await records.remove(key, known.revision)) === 'conflict' ? 'conflict' : { kind: 'lock' }
}

/** An operation of which we know the record, and so may write it. */
export interface HeldOperation {
  readonly environment: string
  readonly known: KnownLock
  readonly operation: Operation
}

/** The operation that has the environment, or nothing. */
export function heldOf(environment: string, known: KnownLock): HeldOperation | undefined {
  const operation = known.lock?.operation
  return operation && { environment, known, operation }
}

/**
 * Writes down how far an operation is and renews its lease. `lost`: somebody else wrote meanwhile, a second worker of the
 * same command perhaps; what they did is not known here, so whoever meets this stops and looks again.
 */
export async function advance(
  { environment, known, operation }: HeldOperation,
  progress: OperationProgress,
  { records, clock }: Pick<OperationPorts, 'records' | 'clock'>,
): Promise<HeldOperation | 'lost'> {
  const change = decideProgress(known.lock, operation.key, { nowMs: clock.now(), ...progress })
  if (change.kind === 'lost') return 'lost'
  const written = await writeLock(records, environment, known, change)
  return written === 'conflict' ? 'lost' : (heldOf(environment, written) ?? 'lost')
}
