import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import { UsageError, VersionControlError } from '../errors.ts'
import type { CommitId, Worktree } from '../ports/version-control.ts'
import { isAlive } from './is-alive.ts'
import { isBelow, pathInside } from './path-inside.ts'
import { local, pegged } from './svn-address.ts'
import { svnCommitId } from './svn-id.ts'
import { type Line, pathOf } from './svn-layout.ts'
import { refuseLinksOutside } from './svn-links.ts'
import type { Version } from './svn-history.ts'
import { versionOf } from './svn-resolve.ts'
import type { SvnStore } from './svn-store.ts'
import { readInfo } from './svn-xml.ts'

/** Checks one revision out into a folder of its own below `.seamless/work`. Errors: `RevisionUnknown`, `VersionControlError`. */
export async function checkOut(store: SvnStore, commit: CommitId): Promise<Worktree> {
  const version = await versionOf(store, commit)
  const folder = await workFolder(store)
  const path = join(folder, 'tree')
  try {
    await checkOutLine(store, version, path)
    await refuseLinksOutside(path, commit)
  } catch (error) {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    throw error
  }
  return {
    path,
    commit,
    head: () => headOf(store, version, path),
    read: (file) => readWithin(path, file),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}

/** A working copy of a line as it was at a revision, or is now. */
export async function checkOutLine(
  store: SvnStore,
  { line, revision }: { readonly line: Line; readonly revision: number | 'HEAD' },
  path: string,
): Promise<void> {
  const target = pegged(store.root, pathOf(store, line), revision)
  await store.svn(['checkout', '--quiet', '--ignore-externals', '--', target, path])
}

/** Its name says whose it is, so that what a killed run left can be told from what another one uses. */
export async function workFolder({ state }: SvnStore): Promise<string> {
  return mkdtemp(join(state, 'work', `${process.pid}-`))
}

/** Removes the folders of processes that are no more, and says which. */
export async function pruneWork({ state }: SvnStore): Promise<string[]> {
  const work = join(state, 'work')
  const left = (await readdir(work)).filter((name) => {
    const [, pid] = /^(\d+)-\w{6}$/.exec(name) ?? []
    return pid !== undefined && !isAlive(Number(pid))
  })
  await Promise.all(left.map((name) => rm(join(work, name), { recursive: true, force: true, maxRetries: 3 })))
  return left
}

/** A step may have updated or switched the folder. */
async function headOf(store: SvnStore, { line }: Version, path: string): Promise<CommitId> {
  const info = readInfo(await store.svn(['info', '--xml', '--', local(path)]))
  const expected = pathOf(store, line)
  if (info.path !== expected || info.uuid !== store.uuid) {
    throw new VersionControlError(
      `The checkout in ${path} is of ^/${info.path} now, not of ^/${expected}: a step switched it.`,
    )
  }
  return svnCommitId({ uuid: info.uuid, revision: info.changedIn })
}

/** A step may have put a link where a file was, so the real path counts. */
async function readWithin(folder: string, path: string): Promise<string | undefined> {
  const target = resolve(folder, path)
  if (target === folder || !isBelow(folder, target))
    throw new UsageError(`${JSON.stringify(path)} leads out of the checkout.`)
  const info = await stat(target).catch(() => undefined)
  return info?.isFile() ? readFile(await pathInside(folder, path), 'utf8') : undefined
}
