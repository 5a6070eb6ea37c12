import type { Merge, RevertOutcome } from '../../ports/pull-requests.ts'
import { code, posted } from '../../report/markdown.ts'
import type { GitHubRepository } from '../client.ts'
import { ensure } from '../ensure.ts'
import { statusOf } from '../request-policy.ts'
import { revertBranch, revertMarker } from '../revert-name.ts'
import { earlierRevert } from './earlier-revert.ts'
import { refused } from './refused.ts'
import { ensureRevertBranch, isRevertCommit, revertTitle, treeOf, type Undoing } from './revert-commit.ts'
import { revertedByPeople } from './reverted-by-people.ts'
import { settleRevert } from './settle-revert.ts'

/**
 * Takes a merge back without git: a commit whose parent is the merge's result and whose tree is the tree before it, on a
 * branch of its own, as a pull request. GitHub's three-way merge of it keeps all later work, and shows a conflict before
 * anything is merged. A second call goes on where the first one stopped, or tells how it ended.
 */
export async function revertMerge(
  github: GitHubRepository,
  merge: Merge,
  request: { readonly body: string; readonly merge: boolean },
): Promise<RevertOutcome> {
  if (merge.revertOf !== undefined) {
    const why = `#${merge.number} is itself a revert that Seamless made, of #${merge.revertOf}`
    return {
      kind: 'refused',
      why,
      recipe:
        'Reverts by machine are not reverted by machine: decide which of the two versions is the lesser evil.',
    }
  }
  const earlier = await earlierRevert(github, merge)
  if (earlier.kind === 'ended') return earlier.outcome
  const undoing = { merge, tree: await treeOf(github, merge.before) }
  const byPeople = await revertedByPeople(github, undoing)
  if (byPeople !== undefined) return byPeople
  try {
    const number =
      earlier.kind === 'open' ? earlier.number : await proposeRevert(github, undoing, request.body)
    if (typeof number !== 'number') return number
    return await settleRevert(github, undoing, { number, merge: request.merge })
  } catch (error) {
    if (statusOf(error) !== 403) throw error
    return refused(github, merge, error)
  }
}

async function proposeRevert(
  github: GitHubRepository,
  undoing: Undoing,
  body: string,
): Promise<number | RevertOutcome> {
  const { octokit, owner, repo } = github
  const { merge } = undoing
  const head = revertBranch(merge)
  const commit = await ensureRevertBranch(github, undoing)
  if (!(await isRevertCommit(github, commit, undoing))) {
    const why = `the branch ${code(head)} exists and holds something else than the revert of #${merge.number}`
    return {
      kind: 'refused',
      why,
      recipe: `Delete ${code(head)} if nobody needs it; a new attempt makes it again.`,
    }
  }
  const text = {
    title: revertTitle(merge),
    body: posted(`${body}\n\nReverts ${owner}/${repo}#${merge.number}`, { marker: revertMarker(merge) }),
  }
  const pull = await ensure<{ number: number }>(github, {
    find: async () => {
      const asked = {
        owner,
        repo,
        state: 'open',
        head: `${owner}:${head}`,
        base: merge.base,
        per_page: 1,
      } as const
      const [found] = (await octokit.rest.pulls.list(asked)).data
      return found
    },
    make: async () =>
      (await octokit.rest.pulls.create({ owner, repo, head, base: merge.base, ...text })).data,
  })
  return pull.number
}
