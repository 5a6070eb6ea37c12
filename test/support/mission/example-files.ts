import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const EXAMPLE = join(import.meta.dirname, '../../../examples/mission')

/** As it stands in `examples/mission`, but for what is another here: names of places, and minutes that are seconds. */
export function exampleFiles(here: Readonly<Record<string, string>>): Record<string, string> {
  const entries = readdirSync(EXAMPLE, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  const unused = new Set(Object.keys(here))
  const files = Object.fromEntries(
    paths.map((path) => {
      let text = readFileSync(path, 'utf8')
      for (const [written, meant] of Object.entries(here)) {
        if (text.includes(written)) unused.delete(written)
        text = text.replaceAll(written, meant)
      }
      return [relative(EXAMPLE, path), text]
    }),
  )
  if (unused.size > 0) throw new Error(`examples/mission does not hold ${[...unused].join(', ')}`)
  return files
}
