import { accountJson, profileJson, teamJson } from './account-json.ts'
import { authoriseInOrganization } from './authorise.ts'
import type { Account, Repository, Role, Team } from './entities.ts'
import { type Hub, rank } from './hub.ts'
import { pageReply } from './page.ts'
import { found, noContent, notFound, ok } from './reply.ts'
import { inRepository, outside, type Route } from './route.ts'

const LEGACY = {
  none: 'none',
  read: 'read',
  triage: 'read',
  write: 'write',
  maintain: 'write',
  admin: 'admin',
} as const
const MEMBERS = 'members:read'
const TEAM = '/orgs/{org}/teams/{team_slug}' as const

/** Who people are and what they may do: by login, by numeric id, by role and by team. */
export const peopleRoutes: Route[] = [
  outside('GET /users/{username}', 'public', ({ hub, params }) =>
    ok(profileJson(hub, found(hub.accounts.find(params.username)))),
  ),
  outside('GET /user/{account_id}', 'public', ({ hub, params }) =>
    ok(profileJson(hub, found(hub.accounts.findById(Number(params.account_id))))),
  ),
  outside('GET /user', 'anyone', ({ hub, token }) => ok(profileJson(hub, found(token).account))),
  inRepository('GET /repos/{owner}/{repo}/collaborators', 'metadata:read', (call) => {
    const { hub, repository } = call
    const accounts = [...repository.collaborators.keys()].flatMap((id) => hub.accounts.findById(id) ?? [])
    return pageReply(accounts, call, (account) => collaboratorJson(hub, repository, account))
  }),
  inRepository(
    'GET /repos/{owner}/{repo}/collaborators/{username}',
    'metadata:read',
    ({ hub, repository, params }) => {
      const account = hub.accounts.find(params.username)
      if (!account || hub.roleOf(account, repository) === 'none') throw notFound()
      return noContent()
    },
  ),
  inRepository(
    'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
    'metadata:read',
    ({ hub, repository, params }) => {
      const account = found(hub.accounts.find(params.username))
      const role = effectiveRole(hub, repository, account)
      return ok({
        permission: LEGACY[role],
        role_name: repository.customRoles.get(account.id) ?? role,
        user: collaboratorJson(hub, repository, account),
      })
    },
  ),
  outside(`GET ${TEAM}`, 'anyone', ({ hub, params, token }) => {
    authoriseInOrganization(token, MEMBERS)
    const team = teamOf(hub, params.org, params.team_slug)
    const repositories = [...hub.repositories.values()].filter((repository) => repository.teams.has(team))
    return ok({
      ...teamJson(hub, team),
      members_count: team.members.size,
      repos_count: repositories.length,
      created_at: team.organization.createdAt,
      updated_at: team.organization.createdAt,
      organization: organizationJson(hub, team.organization),
    })
  }),
  outside(`GET ${TEAM}/members`, 'anyone', (call) => {
    authoriseInOrganization(call.token, MEMBERS)
    const team = teamOf(call.hub, call.params.org, call.params.team_slug)
    const members = [...team.members.keys()].flatMap((id) => call.hub.accounts.findById(id) ?? [])
    return pageReply(members, call, (account) => accountJson(call.hub, account))
  }),
  outside(`GET ${TEAM}/memberships/{username}`, 'anyone', ({ hub, params, resource, token }) => {
    authoriseInOrganization(token, MEMBERS)
    const team = teamOf(hub, params.org, params.team_slug)
    const { id } = found(hub.accounts.find(params.username))
    if (team.invited.has(id)) return ok({ url: resource, role: 'member', state: 'pending' })
    return ok({ url: resource, role: found(team.members.get(id)), state: 'active' })
  }),
]

/** On a public repository everybody may read; GitHub says so here too. */
function effectiveRole(hub: Hub, repository: Repository, account: Account): Role {
  const role = hub.roleOf(account, repository)
  return role === 'none' && !repository.private ? 'read' : role
}

function collaboratorJson(hub: Hub, repository: Repository, account: Account): Record<string, unknown> {
  const role = effectiveRole(hub, repository, account)
  const has = (least: Role): boolean => rank(role) >= rank(least)
  return {
    ...accountJson(hub, account),
    permissions: {
      admin: has('admin'),
      maintain: has('maintain'),
      push: has('write'),
      triage: has('triage'),
      pull: has('read'),
    },
    role_name: role,
  }
}

function teamOf(hub: Hub, organization: string, slug: string): Team {
  return found(
    hub.teams.find(
      (team) => team.organization.login.toLowerCase() === organization.toLowerCase() && team.slug === slug,
    ),
  )
}

function organizationJson(hub: Hub, organization: Account): Record<string, unknown> {
  const url = `${hub.apiUrl}/orgs/${organization.login}`
  return {
    login: organization.login,
    id: organization.id,
    node_id: accountJson(hub, organization)['node_id'],
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: accountJson(hub, organization)['avatar_url'],
    description: null,
    html_url: `${hub.url}/${organization.login}`,
    has_organization_projects: false,
    has_repository_projects: false,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    type: 'Organization',
    created_at: organization.createdAt,
    updated_at: organization.createdAt,
    archived_at: null,
  }
}
