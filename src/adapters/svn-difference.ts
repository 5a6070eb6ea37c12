import type { ChangedFile, CodeDifference, Commit, CommitId } from '../ports/version-control.ts'
import { pegged } from './svn-address.ts'
import { PROPERTIES, type Version } from './svn-history.ts'
import { pathOf } from './svn-layout.ts'
import { commitOf, versionOf } from './svn-resolve.ts'
import type { SvnStore } from './svn-store.ts'
import { countLines } from './svn-unified-diff.ts'
import { readLog, readSummary } from './svn-xml.ts'

/** As many as GitHub shows of a comparison, so that receipts are alike. */
const COMMITS_MAX = 250

/** Revisions in the history of `to` that are not in that of `from`, and the files that differ. Errors: `RevisionUnknown`, `VersionControlError`. */
export async function codeDifference(store: SvnStore, from: CommitId, to: CommitId): Promise<CodeDifference> {
  const [old, young] = await Promise.all([versionOf(store, from), versionOf(store, to)])
  const revisions = await revisionsBetween(store, old, young)
  const commits = await readCommits(store, young, revisions.slice(0, COMMITS_MAX))
  return { commits, more: revisions.length - commits.length, files: await changedFiles(store, old, young) }
}

/** The revisions in the history of `to` that are not in that of `from`, newest first. */
export async function revisionsBetween(store: SvnStore, from: Version, to: Version): Promise<number[]> {
  if (from.line === to.line) {
    return from.revision < to.revision ? historyOf(store, to, from.revision + 1) : []
  }
  // Which of the other line's revisions came along depends on where the branch was made; the two histories say it.
  const [old, young] = await Promise.all([historyOf(store, from, 1), historyOf(store, to, 1)])
  const known = new Set(old)
  return young.filter((revision) => !known.has(revision))
}

/** The revisions that changed a version or what it was copied from, back to `oldest`, newest first. */
async function historyOf(store: SvnStore, { line, revision }: Version, oldest: number): Promise<number[]> {
  const target = pegged(store.root, pathOf(store, line), revision)
  const args = ['log', '--xml', '--quiet', '--with-no-revprops', '--revision', `${revision}:${oldest}`]
  return readLog(await store.svn([...args, '--', target])).map((entry) => entry.revision)
}

async function readCommits(
  store: SvnStore,
  { line, revision }: Version,
  revisions: readonly number[],
): Promise<Commit[]> {
  const oldest = revisions.at(-1)
  if (oldest === undefined) return []
  const target = pegged(store.root, pathOf(store, line), revision)
  const args = ['log', '--xml', ...PROPERTIES, '--revision', `${revision}:${oldest}`]
  const entries = readLog(await store.svn([...args, '--', target]))
  return entries.filter((entry) => revisions.includes(entry.revision)).map((entry) => commitOf(store, entry))
}

async function changedFiles(store: SvnStore, from: Version, to: Version): Promise<ChangedFile[]> {
  const [old, young] = [from, to].map(({ line, revision }) =>
    pegged(store.root, pathOf(store, line), revision),
  )
  const targets = [`--old=${old}`, `--new=${young}`]
  const [summary, text] = await Promise.all([
    store.svn(['diff', '--summarize', '--xml', ...targets]),
    store.svn(['diff', '--internal-diff', '--ignore-properties', ...targets]),
  ])
  const lines = countLines(text)
  const prefix = `${old?.slice(0, old.lastIndexOf('@'))}/`
  return readSummary(summary)
    .map((url) => decodeURIComponent(url.startsWith(prefix) ? url.slice(prefix.length) : url))
    .map((path) => ({ path, ...(lines.get(path) ?? { added: 0, removed: 0 }) }))
}
