import { UsageError } from '../errors.ts'
import type { Log } from '../ports/log.ts'
import type { CommitId, VersionControl } from '../ports/version-control.ts'
import { pegged } from './svn-address.ts'
import { codeDifference } from './svn-difference.ts'
import { pathOf } from './svn-layout.ts'
import { publishWorktree } from './svn-publish.ts'
import { resolveRevision, versionOf } from './svn-resolve.ts'
import type { SvnStore } from './svn-store.ts'
import { checkOut, pruneWork } from './svn-worktree.ts'
import { readInfo } from './svn-xml.ts'

/**
 * Versions from Subversion, by the svn command of the machine (1.10 or newer). A version is trunk, a branch or a tag at the
 * revision that last changed it; its id is `svnCommitId`'s. What a killed run left is removed at the first checkout.
 */
export function svnVersionControl(store: SvnStore, log: Log): VersionControl {
  let tidied: Promise<void> | undefined
  return {
    resolve: (revision) => resolveRevision(store, revision),
    async checkout(commit) {
      await (tidied ??= tidy(store, log))
      return checkOut(store, commit)
    },
    publish: (worktree, publication) => publishWorktree(store, worktree, publication),
    difference: (from, to) => codeDifference(store, from, to),
    read: (commit, path) => readText(store, commit, path),
  }
}

async function tidy(store: SvnStore, log: Log): Promise<void> {
  const removed = await pruneWork(store)
  if (removed.length > 0) log.info(`Removed what an earlier run left behind: ${removed.join(', ')}.`)
}

/** Links are not followed: what they name is not content of this commit at this path. */
async function readText(store: SvnStore, commit: CommitId, path: string): Promise<string | undefined> {
  if (path === '' || path.startsWith('/') || path.includes('\0') || path.split('/').includes('..')) {
    throw new UsageError(`${JSON.stringify(path)} is no path of a file within the repository.`)
  }
  const { line, revision } = await versionOf(store, commit)
  const target = pegged(store.root, pathOf(store, `${line}/${path}`), revision)
  const printed = await store.svn.answer(['info', '--xml', '--', target])
  if (printed === undefined || readInfo(printed).kind !== 'file') return undefined
  const text = await store.svn(['cat', '--ignore-keywords', '--', target])
  const isLink =
    text.startsWith('link ') && (await store.svn.answer(['propget', 'svn:special', '--', target]))
  return isLink ? undefined : text
}
