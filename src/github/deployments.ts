import { z } from 'zod'

import { DeploymentMismatch, DeploymentUnknown } from '../errors.ts'
import type { Artifact } from '../ports/builder.ts'
import type {
  Deployed,
  Deployments,
  DeploymentState,
  DeploymentVerdict,
  NewDeployment,
  NewestDeployment,
  PastDeployment,
  ReadDeployment,
  SaidState,
  VerdictSummary,
} from '../ports/deployments.ts'
import { plain } from '../report/markdown.ts'
import type { GitHubRepository } from './client.ts'
import { readPayload } from './deployment-payload.ts'
import { repeat } from './ensure.ts'
import { type DeploymentMemory, deploymentMemory } from './deployment-memory.ts'
import { findOrMake, MAX_DESCRIPTION, mismatch, TASK } from './make-deployment.ts'
import { statusOf } from './request-policy.ts'
import { readReportedBuild, writeRunReport } from './run-report.ts'
import { readBuilt, readVerdict, type VerdictKey, writeVerdict, writeWatching } from './verdict-check.ts'

/** `newest` and `lastHealthy` look no further back than this: each deployment costs `lastHealthy` one call. */
const MAX_DEPLOYMENTS = 60

const deploymentStates = z.enum(['in_progress', 'success', 'failure', 'error', 'inactive'])

export interface GitHubDeploymentsOptions {
  /** The app whose check runs are believed: `ACTIONS_APP_ID` for a workflow's token, else the token's own app. */
  readonly appId: number
  /**
   * Another app judges (`driver: app`): what `setVerdict` is told is no verdict but the run's report, the check run
   * `seamless/<environment>/run`. This is the app that writes reports, by which they are believed: `ACTIONS_APP_ID` on github.com.
   */
  readonly reporterId?: number
  /** Where the run's output can be read. */
  readonly logUrl?: string
  /** By environment: where the service can be seen. */
  readonly environmentUrls?: Readonly<Record<string, string>>
}

type Found = Awaited<ReturnType<typeof getDeployment>>

interface Book {
  readonly github: GitHubRepository
  readonly options: GitHubDeploymentsOptions
  readonly memory: DeploymentMemory
}

/**
 * What runs where, in GitHub's own words. One Deployment per attempt, with our key in its payload; how users took it is
 * a check run on the deployed commit. Deployments that something else made are not looked at.
 */
export function githubDeployments(
  github: GitHubRepository,
  options: GitHubDeploymentsOptions,
  memory: DeploymentMemory = deploymentMemory(),
): Deployments {
  const book: Book = { github, options, memory }
  return {
    begin: async (wanted) =>
      wanted.adopt === undefined ? begin(book, wanted) : adopt(book, wanted, wanted.adopt),
    setState: async (id, state, description, logUrl) => postState(book, { id, state, description, logUrl }),
    setVerdict: async (id, verdict, summary) => setVerdict(book, id, { verdict, summary }),
    async watching(id, summary) {
      const said = { summary, logUrl: options.logUrl }
      memory.noteCheck(id, await writeWatching(github, await keyOf(book, id), said))
    },
    newest: async (environment, wanted, except) => newest(book, environment, { wanted, except }),
    async lastHealthy(environment, except) {
      for await (const [deployed, key] of ourDeployments(book, environment)) {
        if (deployed.sha === except) continue
        if ((await readVerdict(github, key)) === 'healthy') return deployed
      }
      return undefined
    },
    builtOf: async (environment, sha) => builtOf(book, environment, sha),
    read: async (id) => readDeployment(book, id),
    said: async (id) => said(book, id),
    async past(environment, limit) {
      const found: PastDeployment[] = []
      for await (const [deployed, key, atMs] of ourDeployments(book, environment)) {
        const verdict = await readVerdict(github, key)
        if (found.push({ ...deployed, atMs, ...(verdict !== undefined && { verdict }) }) >= limit) break
      }
      return found
    },
  }
}

