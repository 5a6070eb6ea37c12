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
  const several = (others: string): Suspects => ({ kind: 'several', merge, others })
  const range = await compare(github, from, to)
  if (range === undefined)
    return several(`whatever came since ${from}, which is not in the repository any more`)
  if (range.status === 'diverged')
    return several(`whatever lies between it and ${from}, which was well, on another line`)
  if (range.status !== 'ahead') return { kind: 'none' }
  const before = await compare(github, from, merge.before)
  // Where the commit that was well is one of the merge's own, nothing else lies between.
  return before?.status === 'ahead'
    ? several(`${before.commits} more commits since ${from}`)
    : { kind: 'one', merge }
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
