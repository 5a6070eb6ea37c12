import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { load } from 'js-yaml'
import { z } from 'zod'
import { receipt, type Upgrade } from '../src/upgrade/receipt.ts'
import type { Dispatch } from '../test/support/github/workflow-runs.ts'
import type { Machine } from './machine.ts'
import type { Sandbox } from './sandbox.ts'

/** A run of the repository's workflow, whose one step of interest is the Action. */
export interface WorkflowRun {
  readonly event: Dispatch['event']
  readonly sha: string
  readonly operation: string
  readonly exitCode: number
  readonly fromMs: number
  readonly toMs: number
  /** As it was written; nothing where the run was refused before it began. */
  readonly receipt?: Upgrade
}

export interface Runner {
  readonly sandbox: Sandbox
  readonly machine: Machine
  readonly apiUrl: string
  readonly serverUrl: string
  /** A checkout of the commit, as `actions/checkout` makes it, and the job's token. */
  readonly checkOut: (folder: string, sha: string) => Promise<string>
  /** What the operators of the environment set: where health is read, whose verdicts count. */
  readonly variables: Readonly<Record<string, string>>
  readonly say: (line: string) => void
}

const top = fileURLToPath(new URL('../', import.meta.url))
/** The Action as GitHub runs it. */
const action = join(top, 'dist/main.js')

const actionYml = z.object({
  inputs: z.record(z.string(), z.object({ default: z.string().default('') })),
})

/** Runs the Action as GitHub's runner does: `INPUT_*` with the defaults, `GITHUB_*` and its files. What it says is shown as it comes. */
export async function runWorkflow(runner: Runner, dispatch: Dispatch): Promise<WorkflowRun> {
  const { sandbox, say } = runner
  const { event, sha, runId } = dispatch
  const folder = join(sandbox.folder, `run-${runId}`)
  const checkout = join(folder, 'checkout')
  await mkdir(folder)
  const token = await runner.checkOut(checkout, sha)
  const { inputs } = actionYml.parse(load(await readFile(join(top, 'action.yml'), 'utf8')))
  const env = {
    ...runner.machine.env,
    ...runner.variables,
    ...(await runnerVariables(runner, { dispatch, folder, checkout, token })),
    ...inputVariables(inputs, { ...dispatch.inputs, 'github-token': token }),
  }
  const fromMs = Date.now()
  const child = sandbox.start({ file: process.execPath, args: [action], cwd: checkout, env })
  child.stdin.end()
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => isOfInterest(line) && say(`  ${line}`))
  const [exitCode] = (await once(child, 'close')) as [number | null]
  const text = await readFile(join(checkout, '.seamless/receipt.json'), 'utf8').catch(() => undefined)
  return {
    event,
    sha,
    operation: dispatch.inputs['operation'] ?? 'run',
    exitCode: exitCode ?? 1,
    fromMs,
    toMs: Date.now(),
    ...(text === undefined ? {} : { receipt: receipt.parse(JSON.parse(text)) }),
  }
}

interface Place {
  readonly dispatch: Dispatch
  readonly folder: string
  readonly checkout: string
  readonly token: string
}

async function runnerVariables(
  { apiUrl, serverUrl }: Runner,
  { dispatch, folder, checkout, token }: Place,
): Promise<Record<string, string>> {
  const files = ['event', 'output', 'env', 'path', 'state', 'step_summary'] as const
  const paths = files.map((name) => [name, join(folder, name)] as const)
  for (const [name, path] of paths)
    await writeFile(path, name === 'event' ? JSON.stringify(dispatch.payload) : '')
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_TOKEN: token,
    GITHUB_WORKSPACE: checkout,
    GITHUB_EVENT_NAME: dispatch.event,
    GITHUB_REF: `refs/heads/${dispatch.ref}`,
    GITHUB_SHA: dispatch.sha,
    GITHUB_REPOSITORY: `${dispatch.owner}/${dispatch.repo}`,
    GITHUB_API_URL: apiUrl,
    GITHUB_SERVER_URL: serverUrl,
    GITHUB_RUN_ID: String(dispatch.runId),
    GITHUB_ACTOR: dispatch.actor,
    RUNNER_TEMP: folder,
    ...Object.fromEntries(
      paths.map(([name, path]) => [
        name === 'event' ? 'GITHUB_EVENT_PATH' : `GITHUB_${name.toUpperCase()}`,
        path,
      ]),
    ),
  }
}

function inputVariables(
  known: z.infer<typeof actionYml>['inputs'],
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const values = Object.entries(known).map(([name, input]) => {
    const value = given[name] === undefined || given[name] === '' ? input.default : given[name]
    return [`INPUT_${name.toUpperCase()}`, value]
  })
  return Object.fromEntries(values)
}

/**
 * Seamless' own words, and of what the commands of the service print the last word of its tests and what is done to the traffic: all
 * of it would bury the rest. Nor are the runner's commands of interest.
 */
function isOfInterest(line: string): boolean {
  if (line.trim() === '' || /^\s*(?:::|##\[)/.test(line)) return false
  const [, command] = /^(\S+) \| /.exec(line) ?? []
  return command === undefined || TOLD.test(line)
}

const TOLD = /^test\/\S+ \| ℹ (?:pass|fail) |^deploy\/\S+\/(?:apply|traffic-\d+|rollback) \| /
