import { RevisionUnknown, VersionControlError } from '../errors.ts'
import type { Commit, CommitId } from '../ports/version-control.ts'
import type { Git } from './git-command.ts'
import { REMOTE } from './git-store.ts'
import type { GitStore } from './git-store.ts'

/** The commit that a name means now: `HEAD` and ids are read here, branches and tags are asked of the remote. */
export async function resolveRevision(store: GitStore, revision: string): Promise<Commit> {
  const id = await idOf(store, revision)
  await store.ensure(id)
  return readCommit(store.git, id)
}

function isCommitId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)
}

/** Errors: `RevisionUnknown` for what is not a full id, before any process sees it. */
export function assertCommitId(id: string): void {
  if (isCommitId(id)) return
  throw new RevisionUnknown(
    id,
    `${JSON.stringify(id)} is not a full commit id (40 or 64 lower-case hex digits).`,
  )
}

/** Errors: `RevisionUnknown` for a name that git could take for an option or that is no name of a branch or tag. */
export async function assertRefName(git: Git, name: string): Promise<void> {
  // oxlint-disable-next-line no-control-regex
  const isPlain = name !== '' && !name.startsWith('-') && !/[\u0000-\u0020\u007F]/.test(name)
  const ref = name.startsWith('refs/') ? name : `refs/heads/${name}`
  if (isPlain && (await git.answer(['check-ref-format', ref])) !== undefined) return
  throw new RevisionUnknown(
    name,
    `${JSON.stringify(name)} is no name that git allows for a branch or tag. Give a branch, a tag, or a full commit id.`,
  )
}

/** Commits of a log or of one id, newest first; `limit` bounds it. */
export async function readCommits(git: Git, range: string, limit: number): Promise<Commit[]> {
  const format = '--format=%H%x00%an <%ae>%x00%ct%x00%s'
  const printed = await git(['log', '-z', format, `--max-count=${limit}`, '--end-of-options', range, '--'])
  // `-z` ends each commit with the same NUL that separates its fields.
  const fields = printed.split('\0')
  return Array.from({ length: Math.floor(fields.length / 4) }, (_, index) => {
    const [id = '', author = '', seconds = '0', subject = ''] = fields.slice(index * 4, index * 4 + 4)
    return { id, subject, author, atMs: Number(seconds) * 1000 }
  })
}

async function readCommit(git: Git, id: CommitId): Promise<Commit> {
  const [commit] = await readCommits(git, id, 1)
  if (!commit)
    throw new VersionControlError(`git shows nothing of commit ${id}: the repository is broken (git fsck).`)
  return commit
}

async function idOf(store: GitStore, revision: string): Promise<CommitId> {
  if (revision === 'HEAD') return store.userHead()
  if (isCommitId(revision)) return revision
  await assertRefName(store.git, revision)
  const found = await askRemote(store, revision)
  const [first] = found
  if (first === undefined) throw unknownName(revision)
  if (found.length > 1) {
    throw new RevisionUnknown(
      revision,
      `${JSON.stringify(revision)} is a branch and a tag of the remote. Say refs/heads/${revision} or refs/tags/${revision}.`,
    )
  }
  return first
}

async function askRemote({ network }: GitStore, name: string): Promise<CommitId[]> {
  const refs = name.startsWith('refs/') ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`]
  const ids = await remoteIds(
    network,
    refs.flatMap((ref) => [ref, `${ref}^{}`]),
  )
  // An annotated tag is an object of its own; with `^{}` the remote says which commit it names.
  return refs.flatMap((ref) => ids.get(`${ref}^{}`) ?? ids.get(ref) ?? [])
}

/** What the remote has under these full names. Its patterns match endings too, so only exact names count. */
export async function remoteIds(network: Git, refs: readonly string[]): Promise<Map<string, CommitId>> {
  const printed = await network(['ls-remote', '--quiet', '--end-of-options', REMOTE, ...refs])
  const found = printed.split('\n').flatMap((line): [string, string][] => {
    const [id = '', ref = ''] = line.split('\t')
    return refs.includes(ref) && isCommitId(id) ? [[ref, id]] : []
  })
  return new Map(found)
}

function unknownName(revision: string): RevisionUnknown {
  const hint = /^[0-9a-f]{4,63}$/i.test(revision)
    ? ' A commit is named by its full id of 40 or 64 lower-case digits.'
    : ''
  return new RevisionUnknown(
    revision,
    `The remote has no branch and no tag ${JSON.stringify(revision)}.${hint}`,
  )
}
