import { GitHubError } from '../errors.ts'
import type { Authority, Person, Role } from '../ports/authority.ts'
import type { GitHubRepository } from './client.ts'
import { statusOf } from './request-policy.ts'

/** What GitHub answers about somebody's access; `permission` is one of four old words, the rest tells the six roles. */
interface Access {
  readonly permission: string
  readonly role_name: string
  readonly user: {
    readonly id: number
    readonly permissions?: { readonly maintain?: boolean; readonly triage?: boolean }
  } | null
}

/**
 * Roles and teams by GitHub's API. Each answer is about a login, which can change hands: it counts only where GitHub names
 * the same number with it. Needs `metadata: read`; teams need the organisation's `members: read`, which no workflow's
 * GITHUB_TOKEN can have. Calls: `roleOf` 1, of somebody who may only read 2; `isMember` 1, of a member 2.
 */
export function githubAuthority(github: GitHubRepository): Authority {
  return {
    roleOf: async (person) => roleOf(github, person),
    isMember: async (team, person) => isMember(github, team, person),
  }
}

async function roleOf(github: GitHubRepository, person: Person): Promise<Role> {
  const { octokit, owner, repo } = github
  const asked = { owner, repo, username: person.login }
  const access = await unlessAbsent(async () => octokit.rest.repos.getCollaboratorPermissionLevel(asked))
  if (access === undefined || access.data.user?.id !== person.id) return 'none'
  const role = roleIn(access.data)
  // On a public repository everybody reads: that alone is told of strangers too.
  return role === 'read' && !(await isCollaborator(github, person)) ? 'none' : role
}

/** A custom role counts as the role that it was made from: GitHub tells by what else it may do. */
function roleIn({ permission, role_name, user }: Access): Role {
  switch (permission) {
    case 'admin':
      return 'admin'
    case 'write':
      return role_name === 'maintain' || user?.permissions?.maintain === true ? 'maintain' : 'write'
    case 'read':
      return role_name === 'triage' || user?.permissions?.triage === true ? 'triage' : 'read'
    case 'none':
      return 'none'
    default:
      throw new GitHubError(
        200,
        `GitHub answered a permission that it does not document: "${permission.slice(0, 40)}"`,
      )
  }
}

/** By themselves, a team or the organisation. */
async function isCollaborator(
  { octokit, owner, repo }: GitHubRepository,
  { login }: Person,
): Promise<boolean> {
  const asked = { owner, repo, username: login }
  return (await unlessAbsent(async () => octokit.rest.repos.checkCollaborator(asked))) !== undefined
}

async function isMember({ octokit }: GitHubRepository, team: string, person: Person): Promise<boolean> {
  const [, org, slug] = /^([\w-]+)\/([\w.-]+)$/.exec(team) ?? []
  if (org === undefined || slug === undefined) {
    throw new TypeError(`"${team}" names no team: expected organisation/team.`)
  }
  const asked = { org, team_slug: slug, username: person.login }
  const membership = await unlessAbsent(async () => octokit.rest.teams.getMembershipForUserInOrg(asked))
  if (membership?.data.state !== 'active') return false
  // That answer has no number in it.
  const account = await unlessAbsent(async () => octokit.rest.users.getByUsername({ username: person.login }))
  return account?.data.id === person.id
}

/** Somebody or something that there is not, or that this token must not know of, gives nobody any right. */
async function unlessAbsent<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}
