import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AuthorityFacts,
  authorityRules,
  decideAuthority,
  teamsToAsk,
} from '../../src/command/authority.ts'
import { commandKinds } from '../../src/command/grammar.ts'
import type { Allow, Grant } from '../../src/config/allow.ts'
import { type Role, roles } from '../../src/ports/authority.ts'

const ada = { id: 7, login: 'ada' }
const none = new Map<string, boolean | 'unverified'>()

function environments(production: Allow = {}, staging: Allow = {}): Record<string, { allow: Allow }> {
  return { staging: { allow: staging }, production: { allow: production } }
}

/** Ada's `/deploy production`. */
function facts(role: AuthorityFacts['role'], allow?: readonly Grant[]): AuthorityFacts {
  const rules = authorityRules('deploy', environments(allow && { deploy: allow }), 'production')
  return { command: 'deploy', person: ada, role, teams: none, rules }
}

describe('where the configuration says nothing', () => {
  test.each<[Role, string]>([
    ['none', 'stranger'],
    ['read', 'refused'],
    ['triage', 'refused'],
    ['write', 'allowed'],
    ['maintain', 'allowed'],
    ['admin', 'allowed'],
  ])('A03 the role %s may deploy: %s', (role, kind) => {
    expect(decideAuthority(facts(role)).kind).toBe(kind)
  })

  test('A01 a READ collaborator is refused once, with what is missing', () => {
    expect(decideAuthority(facts('read'))).toEqual({
      kind: 'refused',
      reason: 'permission_denied',
      text: 'You may not `/deploy` for `production`: that takes the role write or a higher one; you have read. Nothing was done.',
    })
  })

  test('A02 a stranger gets nothing to read', () => {
    expect(decideAuthority(facts('none'))).toEqual({ kind: 'stranger', reason: 'stranger' })
  })

  test('A20 where GitHub does not say, it is no yes, and nobody is told that they may not', () => {
    expect(decideAuthority(facts('unverified'))).toEqual({
      kind: 'unverified',
      reason: 'permission_unverified',
      text: expect.stringContaining('could not verify') as unknown,
    })
  })

  test('L06 to unlock takes write, whoever locked; to lift a quarantine takes maintain', () => {
    const may = (command: 'unlock' | 'unquarantine', role: Role): string => {
      const environment = command === 'unlock' ? 'production' : undefined
      const rules = authorityRules(command, environments(), environment)
      return decideAuthority({ command, person: ada, role, teams: none, rules }).kind
    }
    expect([may('unlock', 'read'), may('unlock', 'write')]).toEqual(['refused', 'allowed'])
    expect([may('unquarantine', 'write'), may('unquarantine', 'maintain')]).toEqual(['refused', 'allowed'])
  })

  test.each(['status', 'help'] as const)('everybody who knows the repository may ask for /%s', (command) => {
    const rules = authorityRules(command, environments())
    const may = (role: Role): string =>
      decideAuthority({ command, person: ada, role, teams: none, rules }).kind
    expect([may('read'), may('none')]).toEqual(['allowed', 'stranger'])
  })
})

