import { UsageError } from '../errors.ts'

/**
 * What people call the version of a commit: the text of the config's `version.file`, the `version` of a .json file, or
 * the first 12 digits of the commit.
 */
export function versionName(sha: string, file: string | undefined, text: string | undefined): string {
  if (file === undefined) return sha.slice(0, 12)
  if (text === undefined) {
    throw new UsageError(
      `version.file: ${file} does not exist at ${sha.slice(0, 12)}. Commit it, or name another file in the config.`,
    )
  }
  const name = file.endsWith('.json') ? jsonVersion(file, text) : text.trim()
  if (!/^[\w.+-]{1,100}$/.test(name) || name.startsWith('-')) {
    throw new UsageError(
      `version.file: ${file} must hold a version of letters, digits, ".", "_", "+" and "-" (at most 100), not ${JSON.stringify(name.slice(0, 60))}.`,
    )
  }
  return name
}

function jsonVersion(file: string, text: string): string {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version)
  } catch (error) {
    throw new UsageError(`version.file: ${file} is no JSON.`, { cause: error })
  }
  throw new UsageError(`version.file: ${file} has no "version".`)
}
