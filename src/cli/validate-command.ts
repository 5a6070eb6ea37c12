import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatConfigError } from '../config/config-error.ts'
import { parseConfig } from '../config/parse.ts'
import { UsageError } from '../errors.ts'
import { EXIT_USAGE } from '../report/exit-code.ts'
import type { CliShell } from './run-cli.ts'

/** Checks the config of the working tree; all that is wrong with it, a line each. Needs no repository. */
export async function validateCommand({ line, folder, terminal }: CliShell): Promise<number> {
  const text = await readFile(join(folder, line.config), 'utf8').catch((cause: unknown) => {
    throw new UsageError(
      `There is no ${line.config} in ${folder}. "seamless init" writes one; --config names another.`,
      { cause },
    )
  })
  const parsed = parseConfig(text, line.config)
  const errors = parsed.ok ? [] : parsed.errors
  if (line.json) terminal.out(JSON.stringify({ ok: parsed.ok, errors }, undefined, 2))
  else terminal.out(parsed.ok ? `${line.config} is well-formed.` : errors.map(formatConfigError).join('\n'))
  return parsed.ok ? 0 : EXIT_USAGE
}
