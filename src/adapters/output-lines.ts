import { stripVTControlCharacters } from 'node:util'

import type { Mask } from './mask.ts'

/** Longest line that is shown or kept, in characters; the rest of it is counted, not kept. */
const LINE_MAX = 16 * 1024

/** The end of a child's output that is kept for the report. */
const KEPT_LINES = 64
const KEPT_BYTES = 16 * 1024

/** Cuts one stream of a child into lines as a terminal would show them, masked. */
export interface LineReader {
  write(text: string): void
  /** Hands over the last line, which may have no line end. */
  end(): void
}

export function lineReader(mask: Mask, onLine: (line: string) => void): LineReader {
  const maskLine = mask.lines()
  // Beyond this a line is cut; the margin keeps a secret that the cut runs through out of what is shown.
  const limit = LINE_MAX + mask.longest
  let line = ''
  let dropped = 0
  const flush = (): void => {
    onLine(shownLine(line, dropped, { maskLine, margin: mask.longest }))
    line = ''
    dropped = 0
  }
  const append = (text: string): void => {
    const whole = line + text
    const visible = whole.length > limit ? overwritten(whole) : whole
    line = visible.slice(0, limit)
    dropped += visible.length - line.length
  }
  return {
    write: (text) => {
      const parts = text.split('\n')
      for (const [index, part] of parts.entries()) {
        append(part)
        if (index < parts.length - 1) flush()
      }
    },
    end: () => {
      if (line !== '' || dropped > 0) flush()
    },
  }
}

/** Colours go before the masks see the line: a code in the middle of a secret would hide it from them. */
function shownLine(
  line: string,
  dropped: number,
  { maskLine, margin }: { maskLine: (line: string) => string; margin: number },
): string {
  const masked = maskLine(withoutControls(overwritten(line)))
  const whole = dropped === 0 ? masked : masked.slice(0, Math.max(0, masked.length - margin))
  const shown = whole.slice(0, LINE_MAX)
  const missing = dropped + (masked.length - shown.length)
  return missing === 0 ? shown : `${shown}… (${missing} more characters)`
}

/** What a progress display leaves on a terminal: the text after the last carriage return that was written over. */
function overwritten(line: string): string {
  const text = line.replace(/\r+$/, '')
  return text.slice(text.lastIndexOf('\r') + 1)
}

function withoutControls(line: string): string {
  // oxlint-disable-next-line no-control-regex
  return stripVTControlCharacters(line).replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, '')
}

/** The last lines of an output, within bounds. */
export interface Tail {
  add(line: string): void
  text(): string
}

export function outputTail(): Tail {
  const lines: string[] = []
  let bytes = 0
  return {
    add: (line) => {
      lines.push(line)
      bytes += Buffer.byteLength(line) + 1
      while (lines.length > KEPT_LINES || (bytes > KEPT_BYTES && lines.length > 1)) {
        bytes -= Buffer.byteLength(lines.shift() ?? '') + 1
      }
    },
    text: () => lastBytes(lines.join('\n')),
  }
}

function lastBytes(text: string): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= KEPT_BYTES) return text
  // A cut inside a character leaves replacement characters at the front.
  return bytes
    .subarray(-KEPT_BYTES)
    .toString('utf8')
    .replace(/^\uFFFD+/, '')
}
