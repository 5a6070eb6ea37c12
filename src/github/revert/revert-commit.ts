import type { Merge } from '../../ports/pull-requests.ts'
import type { CommitId } from '../../ports/version-control.ts'
import { plain } from '../../report/markdown.ts'
import type { GitHubRepository } from '../client.ts'
import { ensure, repeat } from '../ensure.ts'
import { statusOf } from '../request-policy.ts'
import { revertBranch } from '../revert-name.ts'

/** A merge, and the tree of its base just before it: what the revert's commit is to hold. */
export interface Undoing {
  readonly merge: Merge
  readonly tree: string
}

/** The tree of a commit. */
export async function treeOf({ octokit, owner, repo }: GitHubRepository, commit: CommitId): Promise<string> {
  const { data } = await octokit.rest.git.getCommit({ owner, repo, commit_sha: commit })
  return data.tree.sha
}

/**
 * Whether a commit is the one that we make for this merge: the merge's result as its only parent and the tree from before
 * the merge. Whoever pushed to our branch has another one there.
 */
export async function isRevertCommit(
  { octokit, owner, repo }: GitHubRepository,
  commit: CommitId,
  { merge, tree }: Undoing,
): Promise<boolean> {
  const { data } = await octokit.rest.git.getCommit({ owner, repo, commit_sha: commit })
  return data.tree.sha === tree && data.parents.length === 1 && data.parents[0]?.sha === merge.result
}

/** The branch with the revert's commit, found or made. Answers where it stands, which may be a commit of somebody else. */
export async function ensureRevertBranch(
  github: GitHubRepository,
  { merge, tree }: Undoing,
): Promise<CommitId> {
  const { octokit, owner, repo } = github
  const branch = revertBranch(merge)
  return ensure(github, {
    find: async () => branchHead(github, branch),
    make: async () => {
      // Without an author GitHub signs it as the token's own; a commit whose branch fails to be made is on no branch, and goes.
      const asked = { owner, repo, message: message(merge), tree, parents: [merge.result] }
      const commit = await repeat(github, async () => octokit.rest.git.createCommit(asked))
      await octokit.rest.git.createRef({ owner, repo, ref: `refs/heads/${branch}`, sha: commit.data.sha })
      return commit.data.sha
    },
  })
}

/** Deletes our branch, or finds it gone. Where somebody pushed to it meanwhile it is theirs, and stays. */
export async function deleteRevertBranch(
  github: GitHubRepository,
  merge: Merge,
  ours: CommitId,
): Promise<void> {
  const { octokit, owner, repo } = github
  const branch = revertBranch(merge)
  if ((await branchHead(github, branch)) !== ours) return
  try {
    await repeat(github, async () => octokit.rest.git.deleteRef({ owner, repo, ref: `heads/${branch}` }))
  } catch (error) {
    const status = statusOf(error)
    // 422: there is none, so somebody was faster, or the repository deletes branches itself once they are merged.
    if (status !== 422 && status !== 404) throw error
  }
}

export function revertTitle({ title }: Pick<Merge, 'title'>): string {
  return `Revert "${plain(title, 240)}"`
}

async function branchHead(
  { octokit, owner, repo }: GitHubRepository,
  branch: string,
): Promise<CommitId | undefined> {
  try {
    const { data } = await octokit.rest.git.getRef({ owner, repo, ref: `heads/${branch}` })
    return data.object.sha
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}

function message(merge: Merge): string {
  const whole =
    merge.shape === 'rebase' ? ` and the commits of #${merge.number} before it, back to ${merge.before}` : ''
  return `${revertTitle(merge)}\n\nThis reverts commit ${merge.result}${whole}.\n`
}
