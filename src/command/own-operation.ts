import type { DecidedOutcome } from './command-outcome.ts'
import type { OperationPorts } from './command-ports.ts'
import { endOperation } from './end-operation.ts'
import { endedInVain } from './answers/ended.ts'
import { type HeldOperation, heldOf, lockOf } from './lock-record.ts'
import type { LockRead } from './claim.ts'

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
 * environment, so it must not read as half done. Answers whether there was something; then the refusal is said, too.
 */
export async function dropOwn(outcome: DecidedOutcome, key: string, ports: OperationPorts): Promise<boolean> {
  const { kind, environment } = outcome
  if (kind !== 'refused' || environment === undefined) return false
  const own = await ownOperation(environment, key, ports)
  if (own === undefined || !('operation' in own)) return false
  if (own.operation.ending === undefined && own.operation.dispatchedAtMs !== undefined) return false
  return (await endOperation(own, endedInVain(own.operation, outcome), ports)) === 'ended'
}
