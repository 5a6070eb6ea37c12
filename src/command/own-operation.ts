import type { DecidedOutcome } from './command-outcome.ts'
import type { OperationPorts } from './command-ports.ts'
import { endOperation } from './end-operation.ts'
import { endedInVain } from './answers/ended.ts'
import { type HeldOperation, heldOf, lockOf } from './lock-record.ts'
import type { LockRead } from './claim.ts'

/** Somebody else wrote the record just now. */
const AGAIN_MS = 5000

/** The operation of this command, where it was begun before. */
export async function ownOperation(
  environment: string,
  key: string,
  { records }: Pick<OperationPorts, 'records'>,
): Promise<HeldOperation | Extract<LockRead, { kind: 'unreadable' }> | undefined> {
  const read = await lockOf(records, environment)
  if (read.kind === 'unreadable') return read
  const held = heldOf(environment, read)
  return held?.operation.key === key ? held : undefined
}

/** Whether a run was asked for already. */
export async function isUnderWay(
  environment: string,
  key: string,
  ports: Pick<OperationPorts, 'records'>,
): Promise<boolean> {
  const own = await ownOperation(environment, key, ports)
  return own !== undefined && 'operation' in own && own.operation.dispatchedAtMs !== undefined
}

/**
 * Closes what this command has begun where it is refused after all and no run was asked for: nothing was sent to the
 * environment, so it must not read as half done. `dropped`: there was something, and the refusal is said, too. Or the time (ms)
 * until which somebody else is at it.
 */
export async function dropOwn(
  outcome: DecidedOutcome,
  key: string,
  ports: OperationPorts,
): Promise<'none' | 'dropped' | { readonly untilMs: number }> {
  const { kind, environment } = outcome
  if (kind !== 'refused' || environment === undefined) return 'none'
  const own = await ownOperation(environment, key, ports)
  if (own === undefined || !('operation' in own)) return 'none'
  if (own.operation.ending === undefined && own.operation.dispatchedAtMs !== undefined) return 'none'
  if ((await endOperation(own, endedInVain(own.operation, outcome), ports)) === 'ended') return 'dropped'
  return { untilMs: Math.max(own.operation.endingUntilMs ?? 0, ports.clock.now() + AGAIN_MS) }
}
