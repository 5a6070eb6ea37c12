import { code } from '../report/markdown.ts'
import type { Command, CommandKind, ParsedComment } from './command.ts'
import { commandKinds, grammar, usage } from './grammar.ts'
import { meantCommand } from './meant-command.ts'
import { openLines } from './open-lines.ts'

/** It is shown to whoever is turned away, in one line. */
const LONGEST_REASON = 300

/**
 * A comment's text (GitHub takes 64 KiB) as the command that its whole first line is. Everything else is prose, unless it
 * means a command too: then none of them runs. Never throws; takes time in proportion to the text.
 */
export function parseComment(body: string): ParsedComment {
  const [first = '', ...rest] = body.split(/\r\n|\r|\n/)
  const meant = meantCommand(first)
  if (meant === undefined) return { kind: 'ignored' }
  const second = openLines(rest).find((line) => meantCommand(line) !== undefined)
  if (second !== undefined) return twice(first, second)
  if (meant.kind === 'slip') {
    const text = `${code(meant.written)} is no command. Did you mean ${code(`/${meant.nearest}`)}? ${code('/help')} lists all.`
    return { kind: 'reply', reason: 'command_unknown', text }
  }
  return argued(meant.command, words(first).slice(1))
}

function words(line: string): readonly string[] {
  return line.split(/[ \t]+/).filter((word) => word !== '')
}

function twice(first: string, second: string): ParsedComment {
  const text = `This comment has more than one command (${code(first, 80)} and ${code(second, 80)}), so none was run. One command per comment, please.`
  return { kind: 'reply', reason: 'command_twice', text }
}

interface Arguments {
  environment?: string
  sha?: string
  reason?: string
  about?: CommandKind
  to?: 'on' | 'off'
}

/** A command with what stands behind its name. */
function argued(kind: CommandKind, given: readonly string[]): ParsedComment {
  const found: Arguments = {}
  for (const [index, word] of given.entries()) {
    if (grammar[kind].takes.includes('reason') && index > 0) {
      Object.assign(found, reasonIn(given.slice(1)))
      break
    }
    const fault = take(kind, word, found)
    if (fault !== undefined) return malformed(kind, fault)
  }
  if ((found.reason?.length ?? 0) > LONGEST_REASON)
    return malformed(kind, `The reason has more than ${LONGEST_REASON} characters.`)
  if (grammar[kind].takes.includes('switch') && found.to === undefined)
    return malformed(kind, `It says neither ${code('on')} nor ${code('off')}.`)
  return { kind: 'command', command: { kind, ...found } as Command }
}

/** The answers say "because" themselves. */
function reasonIn(words: readonly string[]): Pick<Arguments, 'reason'> {
  const reason = words.join(' ').replace(/^because\b[,:]? ?/i, '')
  return reason === '' ? {} : { reason }
}

/** Puts one word where it belongs; what is wrong with it, where it belongs nowhere. */
function take(kind: CommandKind, word: string, found: Arguments): string | undefined {
  const { takes } = grammar[kind]
  if (takes.includes('command')) return takeTopic(word, found)
  if (takes.includes('switch')) return takeSwitch(word, found)
  if (word.startsWith('-')) return takeOption(kind, word, found)
  if (takes.includes('sha') && isFullSha(word)) return takeSha(word, found)
  if (takes.includes('sha') && looksLikeSha(word, found.environment !== undefined)) return shortSha(word)
  if (!takes.includes('environment')) return `${code(word)} is one word too many: it takes nothing.`
  if (found.environment !== undefined) return `${code(word)} is one word too many.`
  if (!/^[A-Za-z][\w-]{0,39}$/.test(word)) return `${code(word)} cannot be the name of an environment.`
  found.environment = word
  return undefined
}

function takeOption(kind: CommandKind, word: string, found: Arguments): string | undefined {
  const value = /^--sha=(.*)$/s.exec(word)?.[1]
  if (!grammar[kind].takes.includes('sha')) return `It has no option ${code(word)}.`
  if (value === undefined) return `It has no option ${code(word)}; a commit is named by ${code('--sha=…')}.`
  return isFullSha(value) ? takeSha(value, found) : shortSha(value)
}

function takeSha(sha: string, found: Arguments): string | undefined {
  if (found.sha !== undefined) return 'It names two commits.'
  found.sha = sha.toLowerCase()
  return undefined
}

function shortSha(word: string): string {
  return `${code(word)} is not a whole commit id: short ids, branches and tags can come to mean another commit. Give all 40 hex digits.`
}

function takeTopic(word: string, found: Arguments): string | undefined {
  const topic = commandKinds.find((kind) => kind === word.replace(/^\//, ''))
  if (topic === undefined || found.about !== undefined) return `There is no help on ${code(word)}.`
  found.about = topic
  return undefined
}

function takeSwitch(word: string, found: Arguments): string | undefined {
  if (found.to !== undefined) return `${code(word)} is one word too many.`
  if (word !== 'on' && word !== 'off') return `${code(word)} is neither ${code('on')} nor ${code('off')}.`
  found.to = word
  return undefined
}

function isFullSha(word: string): boolean {
  return /^[\da-f]{40}$/i.test(word)
}

/** Hex that is no environment: one whose name reads like hex is still one. */
function looksLikeSha(word: string, isNamed: boolean): boolean {
  const shortest = isNamed ? /^[\da-f]{4,64}$/i : /^(?:\d[\da-f]{3,63}|[\da-f]{41,64})$/i
  return shortest.test(word)
}

function malformed(kind: CommandKind, fault: string): ParsedComment {
  const text = `${fault} It is written ${code(usage(kind))}. Nothing was done.`
  return { kind: 'reply', reason: 'command_malformed', text }
}
