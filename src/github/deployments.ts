import { z } from 'zod'

import { DeploymentMismatch, DeploymentUnknown, GitHubError } from '../errors.ts'
import type {
  Deployed,
  Deployments,
  DeploymentState,
  NewDeployment,
  NewestDeployment,
  PastDeployment,
  ReadDeployment,
} from '../ports/deployments.ts'
import { plain } from '../report/markdown.ts'
import type { GitHubRepository } from './client.ts'
import { payloadOf, readPayload } from './deployment-payload.ts'
import { ensure, repeat } from './ensure.ts'
import { statusOf } from './request-policy.ts'
import { readBuilt, readVerdict, writeVerdict, type VerdictKey } from './verdict-check.ts'

const TASK = 'deploy'
/** `newest` and `lastHealthy` look no further back than this: each deployment costs `lastHealthy` one call. */
const MAX_DEPLOYMENTS = 60
/** GitHub's limit on a status' description. */
const MAX_DESCRIPTION = 140

const deploymentStates = z.enum(['in_progress', 'success', 'failure', 'error', 'inactive'])

export interface GitHubDeploymentsOptions {
  /** The app whose check runs are believed: `ACTIONS_APP_ID` for a workflow's token, else the token's own app. */
  readonly appId: number
  /** Where the run's output can be read. */
  readonly logUrl?: string
  /** By environment: where the service can be seen. */
  readonly environmentUrls?: Readonly<Record<string, string>>
}

type Found = Awaited<ReturnType<typeof getDeployment>>

/** One repository's deployments as this run uses them; what a deployment is of never changes, so it is asked once. */
interface Book {
  readonly github: GitHubRepository
  readonly options: GitHubDeploymentsOptions
  readonly keys: Map<string, VerdictKey>
}

/**
 * What runs where, in GitHub's own words. One Deployment per attempt, with our key in its payload; how users took it is
 * a check run on the deployed commit. Deployments that something else made are not looked at.
 */
export function githubDeployments(github: GitHubRepository, options: GitHubDeploymentsOptions): Deployments {
  const book: Book = { github, options, keys: new Map() }
  return {
    begin: async (wanted) =>
      wanted.adopt === undefined ? begin(book, wanted) : adopt(book, wanted, wanted.adopt),
    setState: async (id, state, description) => postState(book, { id, state, description }),
    async setVerdict(id, verdict, summary) {
      await writeVerdict(github, await keyOf(book, id), { verdict, summary, logUrl: options.logUrl })
    },
    newest: async (environment, wanted, except) => newest(book, environment, { wanted, except }),
    async lastHealthy(environment, except) {
      for await (const [deployed, key] of ourDeployments(book, environment)) {
        if (deployed.sha === except) continue
        if ((await readVerdict(github, key)) === 'healthy') return deployed
      }
      return undefined
    },
    builtOf: async (environment, sha) => readBuilt(github, { environment, sha, appId: options.appId }),
    read: async (id) => readDeployment(book, id),
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
  return book.keys.get(id) ?? remember(book, await getDeployment(book.github, id))
}

function remember(
  { keys, options }: Book,
  { id, environment, sha }: Pick<Found, 'id' | 'environment' | 'sha'>,
): VerdictKey {
  const key = { deploymentId: String(id), environment, sha, appId: options.appId }
  keys.set(key.deploymentId, key)
  return key
}

async function findOrMake(
  github: GitHubRepository,
  wanted: NewDeployment,
): Promise<Pick<Found, 'id' | 'sha' | 'environment'>> {
  const { octokit, owner, repo } = github
  const { sha, environment, version, key, operation, isFirst = false } = wanted
  return ensure(github, {
    isFirst,
    find: async () => {
      const { data } = await octokit.rest.repos.listDeployments({
        owner,
        repo,
        sha,
        environment,
        task: TASK,
        per_page: 100,
      })
      return data
        .filter((one) => readPayload(one.payload)?.key === key)
        .sort((one, other) => one.id - other.id)[0]
    },
    make: async () => {
      const { data, status } = await octokit.rest.repos.createDeployment({
        owner,
        repo,
        ref: sha,
        task: TASK,
        environment,
        // GitHub's default would merge the default branch into the ref first, and deploy what nobody approved.
        auto_merge: false,
        // Left out, every check of the commit would have to be green, our own verdict of an earlier deployment among them.
        required_contexts: [],
        description: plain(version, MAX_DESCRIPTION),
        payload: payloadOf({ key, version, operation }),
      })
      if (!('id' in data))
        throw new GitHubError(
          status,
          `GitHub made no deployment of ${sha}: ${data.message ?? 'it did not say why'}`,
        )
      return data
    },
  })
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

function mismatch(
  found: Pick<Found, 'id' | 'sha' | 'environment'>,
  wanted: NewDeployment,
): string | undefined {
  if (found.sha !== wanted.sha)
    return `Deployment ${found.id} is of commit ${found.sha}, not of ${wanted.sha}`
  if (found.environment !== wanted.environment) {
    return `Deployment ${found.id} is of the environment ${plain(found.environment, 60)}, not of ${wanted.environment}`
  }
  return undefined
}

async function postState(
  book: Book,
  said: { id: string; state: DeploymentState; description: string },
): Promise<void> {
  const { octokit, owner, repo } = book.github
  const { logUrl, environmentUrls } = book.options
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
