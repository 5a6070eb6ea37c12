import { realpath } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'

import { UsageError } from '../errors.ts'

/**
 * The real path of something that exists below a folder. Errors: `UsageError` when the path, or a link on its way, leads
 * out of the folder, or when there is nothing.
 */
export async function pathInside(folder: string, path: string): Promise<string> {
  const root = await realpath(folder)
  if (path.includes('\0') || isAbsolute(path) || !isBelow(root, resolve(root, path))) {
    throw new UsageError(`${JSON.stringify(path)} leads out of ${folder}. Give a path below it.`)
  }
  const real = await realpath(resolve(root, path)).catch((cause: unknown) => {
    throw new UsageError(`${JSON.stringify(path)} does not exist below ${folder}.`, { cause })
  })
  if (!isBelow(root, real))
    throw new UsageError(`${JSON.stringify(path)} is a link that leads out of ${folder}.`)
  return real
}

/** Whether a resolved path is the folder or below it. */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
