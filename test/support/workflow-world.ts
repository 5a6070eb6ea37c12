import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type GitHub, type HubRepository, startGitHub } from './github/start-github.ts'
import { type ActionRequest, type ActionResult, runAction } from './run-action.ts'

/** A repository on a GitHub of its own whose service "runs" in a file, and runs of the bundled Action on it. */
export interface WorkflowWorld {
  readonly hub: GitHub
  readonly repository: HubRepository
  readonly folder: string
  /** One step of a workflow run, in a fresh checkout of the newest commit of main as `actions/checkout` makes it. */
  run(request?: StepRequest): Promise<ActionResult>
  /** The version that users have. */
  live(): string | undefined
  /** Lets the scripts of the service see a mark. */
  mark(name: string): void
  /** GitHub's clock is so far behind: what happens now, happened some time ago. */
  setLag(ms: number): void
  /** A person or an app at GitHub's API. */
  api<Answer>(method: string, path: string, options?: { body?: unknown; login?: string }): Promise<Answer>
  /** The states of a Deployment, oldest first: `in_progress: A run works on it.` */
  statesOf(deployment: string): Promise<readonly string[]>
  /** Says how users took a deployment, as a run's verdict does. */
  judge(sha: string, deployment: string, conclusion: 'success' | 'failure'): Promise<void>
  close(): Promise<void>
}

export interface StepRequest extends Partial<ActionRequest> {
  /** What the job may do; all that an upgrade needs. */
  readonly permissions?: Readonly<Record<string, 'read' | 'write'>>
  /** The job has no checkout. */
  readonly bare?: boolean
  /** `fetch-depth: 0`. */
  readonly wholeHistory?: boolean
}

/** Never synchronous: the stand-in answers from this process. */
const execute = promisify(execFile)

/** As the job `upgrade` of examples/workflow.yml has them. */
export const UPGRADE_PERMISSIONS = {
  metadata: 'read',
  contents: 'write',
  deployments: 'write',
  checks: 'write',
  pull_requests: 'write',
} as const

export const serviceConfig = `driver: action
version: { file: VERSION }
test:
  - { name: works, run: 'test ! -f failing' }
environments:
  production:
    deploy:
      run:
        deploy: bash deploy.sh
        status: cat "$WORLD/live" 2>/dev/null || true
        rollback: 'test ! -f "$WORLD/rollback-fails" && echo "$SEAMLESS_VERSION" > "$WORLD/live"'
`

const serviceFiles = {
  VERSION: '1.0.0\n',
  'deploy.sh':
    'set -e\ncp VERSION "$WORLD/live"\ntest ! -f broken-deploy\nif [ -f slow-deploy ]; then echo deploying slowly; sleep 20; fi\n',
}

export async function workflowWorld(files: Readonly<Record<string, string>> = {}): Promise<WorkflowWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'seamless-workflow-'))
  let lagMs = 0
  const hub = await startGitHub({ clock: { now: () => Date.now() - lagMs } })
  const repository = await hub.createRepository({
    owner: 'team',
    name: 'service',
    collaborators: { ada: 'write', rita: 'read' },
    files: { ...serviceFiles, '.github/seamless.yml': serviceConfig, ...files },
  })
  let checkouts = 0
  const world: Omit<WorkflowWorld, 'run'> = {
    hub,
    repository,
    folder,
    live: () =>
      existsSync(join(folder, 'live')) ? readFileSync(join(folder, 'live'), 'utf8').trim() : undefined,
    setLag: (ms) => {
      lagMs = ms
    },
    mark: (name) => writeFileSync(join(folder, name), ''),
    api: async (method, path, options) => api(hub, method, path, options),
    async statesOf(deployment) {
      const path = `/deployments/${deployment}/statuses?per_page=100`
      const statuses = await api<{ state: string; description: string }[]>(hub, 'GET', path)
      return statuses.map(({ state, description }) => `${state}: ${description}`).toReversed()
    },
    judge: async (sha, deployment, conclusion) => judge(hub, { sha, deployment, conclusion }),
    async close() {
      rmSync(folder, { recursive: true, force: true })
      await hub.close()
    },
  }
  return {
    ...world,
    async run({ permissions = UPGRADE_PERMISSIONS, bare = false, wholeHistory = false, ...request } = {}) {
      const token = hub.token({ login: 'github-actions[bot]', permissions })
      checkouts += 1
      const workspace = join(folder, `checkout-${checkouts}`)
      const sha = (await repository.shaOf('main')) ?? ''
      if (bare) mkdirSync(workspace)
      else await checkout(world, workspace, { sha: request.sha ?? sha, wholeHistory })
      return runAction({
        inputs: {},
        workspace,
        event: 'push',
        payload: { repository: { default_branch: 'main' } },
        ref: 'refs/heads/main',
        sha,
        repository: 'team/service',
        apiUrl: hub.apiUrl,
        environment: {
          PATH: process.env['PATH'] ?? '',
          HOME: folder,
          WORLD: folder,
          GITHUB_TOKEN: token,
          ...request.environment,
        },
        ...Object.fromEntries(Object.entries(request).filter(([name]) => name !== 'environment')),
      })
    },
  }
}

async function checkout(
  { hub, repository }: Pick<WorkflowWorld, 'hub' | 'repository'>,
  to: string,
  { sha, wholeHistory }: { sha: string; wholeHistory: boolean },
): Promise<void> {
  const reading = hub.token({ login: 'github-actions[bot]', permissions: UPGRADE_PERMISSIONS })
  const depth = wholeHistory ? [] : ['--depth', '1']
  await execute('git', ['clone', '--quiet', ...depth, hub.cloneUrl(repository, reading), to])
  if (wholeHistory) await execute('git', ['checkout', '--quiet', '-B', 'main', sha], { cwd: to })
  await execute('git', ['remote', 'set-url', 'origin', repository.cloneUrl], { cwd: to })
}

async function api<Answer>(
  hub: GitHub,
  method: string,
  path: string,
  { body, login = 'ada' }: { body?: unknown; login?: string } = {},
): Promise<Answer> {
  const response = await fetch(`${hub.apiUrl}/repos/team/service${path}`, {
    method,
    headers: { authorization: `Bearer ${hub.token({ login })}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as Answer
}

async function judge(
  hub: GitHub,
  { sha, deployment, conclusion }: { sha: string; deployment: string; conclusion: string },
): Promise<void> {
  const token = hub.token({
    login: 'github-actions[bot]',
    permissions: { checks: 'write', metadata: 'read' },
  })
  const response = await fetch(`${hub.apiUrl}/repos/team/service/check-runs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'seamless/production',
      head_sha: sha,
      external_id: deployment,
      status: 'completed',
      conclusion,
      output: { title: conclusion, summary: conclusion },
    }),
  })
  if (!response.ok) throw new Error(`the verdict: ${response.status} ${await response.text()}`)
}
