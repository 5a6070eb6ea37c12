import { revertByPerson } from '../revert/revert-by-person.ts'
import type { RevertResult } from '../revert/revert-merge.ts'
import { code } from '../report/markdown.ts'
import type { CommandOutcome, DecidedOutcome } from './command-outcome.ts'
import { answered, refused, type Serving } from './serving.ts'

/** `/revert`: the merge of this pull request is taken back by a person, whatever the switch for reverts by machine says. */
export async function serveRevert({ request, ports }: Serving<'revert'>): Promise<CommandOutcome> {
  const { pullRequests } = ports
  const pull = await ports.pulls.read(request.pull)
  if (pull === undefined) return { kind: 'silent', reason: 'no_pull_request' }
  if (pull.state !== 'merged') {
    const text = `This pull request is ${pull.state}, not merged: there is no merge to take back. Nothing was done.`
    return refused('not_merged', text)
  }
  if (pullRequests === undefined)
    return refused('revert_failed', 'Merges cannot be taken back from here. Nothing was done.')
  const by = request.comment.author
  // Asked again after a crash it finds its own pull request, goes on with it, or tells how it ended.
  return outcomeOf(await revertByPerson(request.pull, by, { pullRequests, records: ports.records }), by.login)
}

function outcomeOf({ outcome, reason, message }: RevertResult, login: string): DecidedOutcome {
  const by = code(login)
  switch (outcome) {
    case 'merged':
      return answered(
        'reverted',
        `↩️ ${by} asked for it: ${message} Users get it with the next deployment of that branch; ${code('/rollback')} takes an environment back at once.`,
      )
    case 'proposed':
      return answered('revert_proposed', `↩️ ${by} asked for it: ${message}`)
    case 'already_reverted':
      return answered('already_reverted', message)
    case 'conflict':
      return refused('revert_conflict', message)
    case 'not_done':
      return refused(
        reason === 'declined' ? 'revert_declined' : 'revert_failed',
        `${message} Nothing was done.`,
      )
    case 'failed':
      return refused('revert_failed', message)
  }
}
