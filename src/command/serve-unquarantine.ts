import { code } from '../report/markdown.ts'
import type { CommandOutcome } from './command-outcome.ts'
import { liftedKey, type Quarantine } from './quarantine.ts'
import { quarantineOf } from './quarantine-gate.ts'
import { answered, type Serving } from './serving.ts'

/** `/unquarantine`: what was taken back may be deployed again. Who said so, and why it was kept out, is in the answer. */
export async function serveUnquarantine(serving: Serving<'unquarantine'>): Promise<CommandOutcome> {
  const { request, config, ports, key } = serving
  const pull = await ports.pulls.read(request.pull)
  if (pull === undefined) return { kind: 'silent', reason: 'no_pull_request' }
  const found: Quarantine[] = []
  for (const environment of Object.keys(config.environments)) {
    const quarantine = await quarantineOf(serving, environment, { sha: pull.head, isFirst: false })
    if (quarantine !== undefined) found.push(quarantine)
  }
  const [first] = found
  const by = request.comment.author
  if (first === undefined) {
    return answered(
      'not_quarantined',
      `${code(pull.head.slice(0, 12))} is not quarantined: nothing keeps it out.`,
    )
  }
  const text = `🧪 ${code(by.login)} lets ${code(pull.head)} be deployed again. It was kept out, because: ${first.text}`
  // Said first: once it is lifted, nobody finds out any more what there was.
  await ports.conversation.say(request.pull, `answer/${key}`, text)
  for (const lift of new Set(found.flatMap(({ lifts }) => lifts))) {
    const lifted = { schema: 1, by, pull: request.pull, comment: request.comment.id, atMs: ports.clock.now() }
    // A conflict says that it was lifted already.
    await ports.records.write(liftedKey(lift), lifted, undefined)
  }
  return answered('unquarantined', text)
}
