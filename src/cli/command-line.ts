import { parseArgs } from 'node:util'
import { nearestName } from '../config/nearest.ts'
import { UsageError } from '../errors.ts'
import { type Stage, stages } from '../upgrade/stage.ts'

/** What the command knows, with the help beside it: one list for parsing, help and tests. */
const commands = {
  init: {
    takes: '',
    does: 'write the config and the workflow, by looking at the repository',
    options: ['force'],
  },
  doctor: {
    takes: '',
    does: 'say what is missing: tools, permissions, sources, a version to go back to',
    options: ['config', 'json'],
  },
  validate: { takes: '', does: 'check the config', options: ['config', 'json'] },
  plan: {
    takes: '',
    does: 'show what would run and what takes it back; change nothing',
    options: ['config', 'stage', 'environment', 'sha', 'json'],
  },
  run: {
    takes: '',
    does: 'run the upgrade',
    options: ['config', 'stage', 'environment', 'sha', 'plan-digest', 'json'],
  },
  rollback: {
    takes: '',
    does: "bring an environment's last healthy version back",
    options: ['config', 'environment', 'json'],
  },
  backtest: {
    takes: '',
    does: 'judge past deployments by the health config, from sources that keep history',
    options: ['config', 'environment', 'deployments', 'quiet', 'record', 'recorded', 'json'],
  },
  show: { takes: '<receipt>', does: 'show a receipt again', options: ['explain', 'json'] },
  help: { takes: '', does: 'show this', options: [] },
} as const

const options = {
  config: { type: 'string', takes: '<file>', does: 'the config; default .github/seamless.yml' },
  stage: { type: 'string', takes: '<stage>', does: `one of all, ${stages.join(', ')}; default all` },
  environment: {
    type: 'string',
    takes: '<name>',
    does: 'one environment; default all, in the order of `after`',
  },
  sha: {
    type: 'string',
    takes: '<commit>',
    does: "the upgrade's commit by its full id; default: made by `upgrade`, else HEAD",
  },
  'plan-digest': {
    type: 'string',
    takes: '<digest>',
    does: 'run only if the plan is still the one of this digest',
  },
  deployments: {
    type: 'string',
    takes: '<file>',
    does: 'past deployments, a line each: time (ISO 8601) and version; default: those on record',
  },
  quiet: {
    type: 'string',
    takes: '<n>',
    does: 'also judge so many moments at which nothing was deployed: false alarms',
  },
  record: { type: 'string', takes: '<file>', does: 'keep what the sources said, to try other limits on it' },
  recorded: { type: 'string', takes: '<file>', does: 'judge what was kept; no source is asked' },
  explain: { type: 'boolean', takes: '', does: 'recompute every figure from its evidence and compare' },
  force: { type: 'boolean', takes: '', does: 'overwrite files that are there' },
  json: {
    type: 'boolean',
    takes: '',
    does: 'print JSON on standard output, everything else on standard error',
  },
} as const

export type CommandName = keyof typeof commands

export interface CommandLine {
  readonly command: CommandName
  readonly config: string
  readonly stage: Stage | 'all'
  readonly environment?: string
  readonly sha?: string
  readonly planDigest?: string
  readonly receipt?: string
  readonly deployments?: string
  readonly quiet?: number
  readonly record?: string
  readonly recorded?: string
  readonly explain: boolean
  readonly force: boolean
  readonly json: boolean
}

export const help = [
  'seamless: upgrades nobody notices',
  '',
  'Usage: seamless <command> [options]',
  '',
  ...Object.entries(commands).map(([name, { takes, does }]) => `  ${`${name} ${takes}`.padEnd(16)} ${does}`),
  '',
  ...Object.entries(options).map(([name, { takes, does }]) => `  ${`--${name} ${takes}`.padEnd(24)} ${does}`),
  '',
  'It works in the folder where it is called. GITHUB_TOKEN, if set, records deployments on GitHub, opens pull requests',
  'and reverts merges; SEAMLESS_SOURCE_<NAME>_URL says where a health source is.',
  '',
  'Exit codes: 0 well or nothing to do, 1 failed or taken back, 2 usage, 3 held: nobody knows.',
].join('\n')

