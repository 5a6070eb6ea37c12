import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

import { UsageError } from '../errors.ts'
import type { CommitId, Worktree } from '../ports/version-control.ts'
import { refuseLinksOutside } from './git-links.ts'
import { assertCommitId } from './git-resolve.ts'
import type { GitStore } from './git-store.ts'
import { isAlive } from './is-alive.ts'
import { isBelow, pathInside } from './path-inside.ts'

/** Checks one commit out into `.seamless/work/<first 12 digits>-<n>`. Errors: `RevisionUnknown`, `VersionControlError`. */
export async function checkOut(store: GitStore, commit: CommitId): Promise<Worktree> {
  assertCommitId(commit)
  await store.ensure(commit)
  await refuseLinksOutside(store.git, commit)
  const name = await claimName(store, commit)
  const path = join(store.state, 'work', name)
  try {
    await register(store, { name, path, commit })
    await store.worktreeGit(name, path)(['reset', '--hard', '--quiet'])
  } catch (error) {
    await removeWorktree(store, name)
    throw error
  }
  return {
    path,
    commit,
    head: async () =>
      (await store.worktreeGit(name, path)(['rev-parse', '--verify', 'HEAD^{commit}'])).trim(),
    read: (file) => readWithin(path, file),
    remove: () => removeWorktree(store, name),
  }
}

/**
 * What `git worktree add` writes (gitrepository-layout(5)), put in place at one stroke: git's own command writes it file by
 * file, and every git process that looks at the worktrees meanwhile fails ("failed to read …/commondir").
 */
async function register(
  { gitDirectory }: GitStore,
  { name, path, commit }: { name: string; path: string; commit: CommitId },
): Promise<void> {
  const registered = registration(gitDirectory, name)
  const prepared = join(gitDirectory, `${name}.new`)
  await rm(prepared, { recursive: true, force: true })
  await mkdir(prepared, { recursive: true })
  await writeFile(join(prepared, 'HEAD'), `${commit}\n`)
  await writeFile(join(prepared, 'commondir'), '../..\n')
  await writeFile(join(prepared, 'gitdir'), `${join(path, '.git')}\n`)
  await mkdir(path, { recursive: true })
  await writeFile(join(path, '.git'), `gitdir: ${registered}\n`)
  await mkdir(dirname(registered), { recursive: true })
  await rename(prepared, registered)
}

function registration(gitDirectory: string, name: string): string {
  return join(gitDirectory, 'worktrees', name)
}

/** Removes what killed runs left behind, worktrees whose owner is no longer a living process, and says which. */
export async function pruneWorktrees(store: GitStore): Promise<string[]> {
  const work = join(store.state, 'work')
  const owned = (await readdir(work).catch(() => [])).filter((name) => name.endsWith(OWNER))
  const removed: string[] = []
  for (const owner of owned) {
    const pid = Number(await readFile(join(work, owner), 'utf8').catch(() => ''))
    if (isAlive(pid)) continue
    const name = owner.slice(0, -OWNER.length)
    await removeWorktree(store, name)
    removed.push(name)
  }
  return removed
}

/** The file beside a worktree that says which process uses it. */
const OWNER = '.pid'

/** More at once than any run needs; reached only when something goes round in circles. */
const NAMES_MAX = 1000

/** A name is taken by creating its owner's file, which only one process can. */
async function claimName(store: GitStore, commit: CommitId): Promise<string> {
  const work = join(store.state, 'work')
  await mkdir(work, { recursive: true })
  for (let n = 1; n <= NAMES_MAX; n++) {
    const name = `${commit.slice(0, 12)}-${n}`
    const claimed = await writeFile(join(work, name + OWNER), String(process.pid), { flag: 'wx' }).then(
      () => true,
      () => false,
    )
    if (claimed) {
      await remains(store, name)
      return name
    }
  }
  throw new Error(`${work} has ${NAMES_MAX} worktrees of ${commit}. Remove the folder.`)
}

async function removeWorktree(store: GitStore, name: string): Promise<void> {
  await remains(store, name)
  await rm(join(store.state, 'work', name + OWNER), { force: true })
}

/** By file operations alone, so that it works after a cancel, when no process is to be started any more. */
async function remains({ state, gitDirectory }: GitStore, name: string): Promise<void> {
  await rm(join(state, 'work', name), { recursive: true, force: true, maxRetries: 3 })
  const discarded = join(gitDirectory, `${name}.old`)
  // Away at one stroke too; where it was not registered there is nothing to move.
  await rename(registration(gitDirectory, name), discarded).catch(() => undefined)
  await rm(discarded, { recursive: true, force: true })
}

/** A step may have put a link where a file was, so the real path counts. */
async function readWithin(folder: string, path: string): Promise<string | undefined> {
  const target = resolve(folder, path)
  if (target === folder || !isBelow(folder, target))
    throw new UsageError(`${JSON.stringify(path)} leads out of the checkout.`)
  const info = await stat(target).catch(() => undefined)
  if (!info?.isFile()) return undefined
  return readFile(await pathInside(folder, path), 'utf8')
}
