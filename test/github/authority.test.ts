import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { GitHubError } from '../../src/errors.ts'
import { githubAuthority } from '../../src/github/authority.ts'
import type { Person } from '../../src/ports/authority.ts'
import { authorityContract } from '../contract/authority.ts'
import { type GitHubWorld, JOB_PERMISSIONS, startGitHubWorld } from './github-world.ts'

const PERMISSION = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission'
const COLLABORATOR = 'GET /repos/{owner}/{repo}/collaborators/{username}'
const MEMBERSHIP = 'GET /orgs/{org}/teams/{team_slug}/memberships/{username}'

/** The App of an organisation that allows it to see its members. */
const seamless = (world: GitHubWorld) =>
  githubAuthority(world.as({ login: 'seamless[bot]', permissions: { ...JOB_PERMISSIONS, members: 'read' } }))

for (const kind of ['private', 'public'] as const) {
  authorityContract(`GitHub, of a ${kind} repository,`, async () => {
    const world = await startGitHubWorld({ private: kind === 'private' })
    const members = new Map<string, string[]>()
    let renamed = 0
    const person = (login: string): Person => world.hub.user(login)
    const setTeam = (slug: string) =>
      world.hub.team({ organization: 'acme', slug, members: members.get(slug) ?? [] })
    return {
      authority: seamless(world),
      async person(login, role) {
        world.repository.setRole(login, role)
        return person(login)
      },
      setRole: async ({ login }, role) => world.repository.setRole(login, role),
      async join({ login }, slug) {
        members.set(slug, [...(members.get(slug) ?? []), login])
        setTeam(slug)
      },
      async passLogin({ login }, role) {
        world.hub.renameUser(login, `${login}-${(renamed += 1)}`)
        world.repository.setRole(login, role)
        for (const slug of members.keys()) setTeam(slug)
        return person(login)
      },
      breakDown: async () => {
        const answer = { status: 500, body: { message: 'Server Error' } }
        for (const on of [PERMISSION, MEMBERSHIP]) world.hub.faults.add({ on, answer, times: 99 })
      },
      close: () => world.close(),
    }
  })
}

describe('authority by GitHub', () => {
  let world: GitHubWorld
  beforeEach(async () => {
    world = await startGitHubWorld()
  })
  afterEach(() => world.close())

  test.each([
    ['maintain', 'release manager', 'maintain'],
    ['write', 'deployer', 'write'],
    ['triage', 'support', 'triage'],
    ['read', 'auditor', 'read'],
  ] as const)('A03 a custom role made from %s counts as that', async (base, name, role) => {
    world.repository.setRole('dev', base, name)
    expect(await seamless(world).roleOf(world.hub.user('dev'))).toBe(role)
  })

  test('A03 a role by a team counts, and the strongest of several', async () => {
    world.repository.setRole('dev', 'read')
    world.hub.team({ organization: 'acme', slug: 'sre', members: ['dev'], roles: { shop: 'maintain' } })
    expect(await seamless(world).roleOf(world.hub.user('dev'))).toBe('maintain')
  })

  test('A02 a stranger reads a public repository, and is a stranger', async () => {
    expect(await seamless(world).roleOf(world.hub.user('passer-by'))).toBe('none')
    expect(world.hub.requests.map(({ operation }) => operation)).toEqual([PERMISSION, COLLABORATOR])
  })

  test('who was only invited to a team is no member yet', async () => {
    world.hub.team({ organization: 'acme', slug: 'sre', members: [], invited: ['dev'] })
    expect(await seamless(world).isMember('acme/sre', world.hub.user('dev'))).toBe(false)
  })

  test.each(['write', 'admin'] as const)(
    'A04 GitHub that answers %s about another number is not believed',
    async (role) => {
      world.repository.setRole('dev', role)
      const { login, id } = world.hub.user('dev')
      expect(await seamless(world).roleOf({ login, id: id + 1 })).toBe('none')
    },
  )

  test('A20 an error is no answer, and the next question is asked anew', async () => {
    world.repository.setRole('dev', 'write')
    const dev = world.hub.user('dev')
    world.hub.faults.add({ on: PERMISSION, answer: { status: 403, body: { message: 'Forbidden' } } })
    await expect(seamless(world).roleOf(dev)).rejects.toThrow(GitHubError)
    expect(await seamless(world).roleOf(dev)).toBe('write')
  })

  test('A20 a missing permission for teams is named', async () => {
    world.hub.team({ organization: 'acme', slug: 'sre', members: ['dev'] })
    const authority = githubAuthority(world.github)
    const failure = authority.isMember('acme/sre', world.hub.user('dev'))
    await expect(failure).rejects.toThrow(/members: read/)
    await expect(failure).rejects.toThrow(GitHubError)
  })

  test.each(['sre', 'acme/', 'acme/sre/x', '../acme/sre'])('"%s" names no team', async (team) => {
    await expect(seamless(world).isMember(team, { id: 1, login: 'dev' })).rejects.toThrow(TypeError)
  })

  test('what each question asks of GitHub', async () => {
    world.repository.setRole('reader', 'read')
    world.hub.team({ organization: 'acme', slug: 'sre', members: ['ada'] })
    const authority = seamless(world)
    const ada = world.hub.user('ada')
    const reader = world.hub.user('reader')
    expect(await world.calls(() => authority.roleOf(ada))).toEqual([PERMISSION])
    expect(await world.calls(() => authority.roleOf(reader))).toEqual([PERMISSION, COLLABORATOR])
    expect(await world.calls(() => authority.isMember('acme/sre', ada))).toEqual([
      MEMBERSHIP,
      'GET /users/{username}',
    ])
    expect(await world.calls(() => authority.isMember('acme/sre', reader))).toEqual([MEMBERSHIP])
  })
})
