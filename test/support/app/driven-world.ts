import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { AppCredentials } from '../github/apps.ts'
import type { RequestRecord } from '../github/request-log.ts'
import type { Dispatch, Runner } from '../github/workflow-runs.ts'
import type { ActionResult } from '../run-action.ts'
import { serviceConfig, type WorkflowWorld, workflowWorld } from '../workflow-world.ts'
import { registerApp } from './app-clients.ts'
import { type AppHome, appHome, freePort, spawnApp, type SpawnedApp } from './spawned-app.ts'

/** A service whose comments the App answers: the App is a process of its own, the runs are the bundled Action. */
export interface DrivenWorld extends WorkflowWorld {
  readonly app: AppCredentials
  readonly installation: number
  readonly home: AppHome
  /** The process that runs now. */
  process(): SpawnedApp
  /** Starts the App again, on the same data, and waits until it takes deliveries. */
  startApp(environment?: Readonly<Record<string, string>>): Promise<SpawnedApp>
  /** `kill -9`, and waits for its end. */
  killApp(): Promise<void>
  /** A branch of Ada's with these files, and its pull request, made three minutes ago by GitHub's clock. */
  openPull(files: Readonly<Record<string, string | null>>): Promise<{ number: number; sha: string }>
  /** Writes a comment; answers its number. */
  say(pull: number, body: string, login?: string): Promise<number>
  /** What the App says on the pull request, in order. */
  answers(pull: number): Promise<readonly string[]>
  reactions(comment: number): Promise<readonly string[]>
  deployments(): Promise<{ id: number; sha: string; environment: string }[]>
  /** What came of the runs, in order. */
  readonly results: readonly ActionResult[]
  /** Who asked GitHub for what since then (an index of `hub.requests`), and when the service was live. */
  callsSince(index: number): readonly Call[] & { readonly liveAtMs: number }
  /** A comment by an app's own account. */
  botSays(pull: number, body: string): Promise<number>
  /** One more commit on the branch of a pull request, now. */
  push(pull: number, files: Readonly<Record<string, string | null>>): Promise<string>
}

export const APP_WORKFLOW = readFileSync(
  new URL('../../../examples/workflow-app.yml', import.meta.url),
  'utf8',
)
export const APP_CONFIG = serviceConfig.replace('driver: action', 'driver: app')

interface Options {
  readonly files?: Readonly<Record<string, string>>
  /** In place of the bundled Action. */
  readonly runner?: (world: WorkflowWorld) => Runner
  readonly environment?: Readonly<Record<string, string>>
}

