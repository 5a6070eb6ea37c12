import type { Merge, RevertOutcome } from '../../ports/pull-requests.ts'
import type { GitHubRepository } from '../client.ts'
import { revertBranch, revertMarker } from '../revert-name.ts'
import { conflictRecipe } from './recipe.ts'
import { deleteRevertBranch } from './revert-commit.ts'

/** What an earlier attempt of ours left behind. */
export type EarlierRevert =
  | { readonly kind: 'none' }
  | { readonly kind: 'open'; readonly number: number }
  | { readonly kind: 'ended'; readonly outcome: RevertOutcome }

export async function earlierRevert(github: GitHubRepository, merge: Merge): Promise<EarlierRevert> {
  const { octokit, owner, repo } = github
  const branch = revertBranch(merge)
  const asked = {
    owner,
    repo,
    state: 'all',
    head: `${owner}:${branch}`,
    base: merge.base,
    per_page: 100,
  } as const
  const { data } = await octokit.rest.pulls.list(asked)
  const open = data.find(({ state }) => state === 'open')
  if (open !== undefined) return { kind: 'open', number: open.number }
  const pull = data.find(({ merged_at }) => merged_at !== null) ?? data[0]
  if (pull === undefined) return { kind: 'none' }
  const pullRequest = { number: pull.number, url: pull.html_url, head: pull.head.sha }
  const isMerged = pull.merged_at !== null
  if (!isMerged && pull.body?.includes(revertMarker(merge, 'conflict')) !== true) {
    return { kind: 'ended', outcome: { kind: 'declined', pullRequest } }
  }
  // Perhaps the run that merged or closed it ended before the branch was gone.
  await deleteRevertBranch(github, merge, pull.head.sha)
  if (!isMerged) return { kind: 'ended', outcome: { kind: 'conflict', recipe: conflictRecipe(merge) } }
  const commit = pull.merge_commit_sha ?? pull.head.sha
  return { kind: 'ended', outcome: { kind: 'merged', pullRequest, commit } }
}
