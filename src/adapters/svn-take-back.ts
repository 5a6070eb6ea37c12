import { rm } from 'node:fs/promises'
import { join } from 'node:path'

import type { Merge, Suspects } from '../ports/pull-requests.ts'
import type { ReverseMerges, TakenBack } from '../ports/reverse-merges.ts'
import type { CommitId } from '../ports/version-control.ts'
import { joined, local, pegged } from './svn-address.ts'
import { originOf, PROPERTIES, REVERTS, type Version } from './svn-history.ts'
import { revisionOf, svnCommitId } from './svn-id.ts'
import { pathOf } from './svn-layout.ts'
import { revisionsBetween } from './svn-difference.ts'
import { commitFolder } from './svn-commit.ts'
import { commitOf, versionOf } from './svn-resolve.ts'
import type { SvnStore } from './svn-store.ts'
import { checkOutLine, workFolder } from './svn-worktree.ts'
import { type LogEntry, readLog, readStatus } from './svn-xml.ts'

/** Commits of trunk or of a release branch, taken back by a reverse merge. */
export function svnReverseMerges(store: SvnStore): ReverseMerges {
  return {
    mergeOf: async (commit) => mergeOf(store, await versionOf(store, commit)),
    suspects: (from, to) => suspects(store, from, to),
    revertsSince: (ms) => revertsSince(store, ms),
    takeBack: (merge) => takeBack(store, merge),
    recipe: (merge) => recipe(store, merge),
  }
}

/** A branch that was only just made is taken back by leaving it alone: there is nothing to revert on it. */
async function mergeOf(store: SvnStore, version: Version): Promise<Merge | undefined> {
  const { line, revision, entry } = version
  if (line.startsWith('tags/')) return undefined
  if ((await originOf(store, line, revision)).revision === revision) return undefined
  const { id, subject, author, atMs } = commitOf(store, entry)
  const reverts = Number(entry.properties.get(REVERTS))
  return {
    number: revision,
    title: subject,
    author,
    result: id,
    before: svnCommitId({ uuid: store.uuid, revision: revision - 1 }),
    base: line,
    shape: 'squash',
    mergedAtMs: atMs,
    labels: [],
    forwardOnly: /^Seamless-Forward-Only:\s*true\s*$/im.test(entry.message),
    ...(Number.isSafeInteger(reverts) && reverts > 0 && { revertOf: reverts }),
  }
}

async function suspects(store: SvnStore, from: CommitId, to: CommitId): Promise<Suspects> {
  const [old, young] = await Promise.all([versionOf(store, from), versionOf(store, to)])
  const [newest, ...others] = await revisionsBetween(store, old, young)
  const merge = newest === young.revision ? await mergeOf(store, young) : undefined
  if (merge === undefined) return { kind: 'none' }
  if (others.length === 0) return { kind: 'one', merge }
  const shown = others.slice(0, 10).map((revision) => `r${revision}`)
  return {
    kind: 'several',
    merge,
    others: `${shown.join(', ')}${others.length > 10 ? ` and ${others.length - 10} more` : ''}`,
  }
}

/** Of the whole project, by the server's clock. */
async function revertsSince(store: SvnStore, ms: number): Promise<number> {
  const range = `{${new Date(ms).toISOString()}}:HEAD`
  const entries = await readEntries(store, ['--revision', range], pegged(store.root, store.project, 'HEAD'))
  // A date means the last revision before it, so that one comes along.
  return entries.filter(({ properties, atMs }) => properties.has(REVERTS) && atMs >= ms).length
}

async function takeBack(store: SvnStore, merge: Merge): Promise<TakenBack> {
  const line = merge.base
  const revision = revisionOf(merge.result, store.uuid)
  const address = pegged(store.root, pathOf(store, line), 'HEAD')
  const later = await readEntries(store, ['--revision', `HEAD:${revision}`], address)
  const done = later.find(({ properties }) => properties.get(REVERTS) === String(revision))
  if (done !== undefined) return { kind: 'already', by: `r${done.revision}` }
  const folder = await workFolder(store)
  try {
    const copy = join(folder, 'tree')
    await checkOutLine(store, { line, revision: 'HEAD' }, copy)
    return await mergeBackwards(store, { merge, revision, address }, { folder, copy })
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function mergeBackwards(
  store: SvnStore,
  { merge, revision, address }: { merge: Merge; revision: number; address: string },
  { folder, copy }: { folder: string; copy: string },
): Promise<TakenBack> {
  const backwards = ['--quiet', '--accept', 'postpone', '--change', `-${revision}`]
  await store.svn(['merge', ...backwards, '--', address, copy])
  const changes = readStatus(await store.svn(['status', '--xml', '--ignore-externals', '--', local(copy)]))
  const conflicts = changes.filter(({ isConflict }) => isConflict)
  if (conflicts.length > 0) {
    return { kind: 'conflict', paths: conflicts.map(({ path }) => path.slice(copy.length + 1)) }
  }
  // Properties alone are what svn notes of merges; without a change of content there was nothing to undo.
  if (changes.every(({ item }) => item === 'normal')) return { kind: 'already', by: 'what is there now' }
  const message = `Revert r${revision}: ${merge.title}\n\nTaken back by Seamless: users would have noticed.`
  const properties = { [REVERTS]: String(revision) }
  const commit = await commitFolder(store, copy, { message, properties, scratch: folder })
  return { kind: 'committed', commit, name: `r${revisionOf(commit, store.uuid)}` }
}

async function readEntries(store: SvnStore, range: readonly string[], target: string): Promise<LogEntry[]> {
  return readLog(await store.svn(['log', '--xml', ...PROPERTIES, ...range, '--', target]))
}

function recipe(store: SvnStore, merge: Merge): string {
  const address = joined(store.root, pathOf(store, merge.base))
  return [
    `svn checkout ${address} revert-r${merge.number}`,
    `svn merge -c -${merge.number} ${address} revert-r${merge.number}`,
    `svn commit -m "Revert r${merge.number}" revert-r${merge.number}`,
  ].join('\n')
}
