import type { HeadChange } from '../ports/pull-facts.ts'
import type { CommitId } from '../ports/version-control.ts'

export interface BindFacts {
  /** As it was asked, to say how to ask better: `/deploy production`. */
  readonly asked: string
  /** The commit that the command names. */
  readonly named?: CommitId
  /** When the comment was made (ms), by GitHub's clock; it has whole seconds. */
  readonly commentAtMs: number
  /** When we were told of it (ms), by ours. */
  readonly receivedAtMs?: number
  readonly head: CommitId
  /** As `PullRequestFacts.heads`: in any order. */
  readonly heads: readonly HeadChange[] | undefined
}

export type ShaBinding =
  | { readonly kind: 'bound'; readonly sha: CommitId }
  | {
      readonly kind: 'refused'
      readonly reason: 'ref_changed' | 'head_unknown' | 'sha_not_head'
      /** Markdown; shows both commits where two are known. */
      readonly text: string
    }

/** The one commit that a command is about: the one it names, or the one that its author could have seen. */
export function bindSha(facts: BindFacts): ShaBinding {
  throw new Error('not written yet')
}
