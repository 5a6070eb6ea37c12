import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { maskOf } from '../adapters/mask.ts'
import { processRunner } from '../adapters/run-process.ts'
import { systemClock } from '../adapters/system-clock.ts'
import { composePorts, missingApp, openGitHubOf, type Opened } from '../composition.ts'
import { formatConfigError } from '../config/config-error.ts'
import { parseConfig } from '../config/parse.ts'
import type { Config } from '../config/schema.ts'
import { UsageError } from '../errors.ts'
import { openGitHub } from '../github/client.ts'
import { visible } from '../report/markdown.ts'
import { ansibleRows } from './doctor/ansible-rows.ts'
import { baselineRows } from './doctor/baseline-rows.ts'
import { commandRows } from './doctor/command-rows.ts'
import { comparisonRows } from './doctor/comparison-rows.ts'
import { dockerRows } from './doctor/docker-rows.ts'
import { kubernetesRows } from './doctor/kubernetes-rows.ts'
import { openapiRows } from './doctor/openapi-rows.ts'
import { missing, ok, type Row, warning } from './doctor/row.ts'
import { type RemoteTestShell, remoteTestRows } from './doctor/remote-test-rows.ts'
import { sourceRows } from './doctor/source-rows.ts'
import { tokenRows } from './doctor/token-rows.ts'
import { toolRows } from './doctor/tool-rows.ts'
import { workflowRows } from './doctor/workflow-rows.ts'
import { readWorkflows } from './init/read-facts.ts'
import type { CliShell } from './run-cli.ts'
import { openHere } from './upgrade-command.ts'

/** Says what an upgrade would miss, from here; exit code 1 when something is. It only reads. */
export async function doctorCommand(shell: CliShell): Promise<number> {
  const rows = await examine(shell)
  const { line, terminal } = shell
  terminal.out(line.json ? JSON.stringify({ rows }, undefined, 2) : table(rows))
  return rows.some(({ state }) => state === 'missing') ? 1 : 0
}

async function examine(shell: CliShell): Promise<Row[]> {
  const tools = await toolRows({ ...shell, run: processRunner({ mask: maskOf([]) }) })
  if (tools.some(({ state }) => state === 'missing')) return tools
  const opened = await openHere(shell).catch((error: unknown) => {
    if (error instanceof UsageError) return error
    throw error
  })
  if (opened instanceof UsageError) {
    return [
      ...tools,
      missing('repository', opened.message, 'Call it in a clone of the repository to upgrade.'),
    ]
  }
  const { row, config } = await configRow(shell)
  const known = config === undefined ? [] : await configured(shell, opened, config)
  return [...tools, repositoryRow(opened), row, ...known]
}

async function configured(shell: CliShell, opened: Opened, config: Config): Promise<Row[]> {
  const { folder, environment, signal } = shell
  const groups = await Promise.all([
    commandRows(config, folder, environment),
    dockerRows(config, { ...shell, run: processRunner({ mask: maskOf([]) }) }),
    kubernetesRows(config, { ...shell, run: processRunner({ mask: maskOf([]) }) }),
    ansibleRows(config, opened.repository.root, { ...shell, run: processRunner({ mask: maskOf([]) }) }),
    openapiRows(config, opened.repository.root, folder),
    hasNoGitHub(opened)
      ? [withoutGitHub]
      : readWorkflows(opened.repository.root).then((workflows) => workflowRows(workflows, config)),
    hasNoGitHub(opened) ? [] : githubRows(opened),
    sourceRows(config, { environment, clock: systemClock, signal }),
    remoteTestRows(config, { environment, signal, ...remoteTestsOf(opened) }),
    composePorts(opened, config).then(({ deployments }) => baselineRows(config, deployments)),
  ])
  const ofApp = hasNoGitHub(opened) ? [] : appRows(opened, config)
  return [...groups.flat(), ...ofApp, ...comparisonRows(config)]
}

function remoteTestsOf({
  surroundings,
  repository,
  log,
}: Opened): Pick<RemoteTestShell, 'repository' | 'github'> {
  if (surroundings.github === undefined) return { repository: repository.name }
  return {
    repository: surroundings.github.repository,
    github: async (signal) => openGitHubOf({ surroundings: { ...surroundings, signal }, log }),
  }
}

function hasNoGitHub({ reverseMerges }: Opened): boolean {
  return reverseMerges !== undefined
}

const withoutGitHub = warning(
  'GitHub',
  'On Subversion there is none: no pull requests, comment commands or workflow; the record of deployments is a file here, .seamless/deployments.json.',
  'Run Seamless in one working copy that stays, by hand or by a job of your CI (docs/svn.md).',
)

function repositoryRow({ repository: { root, name } }: Opened): Row {
  if (name !== 'local') return ok('repository', `${name} in ${root}`)
  return warning(
    'repository',
    `${root} has no remote "origin".`,
    'Add one: branches are pushed there, and commits read from it.',
  )
}

async function configRow({ folder, line }: CliShell): Promise<{ row: Row; config?: Config }> {
  const text = await readFile(join(folder, line.config), 'utf8').catch(() => undefined)
  if (text === undefined) {
    return {
      row: missing('config', `There is no ${line.config} in ${folder}.`, '"seamless init" writes one.'),
    }
  }
  const parsed = parseConfig(text, line.config)
  if (parsed.ok) return { row: ok('config', `${line.config} is well-formed.`), config: parsed.config }
  const errors = parsed.errors.map(formatConfigError).join('\n')
  return { row: missing('config', errors, 'Correct it; "seamless validate" checks it again.') }
}

/** Without a token a run keeps its record in a file, and nothing happens on GitHub. */
async function githubRows({ surroundings, log }: Opened): Promise<Row[]> {
  const { github, clock, signal } = surroundings
  if (github !== undefined)
    return tokenRows(openGitHub(github, { clock, log, signal, fetch: globalThis.fetch }))
  const why =
    'GITHUB_TOKEN is not set, or the remote is not on GitHub: from here nothing is recorded, proposed or reverted there.'
  return [warning('token', why, 'Export GITHUB_TOKEN to try that too; in a workflow it is there.')]
}

/** From here the App's verdicts can only be read by its number. */
function appRows(opened: Opened, config: Config): Row[] {
  if (config.driver === 'action' || opened.surroundings.github === undefined) return []
  const lost = missingApp(opened, config)
  return lost === undefined
    ? [ok('App', 'Verdicts are those of the App that SEAMLESS_CHECKS_APP_ID names.')]
    : [warning('App', lost, 'Export it here too; until then no verdict is seen from here.')]
}

const MARKS = { ok: '✓', missing: '✗', warning: '!' } as const

function table(rows: readonly Row[]): string {
  const width = Math.min(Math.max(...rows.map(({ what }) => what.length)), 40)
  return rows.map((row) => block(row, width)).join('\n')
}

function block({ what, state, why, todo }: Row, width: number): string {
  const indent = ' '.repeat(width + 4)
  const lines = visible(why).split('\n').join(`\n${indent}`)
  const advice = todo === undefined ? '' : `\n${indent}→ ${visible(todo)}`
  return `${MARKS[state]} ${visible(what).padEnd(width)}  ${lines}${advice}`
}
