import type { ProposalReason, PullRequest, RevertOutcome } from '../../ports/pull-requests.ts'
import { posted } from '../../report/markdown.ts'
import type { GitHubRepository } from '../client.ts'
import { repeat } from '../ensure.ts'
import { isAmbiguous, statusOf } from '../request-policy.ts'
import { revertMarker } from '../revert-name.ts'
import { askReviewers } from './ask-reviewers.ts'
import { landLater, standingOf } from './land-later.ts'
import { mergeMethods, type MergeMethod } from './merge-methods.ts'
import { conflictRecipe } from './recipe.ts'
import type { PullDetail } from './pull-detail.ts'
import { deleteRevertBranch, isRevertCommit, type Undoing } from './revert-commit.ts'
import { branchRules, whyBlocked } from './why-blocked.ts'

/** GitHub computes in the background whether a pull request merges; it takes seconds, rarely longer. */
const POLL_MS = [1000, 2000, 3000]
const POLL_LIMIT_MS = 120_000
/** A merge that GitHub refuses although it said that it may be merged is asked for again at most so often. */
const MERGE_ATTEMPTS = 3

/** Brings the revert's open pull request as far as the repository allows. */
export async function settleRevert(
  github: GitHubRepository,
  undoing: Undoing,
  { number, merge }: { number: number; merge: boolean },
): Promise<RevertOutcome> {
  const pull = await knownMergeability(github, number)
  if (pull.merged) return merged(pull)
  if (pull.state === 'closed') return { kind: 'declined', pullRequest: pullRequestOf(pull) }
  if (!(await isRevertCommit(github, pull.head.sha, undoing))) {
    return waiting(
      github,
      { undoing, pull },
      { reason: 'changed_by_person', why: 'somebody pushed to its branch' },
    )
  }
  if (pull.mergeable === false) return giveUp(github, undoing, pull)
  if (pull.mergeable === null) {
    const why = `GitHub did not say within ${POLL_LIMIT_MS / 1000} s whether it can be merged`
    return waiting(github, { undoing, pull }, { reason: 'mergeability_unknown', why })
  }
  if (!merge)
    return waiting(
      github,
      { undoing, pull },
      { reason: 'asked', why: 'a person decides whether to merge it' },
    )
  return mergeRevert(github, undoing, pull)
}

/** Reads a pull request until GitHub knows whether it can be merged: not knowing is not a conflict. */
async function knownMergeability(github: GitHubRepository, number: number): Promise<PullDetail> {
  const { octokit, owner, repo, clock, signal } = github
  const endMs = clock.now() + POLL_LIMIT_MS
  for (let poll = 0; ; poll += 1) {
    const { data } = await octokit.rest.pulls.get({ owner, repo, pull_number: number })
    if (data.mergeable !== null || data.state === 'closed' || clock.now() >= endMs) return data
    await clock.sleep(POLL_MS[poll] ?? 5000, signal)
  }
}

async function mergeRevert(
  github: GitHubRepository,
  undoing: Undoing,
  first: PullDetail,
): Promise<RevertOutcome> {
  const methods = await mergeMethods(github, undoing.merge)
  let pull = first
  for (let attempt = 0; attempt < MERGE_ATTEMPTS; attempt += 1) {
    if (pull.mergeable_state === 'blocked' || pull.mergeable_state === 'behind') break
    const method = methods[attempt % methods.length] ?? 'merge'
    const answer = await tryMerge(github, pull, method)
    if (answer !== 'refused') {
      await deleteRevertBranch(github, undoing.merge, pull.head.sha)
      return { kind: 'merged', pullRequest: pullRequestOf(pull), commit: answer }
    }
    pull = await knownMergeability(github, pull.number)
    if (pull.merged) return merged(pull)
    if (pull.mergeable === false) return giveUp(github, undoing, pull)
    if (pull.head.sha !== first.head.sha) {
      return waiting(
        github,
        { undoing, pull },
        { reason: 'changed_by_person', why: 'somebody pushed to its branch' },
      )
    }
  }
  return blocked(github, undoing, { pull, method: methods[0] ?? 'merge' })
}

/** The guard `sha` lets only the very commit in that was looked at. */
async function tryMerge(github: GitHubRepository, pull: PullDetail, method: MergeMethod): Promise<string> {
  const { octokit, owner, repo, clock, signal } = github
  const asked = { owner, repo, pull_number: pull.number }
  try {
    const { data } = await octokit.rest.pulls.merge({ ...asked, sha: pull.head.sha, merge_method: method })
    return data.sha
  } catch (error) {
    const status = statusOf(error)
    if (status === 405 || status === 409) return 'refused'
    if (!isAmbiguous(error)) throw error
    await clock.sleep(2000, signal)
    const { data } = await octokit.rest.pulls.get(asked)
    return data.merged ? (data.merge_commit_sha ?? data.head.sha) : 'refused'
  }
}

/** Waits for people, or for GitHub to merge it by itself once the rules of the branch are met. Failing checks are for people. */
async function blocked(
  github: GitHubRepository,
  undoing: Undoing,
  { pull, method }: { pull: PullDetail; method: MergeMethod },
): Promise<RevertOutcome> {
  const [rules, standing] = await Promise.all([branchRules(github, pull.base.ref), standingOf(github, pull)])
  const waitsFor = await whyBlocked(github, pull, { rules, standing })
  if (waitsFor.reason === 'checks_failing') return waiting(github, { undoing, pull }, waitsFor)
  const { hasMergeQueue } = rules
  const { isInMergeQueue } = standing
  const way = await landLater(github, pull, { method, hasMergeQueue, isInMergeQueue })
  const said =
    way === undefined ? waitsFor : { reason: way, why: `${waitsFor.why}; it goes in by itself after that` }
  return waiting(github, { undoing, pull }, said)
}

async function waiting(
  github: GitHubRepository,
  { undoing, pull }: { undoing: Undoing; pull: PullDetail },
  said: { reason: ProposalReason; why: string },
): Promise<RevertOutcome> {
  await askReviewers(github, undoing.merge, pull)
  return { kind: 'proposed', pullRequest: pullRequestOf(pull), ...said }
}

/** A conflict: nothing is left behind but a closed pull request that says what a person can do. */
async function giveUp(github: GitHubRepository, undoing: Undoing, pull: PullDetail): Promise<RevertOutcome> {
  const { octokit, owner, repo } = github
  const recipe = conflictRecipe(undoing.merge)
  const body = posted(`${recipe}\n\n${pull.body ?? ''}`, { marker: revertMarker(undoing.merge, 'conflict') })
  await repeat(github, async () =>
    octokit.rest.pulls.update({ owner, repo, pull_number: pull.number, state: 'closed', body }),
  )
  await deleteRevertBranch(github, undoing.merge, pull.head.sha)
  return { kind: 'conflict', recipe }
}

function merged(pull: PullDetail): RevertOutcome {
  return { kind: 'merged', pullRequest: pullRequestOf(pull), commit: pull.merge_commit_sha ?? pull.head.sha }
}

function pullRequestOf(pull: PullDetail): PullRequest {
  return { number: pull.number, url: pull.html_url, head: pull.head.sha }
}
