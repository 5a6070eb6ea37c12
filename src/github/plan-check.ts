import type { CommitId } from '../ports/version-control.ts'
import { plain, posted } from '../report/markdown.ts'
import { makeCheckOnce } from './check-once.ts'
import type { GitHubRepository } from './client.ts'

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
  const { environment, sha, requestId, title, text, failed, runUrl } = check
  await makeCheckOnce(github, {
    name: planCheckName(environment),
    sha,
    externalId: requestId,
    detailsUrl: runUrl,
    conclusion: failed ? 'failure' : 'neutral',
    output: { title: plain(title, 255), summary: posted(text, { rest: runUrl }) },
  })
}