async function setVerdict(
  book: Book,
  id: string,
  judged: { verdict: DeploymentVerdict; summary: VerdictSummary },
): Promise<void> {
  const { github, memory } = book
  const { logUrl, reporterId } = book.options
  const key = await keyOf(book, id)
  const words = { ...judged, logUrl }
  const check =
    reporterId === undefined
      ? await writeVerdict(github, key, words, memory.checkOf(id))
      : await writeRunReport(github, key, { ...words, deploymentId: id }, memory.checkOf(id))
  memory.noteCheck(id, check)
}

async function said({ github }: Book, id: string): Promise<SaidState | undefined> {
  numberOf(id)
  const status = await known(github, id, async () => newestStatus(github, id))
  if (status === undefined) return undefined
  const { description, created_at: at } = status
  return { state: stateOf(status), description, atMs: Date.parse(at) }
}

async function builtOf(
  { github, options: { appId, reporterId } }: Book,
  environment: string,
  sha: string,
): Promise<readonly Artifact[]> {
  const reported =
    reporterId === undefined ? [] : await readReportedBuild(github, { environment, sha, appId: reporterId })
  return reported.length > 0 ? reported : readBuilt(github, { environment, sha, appId })
}

async function newest(
  book: Book,
  environment: string,
  { wanted, except }: { wanted: DeploymentState | undefined; except: string | undefined },
): Promise<NewestDeployment | undefined> {
  for await (const [deployed, verdictKey, , key] of ourDeployments(book, environment)) {
    if (deployed.id === except) continue
    const state = await currentState(book.github, deployed.id)
    if (wanted !== undefined && state !== wanted) continue
    const verdict = await readVerdict(book.github, verdictKey)
    return { ...deployed, key, state, ...(verdict !== undefined && { verdict }) }
  }
  return undefined
}

async function readDeployment(book: Book, id: string): Promise<ReadDeployment> {
  const found = await getDeployment(book.github, id)
  const [verdict, status] = await Promise.all([
    readVerdict(book.github, remember(book, found)),
    newestStatus(book.github, id),
  ])
  const { key = '', version = found.sha.slice(0, 12), operation } = readPayload(found.payload) ?? {}
  const { description, log_url: logUrl } = status ?? {}
  return {
    id,
    sha: found.sha,
    environment: found.environment,
    version,
    key,
    ...(operation !== undefined && { operation }),
    createdAtMs: Date.parse(found.created_at),
    ...(status !== undefined && { stateAtMs: Date.parse(status.created_at) }),
    state: stateOf(status),
    ...(verdict !== undefined && { verdict }),
    ...(description !== undefined && description !== '' && { description }),
    ...(logUrl !== undefined && logUrl !== '' && { logUrl }),
  }
}

async function begin(book: Book, wanted: NewDeployment): Promise<Deployed> {
  const found = await findOrMake(book.github, wanted)
  remember(book, found)
  const deployed = { id: String(found.id), sha: wanted.sha, version: wanted.version }
  const wrong = mismatch(found, wanted)
  if (wrong === undefined) return deployed
  await postState(book, { id: deployed.id, state: 'error', description: wrong })
  throw new DeploymentMismatch(wrong)
}

async function adopt(book: Book, wanted: NewDeployment, id: string): Promise<Deployed> {
  const found = await getDeployment(book.github, id)
  const wrong = mismatch(found, wanted)
  // Perhaps the id of somebody else's deployment: nothing is written to it.
  if (wrong !== undefined) throw new DeploymentMismatch(wrong)
  if (readPayload(found.payload) === undefined) {
    book.github.log.warning(`Deployment ${id} was not made by Seamless: no later rollback will return to it.`)
  }
  remember(book, found)
  return { id, sha: wanted.sha, version: wanted.version }
}

