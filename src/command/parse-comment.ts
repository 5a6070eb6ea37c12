import type { ParsedComment } from './command.ts'

/** A comment's text, at most 64 KiB of Markdown. Never throws; takes time in proportion to the text. */
export function parseComment(body: string): ParsedComment {
  throw new Error('not written yet')
}
