import type { RestEndpointMethodTypes } from '@octokit/rest'
import type { CommitId } from '../ports/version-control.ts'
import type { GitHubRepository } from './client.ts'
import { ensure } from './ensure.ts'

type NewCheck = RestEndpointMethodTypes['checks']['create']['parameters']

export interface OnceCheck {
  readonly name: string
  readonly sha: CommitId
  /** What it answers: by this one made before is found again. */
  readonly externalId: string
  /** Nobody can have made it before. */
  readonly isFirst?: boolean
  readonly conclusion: NonNullable<NewCheck['conclusion']>
  readonly output: NonNullable<NewCheck['output']>
  readonly detailsUrl?: string
}

/** Makes a completed check run, unless one of this name on the commit answers the same already. Error: `GitHubError`. */
export async function makeCheckOnce(
  github: GitHubRepository,
  { name, sha, externalId, isFirst = false, conclusion, output, detailsUrl }: OnceCheck,
): Promise<void> {
  const { octokit, owner, repo } = github
  await ensure(github, {
    isFirst,
    find: async () => {
      // `latest` would hide an earlier request's.
      const asked = { owner, repo, ref: sha, check_name: name, per_page: 100, filter: 'all' } as const
      const { data } = await octokit.rest.checks.listForRef(asked)
      return data.check_runs.find((one) => one.external_id === externalId)
    },
    make: async () => {
      const { data } = await octokit.rest.checks.create({
        owner,
        repo,
        name,
        head_sha: sha,
        external_id: externalId,
        ...(detailsUrl !== undefined && { details_url: detailsUrl }),
        status: 'completed',
        conclusion,
        output,
      })
      return data
    },
  })
}
