import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const examples = read('examples/comment.md')
const page = read('docs/pull-request.md')

it('docs/pull-request.md explains every first line that examples/comment.md shows, and no other', () => {
  const table = page.slice(page.indexOf('<!-- states'), page.indexOf('<!-- end of states'))
  const explained = [...table.matchAll(/^\| (\S+ [^|]+) \| [^|]+ \| [^|]+ \|$/gm)].map(([, line]) => line)
  const shown = [...examples.matchAll(/^The check run: \*\*(.+)\*\*$/gm)].map(([, line]) => line)
  expect(shown.length).toBeGreaterThan(20)
  expect(new Set(explained.slice(1))).toEqual(new Set(shown))
  expect(explained[0]).toBe('first line')
})

it('docs/pull-request.md quotes the examples, and invents nothing', () => {
  const quoted = [...page.matchAll(/^> .+$/gm)].map(([line]) => line)
  expect(quoted).toHaveLength(2)
  for (const line of quoted) expect(examples).toContain(`\n${line}\n`)
})
