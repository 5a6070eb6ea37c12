import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AppCredentials, type AppSpec, type InstallationSpec, newApp } from './apps.ts'
import { changeRepositories, install, suspend, uninstall, unsuspend } from './installation-events.ts'
import { serveArtifact } from './artifact-store.ts'
import { newTeam, type TeamSpec } from './teams.ts'
import { Api, type ApiParts } from './api.ts'
import type { EmittedEvent } from './events.ts'
import { Faults } from './faults.ts'
import { serveGitRecorded } from './git-endpoint.ts'
import { parseGitUrl } from './git-http.ts'
import { Hub, type HubClock } from './hub.ts'
import { type HubRepository, hubRepository } from './hub-repository.ts'
import { newRepository, type RepositorySpec } from './new-repository.ts'
import type { Oracle, Violation } from './oracle.ts'
import type { RequestRecord } from './request-log.ts'
import { requireGit } from './require-git.ts'
import { allRoutes } from './routes.ts'
import type { TokenSpec } from './tokens.ts'
import { WebhookDeliveries } from './webhook-deliveries.ts'
import { type RunMove, type Runner, WorkflowRuns } from './workflow-runs.ts'

export interface GitHubOptions {
  /** The system's clock by default. */
  clock?: HubClock
  /** Folder for the bare repositories; a temporary one by default, removed by `close`. */
  root?: string
  /** Judge every call by GitHub's own schemas; on by default. Off, nothing of ajv is loaded. */
  oracle?: boolean
}

export type { HubRepository } from './hub-repository.ts'

/** Starts a GitHub of one's own on a free port of 127.0.0.1. */
export async function startGitHub(options: GitHubOptions = {}): Promise<GitHub> {
  await requireGit()
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
  private readonly parts: ApiParts
  private readonly api: Api
  private readonly server: Server

  constructor(hub: Hub, oracle: Oracle | undefined, ownsRoot: boolean) {
    this.hub = hub
    this.oracle = oracle
    this.ownsRoot = ownsRoot
    this.runs = new WorkflowRuns(hub)
    this.deliveries = new WebhookDeliveries(hub, (name, payload) => oracle?.judgeWebhook(name, payload))
    const routes = allRoutes({ runs: this.runs, deliveries: this.deliveries })
    this.parts = { hub, routes, oracle, faults: this.faults, requests: this.requests }
    this.api = new Api(this.parts)
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
    return hubRepository(this.hub, await newRepository(this.hub, spec))
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

  /** The runner of what a push starts by the workflows of its own commit. Without one, pushes start nothing. */
  onPush(runner: Runner): void {
    this.runs.onPush(runner)
  }

  /** Moves a run on by hand, where there is no runner: `waiting` is for a reviewer of its environment. */
  moveRun(runId: number, to: RunMove): void {
    this.runs.moveRun(runId, to)
  }

  /** Settles when no dispatched run is at work. */
  runsIdle(): Promise<void> {
    return this.runs.idle()
  }

  /** Everything that happened, as webhooks would tell it. */
  get events(): readonly EmittedEvent[] {
    return this.hub.events
  }

  /** Calls `listener` at each event from now on; answers what ends that. */
  onEvent(listener: (event: EmittedEvent) => void): () => void {
    this.hub.listeners.add(listener)
    return () => void this.hub.listeners.delete(listener)
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
      const work = git
        ? serveGitRecorded(this.parts, git, { request, response })
        : this.api.serve(request, response, url)
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
}
