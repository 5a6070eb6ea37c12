import { formatConfigError } from '../config/config-error.ts'
import { parseConfig } from '../config/parse.ts'
import { readYaml } from '../config/yaml-document.ts'
import type { CommitId } from '../ports/version-control.ts'
import type { Driver, TrustedConfig } from './command-ports.ts'

/** Where commands look for the config: a comment names no other place, or whoever writes one would choose the rules. */
export const CONFIG_FILE = '.github/seamless.yml'

/** The config's text at the default branch's head, as commands need it. */
export function readTrustedConfig(
  text: string | undefined,
  at: { readonly sha: CommitId; readonly defaultBranch: string },
): TrustedConfig {
  if (text === undefined) return { kind: 'missing', where: `${CONFIG_FILE} of ${at.defaultBranch}` }
  const parsed = parseConfig(text, CONFIG_FILE)
  if (parsed.ok) return { kind: 'config', config: parsed.config, ...at }
  const driver = driverIn(text)
  return {
    kind: 'invalid',
    errors: parsed.errors.map(formatConfigError).join('\n'),
    ...(driver !== undefined && { driver }),
  }
}

function driverIn(text: string): Driver | undefined {
  const document = readYaml(text)
  if (!document.ok || typeof document.value !== 'object' || document.value === null) return undefined
  const { driver } = document.value as { driver?: unknown }
  return driver === 'app' || driver === 'action' ? driver : undefined
}
