import { z } from 'zod'
import { DeploymentMismatch, DeploymentUnknown } from '../errors.ts'
import { plain } from '../report/markdown.ts'
import type { GitHubRepository } from './client.ts'
import { repeat } from './ensure.ts'
import { statusOf } from './request-policy.ts'

/** What a run that was given a Deployment finds there. */
export type Claim =
  /** It is this run's: nobody else works on it. */
  | { readonly kind: 'ours'; readonly deployment: ClaimedDeployment }
  /** Another run works on it; its page. */
  | { readonly kind: 'taken'; readonly by: string }
  /** It came to its end before, in GitHub's word for it. */
  | { readonly kind: 'ended'; readonly state: string }
  /** An earlier attempt of this very run worked on it and said nothing more. */
  | { readonly kind: 'cut_off'; readonly deployment: ClaimedDeployment; readonly by: string }

export interface ClaimedDeployment {
  readonly id: string
  readonly sha: string
  readonly environment: string
}

export interface ClaimRequest {
  readonly id: string
  /** The page of this attempt of this run. */
  readonly runUrl: string
  /** What it must be of, where that is known already. */
  readonly sha?: string
  readonly environment?: string
}

const statuses = z.array(z.object({ id: z.number(), state: z.string(), log_url: z.string().optional() }))
type Statuses = z.infer<typeof statuses>

/** What nothing follows. */
const FINAL = new Set(['success', 'failure', 'error', 'inactive'])

/**
 * Takes a Deployment that was made for a run. Its statuses are an append-only list, so the oldest one that names a run's
 * page is the claim: of two runs that were started for it one goes on. Errors: `DeploymentMismatch` where it is of something
 * else, and nothing was written; `DeploymentUnknown`, `GitHubError`.
 */
export async function claimDeployment(github: GitHubRepository, request: ClaimRequest): Promise<Claim> {
  const deployment = await deploymentOf(github, request)
  const found = claimIn(await statusesOf(github, request.id), deployment, request.runUrl)
  if (found !== 'free') return found
  await post(github, request)
  const after = claimIn(await statusesOf(github, request.id), deployment, request.runUrl)
  // What was just posted may not be listed yet; then nothing speaks against it either.
  return after === 'free' ? { kind: 'ours', deployment } : after
}

/** Pure; `statuses` is newest first, as GitHub lists them. */
export function claimIn(statuses: Statuses, deployment: ClaimedDeployment, runUrl: string): Claim | 'free' {
  const [newest] = statuses
  const claims = statuses.flatMap(({ state, log_url: by = '' }) =>
    state === 'in_progress' && by !== '' ? [by] : [],
  )
  const by = claims.at(-1)
  // Jobs of one run, a stage each, share its deployment.
  if (by === runUrl) return { kind: 'ours', deployment }
  if (newest !== undefined && FINAL.has(newest.state)) return { kind: 'ended', state: newest.state }
  if (by === undefined) return 'free'
  return runOf(by) === runOf(runUrl) ? { kind: 'cut_off', deployment, by } : { kind: 'taken', by }
}

function runOf(url: string): string {
  return url.replace(/\/attempts\/\d+$/, '')
}

async function deploymentOf(
  { octokit, owner, repo }: GitHubRepository,
  { id, sha, environment }: ClaimRequest,
): Promise<ClaimedDeployment> {
  if (!/^[1-9]\d{0,15}$/.test(id)) {
    throw new DeploymentUnknown(`"${plain(id, 60)}" is no id of a deployment on GitHub: expected a number.`)
  }
  const { data } = await octokit.rest.repos
    .getDeployment({ owner, repo, deployment_id: Number(id) })
    .catch((cause: unknown) => {
      if (statusOf(cause) !== 404) throw cause
      throw new DeploymentUnknown(`${owner}/${repo} has no deployment ${id}, or the token may not read it.`, {
        cause,
      })
    })
  if (sha !== undefined && data.sha !== sha) {
    throw new DeploymentMismatch(`Deployment ${id} is of commit ${data.sha}, not of ${sha}.`)
  }
  if (environment !== undefined && data.environment !== environment) {
    const found = plain(data.environment, 60)
    throw new DeploymentMismatch(`Deployment ${id} is of the environment ${found}, not of ${environment}.`)
  }
  return { id, sha: data.sha, environment: data.environment }
}

async function statusesOf({ octokit, owner, repo }: GitHubRepository, id: string): Promise<Statuses> {
  const asked = { owner, repo, deployment_id: Number(id), per_page: 100 }
  const { data } = await octokit.rest.repos.listDeploymentStatuses(asked)
  return statuses.parse(data)
}

async function post(github: GitHubRepository, { id, runUrl }: ClaimRequest): Promise<void> {
  const { octokit, owner, repo } = github
  await repeat(github, async () =>
    octokit.rest.repos.createDeploymentStatus({
      owner,
      repo,
      deployment_id: Number(id),
      state: 'in_progress',
      description: 'A run works on it.',
      log_url: runUrl,
    }),
  )
}
