import type { Person } from './authority.ts'
import type { CommitId } from './version-control.ts'

/** A pull request as the gates before a deployment need it, read in one look. */
export interface PullFacts {
  readonly number: number
  readonly title: string
  readonly url: string
  readonly author: Person
  readonly state: 'open' | 'closed' | 'merged'
  readonly draft: boolean
  readonly head: CommitId
  readonly headBranch: string
  readonly base: string
  /** Its branch is in another repository, by number; a deleted fork counts as one. */
  readonly fork: boolean
  readonly labels: readonly string[]
  /** What the rules of the base branch require of the head commit. `unavailable`: GitHub did not say, which is never "none". */
  readonly checks:
    | {
        readonly kind: 'known'
        readonly required: readonly CheckFact[]
        readonly others: readonly CheckFact[]
      }
    | { readonly kind: 'unavailable'; readonly why: string }
  readonly reviews: {
    /** What GitHub says of the pull request; `none`: its rules ask for no review. */
    readonly decision: 'approved' | 'changes_requested' | 'review_required' | 'none'
    /** The newest opinion of each reviewer who may write: at which commit it was given. */
    readonly opinions: readonly ReviewFact[]
  }
  /** How many commits of the base branch the head has not; `unknown`: GitHub did not say. */
  readonly behindBy: number | 'unknown'
}

export interface CheckFact {
  readonly name: string
  readonly state: 'passed' | 'pending' | 'failed' | 'missing'
}

export interface ReviewFact {
  readonly by: Person
  readonly state: 'approved' | 'changes_requested'
  readonly commit: CommitId | undefined
}

/** One change of a pull request's head, as somebody trustworthy saw it. Times are GitHub's own where it gave one. */
export interface HeadChange {
  readonly sha: CommitId
  /** When the head became this commit (ms), by GitHub's clock. */
  readonly atMs: number
  /** When we were told (ms), by ours; absent where it was asked for afterwards. */
  readonly receivedAtMs?: number
  readonly by?: Person
}

/** Error of all methods: `GitHubError`. */
export interface PullRequestFacts {
  /** Nothing where the number is an issue's or nobody's. */
  read(pull: number): Promise<PullFacts | undefined>
  /** The head alone, at the last moment before something is done with it. */
  head(pull: number): Promise<{ readonly head: CommitId; readonly state: PullFacts['state'] } | undefined>
  /** The changes of the head that are known, oldest first; `undefined`: nobody knows. */
  heads(pull: PullFacts): Promise<readonly HeadChange[] | undefined>
  /** A file's text at a commit of the repository. */
  file(commit: CommitId, path: string): Promise<string | undefined>
}
