import { commitFiles } from './commit-files.ts'
import type { Protection, Repository, Role } from './entities.ts'
import type { Hub } from './hub.ts'
import { newFork } from './new-repository.ts'
import { UNPROTECTED } from './protection.ts'

/** A repository as a test holds it. */
export interface HubRepository {
  readonly id: number
  readonly owner: string
  readonly name: string
  readonly defaultBranch: string
  /** Without credentials; see `GitHub.cloneUrl` for one with a token in it. */
  readonly cloneUrl: string
  readonly bareDir: string
  /** Gives a user a role (`none` takes it away); `customName` is an organisation's own role with that one as base. */
  setRole(login: string, role: Role, customName?: string): void
  /** Commits files without a clone; null removes one. Answers the commit. */
  commit(commit: NewFiles): Promise<string>
  /** The commit that a branch, tag or SHA names. */
  shaOf(revision: string): Promise<string | undefined>
  /** A file's text at a revision, undefined when it is not there. */
  fileAt(revision: string, path: string): Promise<string | undefined>
  fork(owner: string): Promise<HubRepository>
  /** Protects a branch without the API's administrator. */
  protect(branch: string, rules: Partial<Protection>): void
}

export interface NewFiles {
  /** The default branch when left out; a new one starts at the default branch's tip. */
  branch?: string
  files: Record<string, string | Buffer | null>
  message?: string
  /** Login of the author; the owner's when left out. */
  by?: string
}

export function hubRepository(hub: Hub, repository: Repository): HubRepository {
  const { git } = repository
  return {
    id: repository.id,
    owner: repository.owner.login,
    name: repository.name,
    defaultBranch: repository.defaultBranch,
    cloneUrl: `${hub.url}/${repository.owner.login}/${repository.name}.git`,
    bareDir: git.dir,
    setRole: (login, role, customName) => setRole(hub, repository, { login, role, customName }),
    commit: (files) => commit(hub, repository, files),
    shaOf: (revision) => git.commitOf(revision),
    fileAt: async (revision, path) => {
      const sha = await git.objectOf(`${revision}:${path}`)
      return sha && (await git.blob(sha)).toString('utf8')
    },
    fork: async (owner) => hubRepository(hub, await newFork(hub, repository, owner)),
    protect: (branch, rules) => void repository.protections.set(branch, { ...UNPROTECTED, ...rules }),
  }
}

function setRole(
  hub: Hub,
  repository: Repository,
  { login, role, customName }: { login: string; role: Role; customName: string | undefined },
): void {
  const { id } = hub.accounts.ensure(login)
  repository.collaborators.set(id, role)
  if (customName) repository.customRoles.set(id, customName)
  else repository.customRoles.delete(id)
}

function commit(hub: Hub, repository: Repository, asked: NewFiles): Promise<string> {
  const {
    branch = repository.defaultBranch,
    message = 'Change files\n',
    by = repository.owner.login,
    files,
  } = asked
  const work = (): Promise<string> =>
    commitFiles(hub, repository, { branch, files, message, by: hub.accounts.ensure(by) })
  return hub.exclusively(repository, work)
}
