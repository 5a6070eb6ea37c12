import { VersionControlError } from '../errors.ts'
import type { CommitId } from '../ports/version-control.ts'
import type { Git } from './git-command.ts'

/** As many links in a row as Linux follows (path_resolution(7)). */
const LINKS_MAX = 40

/** Refuses a commit whose tree has links that lead out of it, before anything of it is on disk. Errors: `VersionControlError`. */
export async function refuseLinksOutside(git: Git, commit: CommitId): Promise<void> {
  const links = await linksOf(git, commit)
  const outside = [...links.keys()].filter((path) => leadsOutside(path, links))
  if (outside.length === 0) return
  const [first = ''] = outside
  throw new VersionControlError(
    `Commit ${commit} has links that lead out of the repository, so it is not checked out: ` +
      `${JSON.stringify(first)} → ${JSON.stringify(links.get(first))}` +
      `${outside.length > 1 ? ` and ${outside.length - 1} more` : ''}. Remove them or make them relative and local.`,
  )
}

/** Where a tree's link ends, followed through its other links; the tree alone decides, not the disk. */
export function leadsOutside(path: string, links: ReadonlyMap<string, string>): boolean {
  const todo = path.split('/').reverse()
  const done: string[] = []
  let followed = 0
  while (todo.length > 0) {
    const part = todo.pop() ?? ''
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (done.pop() === undefined) return true
      continue
    }
    done.push(part)
    const target = links.get(done.join('/'))
    if (target === undefined) continue
    if (target.startsWith('/')) return true
    // A circle of links leads nowhere.
    if (++followed > LINKS_MAX) return false
    done.pop()
    todo.push(...target.split('/').reverse())
  }
  return false
}

async function linksOf(git: Git, commit: CommitId): Promise<Map<string, string>> {
  const listed = await git(['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', commit])
  const entries = listed.split('\0').flatMap((entry) => {
    const match = /^120000 blob ([0-9a-f]+)\t([^]+)$/.exec(entry)
    return match?.[1] && match[2] ? [{ id: match[1], path: match[2] }] : []
  })
  if (entries.length === 0) return new Map()
  const targets = await blobs(
    git,
    entries.map(({ id }) => id),
  )
  return new Map(entries.map(({ id, path }) => [path, targets.get(id) ?? '/']))
}

/** Contents of small blobs by id, by one `git cat-file --batch`. */
async function blobs(git: Git, ids: readonly string[]): Promise<Map<string, string>> {
  const unique = [...new Set(ids)]
  const printed = Buffer.from(
    await git(['cat-file', '--batch'], { input: unique.map((id) => `${id}\n`).join('') }),
  )
  const found = new Map<string, string>()
  let at = 0
  for (const id of unique) {
    const headEnd = printed.indexOf(0x0a, at)
    const size = Number(printed.subarray(at, headEnd).toString().split(' ')[2])
    if (!Number.isSafeInteger(size)) continue
    found.set(id, printed.subarray(headEnd + 1, headEnd + 1 + size).toString('utf8'))
    at = headEnd + 1 + size + 1
  }
  return found
}
