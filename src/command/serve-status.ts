import type { RecordRead } from '../ports/records.ts'
import { readAutoRevert } from '../revert/auto-revert.ts'
import { readBreaker } from '../revert/breaker.ts'
import { type EnvironmentStatus, statusText } from './answers/status.ts'
import { lockKey, readLock } from './claim.ts'
import type { CommandOutcome } from './command-outcome.ts'
import { helpText } from './grammar.ts'
import { answered, type Serving } from './serving.ts'

export async function serveHelp({ command }: Serving<'help'>): Promise<CommandOutcome> {
  return answered('help_shown', helpText(command.about))
}

/**
 * `/status`: what each environment runs, how it is watched, who holds it, what is under way, what waits. Changes nothing, but
 * brings the comments that tell of watches up to date.
 */
export async function serveStatus(serving: Serving<'status'>): Promise<CommandOutcome> {
  const { config, ports, request } = serving
  const [locks, queue, autoRevert, counts] = await Promise.all([
    ports.records.list(lockKey('')),
    ports.queue?.() ?? [],
    readAutoRevert(ports.records),
    ports.watches?.counts(),
  ])
  const names = Object.keys(config.environments)
  const environments = await Promise.all(names.map(async (name) => statusOf(name, locks, ports)))
  await ports.watches?.refresh()
  // The question itself waits for nothing.
  const others = queue.filter(({ comment }) => comment !== request.comment.id)
  const status = { environments, queue: others, autoRevert, ...(counts !== undefined && { counts }) }
  return answered('status_shown', statusText(status, ports.clock.now()))
}

async function statusOf(
  name: string,
  locks: readonly RecordRead[],
  { records, deployments, watches }: Serving['ports'],
): Promise<EnvironmentStatus> {
  const key = lockKey(name)
  const [newest, breaker, watch] = await Promise.all([
    deployments.newest(name),
    readBreaker(records, name),
    watches?.current(name),
  ])
  const lock = readLock(locks.find((one) => isOf(one, key)) ?? { kind: 'absent' }, name)
  return { name, newest, lock, breaker, ...(watch !== undefined && { watch }) }
}

/** One that cannot be read says only where it is. */
function isOf(read: RecordRead, key: string): boolean {
  if (read.kind === 'found') return read.record.key === key
  return read.kind === 'unreadable' && read.where.includes(key)
}
