import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'

import { RevisionUnknown, UsageError, VersionControlError } from '../errors.ts'
import type { CommitId } from '../ports/version-control.ts'
import { gitCommand } from './git-command.ts'
import type { Git, GitShell } from './git-command.ts'
import { gitRemote, repositoryOf } from './git-remote.ts'
import type { GitRemote } from './git-remote.ts'
import { stateFolder } from './state-folder.ts'

/** What git calls the remote in our commands; it exists in their environment only, so no address or token is written. */
export const REMOTE = 'seamless'

/**
 * Our own bare repository, which borrows the user's objects (`objects/info/alternates`). Thereby no command of ours ever
 * reads the configuration, the hooks or the index of the user's repository, which may name programs to run
 * (`core.sshCommand`, `filter.*`, `remote.*.uploadpack`…), and no fetch or worktree of ours leaves a trace in it.
 */
export interface GitStore {
  /** `<root>/.seamless`. */
  readonly state: string
  readonly gitDirectory: string
  /** The commit that the user's HEAD is at. Errors: `RevisionUnknown` before the first commit. */
  userHead(): Promise<CommitId>
  /** Commands on the store, without network. */
  readonly git: Git
  /** Commands that may talk to `REMOTE`. */
  readonly network: Git
  /** Commands in a worktree of the store. */
  worktreeGit(name: string, path: string): Git
  /** Ids of commits whose parents are missing here because history was cut (a shallow clone). */
  boundary(): Promise<ReadonlySet<CommitId>>
  /** Brings commits here that are not yet. Errors: `RevisionUnknown`. */
  ensure(commit: CommitId): Promise<void>
}

export interface StoreOptions extends GitShell {
  /** The user's repository. */
  readonly root: string
  readonly remote: string
  readonly token?: string | undefined
}

export async function openGitStore(options: StoreOptions): Promise<GitStore> {
  const { root } = options
  const user = userGit(options)
  const facts = await readFacts(user, root)
  const [remote, refs, state] = await Promise.all([
    readRemote(user, options),
    readRefs(user),
    stateFolder(root),
  ])
  const gitDirectory = join(state, 'git')
  await initialise(gitCommand(options, { directory: state }), { gitDirectory, facts, remote })
  await replaceFile(join(gitDirectory, 'packed-refs'), refs)
  const place = { directory: state, gitDirectory }
  const git = gitCommand(options, place)
  const network = gitCommand(options, { ...place, ...networkOf(remote) })
  const boundary = (): Promise<Set<string>> => readLines(join(gitDirectory, 'shallow'))
  return {
    state,
    gitDirectory,
    git,
    network: remote ? network : noRemote(options),
    userHead: () => userHead(user),
    worktreeGit: (name, path) =>
      gitCommand(options, {
        directory: path,
        gitDirectory: join(gitDirectory, 'worktrees', name),
        workTree: path,
      }),
    boundary,
    ensure: async (commit) => {
      if ((await git.answer(['cat-file', '-e', `${commit}^{commit}`])) !== undefined) return
      if (!remote) throw unknownCommit(commit, options.remote)
      const isCut = facts.isPartial || (await boundary()).size > 0
      await fetchCommit(network, commit, isCut).catch((cause: unknown) => {
        throw unknownCommit(commit, options.remote, cause)
      })
    },
  }
}

/** Reads of the user's repository: commands that only print; none of them runs what its configuration names. */
function userGit(options: StoreOptions): Git {
  // A job in a container often owns its workspace by another user; only reads happen here, so that is no danger.
  return gitCommand(options, { directory: options.root, config: [['safe.directory', '*']] })
}

async function userHead(user: Git): Promise<CommitId> {
  const id = await user.answer(['rev-parse', '--verify', '--quiet', '--end-of-options', 'HEAD^{commit}'])
  if (id === undefined)
    throw new RevisionUnknown('HEAD', 'The repository has no commit yet. Commit something first.')
  return id.trim()
}

interface Facts {
  readonly objects: string
  readonly format: string
  readonly isPartial: boolean
  readonly shallow: string
}

/** How a repository says that it lacks objects on purpose (gitformat-partial-clone; the first is older). */
const PARTIAL = '^(extensions[.]partialclone|remote[.].*[.]promisor)$'

async function readFacts(user: Git, root: string): Promise<Facts> {
  const [printed, partial] = await Promise.all([
    user.answer(['rev-parse', '--show-object-format', '--git-common-dir']),
    user.answer(['config', '--get-regexp', PARTIAL]),
  ])
  if (printed === undefined) {
    throw new UsageError(
      `${root} is not a git repository. Run Seamless in a checkout (actions/checkout in a workflow).`,
    )
  }
  const [format = 'sha1', common = '.git'] = printed.trim().split('\n')
  const directory = resolve(root, common)
  return {
    objects: join(directory, 'objects'),
    format,
    // A partial clone's missing objects are fetched on use, which a borrower cannot do: it must not borrow.
    isPartial: partial !== undefined,
    shallow: join(directory, 'shallow'),
  }
}

