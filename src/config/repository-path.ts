import { z } from 'zod'

const EXPECTED_PATH = 'expected a path within the repository, such as packages/api'
const EXPECTED_GLOB = 'expected a pattern within the repository, such as dist/**'

/** A path below the repository's root, with `/`. Links are followed, and checked again, where it is used. */
export const repositoryPath = z
  .string({ error: EXPECTED_PATH })
  .max(500)
  .refine(staysInside, { error: EXPECTED_PATH })

/** As `repositoryPath`, for a pattern of files. */
export const repositoryGlob = z
  .string({ error: EXPECTED_GLOB })
  .max(500)
  .refine(staysInside, { error: EXPECTED_GLOB })

function staysInside(text: string): boolean {
  if (text === '' || text.startsWith('-')) return false
  // Windows reads a backslash as a separator and C: as a drive; `.git` is git's own.
  // oxlint-disable-next-line no-control-regex -- a path with control characters is refused here
  if (/[\\\u0000-\u001F\u007F]|^[A-Za-z]:|^\//.test(text)) return false
  return !text.split('/').some((part) => part === '..' || part.toLowerCase() === '.git')
}
