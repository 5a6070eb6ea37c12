import type { HeadChange } from '../ports/pull-facts.ts'
import type { CommitId } from '../ports/version-control.ts'
import type { GitHubRepository } from './client.ts'
import { statusOf } from './request-policy.ts'

const NO_COMMIT = /^0+$/

/**
 * The newest hundred changes of a branch of the repository, oldest first, by GitHub's own record and clock
 * (https://docs.github.com/rest/repos/repos#list-repository-activities): a commit's dates are its author's word, these are
 * not. Nothing where that record does not hold the head (it follows with a delay; old servers have none). One call.
 */
export async function branchChanges(
  { octokit, owner, repo }: GitHubRepository,
  branch: string,
  head: CommitId,
): Promise<readonly HeadChange[] | undefined> {
  try {
    const asked = { owner, repo, ref: `refs/heads/${branch}`, per_page: 100 }
    const { data } = await octokit.rest.repos.listActivities(asked)
    const changes = data
      .filter(({ after }) => !NO_COMMIT.test(after))
      .map(({ after, timestamp, actor }): HeadChange => ({
        sha: after,
        atMs: Date.parse(timestamp),
        ...(actor !== null && { by: { id: actor.id, login: actor.login } }),
      }))
      .reverse()
    return changes.some(({ sha }) => sha === head) ? changes : undefined
  } catch (error) {
    // A server without this record.
    if (statusOf(error) === 404) return undefined
    throw error
  }
}
