/**
 * Writes what is derived from schemas: `schema.json`, by which editors complete and check a configuration, the table of
 * its keys in `docs/config.md`, and `receipt.schema.json`, the form of a receipt. With `--check` it writes nothing and
 * fails where they are not up to date.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { publishedSchema } from '../src/config/published-schema.ts'
import { receipt } from '../src/upgrade/upgrade.ts'
import { keyTable } from './key-table.ts'

const root = new URL('../', import.meta.url)
const BEGIN = '<!-- keys: written by npm run schema -->'
const END = '<!-- end of keys -->'

const wanted = {
  'schema.json': () => `${JSON.stringify(publishedSchema(), null, 2)}\n`,
  'receipt.schema.json': () => {
    const schema = z.toJSONSchema(receipt, { io: 'output', target: 'draft-7' })
    return `${JSON.stringify({ ...schema, title: 'Seamless receipt (.seamless/receipt.json)' }, null, 2)}\n`
  },
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
