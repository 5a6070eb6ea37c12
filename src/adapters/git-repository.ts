import { UsageError } from '../errors.ts'
import { type Git, gitCommand, type GitShell } from './git-command.ts'
import { gitRemote, repositoryOf } from './git-remote.ts'

/** The user's repository, as far as it is known before anything is done with it. */
export interface Repository {
  /** Its top folder, absolute. */
  readonly root: string
  /** `owner/name` where its remote is on GitHub or a server like it; else the remote's address, or `local`. */
  readonly name: string
  /** Asks the remote. Error: `UsageError` where it does not say. */
  defaultBranch(): Promise<string>
  /** How many files that git knows have changes that are not committed. */
  uncommitted(): Promise<number>
}

export interface RepositoryOptions extends GitShell {
  readonly remote: string
  readonly token?: string | undefined
}

/** The repository around a folder. Error: `UsageError` where there is none. */
export async function findRepository(folder: string, options: RepositoryOptions): Promise<Repository> {
  const git = gitCommand(options, { directory: folder })
  const root = (await git.answer(['rev-parse', '--show-toplevel']))?.trim()
  if (root === undefined || root === '') {
    throw new UsageError(
      `${folder} is not in a git repository. Run Seamless in a clone of the repository to upgrade.`,
    )
  }
  const url = (await git.answer(['remote', 'get-url', options.remote]))?.trim()
  return {
    root,
    name: (url === undefined ? undefined : repositoryOf(url)) ?? url ?? 'local',
    defaultBranch: () => askDefaultBranch(git, url, { ...options, root }),
    uncommitted: async () => {
      const listed = await git.answer(['status', '--porcelain', '--untracked-files=no'])
      return listed?.split('\n').filter(Boolean).length ?? 0
    },
  }
}

async function askDefaultBranch(
  git: Git,
  url: string | undefined,
  options: RepositoryOptions & { root: string },
): Promise<string> {
  if (url === undefined) {
    const branch = (await git.answer(['symbolic-ref', '--short', 'HEAD']))?.trim()
    if (branch !== undefined) return branch
    throw new UsageError('The repository has no remote and stands on no branch: name one under upgrade.base.')
  }
  const remote = gitRemote({ url, pushUrl: url }, options)
  const network = gitCommand(options, {
    directory: options.root,
    protocols: remote.protocols,
    config: remote.credentials,
  })
  const said = await network(['ls-remote', '--symref', '--end-of-options', remote.url, 'HEAD'])
  const branch = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(said)?.[1]
  if (branch === undefined) {
    throw new UsageError(
      `The remote ${options.remote} does not say which branch is its default: name one under upgrade.base.`,
    )
  }
  return branch
}
