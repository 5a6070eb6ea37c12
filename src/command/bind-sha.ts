import { code } from '../report/markdown.ts'
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

/**
 * The one commit that a command is about: the one it names, or the one that its author could have seen. Either must still
 * be the head. A push in the same second as the comment, or after it, may have been unseen, whatever it pushed: nobody
 * guesses then. Commits' own dates are no evidence (whoever pushes writes them).
 */
export function bindSha(facts: BindFacts): ShaBinding {
  return facts.named === undefined ? bindSeen(facts) : bindNamed(facts, facts.named)
}

function bindNamed(facts: BindFacts, named: CommitId): ShaBinding {
  const { head, heads } = facts
  if (named === head) return { kind: 'bound', sha: head }
  if (heads?.some(({ sha }) => sha === named) === true) {
    const found = `You named ${code(named)}, which this pull request has moved on from: its head is ${code(head)} now.`
    return refused('ref_changed', found, facts)
  }
  const found = `You named ${code(named)}, which is not the head of this pull request: that is ${code(head)}.`
  return refused('sha_not_head', found, facts)
}

function bindSeen(facts: BindFacts): ShaBinding {
  const { head } = facts
  const changes = (facts.heads ?? []).toSorted((a, b) => b.atMs - a.atMs)
  const newest = changes.filter(({ atMs }) => seconds(atMs) === seconds(changes[0]?.atMs ?? 0))
  if (newest.length === 0) {
    const found = `Nobody knows since when ${code(head)} has been the head of this pull request, so it is not certain that you saw it.`
    return refused('head_unknown', found, facts)
  }
  const couldBeSeen = newest.every((change) => isBefore(change, facts))
  if (couldBeSeen && newest.some(({ sha }) => sha === head)) return { kind: 'bound', sha: head }
  return refused('ref_changed', moved(facts, changes), facts)
}

/** By GitHub's clock, whose comments have whole seconds; and, where both were told to us, by the order in which they were. */
function isBefore(change: HeadChange, { commentAtMs, receivedAtMs }: BindFacts): boolean {
  if (seconds(change.atMs) >= seconds(commentAtMs)) return false
  if (change.receivedAtMs === undefined || receivedAtMs === undefined) return true
  return change.receivedAtMs < receivedAtMs
}

function moved(facts: BindFacts, changes: readonly HeadChange[]): string {
  const seen = changes.find((change) => isBefore(change, facts))
  const now = `its head is ${code(facts.head)}`
  if (seen === undefined) return `This pull request moved as you wrote, or after: ${now} now.`
  if (seen.sha !== facts.head)
    return `This pull request moved as you wrote, or after: its head was ${code(seen.sha)}, and is ${code(facts.head)} now.`
  const last = changes[0]?.sha ?? facts.head
  const other = last === facts.head ? '' : `, after ${code(last)}`
  return `This pull request moved as you wrote, or after, although ${now}${other} again.`
}

function refused(
  reason: 'ref_changed' | 'head_unknown' | 'sha_not_head',
  found: string,
  { asked, head }: BindFacts,
): ShaBinding {
  const advice = `Look at the commit that you mean; if it is this one, name it: ${code(`${asked} --sha=${head}`)}`
  return { kind: 'refused', reason, text: `${found} Nothing was done. ${advice}` }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
