import type { Grant } from '../config/allow.ts'
import type { Config } from '../config/schema.ts'
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
  /** `by`: what let them, for the record: `write`, `team:acme/ops`. */
  | { readonly kind: 'allowed'; readonly by: readonly string[] }
  /** Gets no answer and no reaction. */
  | { readonly kind: 'stranger'; readonly reason: 'stranger' }
  | { readonly kind: 'refused'; readonly reason: 'permission_denied'; readonly text: string }
  | { readonly kind: 'unverified'; readonly reason: 'permission_unverified'; readonly text: string }

/** Who may give the command: what the environment's `allow` says, or the default. One that is about no environment must be allowed by each that says something. */
export function authorityRules(
  command: CommandKind,
  environments: Config['environments'],
  environment?: string,
): readonly AuthorityRule[] {
  throw new Error('not written yet')
}

/** The teams that decide: none where the role, the login or the id does already. */
export function teamsToAsk(facts: Omit<AuthorityFacts, 'teams'>): readonly string[] {
  throw new Error('not written yet')
}

/** Whether somebody may give a command. Nobody without read is let in by any rule. */
export function decideAuthority(facts: AuthorityFacts): AuthorityDecision {
  throw new Error('not written yet')
}