/** Errors: `UsageError` that names what is not known, the nearest known name, and where the help is. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const [first, ...rest] = argv
  if (first === undefined || first === '--help' || first === '-h') return { ...NOTHING, command: 'help' }
  if (!isCommand(first)) throw unknown('command', first, Object.keys(commands))
  const { values, positionals } = parse(first, rest)
  const receipt = positionals[0]
  const allowed = first === 'show' ? 1 : 0
  if (positionals.length > allowed) throw usage(`${first} takes no ${JSON.stringify(positionals[allowed])}.`)
  if (first === 'show' && receipt === undefined) throw usage('show takes the path of a receipt.')
  return {
    command: first,
    config: text(values['config']) ?? '.github/seamless.yml',
    stage: stageOf(text(values['stage']) ?? 'all'),
    ...given('environment', values['environment']),
    ...given('sha', values['sha']),
    ...given('planDigest', values['plan-digest']),
    ...given('receipt', receipt),
    ...given('deployments', values['deployments']),
    ...given('record', values['record']),
    ...given('recorded', values['recorded']),
    ...(values['quiet'] !== undefined && { quiet: numberOf('quiet', text(values['quiet']) ?? '') }),
    explain: values['explain'] === true,
    force: values['force'] === true,
    json: values['json'] === true,
  }
}

function given<const Key extends string>(
  key: Key,
  value: string | boolean | undefined,
): { readonly [K in Key]?: string } {
  return typeof value === 'string' ? ({ [key]: value } as { readonly [K in Key]: string }) : {}
}

function numberOf(option: string, value: string): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= 0 && number <= 1000) return number
  throw usage(`--${option} takes a whole number from 0 to 1000, not ${JSON.stringify(value)}.`)
}

const NOTHING = { config: '', stage: 'all', explain: false, force: false, json: false } as const

type Values = Readonly<Record<string, string | boolean | undefined>>

function parse(
  command: CommandName,
  argv: readonly string[],
): { values: Values; positionals: readonly string[] } {
  const known = Object.fromEntries(
    commands[command].options.map((name) => [name, { type: options[name].type }]),
  )
  const { tokens } = parseArgs({
    args: [...argv],
    options: known,
    strict: false,
    tokens: true,
    allowPositionals: true,
  })
  const values: Record<string, string | boolean> = {}
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    if (token.name === 'help' || token.name === 'h') throw new HelpAsked()
    const option = known[token.name]
    if (option === undefined)
      throw unknown(
        `option of ${command}`,
        token.rawName,
        Object.keys(known).map((name) => `--${name}`),
      )
    const takesValue = option.type === 'string'
    if (takesValue && (token.value === undefined || token.value === ''))
      throw usage(`${token.rawName} needs a value.`)
    if (!takesValue && token.value !== undefined) throw usage(`${token.rawName} takes no value.`)
    values[token.name] = token.value ?? true
  }
  return { values, positionals }
}

/** `--help` behind a command: no error of the user's. */
export class HelpAsked extends Error {
  override readonly name = 'HelpAsked'
}

function stageOf(value: string): Stage | 'all' {
  const known = ['all', ...stages] as const
  const found = known.find((one) => one === value)
  if (found === undefined) throw unknown('stage', value, known)
  return found
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name)
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function unknown(what: string, written: string, known: readonly string[]): UsageError {
  const nearest = nearestName(written, known)
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`
  return usage(`There is no ${what} ${JSON.stringify(written)}; there is ${known.join(', ')}.${hint}`)
}

function usage(message: string): UsageError {
  return new UsageError(`${message} "seamless help" shows what there is.`)
}