async function keyOf(book: Book, id: string): Promise<VerdictKey> {
  return book.memory.keyOf(id) ?? remember(book, await getDeployment(book.github, id))
}

function remember(
  { memory, options }: Book,
  { id, environment, sha }: Pick<Found, 'id' | 'environment' | 'sha'>,
): VerdictKey {
  const key = { deploymentId: String(id), environment, sha, appId: options.appId }
  memory.noteKey(key)
  return key
}

async function getDeployment(github: GitHubRepository, id: string) {
  const { octokit, owner, repo } = github
  const deployment_id = numberOf(id)
  const { data } = await known(github, id, async () =>
    octokit.rest.repos.getDeployment({ owner, repo, deployment_id }),
  )
  return data
}

function numberOf(id: string): number {
  if (/^[1-9]\d{0,15}$/.test(id)) return Number(id)
  throw new DeploymentUnknown(`"${id}" is no id of a deployment on GitHub: expected a number.`)
}

async function known<Answer>(
  { owner, repo }: GitHubRepository,
  id: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask()
  } catch (cause) {
    if (statusOf(cause) !== 404) throw cause
    throw new DeploymentUnknown(`${owner}/${repo} has no deployment ${id}, or the token may not read it.`, {
      cause,
    })
  }
}

async function postState(
  book: Book,
  said: { id: string; state: DeploymentState; description: string; logUrl?: string | undefined },
): Promise<void> {
  const { octokit, owner, repo } = book.github
  const { environmentUrls } = book.options
  const { logUrl = book.options.logUrl } = said
  const url = environmentUrls && environmentUrls[(await keyOf(book, said.id)).environment]
  const asked = {
    owner,
    repo,
    deployment_id: numberOf(said.id),
    state: said.state,
    description: plain(said.description, MAX_DESCRIPTION),
    // GitHub would call every earlier one inactive, but only in environments that are not for production: which of them was
    // live, and may be again when this one is taken back, would be forgotten there.
    auto_inactive: false,
    ...(logUrl !== undefined && { log_url: logUrl }),
    ...(url !== undefined && { environment_url: url }),
  }
  // A status more of the same says nothing new, so a lost answer is simply asked for again.
  await known(book.github, said.id, async () =>
    repeat(book.github, async () => octokit.rest.repos.createDeploymentStatus(asked)),
  )
}

async function currentState(github: GitHubRepository, id: string): Promise<DeploymentState | 'unknown'> {
  return stateOf(await newestStatus(github, id))
}

async function newestStatus({ octokit, owner, repo }: GitHubRepository, id: string) {
  const asked = { owner, repo, deployment_id: Number(id), per_page: 1 }
  const { data } = await octokit.rest.repos.listDeploymentStatuses(asked)
  return data[0]
}

function stateOf(status: { readonly state: string } | undefined): DeploymentState | 'unknown' {
  const state = deploymentStates.safeParse(status?.state)
  return state.success ? state.data : 'unknown'
}

/** Newest first, as GitHub lists them. */
async function* ourDeployments(
  book: Book,
  environment: string,
): AsyncGenerator<readonly [Deployed, VerdictKey, atMs: number, key: string]> {
  const { octokit, owner, repo, log } = book.github
  const perPage = 30
  for (let page = 1; page <= MAX_DEPLOYMENTS / perPage; page += 1) {
    const { data } = await octokit.rest.repos.listDeployments({
      owner,
      repo,
      environment,
      task: TASK,
      per_page: perPage,
      page,
    })
    for (const one of data) {
      const said = readPayload(one.payload)
      if (said === undefined) continue
      const deployed = { id: String(one.id), sha: one.sha, version: said.version }
      yield [deployed, remember(book, one), Date.parse(one.created_at), said.key]
    }
    if (data.length < perPage) return
  }
  log.warning(`Only the newest ${MAX_DEPLOYMENTS} deployments of ${plain(environment, 60)} were looked at.`)
}
