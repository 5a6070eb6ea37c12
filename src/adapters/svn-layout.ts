import { UsageError } from '../errors.ts'

/**
 * A line of development as a path below its project, without a slash at its ends: `trunk`, `branches/x`, `tags/1.0`. A
 * version is a line at a revision.
 */
export type Line = string

/** Where a project keeps its lines. */
export interface Layout {
  /** The path above `trunk` from the repository's root; empty where the repository holds one project. */
  readonly project: string
}

export interface Place extends Layout {
  /** The path below the project; where a nested branch ends in it, only its history says. */
  readonly way: string
}

/** A path of the repository in a project of the usual layout, or nothing where it has none. */
export function placeOf(path: string): Place | undefined {
  const parts = path.split('/').filter((part) => part !== '')
  const at = parts.findIndex((part) => KINDS.has(part))
  if (at < 0 || (parts[at] !== 'trunk' && parts.length === at + 1)) return undefined
  return { project: parts.slice(0, at).join('/'), way: parts.slice(at).join('/') }
}

const KINDS = new Set(['trunk', 'branches', 'tags'])

/** The possible lines on the way to a path, the shortest first: one for trunk, several for nested branches. */
export function linesOn(way: string): Line[] {
  const parts = way.split('/')
  if (parts[0] === 'trunk') return ['trunk']
  if (parts[0] !== 'branches' && parts[0] !== 'tags') return []
  return parts.slice(1).map((_, index) => parts.slice(0, index + 2).join('/'))
}

/** From the repository's root. */
export function pathOf({ project }: Layout, way: string): string {
  return project === '' ? way : `${project}/${way}`
}

/** What a path of the repository is within a project, or nothing outside of it. */
export function wayOf({ project }: Layout, path: string): string | undefined {
  const plain = path.replace(/^\/+/, '')
  if (project === '') return plain
  return plain.startsWith(`${project}/`) ? plain.slice(project.length + 1) : undefined
}

/** The folder that several paths have in common. */
export function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split('/'))
  const length = Math.min(first.length, ...others.map((parts) => sharedLength(first, parts)))
  return first.slice(0, length).join('/')
}

function sharedLength(one: readonly string[], other: readonly string[]): number {
  const differs = one.findIndex((part, index) => part !== other[index])
  return differs < 0 ? one.length : differs
}

/** Error: `UsageError`, since without the layout there is no telling a version's name from a folder. */
export function noLayout(where: string): UsageError {
  return new UsageError(
    `${where} is not within trunk, a branch or a tag. Seamless needs the usual layout of a Subversion project: trunk, branches and tags beside each other.`,
  )
}
