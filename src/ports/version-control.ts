/**
 * A commit by its full id: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits; of Subversion the revision's number in 8 decimal
 * digits and the repository's UUID in 32 hex digits (`svn-id.ts`). Names, dates and short ids are not evidence.
 */
export type CommitId = string

export interface Commit {
  readonly id: CommitId
  /** First line of the message. */
  readonly subject: string
  readonly author: string
  readonly atMs: number
}

/** The version's difference (V): what lies between version n and n+1. */
export interface CodeDifference {
  /** Newest first, at most 250; `more` counts the rest. */
  readonly commits: readonly Commit[]
  readonly more: number
  readonly files: readonly ChangedFile[]
}

export interface ChangedFile {
  readonly path: string
  readonly added: number
  readonly removed: number
}

/** A clean checkout of exactly one commit in a folder of its own; the user's working tree is never touched. */
export interface Worktree {
  readonly path: string
  readonly commit: CommitId
  /** The commit that the folder's HEAD is at now: asserted before each step, since a step may have moved it. */
  head(): Promise<CommitId>
  /** A file's text as it is in the folder now, or nothing where there is none. Refuses a path that leaves the folder. */
  read(path: string): Promise<string | undefined>
  remove(): Promise<void>
}

export interface Publication {
  readonly branch: string
  readonly message: string
  /** `Name <email>` */
  readonly author: string
}

export type Published =
  /** Nothing was changed: there is no upgrade. */
  | { readonly kind: 'unchanged' }
  /** The remote had this branch with the very same content on the same base: it is used as it is. */
  | { readonly kind: 'found'; readonly commit: CommitId }
  | { readonly kind: 'pushed'; readonly commit: CommitId }

/** Where versions come from. Errors: `RevisionUnknown`, `BranchTaken`, `VersionControlError` of `errors.ts`. */
export interface VersionControl {
  /** The commit that a name (branch, tag, full id, `HEAD`) means now; a branch is asked of the remote. */
  resolve(revision: string): Promise<Commit>
  checkout(commit: CommitId): Promise<Worktree>
  /** Commits all changes in the worktree on top of its commit and publishes them as a branch, never by force. */
  publish(worktree: Worktree, publication: Publication): Promise<Published>
  difference(from: CommitId, to: CommitId): Promise<CodeDifference>
  /** A file's text at a commit, or nothing where it has none. */
  read(commit: CommitId, path: string): Promise<string | undefined>
}
