import type { Labellable, VerdictLabel } from './verdict-ledger.ts'

const DAY_MS = 24 * 3_600_000
/** What was not landed again by then is abandoned, and who reverts later does it for another reason than ours. */
export const LABELLED_WITHIN_MS = 14 * DAY_MS

/** A pull request that was merged into the default branch, as far as it tells about earlier ones. */
export interface Landed {
  readonly number: number
  /** The pull requests and commits (7 to 40 hex digits) that it says it undoes. */
  readonly undoes: { readonly pulls: readonly number[]; readonly commits: readonly string[] }
  /** Compared with the change that was taken back; `unknown` where GitHub does not tell a difference. */
  readonly likeness: Likeness
}

export type Likeness = 'same' | 'different' | 'unknown'

/**
 * What a merge tells about an earlier verdict, as pytorch's autorevert defines a false positive: landed again unchanged, it was
 * `wrong`; with a change, `right`. One that people undid after it was promoted was `missed`. Nothing: the two have nothing to
 * do with each other. In doubt it is decided against us.
 */
export function labelByMerge(verdict: Labellable, landed: Landed): VerdictLabel | undefined {
  if (verdict.acted === 'promoted') return isUndone(verdict, landed) ? 'missed' : undefined
  if (verdict.acted !== 'merged' || landed.number === verdict.pull) return undefined
  const saysSo = verdict.revertPull !== undefined && landed.undoes.pulls.includes(verdict.revertPull)
  switch (landed.likeness) {
    case 'same':
      return 'wrong'
    case 'unknown':
      return saysSo ? 'wrong' : undefined
    case 'different':
      return saysSo ? 'right' : undefined
  }
}

function isUndone({ pull, sha }: Labellable, { undoes }: Landed): boolean {
  return undoes.pulls.includes(pull) || undoes.commits.some((commit) => sha.startsWith(commit))
}

/** What time alone tells: nobody landed it again, or nobody followed the proposal. */
export function labelByAge(
  { acted, atMs }: Pick<Labellable, 'acted' | 'atMs'>,
  nowMs: number,
): VerdictLabel | undefined {
  if (nowMs - atMs < LABELLED_WITHIN_MS) return undefined
  if (acted === 'merged') return 'right'
  return acted === 'proposed' ? 'not_followed' : undefined
}
