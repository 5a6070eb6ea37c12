import { readAutoRevert, writeAutoRevert } from '../revert/auto-revert.ts'
import { closeBreakers, readBreaker } from '../revert/breaker.ts'
import { code } from '../report/markdown.ts'
import { autoRevertText } from './answers/auto-revert.ts'
import type { CommandOutcome } from './command-outcome.ts'
import { answered, contended, refused, type Serving } from './serving.ts'

/**
 * `/autorevert on|off`: whether merges of the repository are taken back by themselves. `on` closes the breakers, too: somebody has
 * looked. It stops nothing that people ask for.
 */
export async function serveAutoRevert(serving: Serving<'autorevert'>): Promise<CommandOutcome> {
  const { request, command, config, ports, key } = serving
  const { records } = ports
  const { author: by, createdAtMs: atMs } = request.comment
  const before = await readAutoRevert(records)
  if (before.state === 'unknown' && before.where !== undefined) {
    const text = `What stands where the switch should be cannot be read, so nothing is taken back by itself until somebody has looked at it and removed it: ${code(before.where, 300)}`
    return refused('lock_unreadable', text)
  }
  const isOn = command.to === 'on'
  const open = isOn ? await openBreakers(Object.keys(config.environments), ports) : []
  const text = autoRevertText({ isOn, by: by.login, before, open })
  // Said first: once it is written, nobody knows any more how it was.
  await ports.conversation.say(request.pull, `answer/${key}`, text)
  if ((await writeAutoRevert(records, { isOn, by, atMs })) === 'conflict') return contended(ports)
  if (isOn) await closeBreakers(records)
  return answered(isOn ? 'autorevert_on' : 'autorevert_off', text)
}

async function openBreakers(
  environments: readonly string[],
  { records }: Pick<Serving['ports'], 'records'>,
): Promise<readonly string[]> {
  const read = environments.map(async (name) => ({ name, breaker: await readBreaker(records, name) }))
  return (await Promise.all(read)).flatMap(({ name, breaker }) => (breaker.state === 'open' ? [name] : []))
}
