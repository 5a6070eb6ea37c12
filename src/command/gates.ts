import type { Requires } from '../config/requires.ts'
import type { Person } from '../ports/authority.ts'
import type { CheckFact, PullFacts, ReviewFact } from '../ports/pull-facts.ts'
import type { CommitId } from '../ports/version-control.ts'
import { code } from '../report/markdown.ts'

export type GateReason =
  | 'pull_closed'
  | 'pull_draft'
  | 'pull_fork'
  | 'base_not_allowed'
  | 'ref_changed'
  | 'checks_failed'
  | 'checks_pending'
  | 'checks_unavailable'
  | 'changes_requested'
  | 'review_missing'
  | 'review_outdated'
  | 'own_pull'
  | 'not_up_to_date'
  | 'base_unknown'

/** One thing that stands in the way: `text` is a Markdown sentence whose outside values are inert. */
export interface GateFailure {
  readonly reason: GateReason
  readonly text: string
}

export interface GateRequest {
  /** A plan runs nothing: it asks only for what may be looked at. */
  readonly command: 'deploy' | 'plan'
  /** The commit that was bound: checks and reviews must be of it. */
  readonly sha: CommitId
  readonly by: Person
  readonly requires: Requires
  readonly defaultBranch: string
  /** All environments' names: our own checks are called `seamless/<environment>`, and are no gate for themselves. */
  readonly environments: readonly string[]
}

/** Everything that keeps a pull request from being deployed, at once; empty where nothing does. */
export function decideGates(pull: PullFacts, request: GateRequest): readonly GateFailure[] {
  const looks = [ofState(pull), ofFork(pull, request), ofBase(pull, request)]
  const runs = [
    ofDraft(pull, request),
    ofCommit(pull, request),
    ...ofChecks(pull, request),
    ofReviews(pull, request),
    ofAuthor(pull, request),
    ofAge(pull, request),
  ]
  const failures = request.command === 'plan' ? looks : [...looks, ...runs]
  return failures.filter((failure) => failure !== undefined)
}

type Gate = GateFailure | undefined

function ofState({ state }: PullFacts): Gate {
  if (state === 'open') return undefined
  const text = `This pull request is ${state}: only an open one is deployed by a command.`
  return { reason: 'pull_closed', text }
}

function ofFork({ fork }: PullFacts, { requires }: GateRequest): Gate {
  if (!fork || !requires.sameRepository) return undefined
  const text = `Its branch is in a fork, whose commits are not run here${unless('same-repository: false')}.`
  return { reason: 'pull_fork', text }
}

function ofBase({ base }: PullFacts, { requires, defaultBranch }: GateRequest): Gate {
  const wanted = requires.base.length === 0 ? [defaultBranch] : requires.base
  if (wanted.includes(base)) return undefined
  const text = `It is meant for ${code(base)}, not for ${wanted.map((name) => code(name)).join(' or ')}: another branch may have other rules${unless('base')}.`
  return { reason: 'base_not_allowed', text }
}

function ofDraft({ draft }: PullFacts, { requires }: GateRequest): Gate {
  if (!draft || !requires.readyForReview) return undefined
  return { reason: 'pull_draft', text: `It is a draft${unless('ready-for-review: false')}.` }
}

function ofCommit({ head }: PullFacts, { sha }: GateRequest): Gate {
  if (head === sha) return undefined
  const text = `Its head is ${code(head)} now, so nothing is known of ${code(sha)} any more.`
  return { reason: 'ref_changed', text }
}

