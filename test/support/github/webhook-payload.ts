import { accountJson } from './account-json.ts'
import { installationStub } from './apps.ts'
import type { Installation, Repository } from './entities.ts'
import type { EmittedEvent } from './events.ts'
import type { Hub } from './hub.ts'
import { fullRepositoryJson } from './repository-json.ts'

type Json = Record<string, unknown>

/** What every delivery has around the event's own keys. */
export function webhookPayload(hub: Hub, event: EmittedEvent, installation: Installation): Json {
  const { repository } = event
  return {
    ...(event.action ? { action: event.action } : {}),
    ...(repository ? around(hub, event.name, repository) : {}),
    installation: installationStub(installation),
    sender: accountJson(hub, event.sender),
    ...event.payload,
  }
}

function around(hub: Hub, name: string, repository: Repository): Json {
  const json = repositoryPayload(hub, name, repository)
  const organization =
    repository.owner.type === 'Organization' ? { organization: organizationStub(hub, repository) } : {}
  return { repository: json, ...organization }
}

/** A push has the repository's times as seconds: the only event that does. */
function repositoryPayload(hub: Hub, name: string, repository: Repository): Json {
  const { parent: _, source: __, organization: ___, ...json } = fullRepositoryJson(hub, repository)
  if (name !== 'push') return { ...json, custom_properties: {} }
  return {
    ...json,
    created_at: seconds(repository.createdAt),
    pushed_at: seconds(repository.pushedAt),
    stargazers: 0,
    master_branch: repository.defaultBranch,
    custom_properties: {},
  }
}

function seconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000)
}

function organizationStub(hub: Hub, { owner }: Repository): Json {
  const url = `${hub.apiUrl}/orgs/${owner.login}`
  const account = accountJson(hub, owner)
  return {
    login: owner.login,
    id: owner.id,
    node_id: account['node_id'],
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: account['avatar_url'],
    description: '',
  }
}
