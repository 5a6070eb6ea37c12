import { deploymentJson, deploymentStatusJson } from './deployment-json.ts'
import type { Account, Deployment, DeploymentState, DeploymentStatus, Repository } from './entities.ts'
import type { Hub, Token } from './hub.ts'
import { commitContexts, requiredContextStates } from './commit-state.ts'
import { ensureEnvironment } from './routes-environments.ts'
import { pageReply } from './page.ts'
import { identityOf } from './merge.ts'
import { refChanged } from './ref-changes.ts'
import { created, found, noContent, ok, Refusal, type Reply, unprocessable } from './reply.ts'
import { inRepository, type Route } from './route.ts'

interface NewDeployment {
  ref: string
  task?: string
  auto_merge?: boolean
  required_contexts?: string[]
  payload?: unknown
  environment?: string
  description?: string | null
  transient_environment?: boolean
  production_environment?: boolean
}

interface NewStatus {
  state: DeploymentState
  target_url?: string
  log_url?: string
  description?: string
  environment?: string
  environment_url?: string
  auto_inactive?: boolean
}

/** GitHub's limit on the description of a deployment status, in characters. */
const MAX_DESCRIPTION = 140
const DEPLOYMENT = '/repos/{owner}/{repo}/deployments/{deployment_id}' as const

export const deploymentRoutes: Route[] = [
  inRepository('GET /repos/{owner}/{repo}/deployments', 'deployments:read', (call) =>
    pageReply(listed(call.repository, call.query), call, (one) =>
      deploymentJson(call.hub, call.repository, one),
    ),
  ),
  inRepository(
    'POST /repos/{owner}/{repo}/deployments',
    'deployments:write',
    ({ hub, repository, body, token }) => create(hub, repository, token, body as NewDeployment),
  ),
  inRepository(`GET ${DEPLOYMENT}`, 'deployments:read', ({ hub, repository, params }) =>
    ok(deploymentJson(hub, repository, deploymentOf(repository, params.deployment_id))),
  ),
  inRepository(`DELETE ${DEPLOYMENT}`, 'deployments:write', ({ repository, params }) => {
    const deployment = deploymentOf(repository, params.deployment_id)
    const last = deployment.statuses.at(-1)?.state
    if (repository.deployments.size > 1 && last !== 'inactive')
      throw unprocessable(
        'We cannot delete an active deployment unless it is the only deployment in a given environment.',
      )
    repository.deployments.delete(deployment.id)
    return noContent()
  }),
  inRepository(`GET ${DEPLOYMENT}/statuses`, 'deployments:read', (call) => {
    const deployment = deploymentOf(call.repository, call.params.deployment_id)
    return pageReply([...deployment.statuses].reverse(), call, (status) =>
      deploymentStatusJson(call.hub, call.repository, deployment, status),
    )
  }),
  inRepository(
    `POST ${DEPLOYMENT}/statuses`,
    'deployments:write',
    ({ hub, repository, params, body, token }) => {
      const deployment = deploymentOf(repository, params.deployment_id)
      const status = addStatus(hub, repository, { deployment, asked: body as NewStatus, token })
      return created(deploymentStatusJson(hub, repository, deployment, status))
    },
  ),
]

function deploymentOf(repository: Repository, id: string): Deployment {
  return found(repository.deployments.get(Number(id)))
}

/** Newest first. */
function listed(repository: Repository, query: URLSearchParams): Deployment[] {
  const wanted = (name: 'sha' | 'ref' | 'task' | 'environment', deployment: Deployment): boolean => {
    const value = query.get(name)
    return value === null || value === 'none' || deployment[name] === value
  }
  return [...repository.deployments.values()]
    .filter((one) => (['sha', 'ref', 'task', 'environment'] as const).every((name) => wanted(name, one)))
    .reverse()
}

async function create(hub: Hub, repository: Repository, token: Token, asked: NewDeployment): Promise<Reply> {
  const sha = await repository.git.commitOf(asked.ref)
  if (!sha) throw unprocessable(`No ref found for: ${asked.ref}`)
  if (asked.auto_merge ?? true) {
    const merged = await autoMerge(hub, repository, { ref: asked.ref, sha, by: token.account })
    if (merged)
      return {
        status: 202,
        body: { message: `Auto-merged ${repository.defaultBranch} into ${asked.ref} on deployment.` },
      }
  }
  refuseUnreadyContexts(repository, sha, asked.required_contexts)
  const deployment = newDeployment(hub, token, asked, sha)
  repository.deployments.set(deployment.id, deployment)
  ensureEnvironment(hub, repository, deployment.environment)
  const payload = {
    deployment: deploymentJson(hub, repository, deployment),
    workflow: null,
    workflow_run: null,
  }
  hub.emit({ name: 'deployment', action: 'created', repository, sender: token.account, payload })
  return created(deploymentJson(hub, repository, deployment))
}

