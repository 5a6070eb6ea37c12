/**
 * What GitHub takes in a body of a comment, a pull request or a check run. It says 65 536 for the first two and 65 535
 * for the third; one limit serves all.
 */
export const MAX_BODY = 65_535

/**
 * A text from outside as a code span: no mention, reference, link, image or HTML works in there. Everything invisible is
 * shown as an escape, line breaks are spaces.
 */
export function code(text: string, maxLength = 200): string {
  const shown = cutAt(visible(text).replaceAll(/\s+/g, ' ').trim(), maxLength)
  if (shown === '') return '` `'
  const ticks = '`'.repeat(longestRun(shown) + 1)
  const pad = shown.startsWith('`') || shown.endsWith('`') ? ' ' : ''
  return `${ticks}${pad}${shown}${pad}${ticks}`
}

/**
 * The same within a table, where a pipe would end the cell even in a code span. Backslashes before it are doubled, since
 * GitHub reads them in pairs there; they stay doubled to the eye, which is the lesser evil.
 */
export function cell(text: string, maxLength = 200): string {
  return code(text, maxLength).replaceAll(/(\\*)\|/g, (_, slashes: string) => `${slashes}${slashes}\\|`)
}

/** A text from outside as a block, in a fence longer than any run in it; at most `maxLength` characters, of which the last are kept: failures come last. */
export function fence(text: string, { language = '', maxLength = 16_000 } = {}): string {
  const shown = visible(text).replace(/\n+$/, '')
  const kept =
    shown.length > maxLength
      ? `… ${shown.length - maxLength} characters before\n${tailOf(shown, maxLength)}`
      : shown
  const ticks = '`'.repeat(Math.max(3, longestRun(kept) + 1))
  return `${ticks}${language}\n${kept}\n${ticks}`
}

/**
 * Someone who is to be told, as `@login` (of a managed account `name_company`); what cannot be a login is shown as code and notifies nobody. Only for logins
 * that GitHub gave, never for names out of a text.
 */
export function mention(login: string): string {
  return /^[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}(?:_[a-z\d]{1,38})?$/i.test(login) ? `@${login}` : code(login)
}

/** A text from outside as a title, where no Markdown works: one line, nothing invisible. */
export function plain(text: string, maxLength = 256): string {
  return cutAt(visible(text).replaceAll(/\s+/g, ' ').trim(), maxLength)
}

/**
 * A text from outside among our own words: it reads as it is, and nothing in it is a link, an image, HTML, emphasis, a mention or
 * a reference. GitHub looks for the last two after it has taken backslashes away: a word joiner, which nobody sees, parts them.
 */
export function prose(text: string, maxLength = 256): string {
  return plain(text, maxLength)
    .replaceAll(/[\\`*_[\]<>#|~!&]/g, '\\$&')
    .replaceAll(/@(?=[\p{L}\p{N}])|#(?=\d)|\bGH-(?=\d)/giu, '$&\u2060')
    .replaceAll('://', ':\\//')
    .replaceAll(/\bwww\./gi, 'www\\.')
}

/**
 * A whole body made fit to be posted: no HTML comment of its own, so that only our marker can be one; cut to what GitHub
 * takes, at a line's end, with open fences and `<details>` closed and a word on where the rest is.
 */
export function posted(markdown: string, { marker = '', rest = '', max = MAX_BODY } = {}): string {
  const body = markdown.replaceAll('<!--', '&lt;!--').replaceAll('\0', '')
  const tail = marker === '' ? '' : `\n\n${marker}`
  if (body.length + tail.length <= max) return body + tail
  const notice = `\n\n… cut here${rest === '' ? '' : `; all of it: ${rest}`}`
  const fits = max - tail.length - notice.length
  let head = wholeLines(body, fits)
  for (
    let over = closings(head).length;
    head !== '' && head.length + over > fits;
    over = closings(head).length
  ) {
    head = wholeLines(head, fits - over)
  }
  return head + closings(head) + notice + tail
}

/** Control, bidirectional, zero-width and other invisible characters as `\u{…}`; tabs and line feeds stay. */
export function visible(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0]/gu, (char) =>
      char === '\n' || char === '\t' ? char : `\\u{${char.codePointAt(0)?.toString(16) ?? ''}}`,
    )
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}

function cutAt(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${wellFormed(text.slice(0, maxLength - 1))}…`
}

function tailOf(text: string, maxLength: number): string {
  return wellFormed(text.slice(-maxLength))
}

/** Half a surrogate pair, left by a cut, is no text that JSON may carry. */
function wellFormed(text: string): string {
  return text.replaceAll(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '')
}

function wholeLines(text: string, room: number): string {
  const cut = text.slice(0, room)
  const end = cut.lastIndexOf('\n')
  // One line longer than half the room is cut within.
  return wellFormed(end > room / 2 ? cut.slice(0, end) : cut)
}

/** What closes that which is open at the end of a Markdown text: the fence, then each `<details>`. */
function closings(markdown: string): string {
  let open = ''
  let details = 0
  for (const line of markdown.split('\n')) {
    const run = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line)
    const [, ticks = '', after = ''] = run ?? []
    if (open === '' && ticks !== '') open = ticks
    else if (open !== '' && ticks.startsWith(open) && after.trim() === '') open = ''
    else if (open === '') details += count(line, /<details\b/gi) - count(line, /<\/details>/gi)
  }
  return (open === '' ? '' : `\n${open}`) + '\n</details>'.repeat(Math.max(0, Math.min(details, 8)))
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length
}
