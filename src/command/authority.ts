import type { Allow, ChosenCommand, Grant } from '../config/allow.ts'
import { type Person, type Role, roles } from '../ports/authority.ts'
import { code } from '../report/markdown.ts'
import type { CommandKind } from './command.ts'
import { grammar } from './grammar.ts'

/** One list of people, any of whom will do. */
export interface AuthorityRule {
  /** The environment whose configuration it is; absent where a command is about none. */
  readonly environment?: string
  /** Empty: whoever knows the repository. */
  readonly anyOf: readonly Grant[]
}

/** All of it is read from GitHub when the command is worked on. */
export interface AuthorityFacts {
  readonly command: CommandKind
  readonly person: Person
  /** `unverified`: GitHub did not say. */
  readonly role: Role | 'unverified'
  /** Whether a member, by team; of those that `teamsToAsk` names. One that is missing counts as `unverified`. */
  readonly teams: ReadonlyMap<string, boolean | 'unverified'>
  /** All must be met. */
  readonly rules: readonly AuthorityRule[]
}

export type AuthorityDecision =
  /** `by`: what let them, rule by rule, for the record: `write`, `team:acme/ops`. */
  | { readonly kind: 'allowed'; readonly by: readonly string[] }
  /** Gets no answer and no reaction. */
  | { readonly kind: 'stranger'; readonly reason: 'stranger' }
  | { readonly kind: 'refused'; readonly reason: 'permission_denied'; readonly text: string }
  | { readonly kind: 'unverified'; readonly reason: 'permission_unverified'; readonly text: string }

/** Environments as far as they say who may. */
type Environments = Readonly<Record<string, { readonly allow: Allow }>>

/**
 * Who may give the command: what the environment's `allow` says, or else the default. A command that is about no
 * environment (`/unquarantine`) must be allowed by every one of them.
 */
export function authorityRules(
  command: CommandKind,
  environments: Environments,
  environment?: string,
): readonly AuthorityRule[] {
  if (!isChosen(command)) return [{ anyOf: [] }]
  const names = environment === undefined ? Object.keys(environments) : [environment]
  return names.map((name) => ({
    environment: name,
    anyOf: environments[name]?.allow[command] ?? defaultGrants(command),
  }))
}

/** The teams whose members must be known: none where the role, the login or the id decides already. */
export function teamsToAsk(facts: Omit<AuthorityFacts, 'teams'>): readonly string[] {
  if (facts.role === 'unverified' || facts.role === 'none') return []
  const undecided = facts.rules.filter((rule) => met(rule, { ...facts, teams: new Map() }) !== 'met')
  const teams = undecided.flatMap(({ anyOf }) => anyOf.filter((grant) => grant.kind === 'team'))
  return [...new Set(teams.map(({ team }) => team))]
}

/** Whether somebody may give a command. No rule lets in whoever has not even read: they are strangers. */
export function decideAuthority(facts: AuthorityFacts): AuthorityDecision {
  const { role, rules } = facts
  if (role === 'none') return { kind: 'stranger', reason: 'stranger' }
  if (role === 'unverified') return unverified(facts)
  const outcomes = rules.map((rule) => ({ rule, outcome: met(rule, facts) }))
  const denied = outcomes.find(({ outcome }) => outcome === 'denied')
  if (denied !== undefined) return refused(facts, denied.rule)
  if (outcomes.some(({ outcome }) => outcome === 'unverified')) return unverified(facts)
  return { kind: 'allowed', by: rules.map((rule) => grantedBy(rule, facts)) }
}

function isChosen(command: CommandKind): command is CommandKind & ChosenCommand {
  return grammar[command].default !== 'known'
}

function defaultGrants(command: CommandKind): readonly Grant[] {
  const role = grammar[command].default
  return role === 'known' ? [] : [{ kind: 'role', role }]
}

function met(rule: AuthorityRule, facts: AuthorityFacts): 'met' | 'denied' | 'unverified' {
  if (rule.anyOf.length === 0) return 'met'
  const held = new Set(rule.anyOf.map((grant) => holds(grant, facts)))
  if (held.has(true)) return 'met'
  return held.has('unverified') ? 'unverified' : 'denied'
}

function holds(grant: Grant, { person, role, teams }: AuthorityFacts): boolean | 'unverified' {
  switch (grant.kind) {
    case 'role':
      return role !== 'unverified' && roles.indexOf(role) >= roles.indexOf(grant.role)
    case 'team':
      return teams.get(grant.team) ?? 'unverified'
    case 'user':
      return person.login.toLowerCase() === grant.login.toLowerCase()
    case 'id':
      return person.id === grant.id
  }
}

function grantedBy(rule: AuthorityRule, facts: AuthorityFacts): string {
  const grant = rule.anyOf.find((one) => holds(one, facts) === true)
  return grant === undefined ? facts.role : written(grant)
}

/** As it stands in the configuration. */
function written(grant: Grant): string {
  switch (grant.kind) {
    case 'role':
      return grant.role
    case 'team':
      return `team:${grant.team}`
    case 'user':
      return `user:${grant.login}`
    case 'id':
      return `id:${grant.id}`
  }
}

function refused({ command, role }: AuthorityFacts, rule: AuthorityRule): AuthorityDecision {
  const where = rule.environment === undefined ? '' : ` for ${code(rule.environment)}`
  const needed = rule.anyOf.map((grant) => needs(grant)).join(' or ')
  const text = `You may not ${code(`/${command}`)}${where}: that takes ${needed}; you have ${role}. Nothing was done.`
  return { kind: 'refused', reason: 'permission_denied', text }
}

function needs(grant: Grant): string {
  if (grant.kind === 'role')
    return grant.role === 'admin' ? 'the role admin' : `the role ${grant.role} or a higher one`
  if (grant.kind === 'team') return `being in the team ${code(grant.team)}`
  return `being ${grant.kind === 'user' ? code(grant.login) : `the account ${grant.id}`}`
}

function unverified({ command }: AuthorityFacts): AuthorityDecision {
  const text = `GitHub did not say whether you may ${code(`/${command}`)}, so nothing was done: could not verify. Please repeat it in a while.`
  return { kind: 'unverified', reason: 'permission_unverified', text }
}
