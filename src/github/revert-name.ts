import type { CommitId } from '../ports/version-control.ts'

/** Which merge a revert of ours undoes; its branch and its marker say so. */
export interface Reverted {
  readonly number: number
  readonly result: CommitId
}

/** The branch of the revert: one per merge, so that a second attempt meets the first one's. */
export function revertBranch({ number, result }: Reverted): string {
  return `revert/pr-${number}-${result.slice(0, 12)}`
}

/** A pull request as far as its head and base say whether it is a revert of ours. A fork's branch may be called anything. */
interface Branches {
  readonly head: { readonly ref: string; readonly repo: { readonly id: number } | null }
  readonly base: { readonly repo: { readonly id: number } }
}

/** The number of the pull request that this one undoes, where it is one of ours. */
export function revertedByUs({ head, base }: Branches): number | undefined {
  if (head.repo?.id !== base.repo.id) return undefined
  const [, number] = /^revert\/pr-(\d{1,12})-[0-9a-f]{12}$/.exec(head.ref) ?? []
  return number === undefined ? undefined : Number(number)
}

/** What the pull request carries unseen; `conflict` is added when it was given up for that. */
export function revertMarker({ number, result }: Reverted, end?: 'conflict'): string {
  return `<!-- seamless:revert pull=${number} result=${result}${end === undefined ? '' : ` end=${end}`} -->`
}
