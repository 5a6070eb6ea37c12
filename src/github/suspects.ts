import type { Suspects } from '../ports/pull-requests.ts'
import type { CommitId } from '../ports/version-control.ts'
import type { GitHubRepository } from './client.ts'
import { mergeOf } from './merge-of.ts'
import { statusOf } from './request-policy.ts'

/** The merges between the commit that was well and a later one; only a range that holds one merge and nothing else names a culprit. */
export async function suspects(github: GitHubRepository, from: CommitId, to: CommitId): Promise<Suspects> {
  const merge = await mergeOf(github, to)
  if (merge === undefined) return { kind: 'none' }
  if (merge.before === from) return { kind: 'one', merge }
  const between = await compare(github, from, merge.before)
  const several = (others: string): Suspects => ({ kind: 'several', merge, others })
  if (between === undefined)
    return several(`whatever came since ${from}, which is not in the repository any more`)
  if (between.status === 'identical') return { kind: 'one', merge }
  if (between.status === 'ahead') return several(`${between.commits} more commits since ${from}`)
  if (between.status === 'diverged')
    return several(`whatever was on another line than ${from}, which was well`)
  // Behind: the commit that was well is one of the merge's own, or a later one than this.
  return (await compare(github, from, to))?.status === 'ahead' ? { kind: 'one', merge } : { kind: 'none' }
}

async function compare(
  { octokit, owner, repo }: GitHubRepository,
  from: CommitId,
  to: CommitId,
): Promise<{ status: 'diverged' | 'ahead' | 'behind' | 'identical'; commits: number } | undefined> {
  try {
    const asked = { owner, repo, basehead: `${from}...${to}`, per_page: 1 }
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead(asked)
    return { status: data.status, commits: data.ahead_by }
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}
