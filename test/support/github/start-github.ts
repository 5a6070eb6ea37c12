import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AppCredentials, type AppSpec, type InstallationSpec, newApp } from './apps.ts'
import { changeRepositories, install, suspend, uninstall, unsuspend } from './installation-events.ts'
import { serveArtifact } from './artifact-store.ts'
import { newTeam, type TeamSpec } from './teams.ts'
import { Api } from './api.ts'
import { commitFiles } from './commit-files.ts'
import { credentialsOf } from './credentials.ts'
import { UNPROTECTED } from './protection.ts'
import type { Protection, Repository, Role } from './entities.ts'
import type { EmittedEvent } from './events.ts'
import { Faults } from './faults.ts'
import { parseGitUrl, serveGit } from './git-http.ts'
import { Hub, type HubClock } from './hub.ts'
import { newFork, newRepository, type RepositorySpec } from './new-repository.ts'
import type { Oracle, Violation } from './oracle.ts'
import type { RequestRecord } from './request-log.ts'
import { allRoutes } from './routes.ts'
import type { TokenSpec } from './tokens.ts'
import { WebhookDeliveries } from './webhook-deliveries.ts'
import { type Runner, WorkflowRuns } from './workflow-runs.ts'

export interface GitHubOptions {
  /** The system's clock by default. */
  clock?: HubClock
  /** Folder for the bare repositories; a temporary one by default, removed by `close`. */
  root?: string
  /** Judge every call by GitHub's own schemas; on by default. Off, nothing of ajv is loaded. */
  oracle?: boolean
}

/** A repository as a test holds it. */
export interface HubRepository {
  id: number
  owner: string
  name: string
  defaultBranch: string
  /** Without credentials; see `GitHub.cloneUrl` for one with a token in it. */
  cloneUrl: string
  bareDir: string
  /** Gives a user a role (`none` takes it away); `customName` is an organisation's own role with that one as base. */
  setRole(login: string, role: Role, customName?: string): void
  /** Commits files without a clone; null removes one. Answers the commit. */
  commit(commit: {
    branch?: string
    files: Record<string, string | Buffer | null>
    message?: string
    by?: string
  }): Promise<string>
  /** The commit that a branch, tag or SHA names. */
  shaOf(revision: string): Promise<string | undefined>
  /** A file's text at a revision, undefined when it is not there. */
  fileAt(revision: string, path: string): Promise<string | undefined>
  fork(owner: string): Promise<HubRepository>
  /** Protects a branch without the API's administrator. */
  protect(branch: string, rules: Partial<Protection>): void
}

/** Starts a GitHub of one's own on a free port of 127.0.0.1. */
export async function startGitHub(options: GitHubOptions = {}): Promise<GitHub> {
  const root = options.root ?? (await mkdtemp(join(tmpdir(), 'seamless-github-')))
  const hub = new Hub(root, options.clock ?? { now: () => Date.now() })
  const oracle = options.oracle === false ? undefined : await loadOracle()
  const github = new GitHub(hub, oracle, options.root === undefined)
  await github.listen()
  return github
}

async function loadOracle(): Promise<Oracle> {
  const { Oracle } = await import('./oracle.ts')
  return new Oracle()
}

export class GitHub {
  readonly faults = new Faults()
  /** Every call that arrived, in order. */
  readonly requests: RequestRecord[] = []
  /** Deliveries to apps: the list, faults, redelivery, `idle()`. */
  readonly deliveries: WebhookDeliveries
  private readonly runs: WorkflowRuns
  private readonly hub: Hub
  private readonly oracle: Oracle | undefined
  private readonly ownsRoot: boolean
  private readonly api: Api
  private readonly server: Server

  constructor(hub: Hub, oracle: Oracle | undefined, ownsRoot: boolean) {
    this.hub = hub
    this.oracle = oracle
    this.ownsRoot = ownsRoot
    this.runs = new WorkflowRuns(hub)
    this.deliveries = new WebhookDeliveries(hub, (name, payload) => oracle?.judgeWebhook(name, payload))
    const routes = allRoutes({ runs: this.runs, deliveries: this.deliveries })
    this.api = new Api({ hub, routes, oracle, faults: this.faults, requests: this.requests })
    this.server = this.newServer()
  }

  /** `GITHUB_SERVER_URL`. */
  get url(): string {
    return this.hub.url
  }

  /** `GITHUB_API_URL` and octokit's `baseUrl`; laid out as on GitHub Enterprise Server. */
  get apiUrl(): string {
    return this.hub.apiUrl
  }

  get graphqlUrl(): string {
    return this.hub.graphqlUrl
  }

  async createRepository(spec: RepositorySpec): Promise<HubRepository> {
    return this.handle(await newRepository(this.hub, spec))
  }

  /** A user's token, or with a login ending in `[bot]` an installation token (`github-actions[bot]`: GITHUB_TOKEN). */
  token(spec: TokenSpec): string {
    return this.hub.tokens.issue(spec).value
  }

  createApp(spec: AppSpec): AppCredentials {
    return newApp(this.hub, spec)
  }

  /** Installs an app on an account; answers the installation's id. */
  install(spec: InstallationSpec): number {
    return install(this.hub, spec)
  }

  uninstall(installationId: number): void {
    uninstall(this.hub, installationId)
  }

  /** A suspended installation gets no tokens and no deliveries. */
  suspend(installationId: number): void {
    suspend(this.hub, installationId)
  }

