import type { GitHubRepository } from '../client.ts'
import type { MergeMethod } from './merge-methods.ts'
import type { PullDetail } from './pull-detail.ts'
import type { Standing } from './why-blocked.ts'

/** What only GraphQL tells of a pull request. */
export async function standingOf({ octokit }: GitHubRepository, pull: PullDetail): Promise<Standing> {
  const document = `query ($id: ID!) { node(id: $id) { ... on PullRequest { reviewDecision isInMergeQueue } } }`
  type Answer = { node: { reviewDecision: string | null; isInMergeQueue: boolean } | null }
  const answer = await unlessRefused(async () => octokit.graphql<Answer>(document, { id: pull.node_id }))
  const { reviewDecision, isInMergeQueue = false } = answer?.node ?? {}
  if (reviewDecision === undefined) return { review: 'unknown', isInMergeQueue }
  const isRequired = reviewDecision === 'REVIEW_REQUIRED' || reviewDecision === 'CHANGES_REQUESTED'
  return { review: isRequired ? 'required' : 'not_required', isInMergeQueue }
}

/**
 * Leaves the merge to GitHub for when the rules of the branch are met: by its merge queue, or by auto-merge where the
 * repository allows that. Says which of them has it now. People take it back by closing the pull request or taking it out.
 */
export async function landLater(
  github: GitHubRepository,
  pull: PullDetail,
  at: { method: MergeMethod; hasMergeQueue: boolean; isInMergeQueue: boolean },
): Promise<'merge_queue' | 'auto_merge' | undefined> {
  if (at.isInMergeQueue || (at.hasMergeQueue && (await enqueue(github, pull)))) return 'merge_queue'
  if (pull.auto_merge !== null || (await turnOnAutoMerge(github, pull, at.method))) return 'auto_merge'
  return undefined
}

/** The guard `expectedHeadOid` lets only the commit in that was looked at. */
async function enqueue({ octokit }: GitHubRepository, pull: PullDetail): Promise<boolean> {
  const document = `mutation ($input: EnqueuePullRequestInput!) {
    enqueuePullRequest(input: $input) { mergeQueueEntry { position } }
  }`
  const input = { pullRequestId: pull.node_id, expectedHeadOid: pull.head.sha }
  return (await unlessRefused(async () => octokit.graphql(document, { input }))) !== undefined
}

async function turnOnAutoMerge(
  { octokit }: GitHubRepository,
  pull: PullDetail,
  method: MergeMethod,
): Promise<boolean> {
  const document = `mutation ($input: EnablePullRequestAutoMergeInput!) {
    enablePullRequestAutoMerge(input: $input) { pullRequest { number } }
  }`
  const input = {
    pullRequestId: pull.node_id,
    expectedHeadOid: pull.head.sha,
    mergeMethod: method.toUpperCase(),
  }
  return (await unlessRefused(async () => octokit.graphql(document, { input }))) !== undefined
}

/** GraphQL refuses with 200 and errors in the body: not allowed here, not ready, not known to this server. */
async function unlessRefused<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof Error && error.name === 'GraphqlResponseError') return undefined
    throw error
  }
}
