import { isBranchName } from '../config/branch-name.ts'
import { RevisionUnknown } from '../errors.ts'
import type { Commit, CommitId } from '../ports/version-control.ts'
import { local, pegged } from './svn-address.ts'
import { AUTHOR, lineOfEntry, PROPERTIES, type Version } from './svn-history.ts'
import { revisionOf, svnCommitId } from './svn-id.ts'
import { type Line, pathOf } from './svn-layout.ts'
import type { SvnStore } from './svn-store.ts'
import { type LogEntry, readInfo, readLog } from './svn-xml.ts'

/**
 * The revision that a name means now: `HEAD` is the newest that the working copy has anything of, `trunk`, a branch or a tag
 * the last that changed it. Errors: `RevisionUnknown`, `VersionControlError`.
 */
export async function resolveRevision(store: SvnStore, name: string): Promise<Commit> {
  if (/^[0-9a-f]{40}$/.test(name)) return commitOf(store, (await versionOf(store, name)).entry)
  const { line, revision } = name === 'HEAD' ? await standing(store) : await named(store, name)
  const version = await versionOf(store, svnCommitId({ uuid: store.uuid, revision }))
  if (version.line === line) return commitOf(store, version.entry)
  throw new RevisionUnknown(
    name,
    `The last change of ^/${pathOf(store, line)}, r${revision}, is a version of ^/${pathOf(store, version.line)}: it changed both, or came by moving the project. Commit a change to ${line} alone.`,
  )
}

/**
 * Reads what an id names; the line comes from what the revision changed. That never changes, so it is asked once. Errors:
 * `RevisionUnknown`, `VersionControlError`.
 */
export async function versionOf(store: SvnStore, id: CommitId): Promise<Version> {
  const revision = revisionOf(id, store.uuid)
  const known = store.versions.get(revision) ?? (await readVersion(store, id, revision))
  store.versions.set(revision, known)
  return known
}

async function readVersion(store: SvnStore, id: CommitId, revision: number): Promise<Version> {
  const args = ['log', '--xml', '--verbose', ...PROPERTIES, '--revision', String(revision)]
  const printed = await store.svn.answer([...args, '--', pegged(store.root, store.project, 'HEAD')])
  const [entry] = printed === undefined ? [] : readLog(printed)
  if (entry === undefined) {
    throw new RevisionUnknown(id, `The repository has no r${revision} in ^/${store.project}.`)
  }
  const line = await lineOfEntry(store, entry)
  if (line !== undefined) return { line, revision, entry }
  throw new RevisionUnknown(
    id,
    `r${revision} changed no line of development alone, so it is no version: ${
      entry.paths.length === 0
        ? 'nothing'
        : entry.paths
            .map(({ path }) => path)
            .slice(0, 5)
            .join(', ')
    }.`,
  )
}

/** A revision as the port's commit. The author is who Seamless was told to be, else the account. */
export function commitOf({ uuid }: SvnStore, entry: LogEntry): Commit {
  return {
    id: svnCommitId({ uuid, revision: entry.revision }),
    subject: entry.message.trimStart().split('\n', 1)[0]?.trimEnd() ?? '',
    author: entry.properties.get(AUTHOR) ?? entry.author ?? '(no author)',
    atMs: entry.atMs,
  }
}

/** Errors: `RevisionUnknown` for what Seamless takes for no branch or tag, before any process sees it. */
export function assertName(name: string): void {
  if (isBranchName(name)) return
  throw new RevisionUnknown(
    name,
    `${JSON.stringify(name)} is no name for a branch or tag. Give trunk, a branch, a tag, or a full commit id.`,
  )
}

/** The line of a branch's name. */
export function branchLine(name: string): Line {
  return name === 'trunk' || name.startsWith('branches/') ? name : `branches/${name}`
}

interface At {
  readonly line: Line
  readonly revision: number
}

async function named(store: SvnStore, name: string): Promise<At> {
  assertName(name)
  const isSaid = name === 'trunk' || /^(?:branches|tags)\/./.test(name)
  const lines = isSaid ? [name] : [`branches/${name}`, `tags/${name}`]
  const found = (await Promise.all(lines.map((line) => lastChange(store, line)))).filter(
    (one) => one !== undefined,
  )
  const [first, second] = found
  if (first === undefined) throw unknownName(name)
  if (second === undefined) return first
  throw new RevisionUnknown(
    name,
    `${JSON.stringify(name)} is a branch and a tag. Say branches/${name} or tags/${name}.`,
  )
}

/** The last revision that changed a line, or nothing where there is none now. */
export async function lastChange(store: SvnStore, line: Line): Promise<At | undefined> {
  const printed = await store.svn.answer([
    'info',
    '--xml',
    '--',
    pegged(store.root, pathOf(store, line), 'HEAD'),
  ])
  const info = printed === undefined ? undefined : readInfo(printed)
  return info?.kind === 'dir' ? { line, revision: info.changedIn } : undefined
}

/** A commit leaves the rest of a working copy at older revisions, so its newest part counts. */
async function standing({ svn, folder, line, shell }: SvnStore): Promise<At> {
  const end = await shell.run({
    file: 'svnversion',
    args: ['--committed', '--no-newline', '--', folder],
    directory: folder,
    environment: { PATH: shell.environment['PATH'] ?? '', LC_ALL: 'C.UTF-8' },
    signal: shell.signal,
    timeoutMs: 60_000,
    captureBytes: 1024,
  })
  const [, revision, flags = ''] = /^(?:\d+:)?(\d+)([MSP]*)$/.exec(end.stdout.trim()) ?? []
  if (end.kind === 'done' && revision !== undefined && !flags.includes('S'))
    return { line, revision: Number(revision) }
  const printed = await svn(['info', '--xml', '--', local(folder)])
  return { line, revision: readInfo(printed).changedIn }
}

function unknownName(name: string): RevisionUnknown {
  const hint = /^r?\d+$|^[0-9a-f]{7,39}$/.test(name)
    ? ' A commit is named by its full id of 40 digits (seamless plan shows it).'
    : ''
  return new RevisionUnknown(name, `The repository has no branch and no tag ${JSON.stringify(name)}.${hint}`)
}