  unsuspend(installationId: number): void {
    unsuspend(this.hub, installationId)
  }

  /** Changes which repositories an installation of selected ones reaches. */
  changeRepositories(installationId: number, change: { add?: number[]; remove?: number[] }): void {
    changeRepositories(this.hub, installationId, change)
  }

  /** Makes a team, or sets the members of one; `roles` is by repository name. */
  team(spec: TeamSpec): { id: number; slug: string } {
    return newTeam(this.hub, spec)
  }

  user(login: string): { id: number; login: string } {
    const { id } = this.hub.accounts.ensure(login)
    return { id, login }
  }

  renameUser(login: string, to: string): void {
    this.hub.accounts.rename(login, to)
  }

  /** Clone URL with a token in it, as `git clone` takes it. */
  cloneUrl(repository: HubRepository, token: string): string {
    return repository.cloneUrl.replace('://', `://x-access-token:${token}@`)
  }

  /** The runner: what happens for a `workflow_dispatch`. Without one, runs stay queued. */
  onDispatch(runner: Runner): void {
    this.runs.onDispatch(runner)
  }

  /** Settles when no dispatched run is at work. */
  runsIdle(): Promise<void> {
    return this.runs.idle()
  }

  /** Everything that happened, as webhooks would tell it. */
  get events(): readonly EmittedEvent[] {
    return this.hub.events
  }

  violations(): readonly Violation[] {
    return this.oracle?.violations ?? []
  }

  /** For tests that provoke them. */
  clearViolations(): void {
    if (this.oracle) this.oracle.violations.length = 0
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, '127.0.0.1', resolve)
    })
    this.hub.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** Stops it and removes its folder. Throws when a call broke GitHub's own schemas. */
  async close(): Promise<void> {
    await this.runs.idle()
    await this.deliveries.idle()
    const closed = new Promise((resolve) => this.server.close(resolve))
    this.server.closeAllConnections()
    await closed
    for (const { git } of this.hub.repositories.values()) git.stopReading()
    if (this.ownsRoot) await rm(this.hub.root, { recursive: true, force: true })
    const violations = this.violations()
    if (violations.length === 0) return
    const list = violations.map(({ operation, where, message }) => `  ${operation} (${where}): ${message}`)
    throw new Error(`GitHub would not have taken this:\n${list.join('\n')}`)
  }

  private newServer(): Server {
    return createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://stand-in.invalid')
      if (serveArtifact(this.hub, url, response)) return
      const git = parseGitUrl(this.hub, url)
      const work = git ? this.serveGit(git, { request, response }) : this.api.serve(request, response, url)
      work.catch((error: unknown) => {
        this.reportFault(request, error)
        if (!response.headersSent) response.writeHead(500)
        response.end()
      })
    })
  }

  /** A fault of the stand-in itself must not pass for an answer of GitHub. */
  private reportFault(request: IncomingMessage, error: unknown): void {
    const operation = `${request.method} ${request.url}`
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    if (this.oracle)
      this.oracle.report({ operation, where: 'operation', message: `the stand-in failed: ${text}` })
    else process.emitWarning(`${operation}: ${text}`)
  }

  private async serveGit(
    git: NonNullable<ReturnType<typeof parseGitUrl>>,
    io: Parameters<typeof serveGit>[2],
  ): Promise<void> {
    const { token, bad } = credentialsOf(this.hub, io.request.headers)
    const record: RequestRecord = {
      method: io.request.method ?? 'GET',
      path: git.path,
      query: new URLSearchParams(git.query),
      operation: git.path === '/info/refs' ? 'info/refs' : git.service,
      body: undefined,
      headers: io.request.headers,
      login: token?.account.login,
      at: this.hub.clock.now(),
      status: 0,
    }
    this.requests.push(record)
    const fault = this.faults.take(record)
    if (fault?.answer === 'hang up') return void io.response.destroy()
    if (fault?.answer) return void io.response.writeHead(fault.answer.status).end()
    record.status = await serveGit(this.hub, { ...git, token: bad ? undefined : token }, io)
  }

  private handle(repository: Repository): HubRepository {
    const { hub } = this
    const { git } = repository
    return {
      id: repository.id,
      owner: repository.owner.login,
      name: repository.name,
      defaultBranch: repository.defaultBranch,
      cloneUrl: `${hub.url}/${repository.owner.login}/${repository.name}.git`,
      bareDir: git.dir,
      setRole: (login, role, customName) => {
        const { id } = hub.accounts.ensure(login)
        repository.collaborators.set(id, role)
        if (customName) repository.customRoles.set(id, customName)
        else repository.customRoles.delete(id)
      },
      commit: ({
        branch = repository.defaultBranch,
        files,
        message = 'Change files\n',
        by = repository.owner.login,
      }) =>
        hub.exclusively(repository, () =>
          commitFiles(hub, repository, { branch, files, message, by: hub.accounts.ensure(by) }),
        ),
      shaOf: (revision) => git.commitOf(revision),
      fileAt: async (revision, path) => {
        const sha = await git.objectOf(`${revision}:${path}`)
        return sha && (await git.blob(sha)).toString('utf8')
      },
      protect: (branch, rules) => void repository.protections.set(branch, { ...UNPROTECTED, ...rules }),
      fork: async (owner) => this.handle(await newFork(hub, repository, owner)),
    }
  }
}
