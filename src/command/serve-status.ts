import type { RecordRead } from '../ports/records.ts'
import { statusText } from './answers/status.ts'
import { lockKey, readLock } from './claim.ts'
import type { CommandOutcome } from './command-outcome.ts'
import { helpText } from './grammar.ts'
import { answered, type Serving } from './serving.ts'

export async function serveHelp({ command }: Serving<'help'>): Promise<CommandOutcome> {
  return answered('help_shown', helpText(command.about))
}

/** `/status`: what each environment runs, who holds it, what is under way, what waits. Changes nothing. */
export async function serveStatus({ config, ports, request }: Serving<'status'>): Promise<CommandOutcome> {
  const names = Object.keys(config.environments)
  const [locks, queue] = await Promise.all([ports.records.list(lockKey('')), ports.queue?.() ?? []])
  const environments = names.map(async (name) => {
    const key = lockKey(name)
    const read = locks.find((one) => isOf(one, key))
    const newest = await ports.deployments.newest(name)
    const lock = readLock(read ?? { kind: 'absent' }, name)
    return { name, newest, lock }
  })
  // The question itself waits for nothing.
  const others = queue.filter(({ comment }) => comment !== request.comment.id)
  const text = statusText(await Promise.all(environments), others, ports.clock.now())
  return answered('status_shown', text)
}

/** One that cannot be read says only where it is. */
function isOf(read: RecordRead, key: string): boolean {
  if (read.kind === 'found') return read.record.key === key
  return read.kind === 'unreadable' && read.where.includes(key)
}