function ofChecks({ checks }: PullFacts, { requires, environments }: GateRequest): readonly Gate[] {
  if (requires.checks === 'none') return []
  if (checks.kind === 'unavailable') {
    const text = `The state of its checks is UNAVAILABLE: GitHub did not say (${code(checks.why)}). That is not "no checks".`
    return [{ reason: 'checks_unavailable', text }]
  }
  const ours = new Set(environments.map((name) => `seamless/${name}`))
  const all = requires.checks === 'all' ? [...checks.required, ...checks.others] : checks.required
  const asked = all.filter(({ name }) => !ours.has(name) && !ours.has(name.replace(/\/(?:plan|run)$/, '')))
  const failed = asked.filter(({ state }) => state === 'failed')
  const pending = asked.filter(({ state }) => state === 'pending' || state === 'missing')
  return [
    failed.length === 0
      ? undefined
      : { reason: 'checks_failed', text: `Checks that have failed on this commit: ${names(failed)}.` },
    pending.length === 0
      ? undefined
      : { reason: 'checks_pending', text: `Checks that have not ended on this commit: ${names(pending)}.` },
  ]
}

/** GitHub goes on counting approvals of earlier commits where the branch does not dismiss them: here they do not count. */
function ofReviews({ reviews, head }: PullFacts, { requires, sha }: GateRequest): Gate {
  const { decision, opinions } = reviews
  const asBranch = requires.reviews === 'as-branch'
  const needed = requires.reviews === 'as-branch' ? (decision === 'none' ? 0 : 1) : requires.reviews
  if (needed === 0) return undefined
  const against = opinions.filter(({ state }) => state === 'changes_requested')
  if (asBranch ? decision === 'changes_requested' : against.length > 0)
    return { reason: 'changes_requested', text: `Changes are requested${by(against)}.` }
  // Where the branch's own rules are asked, GitHub has judged whose approval counts; a number is one of people.
  const approvals = opinions.filter(({ state, by }) => state === 'approved' && (asBranch || !isApp(by)))
  const fresh = new Set(approvals.filter(({ commit }) => commit === sha).map(({ by }) => by.id)).size
  const missing = asBranch && decision === 'review_required'
  if (fresh >= needed && !missing) return undefined
  const stale = approvals.filter(({ commit }) => commit !== sha)
  if (stale.length === 0 || missing) {
    const what = asBranch
      ? 'An approval that its branch asks for'
      : `${needed} ${needed === 1 ? 'approval' : 'approvals'}`
    return { reason: 'review_missing', text: `${what} of this commit must come first; it has ${fresh}.` }
  }
  const text = `It was approved${by(stale)} at an earlier commit, not at ${code(head)}: ${needed} must approve this one.`
  return { reason: 'review_outdated', text }
}

function isApp({ login }: Person): boolean {
  return login.endsWith('[bot]')
}

function ofAuthor({ author }: PullFacts, { requires, by }: GateRequest): Gate {
  if (!requires.secondPerson || author.id !== by.id) return undefined
  const text = `It is your own, and somebody else has to deploy it${unless('second-person: false')}.`
  return { reason: 'own_pull', text }
}

function ofAge({ behindBy, base }: PullFacts, { requires }: GateRequest): Gate {
  if (!requires.upToDate || behindBy === 0) return undefined
  if (behindBy === 'unknown') {
    const text = `GitHub did not say whether it has all of ${code(base)}.`
    return { reason: 'base_unknown', text }
  }
  const lacks = `It lacks ${behindBy} ${behindBy === 1 ? 'commit' : 'commits'} of ${code(base)}`
  return {
    reason: 'not_up_to_date',
    text: `${lacks}, which its deployment could take back: bring it up to date${unless('up-to-date: false')}.`,
  }
}

/** The key that would let it through, for those who configure. */
function unless(setting: string): string {
  return ` (${code(`requires.${setting}`)})`
}

function by(opinions: readonly ReviewFact[]): string {
  if (opinions.length === 0) return ''
  return ` by ${opinions.map((opinion) => code(opinion.by.login)).join(', ')}`
}

/** As many as one can read. */
const SHOWN_CHECKS = 10

function names(checks: readonly CheckFact[]): string {
  const shown = checks.slice(0, SHOWN_CHECKS).map(({ name }) => code(name, 100))
  const more = checks.length - shown.length
  return shown.join(', ') + (more === 0 ? '' : ` and ${more} more`)
}
