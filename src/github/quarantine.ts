import type { QuarantineRecords } from '../command/command-ports.ts'
import { patchId } from '../command/patch-id.ts'
import type { GitHubRepository } from './client.ts'
import { statusOf } from './request-policy.ts'
import { takenBack } from './taken-back.ts'
import { newestVerdict } from './verdict-check.ts'

/**
 * What was taken back, by GitHub's own record of pull requests and check runs. Verdicts are those of the app that the runs
 * act as (`ACTIONS_APP_ID` for a workflow's token). Needs `pull-requests: read`, `checks: read`. Calls: `takenBack` 1 where
 * there are no reverts of ours among the newest 100 merges, 3 at most where there are 300 merges, 1 more for the reverted ones
 * and 1 for each of these that has the same size; `patchOf` 1, `verdictOf` 1.
 */
export function githubQuarantine(
  github: GitHubRepository,
  { appId }: { readonly appId: number },
): QuarantineRecords {
  const patchOf = async (pull: number): Promise<string | undefined> => {
    const diff = await diffOf(github, pull)
    return diff === undefined ? undefined : patchId(diff)
  }
  return {
    async takenBack(pull) {
      const found = await takenBack(github, pull)
      return Promise.all(
        found.map(async ({ pull, head, isLike }) => {
          const patch = isLike ? await patchOf(pull) : undefined
          return { pull, head, ...(patch !== undefined && { patch }) }
        }),
      )
    },
    patchOf,
    verdictOf: async (environment, sha) => newestVerdict(github, { environment, sha, appId }),
  }
}

/** The whole difference of a pull request, as git tells it; nothing where it is too large for GitHub to tell. */
export async function diffOf(
  { octokit, owner, repo }: GitHubRepository,
  pull: number,
): Promise<string | undefined> {
  try {
    const asked = { owner, repo, pull_number: pull, mediaType: { format: 'diff' } }
    const { data }: { data: unknown } = await octokit.rest.pulls.get(asked)
    return typeof data === 'string' ? data : undefined
  } catch (error) {
    // More than 20 000 lines, or 300 files.
    if (statusOf(error) === 406) return undefined
    throw error
  }
}
