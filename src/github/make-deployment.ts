import { GitHubError } from '../errors.ts'
import type { NewDeployment } from '../ports/deployments.ts'
import { plain } from '../report/markdown.ts'
import type { GitHubRepository } from './client.ts'
import { payloadOf, readPayload } from './deployment-payload.ts'
import { ensure } from './ensure.ts'

/** What our deployments are found by among those that something else made. */
export const TASK = 'deploy'
/** GitHub's limit on the description of a deployment and of its states. */
export const MAX_DESCRIPTION = 140

export interface MadeDeployment {
  readonly id: number
  readonly sha: string
  readonly environment: string
}

/** The deployment of this key: found, or made. Error: `GitHubError`. */
export async function findOrMake(github: GitHubRepository, wanted: NewDeployment): Promise<MadeDeployment> {
  const { octokit, owner, repo } = github
  const { sha, environment, version, key, operation, isFirst = false } = wanted
  return ensure(github, {
    isFirst,
    find: async () => {
      const { data } = await octokit.rest.repos.listDeployments({
        owner,
        repo,
        sha,
        environment,
        task: TASK,
        per_page: 100,
      })
      return data
        .filter((one) => readPayload(one.payload)?.key === key)
        .sort((one, other) => one.id - other.id)[0]
    },
    make: async () => {
      const { data, status } = await octokit.rest.repos.createDeployment({
        owner,
        repo,
        ref: sha,
        task: TASK,
        environment,
        // GitHub's default would merge the default branch into the ref first, and deploy what nobody approved.
        auto_merge: false,
        // Left out, every check of the commit would have to be green, our own verdict of an earlier deployment among them.
        required_contexts: [],
        description: plain(version, MAX_DESCRIPTION),
        payload: payloadOf({ key, version, operation }),
      })
      if (!('id' in data))
        throw new GitHubError(
          status,
          `GitHub made no deployment of ${sha}: ${data.message ?? 'it did not say why'}`,
        )
      return data
    },
  })
}

/** Why a deployment is not the one that was asked for, or nothing. */
export function mismatch(found: MadeDeployment, wanted: NewDeployment): string | undefined {
  if (found.sha !== wanted.sha)
    return `Deployment ${found.id} is of commit ${found.sha}, not of ${wanted.sha}`
  if (found.environment !== wanted.environment) {
    return `Deployment ${found.id} is of the environment ${plain(found.environment, 60)}, not of ${wanted.environment}`
  }
  return undefined
}
