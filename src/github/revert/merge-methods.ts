import type { Merge } from '../../ports/pull-requests.ts'
import type { GitHubRepository } from '../client.ts'

export type MergeMethod = Merge['shape']

/** The ways in which the repository lets pull requests be merged, the one that the reverted merge used first. */
export async function mergeMethods(
  { octokit, owner, repo }: GitHubRepository,
  { shape }: Merge,
): Promise<readonly MergeMethod[]> {
  const { data } = await octokit.rest.repos.get({ owner, repo })
  const allowed = {
    squash: data.allow_squash_merge,
    merge: data.allow_merge_commit,
    rebase: data.allow_rebase_merge,
  }
  // Tokens that may not push do not see these settings: what is not said is tried.
  const methods = (['squash', 'merge', 'rebase'] as const).filter((method) => allowed[method] !== false)
  return methods.includes(shape) ? [shape, ...methods.filter((method) => method !== shape)] : methods
}
