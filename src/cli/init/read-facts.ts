import { access, constants, readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { gitCommand } from '../../adapters/git-command.ts'
import type { Opened } from '../../composition.ts'
import type { RepositoryFacts } from './facts.ts'

/** Enough for every manifest and script, and for the sources of a service; the rest of a large repository is not looked at. */
const MAX_FILES = 3000
const MAX_BYTES = 256 * 1024
const READABLE =
  /(?:^|\/)(?:Makefile|makefile|\.gitignore|[^/]+\.(?:json|toml|txt|cfg|ini|xml|gradle|kts|sh|[cm]?[jt]sx?|py|go|rs|java|kt|rb|php|cs|ex)|(?:deploy|rollback|status|diff|weight))$/

/** What the service's folder says, read once. */
export async function readFacts({ surroundings, repository, run }: Opened): Promise<RepositoryFacts> {
  const { folder, environment, signal } = surroundings
  const git = gitCommand({ run, environment, signal }, { directory: folder })
  const listed = await git(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'])
  const files = listed.split('\0').filter((file) => file !== '')
  const near = files.toSorted((a, b) => depth(a) - depth(b)).slice(0, MAX_FILES)
  const read = near.filter((file) => READABLE.test(file) && !/(?:^|\/)node_modules\//.test(file))
  const texts = new Map<string, string>()
  for (const file of read) {
    const text = await readText(join(folder, file))
    if (text !== undefined) texts.set(file, text)
  }
  return {
    files: new Set(files),
    executables: new Set(await executableOf(folder, near)),
    texts,
    workflows: await readWorkflows(repository.root),
    defaultBranch: await defaultBranch(git),
    directory: relative(repository.root, folder).split(sep).join('/') || '.',
  }
}

function depth(file: string): number {
  return file.split('/').length
}

async function readText(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path)
    return size > MAX_BYTES ? undefined : await readFile(path, 'utf8')
  } catch {
    // Listed by git, but gone from the folder.
    return undefined
  }
}

async function executableOf(folder: string, files: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    files.map((file) =>
      access(join(folder, file), constants.X_OK).then(
        () => file,
        () => undefined,
      ),
    ),
  )
  return found.filter((file) => file !== undefined)
}

/** The workflows of a repository by file name. */
export async function readWorkflows(root: string): Promise<ReadonlyMap<string, string>> {
  const folder = join(root, '.github', 'workflows')
  const names = await readdir(folder).catch(() => [])
  const texts = new Map<string, string>()
  for (const name of names.filter((name) => /\.ya?ml$/.test(name)).toSorted()) {
    const text = await readText(join(folder, name))
    if (text !== undefined) texts.set(name, text)
  }
  return texts
}

/** As the clone recorded it; without a remote, the branch it stands on. Asks no network. */
async function defaultBranch(git: ReturnType<typeof gitCommand>): Promise<string> {
  const remote = (
    await git.answer(['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD'])
  )?.trim()
  if (remote !== undefined && remote !== '') return remote.replace(/^origin\//, '')
  const known = (
    await git.answer(['for-each-ref', '--format=%(refname:short)', 'refs/heads/main', 'refs/heads/master'])
  )?.split('\n')[0]
  if (known !== undefined && known !== '') return known
  const current = (await git.answer(['symbolic-ref', '--quiet', '--short', 'HEAD']))?.trim()
  return current === undefined || current === '' ? 'main' : current
}
