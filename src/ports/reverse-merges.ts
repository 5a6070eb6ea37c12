import type { Merge, PullRequests } from './pull-requests.ts'
import type { CommitId } from './version-control.ts'

/**
 * Takes commits back where there are no pull requests: by a commit of the opposite on the branch that they came by. What is
 * a merge elsewhere is a single commit here; `number` is its revision. Error of all methods: `VersionControlError`.
 */
export interface ReverseMerges extends Pick<PullRequests, 'mergeOf' | 'suspects' | 'revertsSince'> {
  takeBack(merge: Merge): Promise<TakenBack>
  /** Commands with which a person does the same. */
  recipe(merge: Merge): string
}

export type TakenBack =
  | { readonly kind: 'committed'; readonly commit: CommitId; readonly name: string }
  /** Somebody did it before, or what the commit did is not there any more. */
  | { readonly kind: 'already'; readonly by: string }
  /** Later commits changed the same lines; nothing was committed. */
  | { readonly kind: 'conflict'; readonly paths: readonly string[] }
