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
  readonly body: string
  readonly draft: boolean
}

/** A merged pull request as far as a revert needs it. */
export interface Merge {
  readonly number: number
  readonly title: string
  readonly author: string
  /** The commit on the base branch that the merge made (merge, squash, or the last of a rebase). */
  readonly result: CommitId
  /** The base branch's commit just before the merge. */
  readonly before: CommitId
  readonly base: string
}

export type RevertOutcome =
  | { readonly kind: 'merged'; readonly pullRequest: PullRequest; readonly commit: CommitId }
  /** Open, waiting for people; `why` says for what. */
  | { readonly kind: 'proposed'; readonly pullRequest: PullRequest; readonly why: string }
  | { readonly kind: 'already_reverted'; readonly by: string }
  | { readonly kind: 'conflict'; readonly recipe: string }

export interface PullRequests {
  /** Opens a pull request, or finds the open one of the same branch and brings its text up to date. */
  open(request: NewPullRequest): Promise<PullRequest>
  /** The merge that brought this commit onto its base branch, or nothing (a direct push). */
  mergeOf(commit: CommitId): Promise<Merge | undefined>
  /** Undoes a merge in the repository by a pull request of its own; merged only where `merge` is true and the repository allows it. */
  revert(merge: Merge, request: { readonly body: string; readonly merge: boolean }): Promise<RevertOutcome>
}
