import type { Grant } from '../config/allow.ts'
import { code } from '../report/markdown.ts'
import type { CommandKind } from './command.ts'

/** What may stand behind a command's name; everything is optional. */
type Argument = 'environment' | 'sha' | 'reason' | 'command'

export interface CommandRow {
  readonly takes: readonly Argument[]
  /** Who may where the configuration does not say; `known`: whoever may read the repository as a collaborator. */
  readonly default: 'known' | (Grant & { readonly kind: 'role' })['role']
  /** One line of `/help`. */
  readonly help: string
}

/** Each command: what it takes, who may give it, what it does. Parser, authority and help read this table. */
export const grammar: Readonly<Record<CommandKind, CommandRow>> = {
  deploy: {
    takes: ['environment', 'sha'],
    default: 'write',
    help: 'Deploys the commit that you see, or the one that you name.',
  },
  plan: {
    takes: ['environment', 'sha'],
    default: 'write',
    help: 'Shows what a deployment would do, and changes nothing.',
  },
  rollback: {
    takes: ['environment'],
    default: 'write',
    help: 'Brings the last healthy version of the environment back.',
  },
  lock: {
    takes: ['environment', 'reason'],
    default: 'write',
    help: 'Keeps the environment for this pull request, until it is unlocked.',
  },
  unlock: { takes: ['environment'], default: 'write', help: 'Takes such a lock away, whoever set it.' },
  resolve: {
    takes: ['environment'],
    default: 'write',
    help: 'Says that you have looked after a half-done environment: it may be deployed to again.',
  },
  unquarantine: {
    takes: [],
    default: 'maintain',
    help: 'Lets this change be deployed again although it was taken back once.',
  },
  status: {
    takes: [],
    default: 'known',
    help: 'Shows what each environment runs, and who holds it.',
  },
  help: { takes: ['command'], default: 'known', help: 'Shows the commands.' },
}

export const commandKinds = Object.keys(grammar) as readonly CommandKind[]

/** How a command is written: `/deploy [environment] [--sha=<40 hex digits>]`. */
export function usage(kind: CommandKind): string {
  return [`/${kind}`, ...grammar[kind].takes.map((argument) => `[${WRITTEN[argument]}]`)].join(' ')
}

const WRITTEN: Readonly<Record<Argument, string>> = {
  environment: 'environment',
  sha: '--sha=<40 hex digits>',
  reason: 'reason',
  command: 'command',
}

/** The answer to `/help`, or to `/help deploy`: Markdown. */
export function helpText(about?: CommandKind): string {
  if (about !== undefined) return `${code(usage(about))}: ${grammar[about].help} ${whoMay(about)}`
  const rows = commandKinds.map((kind) => `| ${code(usage(kind))} | ${grammar[kind].help} |`)
  const rules = [
    'A command is the whole first line of a new comment on a pull request.',
    'The environment may be left out where there is only one.',
  ]
  return ['| command | what it does |', '| --- | --- |', ...rows, '', rules.join(' ')].join('\n')
}

function whoMay(kind: CommandKind): string {
  const role = grammar[kind].default
  if (role === 'known') return 'Whoever knows the repository may.'
  return `Whoever has ${role} on the repository may, unless the configuration says otherwise.`
}
