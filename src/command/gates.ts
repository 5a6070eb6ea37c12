import type { Requires } from '../config/requires.ts'
import type { Person } from '../ports/authority.ts'
import type { PullFacts } from '../ports/pull-facts.ts'
import type { CommitId } from '../ports/version-control.ts'

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
  throw new Error('not written yet')
}
