import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { load } from 'js-yaml'

export interface ActionRequest {
  /** The step's `with:`. */
  readonly inputs: Readonly<Record<string, string>>
  readonly workspace: string
  readonly event: string
  readonly payload?: unknown
  readonly ref: string
  readonly sha: string
  readonly repository: string
  readonly apiUrl: string
  /** The job's own environment: PATH, HOME, what `env:` adds. */
  readonly environment: Readonly<Record<string, string>>
  /** Sends SIGINT when this line shows up in the log, as GitHub does when a job is cancelled. */
  readonly cancelAt?: string
  /** The workflow run that it is a step of. */
  readonly runId?: number
}

export interface ActionResult {
  readonly exitCode: number
  readonly log: string
  readonly outputs: Readonly<Record<string, string>>
  readonly state: Readonly<Record<string, string>>
  readonly summary: string
  /** Workflow commands that GitHub's runner would carry out: not those between stop-commands and its token. */
  readonly annotations: readonly string[]
  readonly post: { readonly exitCode: number; readonly log: string; readonly summary: string }
}

interface ActionYml {
  readonly inputs: Record<string, { default?: string }>
  readonly outputs: Record<string, unknown>
  readonly runs: { main: string; post: string; using: string }
}

const top = new URL('../../', import.meta.url).pathname

/** The committed bundle; while several work on the sources, `SEAMLESS_TEST_BUNDLE` names a freshly built folder instead. */
const bundle = process.env['SEAMLESS_TEST_BUNDLE'] ?? join(top, 'dist')

export function readActionYml(): ActionYml {
  return load(readFileSync(join(top, 'action.yml'), 'utf8')) as ActionYml
}

/** Runs the committed bundle as GitHub's runner does: `INPUT_*` with the defaults, `GITHUB_*` and its files, main, then post. */
export async function runAction(request: ActionRequest): Promise<ActionResult> {
  const { runs, inputs } = readActionYml()
  const folder = mkdtempSync(join(tmpdir(), 'seamless-action-'))
  try {
    const environment = {
      ...request.environment,
      ...runnerVariables(request, folder),
      ...inputVariables(request, inputs),
    }
    const files = openFiles(folder)
    const main = await spawnNode(join(bundle, basename(runs.main)), {
      request,
      environment: { ...environment, ...files('main') },
    })
    const state = keyValues(folder, 'main', 'state')
    const saved = Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]))
    const post = await spawnNode(join(bundle, basename(runs.post)), {
      request: { ...request, cancelAt: undefined },
      environment: { ...environment, ...files('post'), ...saved },
    })
    return {
      ...main,
      outputs: { ...keyValues(folder, 'main', 'output'), ...keyValues(folder, 'post', 'output') },
      state,
      summary: readFileSync(join(folder, 'main-step_summary'), 'utf8'),
      annotations: commandsIn(main.log),
      post: { ...post, summary: readFileSync(join(folder, 'post-step_summary'), 'utf8') },
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function runnerVariables(request: ActionRequest, folder: string): Record<string, string> {
  const eventFile = join(folder, 'event.json')
  writeFileSync(eventFile, JSON.stringify(request.payload ?? {}))
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: request.workspace,
    GITHUB_EVENT_NAME: request.event,
    GITHUB_EVENT_PATH: eventFile,
    GITHUB_REF: request.ref,
    GITHUB_SHA: request.sha,
    GITHUB_REPOSITORY: request.repository,
    GITHUB_API_URL: request.apiUrl,
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_RUN_ID: String(request.runId ?? 4711),
    GITHUB_ACTOR: 'ada',
    GITHUB_ACTOR_ID: '17',
    RUNNER_TEMP: folder,
  }
}

/** As the runner names them: upper case, spaces as underscores, hyphens kept. */
function inputVariables(
  { inputs, ...rest }: ActionRequest,
  known: ActionYml['inputs'],
): Record<string, string> {
  const unknown = Object.keys(inputs).filter((name) => !(name in known))
  if (unknown.length > 0) throw new Error(`action.yml has no input ${unknown.join(', ')}`)
  const values = Object.entries(known).map(([name, { default: byDefault = '' }]) => {
    const evaluated = byDefault.replace('${{ github.token }}', rest.environment['GITHUB_TOKEN'] ?? '')
    return [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, inputs[name] ?? evaluated]
  })
  return Object.fromEntries(values)
}

const kinds = ['output', 'env', 'path', 'state', 'step_summary'] as const

function openFiles(folder: string): (phase: 'main' | 'post') => Record<string, string> {
  return (phase) =>
    Object.fromEntries(
      kinds.map((kind) => {
        const file = join(folder, `${phase}-${kind}`)
        writeFileSync(file, '')
        return [`GITHUB_${kind.toUpperCase()}`, file]
      }),
    )
}

/** The runner's own format: `name<<delimiter`, lines, `delimiter`. */
function keyValues(folder: string, phase: string, kind: string): Record<string, string> {
  const text = readFileSync(join(folder, `${phase}-${kind}`), 'utf8')
  const found = text.matchAll(/^([^\n<]+)<<(.+)\n([\s\S]*?)\n?^\2$/gm)
  return Object.fromEntries([...found].map(([, name = '', , value = '']) => [name, value]))
}

interface Spawned {
  readonly request: Pick<ActionRequest, 'workspace'> & { readonly cancelAt?: string | undefined }
  readonly environment: Readonly<Record<string, string>>
}

function spawnNode(
  file: string,
  { request, environment }: Spawned,
): Promise<{ exitCode: number; log: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [file],
      { cwd: request.workspace, env: environment, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve({
          exitCode: error === null ? 0 : typeof error.code === 'number' ? error.code : 137,
          log: stdout + stderr,
        })
      },
    )
    const { cancelAt } = request
    if (cancelAt === undefined) return
    let seen = ''
    child.stdout?.on('data', (text: string) => {
      seen += text
      if (seen.includes(cancelAt)) child.kill('SIGINT')
    })
  })
}

/** What the runner would carry out of a log, with `stop-commands` honoured. */
function commandsIn(log: string): readonly string[] {
  let stoppedBy: string | undefined
  return log.split('\n').flatMap((line) => {
    if (stoppedBy !== undefined) {
      if (line === `::${stoppedBy}::`) stoppedBy = undefined
      return []
    }
    const stop = /^::stop-commands::(.+)$/.exec(line)?.[1]
    if (stop !== undefined) {
      stoppedBy = stop
      return []
    }
    return /^\s*(::|##\[)/.test(line) ? [line] : []
  })
}
