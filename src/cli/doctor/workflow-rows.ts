import { load } from 'js-yaml'
import { z } from 'zod'
import { declaredSecrets } from '../../config/declared-secrets.ts'
import { sourceVariable } from '../../config/source-binding.ts'
import type { Config } from '../../config/schema.ts'
import { SERVICE_VARIABLES } from '../../config/service-binding.ts'
import { sourcesOf } from '../../health/query-plan.ts'
import { missing, ok, type Row, warning } from './row.ts'

const permissions = z
  .union([z.string(), z.record(z.string(), z.string())])
  .optional()
  .catch(undefined)
const variables = z.record(z.string(), z.unknown()).catch({}).default({})
const step = z.looseObject({
  uses: z.string().optional().catch(undefined),
  with: variables,
  env: variables,
})
const job = z.looseObject({ permissions, env: variables, steps: z.array(step).catch([]).default([]) })
const workflow = z.looseObject({
  permissions,
  env: variables,
  jobs: z.record(z.string(), job).catch({}).default({}),
})

/** What the job that answers commands must be allowed to write, and what is lost without it. */
const COMMAND_NEEDED = {
  contents: 'the locks, which are git refs',
  'pull-requests': 'the answer',
  deployments: 'the record of what is about to run where',
  actions: 'the start of its run',
} as const

/** What the job of an upgrade must be allowed to write, and what is lost without it. */
const NEEDED = {
  contents: 'the branch of an upgrade and the revert of a merge',
  'pull-requests': 'the pull request of an upgrade or a revert',
  deployments: 'the record of what runs where',
  checks: 'the verdict, which says what a rollback returns to',
} as const

/** Whether the repository's workflows call Seamless with the rights, sources and secrets that the config needs. */
export function workflowRows(workflows: ReadonlyMap<string, string>, config: Config): Row[] {
  const calls = [...workflows].flatMap(([file, text]) => callsIn(file, text))
  if (calls.length === 0) {
    return [
      missing(
        'workflow',
        'No workflow calls Seamless.',
        '"seamless init" writes .github/workflows/seamless.yml.',
      ),
    ]
  }
  const upgrades = calls.filter(({ operation }) => operation === 'upgrade')
  const commands = calls.filter(({ operation }) => operation === 'command')
  return [
    ...upgrades.flatMap((call) =>
      rightRows(call, neededBy(config), readBy(config)).concat(variableRows(call, config)),
    ),
    ...(config.driver === 'action' ? commandRows(commands) : []),
  ]
}

/** Where the App takes merges back, and keeps the locks, the job makes branches of upgrades only. */
const NEEDED_WITH_APP = {
  deployments: NEEDED.deployments,
  checks: 'what it built and how it judged a step of the traffic, which the App goes on from',
} as const

const NEEDED_FOR_BRANCHES = {
  contents: 'the branch of an upgrade',
  'pull-requests': 'its pull request',
} as const

/** Reading is enough. */
const READ_WITH_APP = { 'pull-requests': 'whose the commit is that the App asks for' } as const

function readBy({ driver }: Config): Readonly<Record<string, string>> {
  return driver === 'app' ? READ_WITH_APP : {}
}

function neededBy({ test, driver, upgrade }: Config): Readonly<Record<string, string>> {
  const startsOthers = test.some(({ adapter }) => adapter === 'workflow')
  return {
    ...(driver === 'action' ? NEEDED : NEEDED_WITH_APP),
    ...(driver === 'app' && upgrade !== undefined && NEEDED_FOR_BRANCHES),
    ...(startsOthers && { actions: 'the start of the workflow that tests it' }),
  }
}

/** Without a server the workflow answers commands, or nobody does. */
function commandRows(calls: readonly Call[]): Row[] {
  if (calls.length > 0) return calls.flatMap((call) => rightRows(call, COMMAND_NEEDED))
  return [
    warning(
      'commands',
      'No workflow answers commands such as /deploy in pull requests.',
      'Take the job "command" of examples/workflow.yml over, with "issue_comment" under "on".',
    ),
  ]
}

interface Call {
  readonly operation: 'upgrade' | 'command'
  readonly where: string
  readonly permissions: z.output<typeof permissions>
  readonly variables: ReadonlySet<string>
}

