import { posted } from '../markdown.ts'

/** A part of a text; the highest rank is left out first. Of rank 0 none is. */
export interface Section {
  readonly rank: number
  /** What it is called where it is left out. */
  readonly name: string
  readonly text: string
}

/** What GitHub takes of a comment (65 536), less a marker and what a caller may put before it. */
const MAX_TEXT = 64_000

/** The sections as one text that fits: whole ones are left out, never halves, and it says which. */
export function fitSections(sections: readonly Section[], max = MAX_TEXT): string {
  let kept = sections.filter(({ text }) => text !== '')
  const left: string[] = []
  while (join(kept, left).length > max) {
    const rank = Math.max(...kept.map((section) => section.rank))
    if (!(rank > 0)) break
    left.push(...kept.filter((section) => section.rank === rank).map(({ name }) => name))
    kept = kept.filter((section) => section.rank !== rank)
  }
  return posted(join(kept, left), { max })
}

function join(sections: readonly Section[], left: readonly string[]): string {
  const note = left.length === 0 ? [] : [`<sub>Left out, since it would not fit: ${left.join(', ')}.</sub>`]
  return [...sections.map(({ text }) => text), ...note].join('\n\n')
}
