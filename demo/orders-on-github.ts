import { Octokit } from '@octokit/rest'
import { join } from 'node:path'
import { grantsOf, permissionTable } from '../app/permissions.ts'
import { subscribedEvents } from '../app/webhook-event.ts'
import type { AppCredentials } from '../test/support/github/apps.ts'
import { startGitHub, type GitHub, type HubRepository } from '../test/support/github/start-github.ts'
import type { Runner } from '../test/support/github/workflow-runs.ts'
import { commitChange, createOrdersRepository, git, titleOf, type Change } from './orders-repository.ts'
import type { Sandbox } from './sandbox.ts'

/** The service's repository on a GitHub of the demo's own, with a developer who opens and merges pull requests, and the App installed. */
export interface OrdersOnGitHub {
  /** As in `GITHUB_REPOSITORY`. */
  readonly name: string
  readonly owner: string
  readonly repo: string
  readonly apiUrl: string
  readonly serverUrl: string
  readonly app: AppCredentials
  /** As the developer. */
  readonly octokit: Octokit
  /** What pushes to main and dispatches start. */
  onRun(runner: Runner): void
  /** The commit that main is at. */
  main(): Promise<string>
  /** The commit of the tree at a revision: equal trees have equal ids. */
  tree(revision: string): Promise<string>
  /** The titles on main's own line, newest first. */
  history(): Promise<readonly string[]>
  /** A developer makes the change on a branch, opens a pull request and merges it. */
  merge(change: Change): Promise<Merged>
  /** A clone of main at this commit, as a workflow has it; answers the job's token. */
  checkOut(folder: string, sha: string): Promise<string>
  /** How the App's check of a commit ended; nothing while it has not. */
  verdict(sha: string): Promise<string | undefined>
  /** The App's own pull request that takes this one back. */
  revertOf(pull: number): Promise<{ readonly number: number; readonly isMerged: boolean } | undefined>
  close(): Promise<void>
}

export interface Merged {
  readonly number: number
  readonly title: string
  readonly commit: string
  /** The commit that main was at before. */
  readonly before: string
}

/** Where the App takes deliveries. */
export interface Webhook {
  readonly port: number
  readonly secret: string
}

const DEVELOPER = 'ada'
const OWNER = 'orders-team'
const NAME = 'orders'

export async function openOrdersOnGitHub(sandbox: Sandbox, webhook: Webhook): Promise<OrdersOnGitHub> {
  const github = await startGitHub({ root: join(sandbox.folder, 'github'), oracle: false })
  const repository = await github.createRepository({
    owner: OWNER,
    name: NAME,
    collaborators: { [DEVELOPER]: 'admin' },
  })
  const app = installApp(github, webhook)
  const developer = github.token({ login: DEVELOPER })
  const desk = join(sandbox.folder, 'desk')
  await createOrdersRepository(sandbox, desk)
  await git(sandbox, desk, 'remote', 'add', 'origin', github.cloneUrl(repository, developer))
  await git(sandbox, desk, 'push', '--quiet', 'origin', 'main')
  const main = async (): Promise<string> => (await repository.shaOf('main')) ?? ''
  const bare = (...args: string[]): Promise<string> => git(sandbox, repository.bareDir, ...args)
  const options = { auth: developer, baseUrl: github.apiUrl, request: { fetch: globalThis.fetch } }
  const octokit = new Octokit(options)
  return {
    name: `${OWNER}/${NAME}`,
    owner: OWNER,
    repo: NAME,
    apiUrl: github.apiUrl,
    serverUrl: github.url,
    app,
    octokit,
    onRun(runner) {
      github.onPush(runner)
      github.onDispatch(runner)
    },
    main,
    tree: (revision) => bare('rev-parse', `${revision}^{tree}`),
    history: async () => (await bare('log', '--first-parent', '--format=%s', 'main')).split('\n'),
    merge: async (change) => {
      const before = await main()
      await pushBranch(sandbox, desk, change)
      return { ...(await mergeBranch(octokit, change)), before }
    },
    async checkOut(folder, sha) {
      const token = tokenOfWorkflow(github, repository)
      await git(sandbox, sandbox.folder, 'clone', '--quiet', github.cloneUrl(repository, token), folder)
      await git(sandbox, folder, 'checkout', '--quiet', '-B', 'main', sha)
      return token
    },
    async verdict(sha) {
      const asked = { owner: OWNER, repo: NAME, ref: sha, app_id: app.id, check_name: 'seamless/production' }
      const { data } = await octokit.rest.checks.listForRef(asked)
      const [check] = data.check_runs
      return check?.status === 'completed' ? (check.conclusion ?? undefined) : undefined
    },
    async revertOf(pull) {
      const { data } = await octokit.rest.pulls.list({ owner: OWNER, repo: NAME, state: 'all' })
      const found = data.find(({ head }) => head.ref.startsWith(`revert/pr-${pull}-`))
      return found && { number: found.number, isMerged: found.merged_at !== null }
    },
    close: () => github.close(),
  }
}

/** The App as app.yml asks for it, installed by the team. */
function installApp(github: GitHub, { port, secret }: Webhook): AppCredentials {
  const app = github.createApp({
    slug: 'seamless',
    permissions: { ...grantsOf(permissionTable) },
    events: [...subscribedEvents],
    webhook: { url: `http://127.0.0.1:${port}/api/github/webhooks`, secret },
  })
  github.install({ appId: app.id, account: OWNER })
  return app
}

/** What a workflow's GITHUB_TOKEN may do with the permissions that examples/workflow-app.yml asks for. */
function tokenOfWorkflow(github: GitHub, { id }: HubRepository): string {
  const permissions = {
    contents: 'read',
    pull_requests: 'read',
    deployments: 'write',
    checks: 'write',
  } as const
  return github.token({ login: 'github-actions[bot]', permissions, repositoryIds: [id] })
}

async function pushBranch(sandbox: Sandbox, desk: string, change: Change): Promise<void> {
  await git(sandbox, desk, 'fetch', '--quiet', 'origin')
  await git(sandbox, desk, 'switch', '--quiet', '--create', change, 'origin/main')
  await commitChange(sandbox, desk, change)
  await git(sandbox, desk, 'push', '--quiet', 'origin', change)
}

async function mergeBranch(octokit: Octokit, change: Change): Promise<Omit<Merged, 'before'>> {
  const repository = { owner: OWNER, repo: NAME }
  const title = titleOf(change)
  const { data: pull } = await octokit.rest.pulls.create({ ...repository, head: change, base: 'main', title })
  const merge = { ...repository, pull_number: pull.number, merge_method: 'merge' } as const
  const { data: merged } = await octokit.rest.pulls.merge(merge)
  return { number: pull.number, title, commit: merged.sha }
}
