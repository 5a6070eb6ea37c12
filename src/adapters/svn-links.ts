import { readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'

import { VersionControlError } from '../errors.ts'
import { leadsOutside } from './git-links.ts'

/**
 * Refuses a checkout with links that lead out of it, before anybody works in it. svn itself writes nothing through a link:
 * in a repository a link is a file and has nothing below it. Error: `VersionControlError`.
 */
export async function refuseLinksOutside(folder: string, what: string): Promise<void> {
  const links = new Map<string, string>()
  await collectLinks(folder, '', links)
  const [first, ...others] = [...links.keys()].filter((path) => leadsOutside(path, links))
  if (first === undefined) return
  throw new VersionControlError(
    `Commit ${what} has links that lead out of the repository, so it is not checked out: ` +
      `${JSON.stringify(first)} → ${JSON.stringify(links.get(first))}` +
      `${others.length > 0 ? ` and ${others.length} more` : ''}. Remove them or make them relative and local.`,
  )
}

async function collectLinks(folder: string, below: string, links: Map<string, string>): Promise<void> {
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isSymbolicLink()) links.set(path, await readlink(join(folder, path)))
    else if (entry.isDirectory() && path !== '.svn') await collectLinks(folder, path, links)
  }
}
