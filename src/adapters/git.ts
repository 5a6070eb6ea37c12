import { isAbsolute } from 'node:path'

import { UsageError } from '../errors.ts'
import type { Log } from '../ports/log.ts'
import type { CommitId, VersionControl } from '../ports/version-control.ts'
import type { Environment } from './child-environment.ts'
import { codeDifference } from './git-difference.ts'
import { publishWorktree } from './git-publish.ts'
import { assertCommitId, resolveRevision } from './git-resolve.ts'
import { openGitStore } from './git-store.ts'
import type { GitStore } from './git-store.ts'
import { checkOut, pruneWorktrees } from './git-worktree.ts'
import type { RunProcess } from './run-process.ts'

export interface GitOptions {
  /** The user's repository: an absolute path. */
  readonly root: string
  /** The name of its remote, `origin` as a rule. */
  readonly remote: string
  /** For https remotes; without it git's own credential helpers are asked. */
  readonly token?: string | undefined
  readonly environment: Environment
  readonly run: RunProcess
  readonly log: Log
  /** Ends the git commands under way; worktrees can still be removed. */
  readonly signal?: AbortSignal | undefined
}

/** Versions from git, by the git command of the machine (2.30 or newer). The repository is opened at the first use. */
export function gitVersionControl(options: GitOptions): VersionControl {
  if (!isAbsolute(options.root)) throw new UsageError(`${options.root} is not an absolute path.`)
  let opened: Promise<GitStore> | undefined
  const open = (): Promise<GitStore> => (opened ??= openAndTidy(options))
  return {
    resolve: async (revision) => resolveRevision(await open(), revision),
    checkout: async (commit) => checkOut(await open(), commit),
    publish: async (worktree, publication) => publishWorktree(await open(), worktree, publication),
    difference: async (from, to) => codeDifference(await open(), from, to),
    read: async (commit, path) => readText(await open(), commit, path),
  }
}

async function openAndTidy({
  log,
  signal = new AbortController().signal,
  ...options
}: GitOptions): Promise<GitStore> {
  const store = await openGitStore({ ...options, signal })
  const removed = await pruneWorktrees(store)
  if (removed.length > 0) log.info(`Removed what an earlier run left behind: ${removed.join(', ')}.`)
  return store
}

/** Links are not followed: what they name is not content of this commit at this path. */
async function readText(store: GitStore, commit: CommitId, path: string): Promise<string | undefined> {
  assertCommitId(commit)
  if (path === '' || path.startsWith('/') || path.includes('\0') || path.split('/').includes('..')) {
    throw new UsageError(`${JSON.stringify(path)} is no path of a file within the repository.`)
  }
  await store.ensure(commit)
  const listed = await store.git(['ls-tree', '-z', '--full-tree', '--end-of-options', commit, '--', path])
  const [, id, found] = /^100\d{3} blob ([0-9a-f]+)\t([^]+?)\0$/.exec(listed) ?? []
  return id === undefined || found !== path ? undefined : store.git(['cat-file', 'blob', id])
}