export async function drivenWorld({
  files = {},
  runner,
  environment = {},
}: Options = {}): Promise<DrivenWorld> {
  const made = await workflowWorld({
    '.github/seamless.yml': APP_CONFIG,
    '.github/workflows/seamless.yml': APP_WORKFLOW,
    ...files,
  })
  const { hub, repository } = made
  const port = await freePort()
  const app = registerApp(hub, `http://127.0.0.1:${port}/api/github/webhooks`)
  // As the repository variable SEAMLESS_APP_ID gives it to each step.
  const number = { SEAMLESS_CHECKS_APP_ID: String(app.id) }
  const world: WorkflowWorld = {
    ...made,
    run: async (request) => made.run({ ...request, environment: { ...number, ...request?.environment } }),
  }
  const installation = hub.install({ appId: app.id, account: repository.owner })
  const home = await appHome(hub, app, port)
  const results: ActionResult[] = []
  hub.onDispatch(runner?.(world) ?? actionRunner(world, results))
  let spawned = spawn(home, environment)
  await spawned.ready()
  let pulls = 0
  return {
    ...world,
    app,
    installation,
    home,
    results,
    process: () => spawned,
    async startApp(more = {}) {
      // At once, so that it can be killed before it is ready.
      const next = spawn(home, { ...environment, ...more })
      spawned = next
      await next.ready()
      return next
    },
    async killApp() {
      spawned.process.kill('SIGKILL')
      await spawned.ended()
    },
    async openPull(changed) {
      pulls += 1
      const branch = `feature-${pulls}`
      world.setLag(180_000)
      const sha = await repository.commit({ branch, files: changed, message: 'Change', by: 'ada' })
      const body = { head: branch, base: 'main', title: `Change ${pulls}` }
      const { number } = await world.api<{ number: number }>('POST', '/pulls', { body })
      world.setLag(0)
      return { number, sha }
    },
    async say(pull, body, login = 'ada') {
      const path = `/issues/${pull}/comments`
      return (await world.api<{ id: number }>('POST', path, { body: { body }, login })).id
    },
    async answers(pull) {
      const said = await world.api<Comment[]>('GET', `/issues/${pull}/comments?per_page=100`)
      return said.filter(({ user }) => user.type === 'Bot').map(({ body }) => body)
    },
    async reactions(comment) {
      const path = `/issues/comments/${comment}/reactions`
      return (await world.api<{ content: string }[]>('GET', path)).map(({ content }) => content)
    },
    deployments: async () => world.api('GET', '/deployments?per_page=100'),
    callsSince(index) {
      const found = hub.requests.slice(index).filter(({ operation }) => operation !== undefined)
      const calls = found.map((one): Call => ({ at: one.at, what: one.operation ?? '', by: byOf(one) }))
      const isLive = (one: (typeof found)[number]): boolean =>
        one.path.endsWith('/statuses') && (one.body as { state?: string } | undefined)?.state === 'success'
      return Object.assign(calls, { liveAtMs: found.find(isLive)?.at ?? Infinity })
    },
    async botSays(pull, body) {
      const permissions = { metadata: 'read', issues: 'write', pull_requests: 'write' } as const
      const token = hub.token({ login: 'helpful[bot]', permissions })
      const response = await fetch(`${hub.apiUrl}/repos/team/service/issues/${pull}/comments`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ body }),
      })
      return ((await response.json()) as { id: number }).id
    },
    async push(pull, changed) {
      const { head } = await world.api<{ head: { ref: string } }>('GET', `/pulls/${pull}`)
      return repository.commit({ branch: head.ref, files: changed, message: 'More', by: 'ada' })
    },
    async close() {
      spawned.process.kill('SIGKILL')
      await spawned.ended()
      home.remove()
      await world.close()
    },
  }
}

export interface Call {
  readonly at: number
  readonly what: string
  readonly by: 'app' | 'action' | 'people'
}

/** The app itself has no login at GitHub: it signs a JWT. It has no git either: that is the runner's. */
function byOf({ login, operation = '' }: Pick<RequestRecord, 'login' | 'operation'>): Call['by'] {
  if (operation === 'info/refs' || operation.startsWith('git-')) return 'action'
  if (login === undefined || login.startsWith('seamless')) return 'app'
  return login === 'github-actions[bot]' ? 'action' : 'people'
}

interface Comment {
  readonly body: string
  readonly user: { readonly type: string }
}

function spawn(home: AppHome, environment: Readonly<Record<string, string>>): SpawnedApp {
  return spawnApp({ ...home.environment, ...environment })
}

/** The jobs of the workflow, as GitHub's runner does them. */
function actionRunner(world: WorkflowWorld, results: ActionResult[]): Runner {
  return async ({ inputs }: Dispatch) => {
    const result = await world.run({ event: 'workflow_dispatch', inputs })
    results.push(result)
    return { conclusion: result.exitCode === 0 ? 'success' : 'failure' }
  }
}

/** Looks until it is so. The machine may be busy: only something broken takes as long as this waits. */
export async function until<Found>(
  look: () => Promise<Found | undefined | false> | Found | undefined | false,
  what: string,
  timeoutMs = 60_000,
): Promise<Found> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await wait(100)) {
    const found = await look()
    if (found !== undefined && found !== false) return found
  }
  throw new Error(`it never came to this: ${what}`)
}
