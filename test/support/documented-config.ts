import { readFileSync } from 'node:fs'
import { parseConfig } from '../../src/config/parse.ts'
import type { Config } from '../../src/config/schema.ts'

/** The example that a page of `docs/` begins with, read as a configuration. */
export function documentedConfig(page: string): Config {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(text) ?? []
  const read = parseConfig(example, page)
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  return read.config
}
