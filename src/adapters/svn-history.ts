import { pegged } from './svn-address.ts'
import type { Svn } from './svn-command.ts'
import { commonFolder, type Layout, type Line, linesOn, pathOf, wayOf } from './svn-layout.ts'
import { type LogEntry, readLog } from './svn-xml.ts'

/** What history is asked of. */
export interface SvnProject extends Layout {
  readonly root: string
  readonly svn: Svn
}

/** A revision with the line that it is a version of. */
export interface Version {
  readonly line: Line
  readonly revision: number
  readonly entry: LogEntry
}

/** How a line began. */
export interface Origin {
  readonly revision: number
  /** Absent where it was no copy. */
  readonly from?: { readonly path: string; readonly revision: number }
}

/** Revision properties that say more than svn's own. */
export const AUTHOR = 'seamless:author'
export const REVERTS = 'seamless:reverts'

/** What is asked of each revision; a server older than 1.5 gives all, which does no harm. */
export const PROPERTIES = ['svn:author', 'svn:date', 'svn:log', AUTHOR, REVERTS].flatMap((name) => [
  '--with-revprop',
  name,
])

/** The first revision of a line that exists at this revision. Error: `VersionControlError`. */
export async function originOf(project: SvnProject, line: Line, revision: number): Promise<Origin> {
  const path = pathOf(project, line)
  const target = pegged(project.root, path, revision)
  const range = ['--stop-on-copy', '--revision', `0:${revision}`, '--limit', '1']
  const [first] = readLog(await project.svn(['log', '--xml', '--verbose', '--quiet', ...range, '--', target]))
  const made = first?.paths.find(
    (one) => one.path === `/${path}` && one.isFolder && one.copiedFrom !== undefined,
  )
  return {
    revision: first?.revision ?? revision,
    ...(made?.copiedFrom && { from: { ...made.copiedFrom, path: made.copiedFrom.path.replace(/^\/+/, '') } }),
  }
}

/** Which of the folders on a way is the line: a branch is what was made by a copy, else what is right below `branches`. */
export async function lineOn(project: SvnProject, way: string, revision: number): Promise<Line> {
  const candidates = linesOn(way)
  const [first = way] = candidates
  if (candidates.length < 2) return first
  for (const line of candidates) {
    const { from } = await originOf(project, line, revision)
    // A part of trunk that was copied into a branch makes no branch.
    if (from !== undefined && !wayOf(project, from.path)?.startsWith('trunk/')) return line
  }
  return first
}

/**
 * The line that a revision is a version of: the one that it changed. Where it changed several, trunk is meant; where it
 * changed several branches and not trunk, or removed what it changed, it is a version of none.
 */
export async function lineOfEntry(project: SvnProject, entry: LogEntry): Promise<Line | undefined> {
  const changed = entry.paths.flatMap((one) => {
    const way = wayOf(project, one.path)
    return way === undefined || linesOn(way).length === 0 ? [] : [{ ...one, way }]
  })
  const isRemoved = (folder: string): boolean =>
    changed.some(({ action, way }) => action === 'D' && isWithin(way, folder))
  if (changed.some(({ way }) => isWithin('trunk', way)) && !isRemoved('trunk')) return 'trunk'
  const [group, ...others] = Map.groupBy(changed, ({ way }) => linesOn(way)[0] ?? way).values()
  if (group === undefined || others.length > 0) return undefined
  const common = commonFolder(withoutParents(group).map(({ way }) => way))
  const there = linesOn(common).findLast((line) => !isRemoved(line))
  return there === undefined ? undefined : lineOn(project, there, entry.revision)
}

interface Changed {
  readonly way: string
  readonly action: string
  readonly copiedFrom?: unknown
}

/** Without the plain folders that were made on the way to a nested branch. */
function withoutParents(group: readonly Changed[]): readonly Changed[] {
  const [first, ...others] = group.toSorted((a, b) => a.way.length - b.way.length)
  const isParent =
    first?.action === 'A' &&
    first.copiedFrom === undefined &&
    others.length > 0 &&
    others.every(({ way }) => isWithin(first.way, way))
  return isParent ? withoutParents(others) : group
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}
