/**
 * The lines of a Markdown text that stand neither in a fence nor in an HTML comment. What lines of their own cannot show (a
 * code span over several, the last line of a quote without its `>`) stays in: whoever looks for commands then finds one
 * too many and refuses, which is the safe side.
 */
export function openLines(lines: readonly string[]): readonly string[] {
  const open: string[] = []
  let inside: Block | undefined
  for (const line of lines) {
    if (inside !== undefined) {
      if (inside.endsWith(line)) inside = undefined
      continue
    }
    inside = blockBegunBy(line)
    if (inside === undefined) open.push(line)
  }
  return open
}

interface Block {
  readonly endsWith: (line: string) => boolean
}

/** CommonMark 0.31, 4.5 and 4.6: up to three spaces may stand before a fence and before `<!--`. */
function blockBegunBy(line: string): Block | undefined {
  const [, fence = '', after = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? []
  if (fence !== '' && !(fence.startsWith('`') && after.includes('`'))) return { endsWith: closes(fence) }
  if (!/^ {0,3}<!--/.test(line) || line.includes('-->')) return undefined
  return { endsWith: (later) => later.includes('-->') }
}

/** A fence is closed by one of its kind that is at least as long, and has nothing behind it. */
function closes(fence: string): (line: string) => boolean {
  return (line) => {
    const [, run = ''] = /^ {0,3}(`+|~+)[ \t]*$/.exec(line) ?? []
    return run[0] === fence[0] && run.length >= fence.length
  }
}
