import { z } from 'zod'

/** The roles that a rule may name, in their order. Read is everybody who can see the repository: name those people instead. */
const GRANTED_ROLES = ['triage', 'write', 'maintain', 'admin'] as const

/** The commands whose people an environment may choose; the others are for everybody who knows the repository. */
const CHOSEN_COMMANDS = [
  'deploy',
  'plan',
  'rollback',
  'revert',
  'promote',
  'accept',
  'pause',
  'continue',
  'lock',
  'unlock',
  'resolve',
  'unquarantine',
  'autorevert',
] as const
export type ChosenCommand = (typeof CHOSEN_COMMANDS)[number]

/** Who may: one word of a rule. A role means this role or a higher one. */
export type Grant =
  | { readonly kind: 'role'; readonly role: (typeof GRANTED_ROLES)[number] }
  /** `organisation/team`, by its slug. */
  | { readonly kind: 'team'; readonly team: string }
  | { readonly kind: 'user'; readonly login: string }
  /** The number that stays with an account when its login changes hands. */
  | { readonly kind: 'id'; readonly id: number }

const EXPECTED = `expected ${GRANTED_ROLES.join(', ')}, team:organisation/team, user:login or id:number`
const LOGIN = String.raw`[A-Za-z\d](?:[A-Za-z\d-]{0,37}[A-Za-z\d])?(?:_[A-Za-z\d]+)?`
const GRANT = new RegExp(
  `^(?:${GRANTED_ROLES.join('|')}|team:${LOGIN}/[a-z\\d_](?:[a-z\\d._-]{0,99})|user:${LOGIN}|id:[1-9]\\d{0,14})$`,
)

const grant = z.string({ error: EXPECTED }).regex(GRANT, { error: EXPECTED }).transform(readGrant)

const people = z
  .array(grant, { error: EXPECTED.replace('expected ', 'expected a list of ') })
  .min(1, { error: 'nobody could give the command: name somebody, or leave the key out' })
  .optional()

/** `allow`: who may give a command for this environment. A command that is not named keeps its default. */
export const allow = z
  .strictObject({
    deploy: people.describe('Who may `/deploy` there; anyone with write.'),
    plan: people.describe('Who may `/plan`; anyone with write.'),
    rollback: people.describe('Who may `/rollback`; anyone with write.'),
    revert: people.describe('Who may `/revert` a merge; anyone with write.'),
    promote: people.describe('Who may `/promote`; anyone with write.'),
    accept: people.describe('Who may `/accept` what was found there; anyone with write.'),
    pause: people.describe('Who may `/pause` its watch; anyone with write.'),
    continue: people.describe('Who may `/continue` a paused one; anyone with write.'),
    lock: people.describe('Who may `/lock` it; anyone with write.'),
    unlock: people.describe('Who may `/unlock` it; anyone with write.'),
    resolve: people.describe('Who may say by `/resolve` that it was looked after; anyone with write.'),
    unquarantine: people.describe('Who may `/unquarantine`; anyone with maintain.'),
    autorevert: people.describe(
      'Who may say by `/autorevert` whether merges are taken back by themselves; anyone with maintain.',
    ),
  })
  .prefault({})
  .transform((found): Allow => found as Allow)
  .describe(
    'Who may give which command: lists of `triage`, `write`, `maintain`, `admin` (this role or a higher one), `team:organisation/team`, `user:login`, `id:number`.',
  )

/** A command without an entry keeps its default (`src/command/grammar.ts`). */
export type Allow = { readonly [command in ChosenCommand]?: readonly Grant[] }

function readGrant(text: string): Grant {
  const [kind, value = ''] = text.split(':', 2)
  if (kind === 'team') return { kind, team: value }
  if (kind === 'user') return { kind, login: value }
  if (kind === 'id') return { kind, id: Number(value) }
  return { kind: 'role', role: text as (typeof GRANTED_ROLES)[number] }
}
