import type { z } from 'zod'
import { followOperation } from '../../src/command/follow-operation.ts'
import { heldOf, lockOf } from '../../src/command/lock-record.ts'
import type { Job, JobOutcome } from '../engine/engine.ts'
import type { follow } from '../engine/queues.ts'
import type { Services } from '../services.ts'
import { databaseRecords } from '../store/database-records.ts'
import { openCommandPorts } from './command-ports.ts'
import { readRepository } from './known-repository.ts'

type Followed = z.infer<typeof follow.data>

/** One look-out for each operation, and one for each event that is about it. */
export function followKey(
  { repositoryId, environment, operation }: Pick<Followed, 'repositoryId' | 'environment' | 'operation'>,
  event?: string,
): string {
  return [repositoryId, environment, operation, ...(event === undefined ? [] : [event])].join('/')
}

/** Looks at one operation, and again when it is due, until it has ended. */
export async function workOnFollowing(
  services: Services,
  { data }: Job<Followed>,
): Promise<JobOutcome<Followed>> {
  const { store, clock, metrics } = services
  const records = databaseRecords(store, data.repositoryId)
  const read = await lockOf(records, data.environment)
  const operation = read.kind === 'lock' ? heldOf(data.environment, read)?.operation : undefined
  if (operation?.key !== data.operation) return { kind: 'done' }
  const repository = await readRepository(records)
  if (repository === undefined) return { kind: 'dead', why: `repository ${data.repositoryId} is not known` }
  const ports = openCommandPorts(services, repository, operation.kind === 'rollback' ? 'rollback' : 'deploy')
  const outcome = await followOperation(data.environment, ports)
  if (outcome.kind === 'unreadable') return { kind: 'dead', why: outcome.text }
  if (outcome.kind === 'ended') {
    metrics.command(operation.kind, outcome.reason)
    if (operation.kind === 'rollback')
      metrics.takenBack('rollback', outcome.reason === 'rolled_back_on_request' ? 'done' : 'failed')
  }
  if (outcome.kind !== 'waiting' || data.once === true) return { kind: 'done' }
  return { kind: 'again', afterMs: Math.max(0, outcome.untilMs - clock.now()) }
}
