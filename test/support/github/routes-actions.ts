import type { Artifact, Repository, Workflow, WorkflowRun } from './entities.ts'
import type { Hub } from './hub.ts'
import { countedReply } from './page.ts'
import { found, noContent, notFound, ok, Refusal, type Reply, unprocessable } from './reply.ts'
import { repositoryPage, repositoryUrl } from './repository-json.ts'
import { inRepository, type RepositoryCall, type Route } from './route.ts'
import { resolveInputs, workflowFiles } from './workflow-file.ts'
import { artifactJson, jobJson, runJson, workflowJson } from './workflow-json.ts'
import { knownWorkflow, newRun, type WorkflowRuns } from './workflow-runs.ts'

const ACTIONS = '/repos/{owner}/{repo}/actions' as const

/** GitHub Actions as far as it can be seen from outside: workflows, dispatches, runs and artifacts. */
export function actionRoutes(runs: WorkflowRuns): Route[] {
  return [
    inRepository(`GET ${ACTIONS}/workflows`, 'actions:read', async (call) => {
      const { hub, repository } = call
      const workflows = await currentWorkflows(hub, repository)
      return countedReply(workflows, call, {
        name: 'workflows',
        json: (one) => workflowJson(hub, repository, one),
      })
    }),
    inRepository(
      `GET ${ACTIONS}/workflows/{workflow_id}`,
      'actions:read',
      async ({ hub, repository, params }) =>
        ok(workflowJson(hub, repository, await workflowOf(hub, repository, params.workflow_id))),
    ),
    inRepository(`POST ${ACTIONS}/workflows/{workflow_id}/dispatches`, 'actions:write', (call) =>
      dispatch(runs, call),
    ),
    inRepository(`GET ${ACTIONS}/workflows/{workflow_id}/runs`, 'actions:read', async (call) => {
      const workflow = await workflowOf(call.hub, call.repository, call.params.workflow_id)
      return runsReply(
        listed(call.repository, call.query).filter((run) => run.workflow === workflow),
        call,
      )
    }),
    inRepository(`GET ${ACTIONS}/runs`, 'actions:read', (call) =>
      runsReply(listed(call.repository, call.query), call),
    ),
    inRepository(`GET ${ACTIONS}/runs/{run_id}`, 'actions:read', ({ hub, repository, params }) =>
      ok(runJson(hub, repository, runOf(repository, params.run_id))),
    ),
    inRepository(`POST ${ACTIONS}/runs/{run_id}/cancel`, 'actions:write', ({ repository, params }) => {
      const run = runOf(repository, params.run_id)
      if (run.status === 'completed')
        throw new Refusal(409, 'Cannot cancel a workflow run that is completed.')
      runs.finish(repository, run, 'cancelled')
      return { status: 202, body: {} }
    }),
    ...artifactRoutes,
  ]
}

const artifactRoutes: Route[] = [
  inRepository(`GET ${ACTIONS}/runs/{run_id}/artifacts`, 'actions:read', (call) => {
    const { hub, repository } = call
    const run = runOf(repository, call.params.run_id)
    const artifacts = run.artifacts.filter((one) => (call.query.get('name') ?? one.name) === one.name)
    return countedReply(artifacts, call, {
      name: 'artifacts',
      json: (one) => artifactJson({ hub, repository, run }, one),
    })
  }),
  inRepository(`GET ${ACTIONS}/artifacts/{artifact_id}`, 'actions:read', ({ hub, repository, params }) => {
    const { run, artifact } = artifactOf(repository, params.artifact_id)
    return ok(artifactJson({ hub, repository, run }, artifact))
  }),
  inRepository(
    `GET ${ACTIONS}/artifacts/{artifact_id}/{archive_format}`,
    'actions:read',
    ({ hub, repository, params }) => {
      const { artifact } = artifactOf(repository, params.artifact_id)
      if (params.archive_format !== 'zip') throw notFound()
      // A blob store's address that needs no credentials, as on GitHub: clients must not send theirs there.
      return { status: 302, headers: { location: `${hub.url}/artifact-store/${artifact.id}.zip` } }
    },
  ),
  inRepository(`GET ${ACTIONS}/runs/{run_id}/jobs`, 'actions:read', (call) => {
    const { hub, repository } = call
    const run = runOf(repository, call.params.run_id)
    return countedReply([run], call, { name: 'jobs', json: () => jobJson(hub, repository, run) })
  }),
]

