import type { CommitId } from './version-control.ts'

export interface PullRequest {
  readonly number: number
  readonly url: string
  readonly head: CommitId
}

export interface NewPullRequest {
  readonly branch: string
  readonly base: string
  readonly title: string
  /** Markdown whose outside values are already inert. */
  readonly body: string
  readonly draft: boolean
}

/** A merged pull request as far as a revert needs it. */
export interface Merge {
  readonly number: number
  readonly title: string
  /** Login. */
  readonly author: string
  /** The commit on the base branch that the merge made (merge, squash, or the last of a rebase). */
  readonly result: CommitId
  /** The base branch's commit just before the merge. */
  readonly before: CommitId
  readonly base: string
  /** What the merge made of the pull request's commits: one with two parents, one, or a copy of each. */
  readonly shape: 'merge' | 'squash' | 'rebase'
  /** By GitHub's clock. */
  readonly mergedAtMs: number
  readonly labels: readonly string[]
  /** One of its commits says `Seamless-Forward-Only: true`: going back breaks more than it mends (a migration, say). */
  readonly forwardOnly: boolean
  /** The pull request that this one undoes, where Seamless itself made it. */
  readonly revertOf?: number
}

/** Which merges may be to blame for what an environment got between two commits. */
export type Suspects =
  /** The range holds this merge and nothing else. */
  | { readonly kind: 'one'; readonly merge: Merge }
  /** The newest is `merge`; `others` says in words what else came with it. */
  | { readonly kind: 'several'; readonly merge: Merge; readonly others: string }
  /** The newest commit came by a direct push or is not merged: there is no merge to revert. */
  | { readonly kind: 'none' }

/** Why a revert's pull request waits for people. */
export type ProposalReason =
  /** Nobody asked for more. */
  | 'asked'
  /** A person opened one for the same merge; ours is not needed. */
  | 'opened_by_person'
  /** Somebody pushed to our branch: what it holds now is theirs to merge. */
  | 'changed_by_person'
  /** Rules of the branch: a review, checks that failed, checks that have not ended, the branch must be up to date. */
  | 'review_required'
  | 'checks_failing'
  | 'checks_pending'
  | 'behind'
  /** … or GitHub does not say what. */
  | 'blocked'
  /** It goes in by itself, or through the merge queue, as soon as the rules of the branch are met. */
  | 'auto_merge'
  | 'merge_queue'
  /** GitHub did not say within two minutes whether it can be merged. */
  | 'mergeability_unknown'

/** How a revert ended. Its texts are Markdown whose outside values are inert. */
export type RevertOutcome =
  | { readonly kind: 'merged'; readonly pullRequest: PullRequest; readonly commit: CommitId }
  /** Open, waiting for people; `why` says for what, `reason` is the same for machines. */
  | {
      readonly kind: 'proposed'
      readonly pullRequest: PullRequest
      readonly reason: ProposalReason
      readonly why: string
    }
  | { readonly kind: 'already_reverted'; readonly by: string }
  /** A person closed the revert that was proposed before: that is a no. */
  | { readonly kind: 'declined'; readonly pullRequest: PullRequest }
  | { readonly kind: 'conflict'; readonly recipe: string }
  /** It cannot be done this way, e.g. for want of a permission; `recipe` is for people. */
  | { readonly kind: 'refused'; readonly why: string; readonly recipe: string }

/** Error of all methods: `GitHubError`. */
export interface PullRequests {
  /** Opens a pull request, or finds the open one of the same branch and, where it is ours, brings its text up to date. */
  open(request: NewPullRequest): Promise<PullRequest>
  /** The merge that brought this commit onto its base branch, or nothing (a direct push). */
  mergeOf(commit: CommitId): Promise<Merge | undefined>
  /** The merge of a pull request; nothing where it is not merged, or how it was merged cannot be proven. */
  mergeOfPull?(pull: number): Promise<Merge | undefined>
  /** The merges between a commit that was well and a later one. */
  suspects(from: CommitId, to: CommitId): Promise<Suspects>
  /** Undoes a merge in the repository by a pull request of its own; merged only where `merge` is true and the repository allows it. */
  revert(merge: Merge, request: { readonly body: string; readonly merge: boolean }): Promise<RevertOutcome>
  /** How many reverts made by Seamless were merged since then: what the daily budget counts. */
  revertsSince(ms: number): Promise<number>
}
