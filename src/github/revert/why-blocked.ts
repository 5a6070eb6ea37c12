import type { ProposalReason } from '../../ports/pull-requests.ts'
import { code } from '../../report/markdown.ts'
import type { GitHubRepository } from '../client.ts'
import type { PullDetail } from './pull-detail.ts'

/** What the rules of the base branch still ask of a pull request. */
export interface Blocked {
  /** The gravest first. */
  readonly reason: Extract<
    ProposalReason,
    'checks_failing' | 'review_required' | 'checks_pending' | 'behind' | 'merge_queue' | 'blocked'
  >
  /** Markdown with outside values inert. */
  readonly why: string
}

export interface Standing {
  readonly review: 'required' | 'not_required' | 'unknown'
  readonly isInMergeQueue: boolean
}

export interface BranchRules {
  /** Checks that must be green. */
  readonly required: readonly string[]
  readonly hasMergeQueue: boolean
}

/** Asks a token that does not administer can ask: what is left unsaid is said to be so. */
export async function whyBlocked(
  github: GitHubRepository,
  pull: PullDetail,
  { rules, standing }: { rules: BranchRules; standing: Standing },
): Promise<Blocked> {
  const reported = await reportedChecks(github, pull.head.sha)
  // What is not required may fail: that holds nothing back.
  const stateOf = (name: string): CheckState => reported.get(name) ?? 'missing'
  const failing = rules.required.filter((name) => stateOf(name) === 'failing')
  const open = rules.required.filter((name) => stateOf(name) === 'pending' || stateOf(name) === 'missing')
  const nobody = open.length > 0 && open.every((name) => stateOf(name) === 'missing') ? NOBODY_STARTS : ''
  const base = code(pull.base.ref)
  const found: Blocked[] = [
    ...when(failing.length > 0, 'checks_failing', `failing: ${listed(failing)}`),
    ...when(
      standing.review === 'required',
      'review_required',
      `${base} needs a review before anything is merged`,
    ),
    ...when(open.length > 0, 'checks_pending', `not ended yet: ${listed(open)}${nobody}`),
    ...when(pull.mergeable_state === 'behind', 'behind', `${base} wants it brought up to date first`),
    ...when(rules.hasMergeQueue, 'merge_queue', `${base} takes changes through its merge queue only`),
  ]
  const [gravest] = found
  if (gravest === undefined)
    return { reason: 'blocked', why: `the rules of ${base} hold it back, and GitHub does not say which` }
  return { reason: gravest.reason, why: found.map(({ why }) => why).join('; ') }
}

/** Rulesets tell everybody what they ask; of classic protection only the required checks are seen without being an administrator. */
export async function branchRules(
  { octokit, owner, repo }: GitHubRepository,
  branch: string,
): Promise<BranchRules> {
  const [classic, rulesets] = await Promise.all([
    octokit.rest.repos.getBranch({ owner, repo, branch }),
    octokit.rest.repos.getBranchRules({ owner, repo, branch, per_page: 100 }),
  ])
  const ofRulesets = rulesets.data.flatMap((rule) =>
    rule.type === 'required_status_checks' ? (rule.parameters?.required_status_checks ?? []) : [],
  )
  const ofClassic = classic.data.protection?.required_status_checks?.contexts ?? []
  return {
    required: [...new Set([...ofClassic, ...ofRulesets.map(({ context }) => context)])],
    hasMergeQueue: rulesets.data.some(({ type }) => type === 'merge_queue'),
  }
}

type CheckState = 'failing' | 'pending' | 'passed' | 'missing'

async function reportedChecks(
  { octokit, owner, repo }: GitHubRepository,
  sha: string,
): Promise<Map<string, CheckState>> {
  const asked = { owner, repo, ref: sha, per_page: 100 }
  const [checks, status] = await Promise.all([
    octokit.rest.checks.listForRef(asked),
    octokit.rest.repos.getCombinedStatusForRef(asked),
  ])
  const runs = checks.data.check_runs.map(
    ({ name, conclusion }) => [name, conclusionState(conclusion)] as const,
  )
  const statuses = status.data.statuses.map(
    ({ context, state }) => [context, conclusionState(state === 'pending' ? null : state)] as const,
  )
  return new Map([...runs, ...statuses])
}

function conclusionState(conclusion: string | null): CheckState {
  if (conclusion === null) return 'pending'
  return ['success', 'neutral', 'skipped'].includes(conclusion) ? 'passed' : 'failing'
}

function when(holds: boolean, reason: Blocked['reason'], why: string): Blocked[] {
  return holds ? [{ reason, why }] : []
}

/** The trap of a workflow's own token: required checks that never come. */
const NOBODY_STARTS =
  ' (none has begun: what GITHUB_TOKEN opens starts no workflow; close and reopen the pull request, or give Seamless the token of an App)'

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => code(name, 100))
  return shown.join(', ') + (names.length > 10 ? ` and ${names.length - 10} more` : '')
}
