/** Lines that a file gained and lost. */
interface Lines {
  added: number
  removed: number
}

/**
 * Counts the lines of `svn diff` by file. The numbers in a hunk's head say how many lines belong to it, so that a line of a
 * file that looks like a head of svn's is never taken for one. Binary files have none.
 */
export function countLines(diff: string): Map<string, Readonly<Lines>> {
  const found = new Map<string, Lines>()
  let current: Lines = { added: 0, removed: 0 }
  let [oldLeft, newLeft] = [0, 0]
  for (const line of diff.split('\n')) {
    if (oldLeft > 0 || newLeft > 0) {
      // "\ No newline at end of file" belongs to neither side.
      if (line.startsWith('\\')) continue
      if (!line.startsWith('+')) oldLeft--
      if (!line.startsWith('-')) newLeft--
      if (line.startsWith('+')) current.added++
      if (line.startsWith('-')) current.removed++
      continue
    }
    const [, path] = /^Index: (.+)$/.exec(line) ?? []
    if (path !== undefined) {
      current = { added: 0, removed: 0 }
      found.set(path, current)
    }
    const [hunk, olds = '1', news = '1'] = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line) ?? []
    if (hunk !== undefined) [oldLeft, newLeft] = [Number(olds), Number(news)]
  }
  return found
}