async function dispatch(
  runs: WorkflowRuns,
  call: RepositoryCall<'workflow_id' | 'owner' | 'repo'>,
): Promise<Reply> {
  const { hub, repository, token } = call
  const asked = call.body as { ref: string; inputs?: Record<string, unknown>; return_run_details?: boolean }
  const workflow = await workflowOf(hub, repository, call.params.workflow_id)
  const ref = asked.ref.replace(/^refs\/(heads|tags)\//, '')
  const sha =
    (await repository.git.commitOf(`refs/heads/${ref}`)) ??
    (await repository.git.commitOf(`refs/tags/${ref}`))
  if (!sha) throw unprocessable(`No ref found for: ${asked.ref}`)
  const file = (await workflowFiles(repository, sha)).find((one) => one.path === workflow.path)
  if (!file) throw notFound()
  const run = newRun(hub, repository, {
    workflow,
    event: 'workflow_dispatch',
    branch: ref,
    sha,
    actor: token.account,
    inputs: resolveInputs(file, asked.inputs ?? {}),
    headCommit: await repository.git.commit(sha),
    runName: file.runName,
  })
  runs.start(repository, run, ref)
  if (!asked.return_run_details) return noContent()
  const urls = {
    run_url: `${repositoryUrl(hub, repository)}/actions/runs/${run.id}`,
    html_url: `${repositoryPage(hub, repository)}/actions/runs/${run.id}`,
  }
  return ok({ workflow_run_id: run.id, ...urls })
}

function runOf(repository: Repository, id: string): WorkflowRun {
  return found(repository.runs.get(Number(id)))
}

/** The artifact behind a blob store's address, whatever repository it is of. */
export function storedArtifact(hub: Hub, id: number): Artifact | undefined {
  for (const { runs } of hub.repositories.values())
    for (const { artifacts } of runs.values()) {
      const artifact = artifacts.find((one) => one.id === id)
      if (artifact) return artifact
    }
  return undefined
}

function artifactOf(repository: Repository, id: string): { run: WorkflowRun; artifact: Artifact } {
  for (const run of repository.runs.values()) {
    const artifact = run.artifacts.find((one) => one.id === Number(id))
    if (artifact) return { run, artifact }
  }
  throw notFound()
}

/** Newest first. */
function listed(repository: Repository, query: URLSearchParams): WorkflowRun[] {
  const is = (name: string, ...values: (string | null)[]): boolean =>
    !query.has(name) || values.includes(query.get(name))
  return [...repository.runs.values()]
    .filter((run) => is('branch', run.headBranch) && is('event', run.event) && is('head_sha', run.headSha))
    .filter((run) => is('status', run.status, run.conclusion) && is('actor', run.actor.login))
    .filter((run) => run.createdAt >= (query.get('created')?.replace(/^>=?/, '') ?? ''))
    .reverse()
}

function runsReply(all: WorkflowRun[], call: RepositoryCall): Promise<Reply> {
  const { hub, repository } = call
  return countedReply(all, call, { name: 'workflow_runs', json: (run) => runJson(hub, repository, run) })
}

/** Workflows of the default branch. */
async function currentWorkflows(hub: Hub, repository: Repository): Promise<Workflow[]> {
  const head = await repository.git.commitOf(`refs/heads/${repository.defaultBranch}`)
  const files = head ? await workflowFiles(repository, head) : []
  return files.map((file) => knownWorkflow(hub, repository, file))
}

/** By id or by the file's name, as GitHub's `{workflow_id}` allows. */
async function workflowOf(hub: Hub, repository: Repository, idOrFile: string): Promise<Workflow> {
  const workflows = await currentWorkflows(hub, repository)
  return found(
    workflows.find((one) => String(one.id) === idOrFile || one.path === `.github/workflows/${idOrFile}`),
  )
}
