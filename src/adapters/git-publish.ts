import { BranchTaken, UsageError, VersionControlError } from '../errors.ts'
import type { CommitId, Publication, Published, Worktree } from '../ports/version-control.ts'
import type { Git } from './git-command.ts'
import { assertRefName, remoteIds } from './git-resolve.ts'
import { REMOTE } from './git-store.ts'
import type { GitStore } from './git-store.ts'

/** Commits what a worktree has changed and pushes it as a new branch. Errors: `BranchTaken`, `UsageError`, `VersionControlError`. */
export async function publishWorktree(
  store: GitStore,
  worktree: Worktree,
  publication: Publication,
): Promise<Published> {
  const { branch } = publication
  await assertRefName(store.git, branch)
  const person = personOf(publication.author)
  const git = store.worktreeGit(nameOf(worktree), worktree.path)
  const tree = await treeOf(git)
  if (tree === (await baseTree(git, worktree.commit))) return { kind: 'unchanged' }
  const found = await sameAtRemote(store, branch, { tree, parent: worktree.commit })
  if (found !== undefined) return { kind: 'found', commit: found }
  const commit = await commitTree(git, {
    tree,
    parent: worktree.commit,
    message: publication.message,
    person,
  })
  return push(store, branch, { commit, tree, parent: worktree.commit })
}

function nameOf({ path }: Worktree): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

interface Person {
  readonly name: string
  readonly email: string
}

function personOf(author: string): Person {
  // oxlint-disable-next-line no-control-regex
  const match = /^([^<>\u0000-\u001F]+) <([^<>\s\u0000-\u001F]+)>$/.exec(author.trim())
  if (match?.[1] && match[2]) return { name: match[1].trim(), email: match[2] }
  throw new UsageError(
    `The author ${JSON.stringify(author)} is not of the form "Name <email>". Correct upgrade.author.`,
  )
}

/** Everything that differs from the commit, whether the step committed it itself or not; ignored files stay out. */
async function treeOf(git: Git): Promise<string> {
  await git(['add', '--all', '--', '.'])
  const added = await git(['ls-files', '--stage', '-z'])
  const nested = added.split('\0').find((entry) => entry.startsWith('160000 '))
  const tree = (await git(['write-tree'])).trim()
  if (nested === undefined || (await isInHead(git, nested))) return tree
  throw new VersionControlError(
    `The change has a git repository of its own at ${JSON.stringify(nested.slice(nested.indexOf('\t') + 1))}, whose files would be lost. Remove its .git or ignore it.`,
  )
}

/** A submodule that the commit already had is fine. */
async function isInHead(git: Git, entry: string): Promise<boolean> {
  const path = entry.slice(entry.indexOf('\t') + 1)
  const listed = await git(['ls-tree', '--full-tree', '-z', 'HEAD', '--', path])
  return listed.startsWith('160000 ')
}

async function baseTree(git: Git, commit: CommitId): Promise<string> {
  return (await git(['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`])).trim()
}

interface Content {
  readonly tree: string
  readonly parent: CommitId
}

/** The remote branch's commit if its content is ours. Errors: `BranchTaken` if it is not. */
async function sameAtRemote(
  store: GitStore,
  branch: string,
  content: Content,
): Promise<CommitId | undefined> {
  const ref = `refs/heads/${branch}`
  const id = (await remoteIds(store.network, [ref])).get(ref)
  if (id === undefined) return undefined
  await store.ensure(id)
  // `cat-file` shows the parents as they are, also where a shallow clone pretends that there are none.
  const raw = await store.git(['cat-file', 'commit', id])
  const head = raw.split('\n\n', 1)[0]?.split('\n') ?? []
  const parents = head
    .filter((line) => line.startsWith('parent '))
    .map((line) => line.slice('parent '.length))
  const isSame = head[0] === `tree ${content.tree}` && parents.length === 1 && parents[0] === content.parent
  if (isSame) return id
  throw new BranchTaken(
    branch,
    `The remote already has a branch ${JSON.stringify(branch)} with other content (${id}), and Seamless never overwrites one. ` +
      'Delete that branch, or merge it, or give upgrade.branch another name (for example with {version} in it).',
  )
}

async function commitTree(
  git: Git,
  { tree, parent, message, person }: Content & { message: string; person: Person },
): Promise<CommitId> {
  const env = {
    GIT_AUTHOR_NAME: person.name,
    GIT_AUTHOR_EMAIL: person.email,
    GIT_COMMITTER_NAME: person.name,
    GIT_COMMITTER_EMAIL: person.email,
  }
  return (
    await git(['commit-tree', tree, '-p', parent, '-F', '-'], { env, input: `${message.trimEnd()}\n` })
  ).trim()
}

/** Creates the branch; if somebody else created it in the meantime, or an answer was lost, what is there decides. */
async function push(
  store: GitStore,
  branch: string,
  made: Content & { commit: CommitId },
): Promise<Published> {
  const ref = `refs/heads/${branch}`
  // Expecting nothing under that name makes git refuse a branch that appeared since, where a plain push would move it.
  const args = [
    'push',
    '--quiet',
    '--no-verify',
    `--force-with-lease=${ref}:`,
    '--end-of-options',
    REMOTE,
    `${made.commit}:${ref}`,
  ]
  try {
    await store.network(args)
  } catch (error) {
    const there = await sameAtRemote(store, branch, made)
    if (there === undefined) throw error
    return { kind: there === made.commit ? 'pushed' : 'found', commit: there }
  }
  return { kind: 'pushed', commit: made.commit }
}
