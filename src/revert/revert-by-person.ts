import type { Person } from '../ports/authority.ts'
import type { PullRequests } from '../ports/pull-requests.ts'
import type { Records } from '../ports/records.ts'
import { code } from '../report/markdown.ts'
import { readAutoRevert } from './auto-revert.ts'
import { resultOf, type RevertResult } from './revert-merge.ts'

export interface RevertByPersonPorts {
  readonly pullRequests: Pick<PullRequests, 'revert' | 'mergeOfPull'>
  /** Where the kill switch stands: what is done though it is off is said to be so. */
  readonly records?: Pick<Records, 'read'>
}

/**
 * Takes the merge of a pull request back because a person said so: merged where the repository allows it, whatever the kill
 * switch, the breaker, the budget and the age limit say, for those hold machines. Asked again it goes on, or tells how it ended. Error: `GitHubError`.
 */
export async function revertByPerson(
  pull: number,
  by: Person,
  { pullRequests, records }: RevertByPersonPorts,
): Promise<RevertResult> {
  const merge = await pullRequests.mergeOfPull?.(pull)
  if (merge === undefined) {
    const message = `#${pull} was not taken back: it is not merged, or what its merge did to the branch cannot be told from what was there before.`
    return { outcome: 'not_done', reason: 'no_merge', message }
  }
  const isOff = records !== undefined && (await readAutoRevert(records)).state !== 'on'
  const outcome = await pullRequests.revert(merge, { body: bodyOf(pull, by, isOff), merge: true })
  return resultOf(outcome, { kind: 'merge', merge })
}

function bodyOf(pull: number, { login }: Person, isOff: boolean): string {
  const though = ' Automatic reverts are switched off in this repository: that holds machines, not people.'
  return [
    `${code(login)} asked for this by ${code('/revert')} on #${pull}.${isOff ? though : ''}`,
    'What was merged since then stays: only this one change is taken out. Seamless merges this as soon as the repository allows it.',
  ].join('\n\n')
}
