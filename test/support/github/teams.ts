import type { Role, Team } from './entities.ts'
import type { Hub } from './hub.ts'

export interface TeamSpec {
  organization: string
  slug: string
  members: string[]
  /** Asked to join, and not there yet. */
  invited?: string[]
  /** Repository name → role of the team there. */
  roles?: Record<string, Role>
}

/** Makes a team, or gives the team of that name these members and roles. */
export function newTeam(hub: Hub, spec: TeamSpec): { id: number; slug: string } {
  const organization = hub.accounts.ensure(spec.organization, 'Organization')
  const team =
    hub.teams.find((one) => one.organization === organization && one.slug === spec.slug) ?? made(hub, spec)
  team.members.clear()
  team.invited = new Set((spec.invited ?? []).map((login) => hub.accounts.ensure(login).id))
  for (const login of spec.members) team.members.set(hub.accounts.ensure(login).id, 'member')
  for (const [name, role] of Object.entries(spec.roles ?? {}))
    hub.repository(spec.organization, name)?.teams.set(team, role)
  return { id: team.id, slug: team.slug }
}

function made(hub: Hub, { organization, slug }: TeamSpec): Team {
  const team: Team = {
    id: hub.id(),
    slug,
    name: slug,
    organization: hub.accounts.ensure(organization, 'Organization'),
    members: new Map(),
    invited: new Set(),
  }
  hub.teams.push(team)
  return team
}
