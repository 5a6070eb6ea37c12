import type { ProposalReason } from '../../ports/pull-requests.ts'
import { code } from '../../report/markdown.ts'
import type { GitHubRepository } from '../client.ts'
import { statusOf } from '../request-policy.ts'
import type { MergeMethod } from './merge-methods.ts'
import type { PullDetail } from './pull-detail.ts'

export interface Waiting {
  readonly reason: ProposalReason
  readonly why: string
}

/** What the rules of the base branch still ask of the pull request, as far as a token that does not administer can see. */
export async function whyBlocked(github: GitHubRepository, pull: PullDetail): Promise<Waiting> {
  const [required, reported] = await Promise.all([
    requiredChecks(github, pull.base.ref),
    reportedChecks(github, pull.head.sha),
  ])
  const named = (state: CheckState): string[] =>
    [...reported].filter(([, one]) => one === state).map(([name]) => name)
  const failing = named('failing')
  if (failing.length > 0) return { reason: 'checks_failing', why: `failing: ${listed(failing)}` }
  const open = [...named('pending'), ...required.filter((name) => !reported.has(name))]
  if (open.length > 0)
    return {
      reason: 'checks_pending',
      why: `not ended yet: ${listed(open)}.${startedByNobody(open, reported)}`,
    }
  if (pull.mergeable_state === 'behind')
    return {
      reason: 'behind',
      why: `the rules of ${code(pull.base.ref)} ask that it be brought up to date first`,
    }
  return {
    reason: 'review_required',
    why: `the rules of ${code(pull.base.ref)} hold it back although no check does: most likely it needs a review`,
  }
}

type CheckState = 'failing' | 'pending' | 'passed'

/** Names that must be green, as classic protection lists them for everybody; rulesets list theirs elsewhere. */
async function requiredChecks({ octokit, owner, repo }: GitHubRepository, branch: string): Promise<string[]> {
  const { data } = await octokit.rest.repos.getBranch({ owner, repo, branch })
  return data.protection?.required_status_checks?.contexts ?? []
}

async function reportedChecks(
  { octokit, owner, repo }: GitHubRepository,
  sha: string,
): Promise<Map<string, CheckState>> {
  const asked = { owner, repo, ref: sha, per_page: 100 }
  const [checks, status] = await Promise.all([
    octokit.rest.checks.listForRef(asked),
    octokit.rest.repos.getCombinedStatusForRef(asked),
  ])
  const runs = checks.data.check_runs.map(({ name, conclusion }) => [name, stateOf(conclusion)] as const)
  const statuses = status.data.statuses.map(
    ({ context, state }) => [context, stateOf(state === 'pending' ? null : state)] as const,
  )
  return new Map([...runs, ...statuses])
}

function stateOf(conclusion: string | null): CheckState {
  if (conclusion === null) return 'pending'
  return ['success', 'neutral', 'skipped'].includes(conclusion) ? 'passed' : 'failing'
}

/** The trap of a workflow's own token: what it opens starts no workflow, so required checks never come. */
function startedByNobody(open: readonly string[], reported: ReadonlyMap<string, CheckState>): string {
  if (open.some((name) => reported.has(name))) return ''
  return ' None of them has begun: workflows do not start for what GITHUB_TOKEN opens. Close and reopen the pull request, or give Seamless the token of an App.'
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => code(name, 100))
  return shown.join(', ') + (names.length > 10 ? ` and ${names.length - 10} more` : '')
}

/** Lets GitHub merge it when the rules are met; with a merge queue the same request puts it in line. Says whether that holds now. */
export async function turnOnAutoMerge(
  { octokit }: GitHubRepository,
  pull: PullDetail,
  method: MergeMethod,
): Promise<boolean> {
  if (pull.auto_merge !== null) return true
  const document = `mutation ($input: EnablePullRequestAutoMergeInput!) {
    enablePullRequestAutoMerge(input: $input) { pullRequest { autoMergeRequest { enabledAt } } }
  }`
  const input = {
    pullRequestId: pull.node_id,
    expectedHeadOid: pull.head.sha,
    mergeMethod: method.toUpperCase(),
  }
  try {
    await octokit.graphql(document, { input })
    return true
  } catch (error) {
    // The repository does not allow it: GitHub answers 200 with errors in the body.
    if (error instanceof Error && error.name === 'GraphqlResponseError') return false
    if (statusOf(error) === 403) return false
    throw error
  }
}
