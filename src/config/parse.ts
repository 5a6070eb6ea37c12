import { type ConfigError, formatPath, visible } from './config-error.ts'
import { explain } from './explain.ts'
import { type Config, config } from './schema.ts'
import { readYaml } from './yaml-document.ts'

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly errors: readonly [ConfigError, ...ConfigError[]] }

/**
 * A configuration's text, at most 64 KiB of YAML, as typed values. `file` is only named in errors. Never throws: all that
 * is wrong with the text, else with its keys and values, else with what they say together, is in `errors`, in the order
 * of the file.
 */
export function parseConfig(text: string, file: string): ParsedConfig {
  const document = readYaml(text)
  if (!document.ok) {
    return refused(
      document.problems.map(({ line, column, path, message, expected }) => {
        return { file, line, column, path: formatPath(path), message: visible(message), expected }
      }),
    )
  }
  const read = config.safeParse(document.value)
  if (read.success) return { ok: true, config: read.data }
  return refused(explain(read.error.issues, document, file))
}

function refused([first, ...rest]: readonly ConfigError[]): ParsedConfig {
  if (first === undefined) throw new Error('a refusal without an error')
  return { ok: false, errors: [first, ...rest] }
}