function callsIn(file: string, text: string): Call[] {
  const read = workflow.safeParse(parsed(text))
  if (!read.success) return []
  const { permissions, env, jobs } = read.data
  return Object.entries(jobs).flatMap(([name, job]) =>
    job.steps.filter(needsRights).map((step) => ({
      operation: step.with['operation'] === 'command' ? 'command' : 'upgrade',
      where: `${file}, job ${name}`,
      permissions: job.permissions ?? permissions,
      variables: new Set([env, job.env, step.env].flatMap(Object.keys)),
    })),
  )
}

function parsed(text: string): unknown {
  try {
    return load(text)
  } catch {
    return undefined
  }
}

/** `owner/seamless@…`, but no step that only plans or ends what was lost: without rights that one does nothing worse than fail. */
function needsRights({ uses, with: inputs }: z.output<typeof step>): boolean {
  const { operation } = inputs
  return /(?:^|\/)seamless(?:-upgrade)?@/.test(uses ?? '') && operation !== 'plan' && operation !== 'settle'
}

function rightRows(
  { where, permissions }: Call,
  needed: Readonly<Record<string, string>>,
  read: Readonly<Record<string, string>> = {},
): Row[] {
  const what = `workflow (${where})`
  if (permissions === undefined) {
    return [
      warning(
        what,
        "It names no permissions: the repository's default holds.",
        `Name ${Object.keys(needed).join(', ')}: write for this job.`,
      ),
    ]
  }
  const may = (right: string): boolean =>
    typeof permissions === 'string' ? permissions === 'write-all' : permissions[right] === 'write'
  const mayRead = (right: string): boolean =>
    may(right) ||
    (typeof permissions === 'string' ? permissions === 'read-all' : permissions[right] === 'read')
  const lost = Object.entries(needed).filter(([right]) => !may(right))
  const unread = Object.entries(read).filter(([right]) => !(right in needed) && !mayRead(right))
  const row = (level: 'write' | 'read', [right, loss]: readonly [string, string]): Row =>
    missing(
      what,
      `It may not ${level} ${right}: ${loss}.`,
      `Add "${right}: ${level}" to the permissions of this job.`,
    )
  const rows = [...lost.map((one) => row('write', one)), ...unread.map((one) => row('read', one))]
  return rows.length === 0 ? [ok(what, 'It may write what it needs.')] : rows
}

function variableRows({ where, variables }: Call, config: Config): Row[] {
  const { driver } = config
  const sources = Object.values(config.environments).flatMap(({ health, traffic }) =>
    health === undefined || !looksInJob(driver, traffic) ? [] : sourcesOf(health),
  )
  const urls = sources.map((name) => sourceVariable(name, 'URL'))
  const services = config.test.flatMap(({ adapter }) =>
    adapter === 'jenkins' || adapter === 'travis' ? SERVICE_VARIABLES[adapter] : [],
  )
  const needed = new Set([...urls, ...services, ...declaredSecrets(config)])
  return [...appRows({ where, variables }, driver), ...rowsOfMissing({ where, variables }, needed)]
}

/** What is live the App looks at; the steps before that only the job. */
function looksInJob(driver: Config['driver'], traffic: Config['environments'][string]['traffic']): boolean {
  return driver === 'action' || (traffic?.steps.length ?? 0) > 1
}

function appRows({ where, variables }: Pick<Call, 'where' | 'variables'>, driver: Config['driver']): Row[] {
  if (driver === 'action' || variables.has('SEAMLESS_CHECKS_APP_ID')) return []
  return [
    missing(
      `workflow (${where})`,
      'It does not hand over SEAMLESS_CHECKS_APP_ID, the number of the App whose verdicts are believed: a run refuses to start.',
      'Add "SEAMLESS_CHECKS_APP_ID: ${{ vars.SEAMLESS_APP_ID }}" under env of the step, and set that variable.',
    ),
  ]
}

function rowsOfMissing(
  { where, variables }: Pick<Call, 'where' | 'variables'>,
  needed: ReadonlySet<string>,
): Row[] {
  return [...needed]
    .filter((name) => !variables.has(name))
    .map((name) =>
      missing(
        `workflow (${where})`,
        `It does not hand over ${name}.`,
        `Add "${name}: \${{ ${/_(?:URL|USER)$/.test(name) ? 'vars' : 'secrets'}.${name} }}" under env of the step.`,
      ),
    )
}
