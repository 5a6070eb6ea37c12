import type { PlanResult } from '../command/command-ports.ts'
import type { CommitId } from '../ports/version-control.ts'
import type { GitHubRepository } from './client.ts'
import { planCheckName } from './plan-check.ts'

/** Which dry run: the environment, the commit and what asked for it. */
export interface PlanKey {
  readonly environment: string
  readonly sha: CommitId
  /** `comment-123` */
  readonly requestId: string
}

/**
 * What a dry run found, as its check run says it; nothing where it wrote none. Check runs of any other app than the one that
 * runs workflows are not read: what they say would be posted in our name. One call.
 */
export async function readPlan(
  { octokit, owner, repo }: GitHubRepository,
  { environment, sha, requestId }: PlanKey,
  { appId }: { readonly appId: number },
): Promise<PlanResult | undefined> {
  const { data } = await octokit.rest.checks.listForRef({
    owner,
    repo,
    ref: sha,
    check_name: planCheckName(environment),
    app_id: appId,
    filter: 'all',
    per_page: 100,
  })
  const ours = data.check_runs.filter(
    (check) => check.app?.id === appId && check.external_id === requestId && check.head_sha === sha,
  )
  const [newest] = ours.sort((one, other) => other.id - one.id)
  if (newest?.status !== 'completed') return undefined
  return { title: newest.output.title ?? '', summary: newest.output.summary ?? '' }
}
