import type { ChangedFile, CodeDifference, CommitId } from '../ports/version-control.ts'
import { assertCommitId, readCommits } from './git-resolve.ts'
import { REMOTE } from './git-store.ts'
import type { GitStore } from './git-store.ts'

/** As many as GitHub shows of a comparison (REST: "Compare two commits"). */
const COMMITS_MAX = 250

/** Commits that `to` has and `from` has not, and the files that differ between the two. Errors: `RevisionUnknown`, `VersionControlError`. */
export async function codeDifference(store: GitStore, from: CommitId, to: CommitId): Promise<CodeDifference> {
  for (const commit of [from, to]) {
    assertCommitId(commit)
    await store.ensure(commit)
  }
  const ids = await historyBetween(store, from, to)
  const commits = ids.length === 0 ? [] : await readCommits(store.git, `${from}..${to}`, COMMITS_MAX)
  return { commits, more: ids.length - commits.length, files: await changedFiles(store, from, to) }
}

/** How far a shallow clone is deepened, step by step, before all of its history is fetched. */
const DEEPENINGS = ['--deepen=50', '--deepen=500', '--unshallow']

/** The ids of the commits between; where the clone's history is cut within them, more of it is fetched. */
async function historyBetween(store: GitStore, from: CommitId, to: CommitId): Promise<string[]> {
  const fetch = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head']
  for (const deepening of DEEPENINGS) {
    const ids = await idsBetween(store, from, to)
    const boundary = await store.boundary()
    if (!ids.some((id) => boundary.has(id))) return ids
    await store.network([...fetch, deepening, '--end-of-options', REMOTE, to, from])
  }
  return idsBetween(store, from, to)
}

async function idsBetween({ git }: GitStore, from: CommitId, to: CommitId): Promise<string[]> {
  const printed = await git(['rev-list', '--end-of-options', `${from}..${to}`, '--'])
  return printed.split('\n').filter((line) => line !== '')
}

async function changedFiles({ git }: GitStore, from: CommitId, to: CommitId): Promise<ChangedFile[]> {
  const plain = ['--no-ext-diff', '--no-textconv', '--no-renames', '--ignore-submodules=none']
  const printed = await git([
    'diff-tree',
    '-r',
    '--numstat',
    '-z',
    ...plain,
    '--end-of-options',
    from,
    to,
    '--',
  ])
  return printed.split('\0').flatMap((entry) => {
    const [, added, removed, path] = /^(\d+|-)\t(\d+|-)\t([^]+)$/.exec(entry) ?? []
    // Git counts no lines of a binary file: it prints "-".
    return path === undefined ? [] : [{ path, added: Number(added) || 0, removed: Number(removed) || 0 }]
  })
}
