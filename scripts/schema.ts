/**
 * Writes what is derived from other files: `schema.json`, by which editors complete and check a configuration, with the
 * table of its keys in `docs/config.md`; `receipt.schema.json`, the form of a receipt; and in `README.md` the Action's
 * inputs and outputs and the command's help; and what GitHub is told of the App: `app.yml`, `docs/app.md`. With `--check` it writes nothing and fails where they are not up to date.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { help } from '../src/cli/command-line.ts'
import { publishedSchema } from '../src/config/published-schema.ts'
import { receipt } from '../src/upgrade/receipt.ts'
import { actionTables } from './action-tables.ts'
import { appManifest, permissionMarkdown, registrationLink } from './app-manifest.ts'
import { keyTable } from './key-table.ts'

const root = new URL('../', import.meta.url)

const wanted: Record<string, (text: string) => string | Promise<string>> = {
  'schema.json': () => json(publishedSchema()),
  'receipt.schema.json': () => {
    const schema = z.toJSONSchema(receipt, { io: 'output', target: 'draft-7' })
    return json({ ...schema, title: 'Seamless receipt (.seamless/receipt.json)' })
  },
  'docs/config.md': (text) => between(text, 'keys', keyTable(publishedSchema())),
  'app.yml': appManifest,
  'docs/app.md': (text) =>
    between(between(text, 'permissions', permissionMarkdown()), 'registration', registrationLink()),
  'README.md': async (text) => {
    const tables = actionTables(await readFile(new URL('action.yml', root), 'utf8'))
    const fence = ['```text', help, '```'].join('\n')
    return between(between(text, 'inputs and outputs', tables), 'help', fence)
  },
}

for (const [path, make] of Object.entries(wanted)) {
  const file = new URL(path, root)
  const now = await readFile(file, 'utf8').catch(() => '')
  const next = await make(now)
  if (now === next) continue
  if (process.argv.includes('--check')) {
    console.error(`${path} is not what it is derived from: run "npm run schema" and commit it`)
    process.exitCode = 1
  } else {
    await writeFile(file, next)
    console.log(`wrote ${path}`)
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** Replaces what stands between the two marks of a name. */
function between(text: string, name: string, body: string): string {
  const opening = `<!-- ${name}: written by npm run schema -->`
  const closing = `<!-- end of ${name} -->`
  const [begin, end] = [text.indexOf(opening), text.indexOf(closing)]
  if (begin < 0 || end < begin) throw new Error(`A document has lost its marks ${opening} and ${closing}`)
  return `${text.slice(0, begin + opening.length)}\n\n${body}\n\n${text.slice(end)}`
}
