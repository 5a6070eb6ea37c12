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
  /** The same repository with another token. */
  as(spec: TokenSpec): GitHubRepository
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
  const as = (token: TokenSpec): GitHubRepository =>
    openGitHub(
      { token: hub.token(token), apiUrl: hub.apiUrl, repository: 'acme/shop' },
      { clock, log, signal: new AbortController().signal, fetch: globalThis.fetch },
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
