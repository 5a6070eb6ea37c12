import type { OperationPorts } from './command-ports.ts'
import { endOperation } from './end-operation.ts'
import { endingOf } from './follow-operation.ts'
import { heldOf, lockOf } from './lock-record.ts'

/** What a run knows of the operation that it was started for. */
export interface SettleRequest {
  readonly environment: string
  /** The input `request-id`. */
  readonly key: string
  /** How this run ends, in GitHub's word: it says it of itself, before GitHub does. */
  readonly conclusion: 'success' | 'failure' | 'cancelled'
}

/**
 * Ends an operation from within its own run, at its end, once its Deployment has its last state: where there is no server,
 * nobody else would. `not_ours`: the environment is another operation's, or nobody's. `lost`: somebody else writes the same
 * record; try again.
 */
export async function settleOperation(
  { environment, key, conclusion }: SettleRequest,
  ports: OperationPorts,
): Promise<'ended' | 'not_ours' | 'lost'> {
  const read = await lockOf(ports.records, environment)
  const held = read.kind === 'lock' ? heldOf(environment, read) : undefined
  if (held?.operation.key !== key) return 'not_ours'
  return endOperation(held, held.operation.ending ?? (await endingOf(held, conclusion, ports)), ports)
}
