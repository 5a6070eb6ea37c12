/**
 * Writes what is derived from the configuration's schema: `schema.json`, by which editors complete and check, and the
 * table of keys in `docs/config.md`. With `--check` it writes nothing and fails where they are not up to date.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { publishedSchema } from '../src/config/published-schema.ts'
import { keyTable } from './key-table.ts'

const root = new URL('../', import.meta.url)
const BEGIN = '<!-- keys: written by npm run schema -->'
const END = '<!-- end of keys -->'

const wanted = {
  'schema.json': () => `${JSON.stringify(publishedSchema(), null, 2)}\n`,
  'docs/config.md': (text: string) => {
    const begin = text.indexOf(BEGIN)
    const end = text.indexOf(END)
    if (begin < 0 || end < begin) throw new Error(`docs/config.md has lost its marks ${BEGIN} and ${END}`)
    return `${text.slice(0, begin + BEGIN.length)}\n\n${keyTable(publishedSchema())}\n\n${text.slice(end)}`
  },
}

for (const [path, make] of Object.entries(wanted)) {
  const file = new URL(path, root)
  const now = await readFile(file, 'utf8').catch(() => '')
  const next = make(now)
  if (now === next) continue
  if (process.argv.includes('--check')) {
    console.error(`${path} is not what the schema says: run "npm run schema" and commit it`)
    process.exitCode = 1
  } else {
    await writeFile(file, next)
    console.log(`wrote ${path}`)
  }
}
