import type { Grant } from '../config/allow.ts'
import { cell, code } from '../report/markdown.ts'
import type { CommandKind } from './command.ts'

/** What may stand behind a command's name; everything is optional but `switch`, which is `on` or `off`. */
type Argument = 'environment' | 'sha' | 'reason' | 'command' | 'switch'

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
  revert: {
    takes: [],
    default: 'write',
    help: 'Takes this merged pull request out again, by a pull request of its own.',
  },
  promote: {
    takes: ['environment'],
    default: 'write',
    help: 'Ends the watch: what is live counts as well now. In a step of the traffic, takes the next one.',
  },
  accept: {
    takes: ['environment'],
    default: 'write',
    help: 'Accepts what is live, whatever was found: later rollbacks may return to it.',
  },
  pause: {
    takes: ['environment'],
    default: 'write',
    help: 'Has nothing promoted or taken back by itself there; it is still watched.',
  },
  continue: { takes: ['environment'], default: 'write', help: 'Ends such a pause.' },
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
  autorevert: {
    takes: ['switch'],
    default: 'maintain',
    help: 'Says whether merges are taken back by themselves in this repository.',
  },
  status: {
    takes: [],
    default: 'known',
    help: 'Shows what each environment runs, how it is watched, and who holds it.',
  },
  help: { takes: ['command'], default: 'known', help: 'Shows the commands.' },
}

export const commandKinds = Object.keys(grammar) as readonly CommandKind[]

/** How a command is written: `/deploy [environment] [--sha=<40 hex digits>]`. */
export function usage(kind: CommandKind): string {
  return [`/${kind}`, ...grammar[kind].takes.map((argument) => WRITTEN[argument])].join(' ')
}

const WRITTEN: Readonly<Record<Argument, string>> = {
  environment: '[environment]',
  sha: '[--sha=<40 hex digits>]',
  reason: '[reason]',
  command: '[command]',
  switch: 'on|off',
}

/** The answer to `/help`, or to `/help deploy`: Markdown. */
export function helpText(about?: CommandKind): string {
  if (about !== undefined) return `${code(usage(about))}: ${grammar[about].help} ${whoMay(about)}`
  const rows = commandKinds.map((kind) => `| ${cell(usage(kind))} | ${grammar[kind].help} |`)
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