/** With `auto_merge` GitHub first merges the default branch into the ref: that makes a commit, not a deployment. */
async function autoMerge(
  hub: Hub,
  repository: Repository,
  { ref, sha, by }: { ref: string; sha: string; by: Account },
): Promise<boolean> {
  const { git } = repository
  const branch = `refs/heads/${ref}`
  const main = await git.commitOf(`refs/heads/${repository.defaultBranch}`)
  if (!main || (await git.commitOf(branch)) !== sha || (await git.isAncestor(main, sha))) return false
  const tree = await git.mergedTree(sha, main)
  if (!tree) throw new Refusal(409, `Conflict merging ${repository.defaultBranch} into ${ref}.`)
  const person = identityOf(hub, by)
  const message = `Merge branch '${repository.defaultBranch}' into ${ref}\n`
  const merge = await git.commitTree({
    tree,
    parents: [sha, main],
    message,
    author: person,
    committer: person,
  })
  await git.setRef(branch, merge, sha)
  await refChanged(hub, { repository, ref: branch, before: sha, after: merge, by })
  return true
}

/** Left out, every context that reported must be green; an empty list asks for none. */
function refuseUnreadyContexts(repository: Repository, sha: string, asked: string[] | undefined): void {
  const required = (asked ?? commitContexts(repository, sha)).map((context) => ({ context, appId: null }))
  const contexts = requiredContextStates(repository, sha, required)
  const unready = contexts.filter(({ state }) => state !== 'success')
  if (unready.length === 0) return
  const detail = contexts.map(({ context, state }) => ({ context, state }))
  throw new Refusal(409, `Conflict: Commit status checks failed for ${sha.slice(0, 7)}.`, {
    errors: [{ contexts: detail, resource: 'Deployment', field: 'required_contexts', code: 'invalid' }],
  })
}

function newDeployment(hub: Hub, token: Token, asked: NewDeployment, sha: string): Deployment {
  const environment = asked.environment ?? 'production'
  return {
    id: hub.id(),
    sha,
    ref: asked.ref,
    task: asked.task ?? 'deploy',
    environment,
    originalEnvironment: environment,
    payload: asked.payload ?? {},
    description: asked.description ?? null,
    transient: asked.transient_environment ?? false,
    production: asked.production_environment ?? environment === 'production',
    creator: token.account,
    app: token.app,
    createdAt: hub.time(),
    updatedAt: hub.time(),
    statuses: [],
  }
}

function addStatus(
  hub: Hub,
  repository: Repository,
  { deployment, asked, token }: { deployment: Deployment; asked: NewStatus; token: Token },
): DeploymentStatus {
  if ((asked.description ?? '').length > MAX_DESCRIPTION)
    throw unprocessable(`description is too long (maximum is ${MAX_DESCRIPTION} characters)`)
  const status = record(hub, repository, { deployment, asked, token })
  if (asked.state === 'success' && (asked.auto_inactive ?? true))
    retireEarlier(hub, repository, { deployment, token })
  return status
}

function record(
  hub: Hub,
  repository: Repository,
  { deployment, asked, token }: { deployment: Deployment; asked: NewStatus; token: Token },
): DeploymentStatus {
  if (asked.environment) deployment.environment = asked.environment
  const status: DeploymentStatus = {
    id: hub.id(),
    state: asked.state,
    description: asked.description ?? '',
    targetUrl: asked.target_url ?? asked.log_url ?? '',
    logUrl: asked.log_url ?? asked.target_url ?? '',
    environmentUrl: asked.environment_url ?? '',
    environment: deployment.environment,
    creator: token.account,
    app: token.app,
    createdAt: hub.time(),
  }
  deployment.statuses.push(status)
  deployment.updatedAt = status.createdAt
  const payload = {
    deployment: deploymentJson(hub, repository, deployment),
    deployment_status: deploymentStatusJson(hub, repository, deployment, status),
  }
  hub.emit({ name: 'deployment_status', action: 'created', repository, sender: token.account, payload })
  return status
}

/** `auto_inactive`: earlier, non-transient, non-production deployments of the environment become inactive. */
function retireEarlier(
  hub: Hub,
  repository: Repository,
  { deployment, token }: { deployment: Deployment; token: Token },
): void {
  const earlier = [...repository.deployments.values()].filter(
    (one) =>
      one.id < deployment.id &&
      one.environment === deployment.environment &&
      !one.transient &&
      !one.production &&
      one.statuses.at(-1)?.state === 'success',
  )
  for (const one of earlier) record(hub, repository, { deployment: one, asked: { state: 'inactive' }, token })
}
