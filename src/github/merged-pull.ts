import { z } from 'zod'
import type { LabelPorts, MergedPull } from '../watch/label-merged.ts'
import type { GitHubRepository } from './client.ts'
import { diffOf } from './quarantine.ts'
import { revertedByUs } from './revert-name.ts'

const repository = z.object({ id: z.number().int() })

const pullRequest = z.object({
  number: z.number().int(),
  title: z.string(),
  body: z.string().nullish(),
  merged_at: z.iso.datetime({ offset: true }).nullish(),
  head: z.object({ ref: z.string(), repo: repository.nullable() }),
  base: z.object({ ref: z.string(), repo: repository.extend({ default_branch: z.string() }) }),
})

/**
 * What a delivery `pull_request` of action `closed` tells: the pull request, where it was merged into the default branch. Error:
 * `ZodError` where it is no pull request.
 */
export function readMergedPull(pull: unknown): MergedPull | undefined {
  const { number, title, body, merged_at, head, base } = pullRequest.parse(pull)
  if (merged_at === null || merged_at === undefined || base.ref !== base.repo.default_branch) return undefined
  const revertOf = revertedByUs({ head, base })
  const mergedAtMs = Date.parse(merged_at)
  return { number, title, body: body ?? '', mergedAtMs, ...(revertOf !== undefined && { revertOf }) }
}

/** What labels are given by, from GitHub. Needs `pull-requests: read`. One call each; of more than 100 commits the oldest 100. */
export function githubChanges(github: GitHubRepository): Pick<LabelPorts, 'diffOf' | 'messagesOf'> {
  return {
    diffOf: async (pull) => diffOf(github, pull),
    async messagesOf(pull) {
      const { octokit, owner, repo } = github
      const { data } = await octokit.rest.pulls.listCommits({ owner, repo, pull_number: pull, per_page: 100 })
      return data.map(({ commit }) => commit.message)
    },
  }
}
