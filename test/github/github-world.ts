import { execFileSync } from 'node:child_process'

import { type GitHubRepository, openGitHub } from '../../src/github/client.ts'
import { type MemoryLog, memoryLog } from '../support/memory-log.ts'
import { type ManualClock, manualClock } from '../support/manual-clock.ts'
import { type GitHub, type HubRepository, startGitHub } from '../support/github/start-github.ts'
import type { RepositorySpec } from '../support/github/new-repository.ts'
import type { TokenSpec } from '../support/github/tokens.ts'

/** A GitHub of its own with one repository, and our client of it as a workflow has one. */
export interface GitHubWorld {
  readonly hub: GitHub
  readonly repository: HubRepository
  readonly clock: ManualClock
  readonly log: MemoryLog
  readonly github: GitHubRepository
  /** The same repository with another token, or through another fetch. */
  as(spec: TokenSpec, fetch?: typeof globalThis.fetch): GitHubRepository
  /** What a piece of work asks of GitHub, as `GET /repos/{owner}/{repo}/…` in order. */
  calls(work: () => Promise<unknown>): Promise<string[]>
  close(): Promise<void>
}

/** What a job of a workflow needs for all that Seamless does. */
export const JOB_PERMISSIONS = {
  contents: 'write',
  pull_requests: 'write',
  deployments: 'write',
  checks: 'write',
  statuses: 'read',
  metadata: 'read',
} as const

export async function startGitHubWorld(spec: Partial<RepositorySpec> = {}): Promise<GitHubWorld> {
  const clock = manualClock()
  const log = memoryLog()
  const hub = await startGitHub({ clock })
  const repository = await hub.createRepository({
    owner: 'acme',
    name: 'shop',
    files: { 'price.txt': 'one\ntwo\nthree\nfour\nfive\n', 'README.md': 'A shop\n' },
    collaborators: { ada: 'write', 'github-actions[bot]': 'write' },
    ...spec,
  })
  const as = (token: TokenSpec, fetch = globalThis.fetch): GitHubRepository =>
    openGitHub(
      { token: hub.token(token), apiUrl: hub.apiUrl, repository: 'acme/shop' },
      { clock, log, signal: new AbortController().signal, fetch },
    )
  return {
    hub,
    repository,
    clock,
    log,
    as,
    github: as({ login: 'github-actions[bot]', permissions: JOB_PERMISSIONS }),
    async calls(work) {
      const before = hub.requests.length
      await work()
      return hub.requests.slice(before).map(({ operation, method, path }) => operation ?? `${method} ${path}`)
    },
    close: () => hub.close(),
  }
}

export interface PersonsChange {
  readonly title: string
  /** The files of each commit. */
  readonly commits: readonly Readonly<Record<string, string | null>>[]
  readonly how: 'merge' | 'squash' | 'rebase'
  readonly branch?: string
  readonly messages?: readonly string[]
  readonly labels?: readonly string[]
}

const at = { owner: 'acme', repo: 'shop' }
let changes = 0

/** Ada opens a pull request of a branch with these commits. */
export async function openByPerson(
  world: GitHubWorld,
  change: PersonsChange,
): Promise<{ number: number; branch: string }> {
  changes += 1
  const { title, commits, branch = `feature-${changes}`, messages = [], labels = [] } = change
  const { rest } = world.as({ login: 'ada' }).octokit
  for (const [index, files] of commits.entries()) {
    // Ten seconds of work a commit, so that no two were made at the same time.
    world.clock.advance(10_000)
    const message = messages[index] ?? `${title}, part ${index + 1}\n`
    await world.repository.commit({ branch, files, message, by: 'ada' })
  }
  world.clock.advance(600_000)
  const { data } = await rest.pulls.create({ ...at, title, head: branch, base: 'main', body: 'Because.' })
  if (labels.length > 0)
    await rest.issues.addLabels({ ...at, issue_number: data.number, labels: [...labels] })
  return { number: data.number, branch }
}

/** … and merges it. */
export async function mergeByPerson(
  world: GitHubWorld,
  change: PersonsChange,
): Promise<{ number: number; result: string }> {
  const { number } = await openByPerson(world, change)
  const { rest } = world.as({ login: 'ada' }).octokit
  const { data } = await rest.pulls.merge({ ...at, pull_number: number, merge_method: change.how })
  return { number, result: data.sha }
}

/** Every file of a revision, by real git. */
export async function filesAt(
  { repository }: GitHubWorld,
  revision: string,
): Promise<Record<string, string>> {
  const names = execFileSync(
    'git',
    ['-C', repository.bareDir, 'ls-tree', '-r', '--name-only', '-z', revision],
    { encoding: 'utf8' },
  )
  const files = names.split('\0').filter(Boolean)
  const texts = await Promise.all(
    files.map(async (path) => [path, (await repository.fileAt(revision, path)) ?? ''] as const),
  )
  return Object.fromEntries(texts)
}
