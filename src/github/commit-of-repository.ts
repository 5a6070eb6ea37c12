import type { CommitId } from '../ports/version-control.ts'
import type { GitHubRepository } from './client.ts'
import { statusOf } from './request-policy.ts'

/**
 * Whether a commit is the repository's own: on its default branch, the tip of another branch or tag of it, or in a pull
 * request from one of its branches. GitHub serves the commits of every fork under the parent's name, so that it can be
 * fetched from here proves nothing. `isOfPull`: most likely the last of these, so that is asked first. Error: `GitHubError`.
 */
export async function isOfRepository(
  github: GitHubRepository,
  commit: CommitId,
  defaultBranch: string,
  { isOfPull = false } = {},
): Promise<boolean> {
  const isKnown = isOfPull && (await isInOwnPullRequest(github, commit))
  return (
    isKnown ||
    (await isOnBranch(github, commit, defaultBranch)) ||
    (await isTip(github, commit)) ||
    (!isOfPull && (await isInOwnPullRequest(github, commit)))
  )
}

async function isOnBranch(
  { octokit, owner, repo }: GitHubRepository,
  commit: CommitId,
  branch: string,
): Promise<boolean> {
  try {
    const asked = { owner, repo, basehead: `${branch}...${commit}`, per_page: 1 }
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead(asked)
    return data.status === 'identical' || data.status === 'behind'
  } catch (error) {
    if (statusOf(error) === 404) return false
    throw error
  }
}

async function isTip({ octokit, owner, repo }: GitHubRepository, commit: CommitId): Promise<boolean> {
  const refs = await Promise.all(
    ['heads/', 'tags/'].map(async (ref) => octokit.rest.git.listMatchingRefs({ owner, repo, ref })),
  )
  return refs.some(({ data }) => data.some(({ object }) => object.sha === commit))
}

async function isInOwnPullRequest(
  { octokit, owner, repo }: GitHubRepository,
  commit: CommitId,
): Promise<boolean> {
  try {
    const asked = { owner, repo, commit_sha: commit, per_page: 100 }
    const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit(asked)
    // By numeric id: a fork may have any name.
    return data.some(({ head, base }) => head.repo !== null && head.repo.id === base.repo.id)
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 422) return false
    throw error
  }
}
