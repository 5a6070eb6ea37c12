import type { OperationPorts } from './command-ports.ts'
import { lockKey } from './claim.ts'
import { followOperation, type FollowOutcome } from './follow-operation.ts'
import { environmentLock } from './operation-lock.ts'

/**
 * Looks after every operation of the repository whose worker was not heard of for its lease: ends what has ended, and lets
 * live what lives, however slow. Answers what became of each.
 */
export async function reapOperations(
  ports: OperationPorts,
): Promise<readonly { readonly environment: string; readonly outcome: FollowOutcome }[]> {
  const reads = await ports.records.list(lockKey(''))
  const outcomes = []
  for (const read of reads) {
    if (read.kind !== 'found') continue
    const parsed = environmentLock.safeParse(read.record.value)
    const operation = parsed.data?.operation
    if (operation === undefined || operation.dirty !== undefined) continue
    if (operation.leaseUntilMs > ports.clock.now()) continue
    const { environment } = parsed.data ?? { environment: '' }
    outcomes.push({ environment, outcome: await followOperation(environment, ports) })
  }
  return outcomes
}
