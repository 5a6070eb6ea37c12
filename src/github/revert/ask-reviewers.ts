import type { Merge } from '../../ports/pull-requests.ts'
import type { GitHubRepository } from '../client.ts'
import { statusOf } from '../request-policy.ts'
import type { PullDetail } from './pull-detail.ts'

/** Asks the author of the reverted change to look, once. They may have left or lost access: then nobody is asked. */
export async function askReviewers(
  github: GitHubRepository,
  { author }: Merge,
  pull: PullDetail,
): Promise<void> {
  const { octokit, owner, repo, log } = github
  const isAsked = pull.requested_reviewers?.some(({ login }) => login === author) === true
  // Bots do not review, and nobody reviews their own pull request.
  if (isAsked || author === 'ghost' || author.endsWith('[bot]') || author === pull.user.login) return
  try {
    await octokit.rest.pulls.requestReviewers({ owner, repo, pull_number: pull.number, reviewers: [author] })
  } catch (error) {
    const status = statusOf(error)
    if (status !== 403 && status !== 422) throw error
    log.warning(`Nobody was asked to review #${pull.number}: ${author} cannot be asked in ${owner}/${repo}.`)
  }
}