async function readRemote(user: Git, { root, remote, token }: StoreOptions): Promise<GitRemote | undefined> {
  if (!/^\w[\w./-]*$/.test(remote))
    throw new UsageError(`${JSON.stringify(remote)} is no name of a git remote.`)
  const [url, pushUrl] = await Promise.all(
    [[], ['--push']].map((push) => user.answer(['remote', 'get-url', ...push, '--end-of-options', remote])),
  )
  if (url === undefined || pushUrl === undefined) return undefined
  return gitRemote({ url: url.replace(/\n$/, ''), pushUrl: pushUrl.replace(/\n$/, '') }, { root, token })
}

async function initialise(
  git: Git,
  { gitDirectory, facts, remote }: { gitDirectory: string; facts: Facts; remote: GitRemote | undefined },
): Promise<void> {
  const marker = join(gitDirectory, 'HEAD')
  if (existsSync(marker) && !(await isOfFormat(gitDirectory, facts.format)))
    await rm(gitDirectory, { recursive: true })
  if (!existsSync(marker)) {
    await git(['init', '--quiet', '--bare', '--template=', `--object-format=${facts.format}`, gitDirectory])
  }
  const borrowed = facts.isPartial ? '' : `${relative(join(gitDirectory, 'objects'), facts.objects)}\n`
  await mkdir(join(gitDirectory, 'objects', 'info'), { recursive: true })
  await writeFile(join(gitDirectory, 'objects', 'info', 'alternates'), borrowed)
  await takeOverBoundary(gitDirectory, facts)
  await nameOrigin(gitDirectory, remote)
}

async function isOfFormat(gitDirectory: string, format: string): Promise<boolean> {
  const config = await readFile(join(gitDirectory, 'config'), 'utf8')
  return config.includes('sha256') === (format === 'sha256')
}

/** What the user's clone lacks, its borrower lacks too. */
async function takeOverBoundary(gitDirectory: string, facts: Facts): Promise<void> {
  const own = join(gitDirectory, 'shallow')
  const theirs = facts.isPartial ? new Set<string>() : await readLines(facts.shallow)
  const all = (await readLines(own)).union(theirs)
  if (all.size > 0) await replaceFile(own, [...all].sort().join('\n') + '\n')
}

/** Tools that a step runs ask for the origin's address; they get it without user or password. */
async function nameOrigin(gitDirectory: string, remote: GitRemote | undefined): Promise<void> {
  const file = join(gitDirectory, 'config')
  const own = (await readFile(file, 'utf8')).split('[remote ')[0] ?? ''
  const address = remote === undefined ? undefined : withoutPassword(remote.url)
  const section = address === undefined ? '' : `[remote "origin"]\n\turl = ${JSON.stringify(address)}\n`
  await replaceFile(file, own + section)
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url) || repositoryOf(url) === undefined) return url
  const parts = new URL(url)
  parts.password = ''
  if (parts.protocol !== 'ssh:') parts.username = ''
  return parts.href
}

/** Tags and remote branches, so that `git describe` and its like work in a worktree as they do for the user. */
async function readRefs(user: Git): Promise<string> {
  const refs = await user(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/tags', 'refs/remotes'])
  const lines = refs.split('\n').filter((line) => line !== '' && !line.endsWith('/HEAD'))
  const byName = lines.sort((a, b) => (a.slice(a.indexOf(' ')) < b.slice(b.indexOf(' ')) ? -1 : 1))
  return byName.map((line) => `${line}\n`).join('')
}

function networkOf(remote: GitRemote | undefined): { config?: [string, string][]; protocols?: string } {
  if (!remote) return {}
  const config: [string, string][] = [
    [`remote.${REMOTE}.url`, remote.url],
    [`remote.${REMOTE}.pushurl`, remote.pushUrl],
    ...remote.credentials.map(([key, value]): [string, string] => [key, value]),
  ]
  return { config, protocols: remote.protocols }
}

function noRemote({ root, remote }: StoreOptions): Git {
  const fail = (): Promise<never> =>
    Promise.reject(
      new VersionControlError(
        `The repository in ${root} has no remote "${remote}", and Seamless asks it where branches are. Add one: git remote add ${remote} <address>.`,
      ),
    )
  return Object.assign(fail, { answer: fail })
}

async function fetchCommit(network: Git, commit: CommitId, isCut: boolean): Promise<void> {
  const depth = isCut ? ['--depth=1'] : []
  await network([
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    ...depth,
    '--end-of-options',
    REMOTE,
    commit,
  ])
}

function unknownCommit(commit: CommitId, remote: string, cause?: unknown): RevisionUnknown {
  const why = cause instanceof Error ? ` ${cause.message}` : ''
  return new RevisionUnknown(commit, `No commit ${commit} is here or at the remote "${remote}".${why}`, {
    cause,
  })
}

async function readLines(file: string): Promise<Set<string>> {
  if (!existsSync(file)) return new Set()
  return new Set((await readFile(file, 'utf8')).split('\n').filter((line) => line !== ''))
}

/** All or nothing, since another run may read it at the same time. */
async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}.new`
  await writeFile(temporary, text)
  await rename(temporary, file)
}
