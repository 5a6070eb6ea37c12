import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BareGit } from './bare-git.ts'
import type { Repository, Role } from './entities.ts'
import type { Hub } from './hub.ts'
import { commitFiles } from './commit-files.ts'

export interface RepositorySpec {
  owner: string
  name: string
  /** `main` by default. */
  defaultBranch?: string
  private?: boolean
  ownerType?: 'User' | 'Organization'
  /** Login → role. */
  collaborators?: Record<string, Role>
  /** Path → content of a first commit on the default branch. Left out, the repository is empty. */
  files?: Record<string, string>
  mergeMethods?: ('merge' | 'squash' | 'rebase')[]
  allowAutoMerge?: boolean
  deleteBranchOnMerge?: boolean
  /** true by default here; GitHub's own default is false. */
  actionsMayOpenPulls?: boolean
}

export async function newRepository(hub: Hub, spec: RepositorySpec): Promise<Repository> {
  const owner = hub.accounts.ensure(spec.owner, spec.ownerType ?? 'Organization')
  const defaultBranch = spec.defaultBranch ?? 'main'
  const git = await BareGit.init(join(hub.root, spec.owner, `${spec.name}.git`), defaultBranch)
  const repository = { ...blank(hub, spec), owner, git, defaultBranch }
  for (const [login, role] of Object.entries(spec.collaborators ?? {}))
    repository.collaborators.set(hub.accounts.ensure(login).id, role)
  hub.repositories.set(`${spec.owner}/${spec.name}`.toLowerCase(), repository)
  if (spec.files)
    await commitFiles(hub, repository, {
      branch: defaultBranch,
      files: spec.files,
      message: 'Initial commit\n',
      by: owner,
    })
  return repository
}

function blank(hub: Hub, spec: RepositorySpec): Omit<Repository, 'owner' | 'git' | 'defaultBranch'> {
  const methods = spec.mergeMethods ?? ['merge', 'squash', 'rebase']
  return {
    id: hub.id(),
    name: spec.name,
    private: spec.private ?? false,
    description: null,
    archived: false,
    createdAt: hub.time(),
    pushedAt: hub.time(),
    parent: undefined,
    settings: {
      allowMergeCommit: methods.includes('merge'),
      allowSquashMerge: methods.includes('squash'),
      allowRebaseMerge: methods.includes('rebase'),
      allowAutoMerge: spec.allowAutoMerge ?? false,
      deleteBranchOnMerge: spec.deleteBranchOnMerge ?? false,
      actionsMayOpenPulls: spec.actionsMayOpenPulls ?? true,
    },
    collaborators: new Map(),
    customRoles: new Map(),
    labels: [],
    issues: new Map(),
    comments: new Map(),
    deployments: new Map(),
    statuses: [],
    checkSuites: [],
    checkRuns: new Map(),
    environments: new Map(),
    workflows: new Map(),
    runs: new Map(),
    activities: [],
    protections: new Map(),
    rulesets: [],
    teams: new Map(),
    mergeQueues: new Map(),
    nextNumber: 1,
  }
}

/** A fork with objects of its own: `owner:branch` of it can head a pull request. */
export async function newFork(hub: Hub, parent: Repository, owner: string): Promise<Repository> {
  const spec = {
    owner,
    name: parent.name,
    defaultBranch: parent.defaultBranch,
    ownerType: 'User',
    private: parent.private,
  } as const
  const fork = await newRepository(hub, spec)
  fork.parent = parent
  // A network of forks shares its objects: on GitHub the parent answers for a commit that only a fork has.
  await appendFile(join(parent.git.dir, 'objects/info/alternates'), `${join(fork.git.dir, 'objects')}\n`)
  parent.git.stopReading()
  await fork.git.run([
    'fetch',
    '--quiet',
    parent.git.dir,
    '+refs/heads/*:refs/heads/*',
    '+refs/tags/*:refs/tags/*',
  ])
  return fork
}
