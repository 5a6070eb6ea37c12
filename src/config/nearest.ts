import leven from 'leven'

/** Longer words are no slips of a known name; the bound keeps hostile input cheap. */
const LONGEST = 50

/** The name that `written` is most likely a slip of: two in five of its letters may be wrong; nothing if none is that close. */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  if (written.length > LONGEST) return undefined
  let best: string | undefined
  let least = Math.ceil(written.length * 0.4) + 1
  for (const name of names) {
    const distance = leven(written.toLowerCase(), name.toLowerCase())
    if (distance >= least || distance >= name.length) continue
    best = name
    least = distance
  }
  return best
}
