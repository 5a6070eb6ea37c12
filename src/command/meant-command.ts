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
  const distance = leven(word, name)
  return distance <= (name.length > 7 ? 2 : 1) || (distance === 2 && isSwap(word, name))
}

function isSwap(word: string, name: string): boolean {
  if (word.length !== name.length) return false
  const at = [...word].findIndex((letter, index) => letter !== name[index])
  const swapped = word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2)
  return swapped === name
}
