import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { UsageError } from '../errors.ts'

const EXPECTED_PATH = 'expected a path within the repository, such as packages/api'
const EXPECTED_GLOB = 'expected a pattern within the repository, such as dist/**'

/** A path or pattern below the repository's root, with `/`; lexically inside, see `insideRepository` for links. */
export const repositoryPath = z
  .string({ error: EXPECTED_PATH })
  .max(500)
  .refine(staysInside, { error: EXPECTED_PATH })

export const repositoryGlob = z
  .string({ error: EXPECTED_GLOB })
  .max(500)
  .refine(staysInside, { error: EXPECTED_GLOB })

/**
 * The real folder or file that `relative` names below `root`. Symbolic links are followed first, because a link is how a
 * path that looks inside leads out.
 * @throws UsageError when it is not there or not inside.
 */
export async function insideRepository(root: string, relative: string): Promise<string> {
  const name = JSON.stringify(relative)
  if (!staysInside(relative)) throw new UsageError(`${name} leads out of the repository`)
  const realRoot = await realpath(root)
  let found: string
  try {
    found = await realpath(path.join(realRoot, relative))
  } catch (error) {
    throw new UsageError(`${name} is not in the repository`, { cause: error })
  }
  const within = path.relative(realRoot, found)
  if (within === '..' || within.startsWith(`..${path.sep}`) || path.isAbsolute(within)) {
    throw new UsageError(`${name} leads out of the repository, to ${found}`)
  }
  return found
}

function staysInside(text: string): boolean {
  if (text === '' || text.startsWith('-')) return false
  // Windows reads a backslash as a separator and C: as a drive; `.git` is git's own.
  // oxlint-disable-next-line no-control-regex -- a path with control characters is refused here
  if (/[\\\u0000-\u001F\u007F]|^[A-Za-z]:|^\//.test(text)) return false
  return !text.split('/').some((part) => part === '..' || part.toLowerCase() === '.git')
}
