import { GitHubError } from '../errors.ts'
import type {
  Merge,
  ProposalReason,
  PullRequest,
  PullRequests,
  RevertOutcome,
} from '../ports/pull-requests.ts'
import type { CommitId } from '../ports/version-control.ts'
import { code } from '../report/markdown.ts'
import type { NothingReason, ProposeReason, RevertDecision } from './decide.ts'
import { revertBody, whyProposed, type RevertEvidence } from './revert-body.ts'

type RevertReason =
  | NothingReason
  | ProposeReason
  | ProposalReason
  | 'merged'
  | 'already_reverted'
  | 'declined'
  | 'conflict'
  | 'refused'
  | 'github_failed'

/** What became of a merge. `message` is Markdown whose outside values are inert. */
export interface RevertResult {
  readonly outcome: 'merged' | 'proposed' | 'not_done' | 'already_reverted' | 'conflict' | 'failed'
  readonly reason: RevertReason
  readonly message: string
  readonly pullRequest?: { readonly number: number; readonly url: string }
  /** The number of the pull request that is to blame, or may be. */
  readonly suspect?: number
  /** What the branch holds since it was taken back: the next deployment, where nothing else was merged since. */
  readonly commit?: CommitId
}

/** Carries a decision out. What GitHub refuses is a result, since the environment was taken back before and the run goes on to say so. */
export async function revertMerge(
  decision: RevertDecision,
  evidence: RevertEvidence,
  pullRequests: PullRequests,
): Promise<RevertResult> {
  if (decision.kind === 'nothing') return notDone(decision)
  const { merge } = decision
  const request = { body: revertBody(decision, evidence), merge: decision.kind === 'merge' }
  try {
    return resultOf(await pullRequests.revert(merge, request), decision)
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error
    const message = `#${merge.number} could not be taken back: ${code(error.message, 700)}`
    return { outcome: 'failed', reason: 'github_failed', message, suspect: merge.number }
  }
}

type Nothing = Extract<RevertDecision, { kind: 'nothing' }>
type Acting = Exclude<RevertDecision, Nothing>

export function notDone(decision: Nothing): RevertResult {
  const { why } = decision
  if (why !== 'shadow')
    return { outcome: 'not_done', reason: why, message: `No merge was taken back: ${whyNothing[why]}.` }
  const { would, merge } = decision
  const deed = would === 'merge' ? 'reverted' : 'proposed to be reverted'
  const message = `Shadow: #${merge.number} would have been ${deed}; nothing was done.`
  return { outcome: 'not_done', reason: why, message, suspect: merge.number }
}

const whyNothing: Readonly<Record<Exclude<NothingReason, 'shadow'>, string>> = {
  healthy: 'nothing is wrong',
  inconclusive: 'nothing bad is proven',
  policy_off: 'the configuration says `revert: off`',
  bad_before: 'what is bad now was bad before the deployment',
  switched_off: 'somebody switched that off for this repository (`/autorevert on` switches it on again)',
  switch_unknown:
    'whether somebody switched that off cannot be read, and as long as it cannot nothing is done (`/autorevert on` or `off` mends it)',
  shared_cause:
    'everything else that is watched turned bad within the same minute, so what they all share is to blame, not this change',
  breaker_open:
    'taking a version back here did not make users well the last time, so that the next one is for a person to decide (until a version is healthy here, or somebody says `/autorevert on`)',
  no_merge: 'what was deployed did not come by a merged pull request',
  own_revert: 'what was deployed is itself a revert by Seamless, and those are not reverted by machine',
  forward_only:
    'the change says of itself that it is forward-only, so that going back may break more than it mends: a fix is needed',
  opted_out: 'the pull request is labelled `no-auto-revert`',
  too_old: 'the change was merged more than a day ago',
}

/** The result of an attempt, for the receipt and for people. */
export function resultOf(outcome: RevertOutcome, decision: Acting): RevertResult {
  const { merge } = decision
  const suspect = merge.number
  switch (outcome.kind) {
    case 'merged':
      return {
        outcome: 'merged',
        reason: 'merged',
        message: `#${suspect} was taken back by #${outcome.pullRequest.number} (${outcome.commit}).`,
        pullRequest: shortOf(outcome.pullRequest),
        suspect,
        commit: outcome.commit,
      }
    case 'proposed':
      return proposed(outcome, decision)
    case 'already_reverted':
      return {
        outcome: 'already_reverted',
        reason: 'already_reverted',
        message: `#${suspect} is reverted already: ${outcome.by}.`,
        suspect,
      }
    case 'declined':
      return declined(outcome.pullRequest, merge)
    case 'conflict':
      return { outcome: 'conflict', reason: 'conflict', message: outcome.recipe, suspect }
    case 'refused':
      return {
        outcome: 'failed',
        reason: 'refused',
        message: `#${suspect} was not taken back: ${outcome.why}.\n\n${outcome.recipe}`,
        suspect,
      }
    default:
      return outcome satisfies never
  }
}

function proposed(outcome: Extract<RevertOutcome, { kind: 'proposed' }>, decision: Acting): RevertResult {
  const { pullRequest } = outcome
  const isAsked = outcome.reason === 'asked' && decision.kind === 'propose'
  const why = isAsked ? whyProposed[decision.why] : outcome.why
  return {
    outcome: 'proposed',
    reason: isAsked ? decision.why : outcome.reason,
    message: `#${pullRequest.number} would take #${decision.merge.number} back and waits for a person: ${why}.`,
    pullRequest: shortOf(pullRequest),
    suspect: decision.merge.number,
  }
}

function declined(pullRequest: PullRequest, merge: Merge): RevertResult {
  return {
    outcome: 'not_done',
    reason: 'declined',
    message: `#${merge.number} was not taken back: a person closed the revert, #${pullRequest.number}.`,
    pullRequest: shortOf(pullRequest),
    suspect: merge.number,
  }
}

function shortOf({ number, url }: PullRequest): { number: number; url: string } {
  return { number, url }
}
