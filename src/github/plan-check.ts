import type { CommitId } from '../ports/version-control.ts'
import { plain, posted } from '../report/markdown.ts'
import type { GitHubRepository } from './client.ts'
import { ensure } from './ensure.ts'

/** What a plan that was asked for came to, on the commit that it is of. */
export interface PlanCheck {
  readonly environment: string
  readonly sha: CommitId
  /** What asked for it, `comment-123`: the check run's `external_id`. */
  readonly requestId: string
  readonly title: string
  /** Markdown whose outside values are inert. */
  readonly text: string
  /** There is no plan: the text says why. */
  readonly failed: boolean
  readonly runUrl: string
}

export function planCheckName(environment: string): string {
  return `seamless/${environment}/plan`
}

/** Makes the check run once. A plan is no verdict: its conclusion is `neutral`, or `failure` where there is none. */
export async function writePlanCheck(github: GitHubRepository, check: PlanCheck): Promise<void> {
  const { octokit, owner, repo } = github
  const { sha, requestId, title, text, runUrl } = check
  const name = planCheckName(check.environment)
  await ensure(github, {
    find: async () => {
      const { data } = await octokit.rest.checks.listForRef({
        owner,
        repo,
        ref: sha,
        check_name: name,
        per_page: 100,
        // `latest` would hide an earlier request's.
        filter: 'all',
      })
      return data.check_runs.find((one) => one.external_id === requestId)
    },
    make: async () => {
      const { data } = await octokit.rest.checks.create({
        owner,
        repo,
        name,
        head_sha: sha,
        external_id: requestId,
        details_url: runUrl,
        status: 'completed',
        conclusion: check.failed ? 'failure' : 'neutral',
        output: { title: plain(title, 255), summary: posted(text, { rest: runUrl }) },
      })
      return data
    },
  })
}
