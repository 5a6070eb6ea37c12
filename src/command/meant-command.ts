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
 * `/assign`), so only what one slip of the fingers makes of ours is taken for a slip.
 */
export function meantCommand(line: string): MeantCommand | undefined {
  const [, word = ''] = /^\/([A-Za-z][\w-]{0,19}[.,:;!?]?)(?:[ \t]|$)/.exec(line) ?? []
  if (word === '') return undefined
  const command = commandKinds.find((kind) => kind === word)
  if (command !== undefined) return { kind: 'command', command }
  const nearest = commandKinds.find((kind) => isSlip(word.toLowerCase(), kind))
  return nearest === undefined ? undefined : { kind: 'slip', written: `/${word}`, nearest }
}

/** One letter too many, missing or wrong; two of a long word; or two neighbours swapped. */
function isSlip(word: string, name: string): boolean {
  // The look at the lengths keeps a comment of thousands of such lines cheap.
  if (Math.abs(word.length - name.length) > 2) return false
  const distance = leven(word, name)
  return distance <= (name.length > 7 ? 2 : 1) || (distance === 2 && isSwap(word, name))
}

function isSwap(word: string, name: string): boolean {
  if (word.length !== name.length || word === name) return false
  let at = 0
  while (word[at] === name[at]) at++
  const swapped = word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2)
  return swapped === name
}
