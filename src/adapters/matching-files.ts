import { glob, stat } from 'node:fs/promises'

import { UsageError } from '../errors.ts'
import { pathInside } from './path-inside.ts'

/** The files below a folder that a pattern matches, by their paths in it with `/`, sorted. Errors: `UsageError` for what leads out. */
async function matchingFiles(folder: string, pattern: string): Promise<string[]> {
  if (pattern.startsWith('/') || pattern.split('/').includes('..')) {
    throw new UsageError(
      `The pattern ${JSON.stringify(pattern)} leads out of the step's folder. Give one below it.`,
    )
  }
  const found: string[] = []
  for await (const path of glob(pattern, { cwd: folder })) {
    // A link that leads out is an error rather than left out: what is not digested would silently not be deployed.
    const real = await pathInside(folder, path)
    if ((await stat(real)).isFile()) found.push(path)
  }
  return [...new Set(found)].sort()
}

/** The same for several patterns, and those of them that match no file. */
export async function matchingAll(
  folder: string,
  patterns: readonly string[],
): Promise<{ readonly files: readonly string[]; readonly unmatched: readonly string[] }> {
  const matches = await Promise.all(patterns.map((pattern) => matchingFiles(folder, pattern)))
  return {
    files: [...new Set(matches.flat())].sort(),
    unmatched: patterns.filter((_, index) => matches[index]?.length === 0),
  }
}
