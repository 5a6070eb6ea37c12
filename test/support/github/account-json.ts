import type { Account, App, Comment, Issue, Label, Reaction, Team } from './entities.ts'
import type { Hub } from './hub.ts'

type Json = Record<string, unknown>

/** GitHub's global id: opaque to callers, stable per object. */
export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString('base64url')
}

export function accountJson(hub: Hub, account: Account): Json {
  const url = `${hub.apiUrl}/users/${encodeURIComponent(account.login)}`
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${hub.url}/avatars/u/${account.id}`,
    gravatar_id: '',
    url,
    html_url: `${hub.url}/${account.login.replace(/\[bot\]$/, '')}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    user_view_type: 'public',
    site_admin: false,
  }
}

/** The longer form that `/users/{username}` and `/user` answer. */
export function profileJson(hub: Hub, account: Account): Json {
  return {
    ...accountJson(hub, account),
    name: account.login,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: [...hub.repositories.values()].filter((repository) => repository.owner === account).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
  }
}

export function appJson(hub: Hub, app: App): Json {
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: nodeId('App', app.id),
    owner: accountJson(hub, app.owner),
    name: app.name,
    description: '',
    external_url: `${hub.url}/apps/${app.slug}`,
    html_url: `${hub.url}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: { metadata: 'read', ...app.permissions },
    events: app.events,
  }
}

export function viaApp(hub: Hub, app: App | undefined): Json | null {
  return app ? appJson(hub, app) : null
}

export function teamJson(hub: Hub, team: Team): Json {
  const url = `${hub.apiUrl}/organizations/${team.organization.id}/team/${team.id}`
  return {
    id: team.id,
    node_id: nodeId('Team', team.id),
    name: team.name,
    slug: team.slug,
    description: null,
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    permission: 'pull',
    url,
    html_url: `${hub.url}/orgs/${team.organization.login}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    type: 'organization',
    organization_id: team.organization.id,
    parent: null,
  }
}

export function labelJson(repositoryUrl: string, label: Label): Json {
  return {
    id: label.id,
    node_id: nodeId('Label', label.id),
    url: `${repositoryUrl}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  }
}

const CONTENTS = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'] as const

export function reactionRollup(of: Comment | Issue, url: string): Json {
  const counts = CONTENTS.map((content) => [
    content,
    of.reactions.filter((r) => r.content === content).length,
  ])
  return { url: `${url}/reactions`, total_count: of.reactions.length, ...Object.fromEntries(counts) }
}

export function reactionJson(hub: Hub, reaction: Reaction): Json {
  return {
    id: reaction.id,
    node_id: nodeId('Reaction', reaction.id),
    user: accountJson(hub, reaction.user),
    content: reaction.content,
    created_at: reaction.createdAt,
  }
}
