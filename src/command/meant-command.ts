import leven from 'leven'
import type { CommandKind } from './command.ts'
import { commandKinds } from './grammar.ts'

/** What a line means by its first word. */
export type MeantCommand =
  | { readonly kind: 'command'; readonly command: CommandKind }
  /** No command, but close to one: `/depoly`. */
  | { readonly kind: 'slip'; readonly written: string; readonly nearest: CommandKind }

/**
 * The command that a line begins with, at its first column, or nothing. Other bots have commands too (`/hold`, `/retest`,
 * `/assign`), so only what one slip of the fingers makes of ours is taken for a slip, and a word of other tools for the same.
 */
export function meantCommand(line: string): MeantCommand | undefined {
  const [, word = ''] = /^\/([A-Za-z][\w-]{0,19}[.,:;!?]?)(?:[ \t]|$)/.exec(line) ?? []
  if (word === '') return undefined
  const command = commandKinds.find((kind) => kind === word)
  if (command !== undefined) return { kind: 'command', command }
  const lower = word.toLowerCase()
  const nearest = otherWord(lower, line) ?? commandKinds.find((kind) => isSlip(lower, kind))
  return nearest === undefined ? undefined : { kind: 'slip', written: `/${word}`, nearest }
}

/** What other tools call ours. */
const OTHER_WORDS: ReadonlyMap<string, CommandKind> = new Map([
  ['resume', 'continue'],
  ['unpause', 'continue'],
  ['abort', 'rollback'],
  ['approve', 'accept'],
])

/** Reviewers write `/approve` to other bots, which take nothing behind it or one of two words: only another word means us. */
function otherWord(word: string, line: string): CommandKind | undefined {
  const isReview = word === 'approve' && !/^\S+[ \t]+(?!(?:cancel|no-issue)\b)\w/.test(line)
  return isReview ? undefined : OTHER_WORDS.get(word)
}

/** One letter too many, missing or wrong; two of a long word; or two neighbours swapped. */
function isSlip(word: string, name: string): boolean {
  // The look at the lengths keeps a comment of thousands of such lines cheap.
  if (Math.abs(word.length - name.length) > 2) return false
  return isOneSlip(word, name) || (name.length > 7 && leven(word, name) <= 2)
}

/** What is left once the same beginning and the same end are off both: a letter, or two that changed places. */
function isOneSlip(word: string, name: string): boolean {
  const most = Math.min(word.length, name.length)
  let from = 0
  while (from < most && word[from] === name[from]) from++
  let behind = 0
  while (behind < most - from && word.at(-1 - behind) === name.at(-1 - behind)) behind++
  const written = word.slice(from, word.length - behind)
  const meant = name.slice(from, name.length - behind)
  if (written.length <= 1 && meant.length <= 1) return true
  return meant.length === 2 && written === `${meant[1] ?? ''}${meant[0] ?? ''}`
}
