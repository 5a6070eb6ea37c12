import type { CommandOutcome } from './command-outcome.ts'
import { refused, type Serving } from './serving.ts'

/** `/revert`: the merge of this pull request is taken back by a person, whatever the switch for reverts by machine says. */
export async function serveRevert({ request, ports }: Serving<'revert'>): Promise<CommandOutcome> {
  const pull = await ports.pulls.read(request.pull)
  if (pull === undefined) return { kind: 'silent', reason: 'no_pull_request' }
  const text = `This pull request is ${pull.state}, not merged: there is no merge to take back. Nothing was done.`
  return refused('not_merged', text)
}
