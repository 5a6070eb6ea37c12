import { GitHubError } from '../../errors.ts'
import type { GitHubRepository } from '../../github/client.ts'
import { causes } from '../../report/causes.ts'
import { missing, ok, type Row, warning } from './row.ts'

/** Whether the token reaches the repository, may write there, and sees what an upgrade is recorded in. */
export async function tokenRows(repository: GitHubRepository): Promise<Row[]> {
  const { octokit, owner, repo } = repository
  const at = { owner, repo }
  try {
    const { data } = await octokit.rest.repos.get(at)
    const role = roleRow(`${owner}/${repo}`, data.permissions)
    const features = await Promise.all([
      featureRow('deployments', () => octokit.rest.repos.listDeployments({ ...at, per_page: 1 })),
      featureRow('pull requests', () => octokit.rest.pulls.list({ ...at, per_page: 1 })),
      featureRow('checks', () =>
        octokit.rest.checks.listForRef({ ...at, ref: data.default_branch, per_page: 1 }),
      ),
    ])
    return [role, ...features.flat()]
  } catch (error) {
    return [
      missing(
        'token',
        causes(error),
        'Set GITHUB_TOKEN to a token of somebody who may write to the repository.',
      ),
    ]
  }
}

/** GitHub says what a user's role allows; of an installation's token (`GITHUB_TOKEN` of a job) it says nothing. */
function roleRow(name: string, permissions: { push?: boolean } | undefined): Row {
  if (permissions?.push === true) return ok('token', `It may write to ${name}.`)
  if (permissions === undefined) {
    return warning(
      'token',
      `It reaches ${name}; GitHub does not say whether it may write.`,
      'See that it may write contents, pull requests, deployments and checks.',
    )
  }
  return missing(
    'token',
    `It may only read ${name}.`,
    'Use a token that may write contents, pull requests, deployments and checks.',
  )
}

async function featureRow(feature: string, ask: () => Promise<unknown>): Promise<Row[]> {
  try {
    await ask()
    return []
  } catch (error) {
    if (!(error instanceof GitHubError) || (error.status !== 403 && error.status !== 404)) throw error
    return [
      missing(
        `token: ${feature}`,
        `It may not see them (HTTP ${error.status}).`,
        `Give the token the permission for ${feature}, write.`,
      ),
    ]
  }
}
