import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { BranchTaken, UsageError, VersionControlError } from '../errors.ts'
import type { CommitId, Publication, Published, Worktree } from '../ports/version-control.ts'
import { local, pegged } from './svn-address.ts'
import { commitFolder } from './svn-commit.ts'
import { AUTHOR, originOf, type Version } from './svn-history.ts'
import { svnCommitId } from './svn-id.ts'
import { type Line, linesOn, pathOf } from './svn-layout.ts'
import { mirrorFolder } from './svn-mirror.ts'
import { assertName, branchLine, lastChange, versionOf } from './svn-resolve.ts'
import type { SvnStore } from './svn-store.ts'
import { checkOutLine, workFolder } from './svn-worktree.ts'
import { readStatus, type StatusEntry } from './svn-xml.ts'

interface Making {
  readonly line: Line
  readonly base: Version
  /** The checkout with the changes, which a step of the user worked in: only its files are used, never its `.svn`. */
  readonly changed: string
  readonly publication: Publication
  /** A folder for working copies of our own. */
  readonly folder: string
}

/**
 * Publishes what a checkout has changed as a branch: a copy of its base with the changes, in one revision, so that nobody
 * ever sees half of it. Errors: `BranchTaken`, `UsageError`, `VersionControlError`.
 */
export async function publishWorktree(
  store: SvnStore,
  worktree: Worktree,
  publication: Publication,
): Promise<Published> {
  assertName(publication.branch)
  assertAuthor(publication.author)
  const line = branchLine(publication.branch)
  if (!line.startsWith('branches/'))
    throw new BranchTaken(line, `${line} is where versions come from, and no branch to publish.`)
  const base = await versionOf(store, worktree.commit)
  const folder = await workFolder(store)
  try {
    return await publishBranch(store, { line, base, changed: worktree.path, publication, folder })
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function publishBranch(store: SvnStore, making: Making): Promise<Published> {
  const { parent, copy } = await copyBase(store, making)
  await mirrorFolder(making.changed, copy)
  if ((await changesIn(store, copy)).length === 0) return { kind: 'unchanged' }
  const found = await sameThere(store, making)
  if (found !== undefined) return { kind: 'found', commit: found }
  try {
    return { kind: 'pushed', commit: await commitBranch(store, making, { parent, copy }) }
  } catch (error) {
    // Somebody made it in the meantime, or an answer was lost: what is there decides.
    const there = error instanceof VersionControlError ? await sameThere(store, making) : undefined
    if (there === undefined) throw error
    return { kind: 'found', commit: there }
  }
}

/**
 * A working copy with the branch as an addition. `svn copy` to an address would put a copy *into* a branch that appeared in
 * the meantime; a commit of an addition is refused then.
 */
async function copyBase(
  store: SvnStore,
  { line, base, folder: scratch }: Making,
): Promise<{ parent: string; copy: string }> {
  const above = await firstMissing(store, line)
  const parent = join(scratch, 'branches')
  const there = above.split('/').slice(0, -1).join('/')
  const empty = ['--quiet', '--ignore-externals', '--depth', 'empty']
  const folder = pegged(store.root, pathOf(store, there), 'HEAD')
  await store.svn(['checkout', ...empty, '--', folder, parent])
  const missing = line.split('/').slice(there === '' ? 0 : there.split('/').length)
  const copy = join(parent, ...missing)
  const between = missing.slice(0, -1).map((_, index) => join(parent, ...missing.slice(0, index + 1)))
  if (between.length > 0) await store.svn(['mkdir', '--quiet', '--', ...between.map(local)])
  const source = pegged(store.root, pathOf(store, base.line), base.revision)
  await store.svn(['copy', '--quiet', '--ignore-externals', '--', source, local(copy)])
  return { parent, copy }
}

/** The topmost folder on the way to a branch that is not there; the branch itself where all above it is. Error: `BranchTaken`. */
async function firstMissing(store: SvnStore, line: Line): Promise<string> {
  const ways = ['branches', ...linesOn(line)]
  for (const way of ways.slice(0, -1)) {
    const there = await lastChange(store, way)
    if (there === undefined) return way
    if (way === 'branches') continue
    if ((await originOf(store, way, there.revision)).from === undefined) continue
    throw new BranchTaken(line, `^/${pathOf(store, way)} is a branch itself, so there can be none below it.`)
  }
  return line
}

/** What svn would commit, after new files were added and missing ones removed. Error: `VersionControlError`. */
async function changesIn(store: SvnStore, copy: string): Promise<StatusEntry[]> {
  const before = await statusOf(store, copy)
  const obstructed = before.find(({ item }) => item === 'obstructed')
  if (obstructed !== undefined) throw otherKind(obstructed.path.slice(copy.length + 1))
  const missing = before.filter(({ item }) => item === 'missing')
  if (missing.length > 0) {
    // As a list in a file: there may be more than a command line holds.
    const list = join(copy, '..', 'missing')
    await writeFile(list, missing.map(({ path }) => `${local(path)}\n`).join(''))
    await store.svn(['delete', '--quiet', '--force', '--targets', list])
    await rm(list)
  }
  await store.svn(['add', '--quiet', '--force', '--', local(copy)])
  return (await statusOf(store, copy)).filter(({ path }) => path !== copy)
}

function otherKind(path: string): VersionControlError {
  return new VersionControlError(
    `The change makes ${JSON.stringify(path)} another kind of thing (file, folder or link) under the same name, which Seamless does not do on Subversion. Give the new one another name.`,
  )
}

async function statusOf(store: SvnStore, copy: string): Promise<StatusEntry[]> {
  return readStatus(await store.svn(['status', '--xml', '--ignore-externals', '--', local(copy)]))
}

/** The branch's commit if it is ours: the same base and content, in one revision. Errors: `BranchTaken` if it is not. */
async function sameThere(store: SvnStore, making: Making): Promise<CommitId | undefined> {
  const { line, base } = making
  const there = await lastChange(store, line)
  if (there === undefined) return undefined
  const origin = await originOf(store, line, there.revision)
  const isOurBase = origin.from?.path === pathOf(store, base.line) && origin.from.revision === base.revision
  if (isOurBase && origin.revision === there.revision && (await hasContent(store, making, there.revision))) {
    return svnCommitId({ uuid: store.uuid, revision: there.revision })
  }
  throw new BranchTaken(
    making.publication.branch,
    `The repository already has a branch ${JSON.stringify(making.publication.branch)} with other content (r${there.revision}), and Seamless never overwrites one. ` +
      'Delete that branch, or merge it, or give upgrade.branch another name (for example with {version} in it).',
  )
}

/** svn itself compares: what it writes differently in each checkout (keywords, ends of lines) is no difference. */
async function hasContent(
  store: SvnStore,
  { line, changed, folder }: Making,
  revision: number,
): Promise<boolean> {
  const copy = join(folder, 'there')
  await rm(copy, { recursive: true, force: true })
  await checkOutLine(store, { line, revision }, copy)
  await mirrorFolder(changed, copy)
  return (await changesIn(store, copy)).length === 0
}

async function commitBranch(
  store: SvnStore,
  { publication, folder }: Making,
  { parent }: { parent: string; copy: string },
): Promise<CommitId> {
  const { message, author } = publication
  return commitFolder(store, parent, { message, properties: { [AUTHOR]: author.trim() }, scratch: folder })
}

function assertAuthor(author: string): void {
  // oxlint-disable-next-line no-control-regex
  if (/^[^<>\u0000-\u001F]+ <[^<>\s\u0000-\u001F]+>$/.test(author.trim())) return
  throw new UsageError(
    `The author ${JSON.stringify(author)} is not of the form "Name <email>". Correct upgrade.author.`,
  )
}
