import type { Operation } from '../../../app/permissions.ts'
import type { GitHubRepository } from '../../../src/github/client.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type { AppCredentials } from '../github/apps.ts'
import type { HubRepository } from '../github/hub-repository.ts'
import type { RequestRecord } from '../github/request-log.ts'
import { type GitHub, startGitHub } from '../github/start-github.ts'
import { type AppClients, openClients, registerApp } from './app-clients.ts'

export const COMMENT = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'

/** A GitHub with the App installed on `acme`, whose repository `shop` has a pull request 1. */
export interface AppWorld {
  readonly hub: GitHub
  readonly app: AppCredentials
  readonly shop: HubRepository
  readonly installation: number
  /** Another one with a pull request 1. */
  newRepository(owner: string, name: string): Promise<HubRepository>
  /** The App's clients, by GitHub's clock unless another is given. */
  clients(clock?: Clock): Promise<AppClients>
  githubOf(at: AppClients, operation: Operation, repository?: HubRepository, of?: number): GitHubRepository
  /** What was commented on pull requests, in order. */
  comments(): string[]
  tokenRequests(): RequestRecord[]
}

export async function appWorld(clock: Clock): Promise<AppWorld> {
  const hub = await startGitHub({ clock })
  const app = registerApp(hub)
  const newRepository = async (owner: string, name: string): Promise<HubRepository> => {
    const files = { 'a.txt': 'a\n' }
    const made = await hub.createRepository({ owner, name, files, collaborators: { dev: 'write' } })
    await made.commit({ branch: 'change', files: { 'a.txt': 'b\n' }, by: 'dev' })
    await openPull(hub, made)
    return made
  }
  const shop = await newRepository('acme', 'shop')
  const installation = hub.install({ appId: app.id, account: 'acme' })
  return {
    hub,
    app,
    shop,
    installation,
    newRepository,
    clients: (at = clock) => openClients(hub, app, at),
    githubOf: ({ octokits }, operation, { id, owner, name } = shop, of = installation) =>
      octokits.githubOf(of, { id, owner, repo: name }, operation),
    comments: () =>
      hub.requests
        .filter(({ path, status }) => path.endsWith('/issues/1/comments') && status === 201)
        .map(({ body }) => (body as { body: string }).body),
    tokenRequests: () => hub.requests.filter(({ path }) => path.endsWith('/access_tokens')),
  }
}

export async function comment({ octokit, owner, repo }: GitHubRepository, body: string): Promise<void> {
  await octokit.rest.issues.createComment({ owner, repo, issue_number: 1, body })
}

async function openPull(hub: GitHub, { owner, name, defaultBranch }: HubRepository): Promise<void> {
  const response = await fetch(`${hub.apiUrl}/repos/${owner}/${name}/pulls`, {
    method: 'POST',
    headers: { authorization: `token ${hub.token({ login: 'dev' })}`, 'content-type': 'application/json' },
    body: JSON.stringify({ head: 'change', base: defaultBranch, title: 'A change' }),
  })
  if (!response.ok) throw new Error(`no pull request: ${response.status} ${await response.text()}`)
}