describe('where the configuration names people', () => {
  const ops: Grant = { kind: 'team', team: 'acme/ops' }
  const maintain: Grant = { kind: 'role', role: 'maintain' }

  test('what it says is all that counts, for this environment and this command', () => {
    const some = environments({ deploy: [maintain] })
    const may = (command: 'deploy' | 'rollback', environment: string): string =>
      decideAuthority({
        command,
        person: ada,
        role: 'write',
        teams: none,
        rules: authorityRules(command, some, environment),
      }).kind
    expect(may('deploy', 'production')).toBe('refused')
    expect(may('deploy', 'staging')).toBe('allowed')
    expect(may('rollback', 'production')).toBe('allowed')
  })

  test('a team, a login whatever its case, an account’s number: any of them is enough, and is on record', () => {
    const member = { ...facts('read', [maintain, ops]), teams: new Map([['acme/ops', true]]) }
    expect(decideAuthority(member)).toEqual({ kind: 'allowed', by: ['team:acme/ops'] })
    expect(decideAuthority(facts('read', [{ kind: 'user', login: 'Ada' }]))).toEqual({
      kind: 'allowed',
      by: ['user:Ada'],
    })
    expect(decideAuthority(facts('read', [{ kind: 'id', id: 7 }]))).toEqual({ kind: 'allowed', by: ['id:7'] })
    expect(decideAuthority(facts('read', [{ kind: 'id', id: 8 }])).kind).toBe('refused')
  })

  test('a login that somebody else has now, who is no collaborator, opens nothing', () => {
    expect(decideAuthority(facts('none', [{ kind: 'user', login: 'ada' }])).kind).toBe('stranger')
  })

  test('a refusal names all that would do', () => {
    const admin: Grant = { kind: 'role', role: 'admin' }
    const grace: Grant = { kind: 'user', login: 'grace' }
    const refused = { ...facts('write', [admin, ops, grace]), teams: new Map([['acme/ops', false]]) }
    expect(decideAuthority(refused)).toMatchObject({
      text: 'You may not `/deploy` for `production`: that takes the role admin or being in the team `acme/ops` or being `grace`; you have write. Nothing was done.',
    })
  })

  test('A20 a team that GitHub does not tell of is no yes; what is enough without it still is', () => {
    const teams = new Map([['acme/ops', 'unverified' as const]])
    expect(decideAuthority({ ...facts('write', [maintain, ops]), teams }).kind).toBe('unverified')
    expect(decideAuthority({ ...facts('maintain', [maintain, ops]), teams }).kind).toBe('allowed')
    expect(decideAuthority(facts('write', [maintain, ops])).kind).toBe('unverified')
  })

  test('teams are only asked for where they decide', () => {
    expect(teamsToAsk(facts('write', [maintain, ops]))).toEqual(['acme/ops'])
    expect(teamsToAsk(facts('maintain', [maintain, ops]))).toEqual([])
    expect(teamsToAsk(facts('none', [maintain, ops]))).toEqual([])
    expect(teamsToAsk(facts('unverified', [maintain, ops]))).toEqual([])
  })

  test('what is about no environment must be allowed by all of them', () => {
    const rules = authorityRules('unquarantine', environments({ unquarantine: [ops] }))
    const may = (role: Role, isMember: boolean): string =>
      decideAuthority({
        command: 'unquarantine',
        person: ada,
        role,
        teams: new Map([['acme/ops', isMember]]),
        rules,
      }).kind
    expect([may('maintain', true), may('maintain', false), may('write', true)]).toEqual([
      'allowed',
      'refused',
      'refused',
    ])
  })
})

test('nobody without read is ever let in, and more never lets in less', () => {
  const grant = fc.oneof(
    fc.record({
      kind: fc.constant('role' as const),
      role: fc.constantFrom('triage', 'write', 'maintain', 'admin'),
    }),
    fc.record({ kind: fc.constant('team' as const), team: fc.constantFrom('acme/ops', 'acme/dev') }),
    fc.record({ kind: fc.constant('user' as const), login: fc.constantFrom('ada', 'grace') }),
    fc.record({ kind: fc.constant('id' as const), id: fc.constantFrom(7, 8) }),
  )
  const allow = fc.dictionary(
    fc.constantFrom('deploy', 'unlock', 'unquarantine'),
    fc.array(grant, { minLength: 1 }),
  )
  const known = fc.constantFrom(true, false, 'unverified' as const)
  const world = fc.record({ command: fc.constantFrom(...commandKinds), allow, ops: known, dev: known })
  fc.assert(
    fc.property(world, ({ command, allow, ops, dev }) => {
      const rules = authorityRules(command, environments(allow), 'production')
      const teams = new Map([
        ['acme/ops', ops],
        ['acme/dev', dev],
      ])
      const outcomes = roles.map((role) => decideAuthority({ command, person: ada, role, teams, rules }).kind)
      expect(outcomes[0]).toBe('stranger')
      const first = outcomes.indexOf('allowed')
      const fromFirst = first < 0 ? [] : outcomes.slice(first)
      expect(fromFirst.filter((kind) => kind !== 'allowed')).toEqual([])
    }),
    { numRuns: 1000 },
  )
})
