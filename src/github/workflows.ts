import { z } from 'zod'

import { UsageError } from '../errors.ts'
import type { DispatchRequest, WorkflowRunState, Workflows } from '../ports/workflows.ts'
import type { GitHubRepository } from './client.ts'
import { repeat } from './ensure.ts'
import { statusOf } from './request-policy.ts'

/** GitHub lists no more than a thousand runs of one question. */
const MAX_PAGES = 10
const PER_PAGE = 100

export interface GitHubWorkflowsOptions {
  /** The workflow's file in `.github/workflows`: `seamless.yml`. */
  readonly file: string
  /** The default branch, where its name is known already; else it is asked for, once. */
  readonly defaultBranch?: string
}

/** With `return_run_details` GitHub names the run that it started. */
const namedRun = z.object({ workflow_run_id: z.number().int(), html_url: z.string() })

interface Run {
  readonly id: number
  readonly html_url: string
  readonly status: string | null
  readonly conclusion: string | null
}

type Branch = () => Promise<string>

/**
 * Runs of one workflow, of the default branch only: whoever may push a branch could bring a workflow of their own there. A
 * run is known by the end of its name, which the workflow takes from its input `request-id`. Needs `actions: write`. Calls:
 * `dispatch`, `find`, `state` and `cancel` 1 each; the first `dispatch` or `find` 1 more where the branch is not known.
 */
export function githubWorkflows(github: GitHubRepository, options: GitHubWorkflowsOptions): Workflows {
  const { octokit, owner, repo } = github
  let known = options.defaultBranch
  const branch: Branch = async () =>
    (known ??= (await octokit.rest.repos.get({ owner, repo })).data.default_branch)
  return {
    dispatch: async (request) => dispatch(github, { file: options.file, ref: await branch() }, request),
    find: async (key, sinceMs) =>
      find(github, { file: options.file, branch: await branch() }, { key, sinceMs }),
    state: async (runId) => state(github, runId),
    cancel: async (runId) => cancel(github, runId),
  }
}

/** Which workflow, and which branch's file of it. */
export interface WorkflowPlace {
  readonly file: string
  readonly ref: string
}

async function dispatch(
  github: GitHubRepository,
  place: WorkflowPlace,
  request: DispatchRequest,
): Promise<WorkflowRunState | undefined> {
  try {
    return await startWorkflow(github, place, inputsOf(request))
  } catch (error) {
    throw unusable(error, place)
  }
}

/**
 * Starts a run of a workflow with these inputs, and answers with it where GitHub names it. Error: `GitHubError`; 404 and 422
 * are for a workflow that is not there, or takes no such inputs.
 */
export async function startWorkflow(
  github: GitHubRepository,
  place: WorkflowPlace,
  inputs: Readonly<Record<string, string>>,
): Promise<WorkflowRunState | undefined> {
  try {
    return await send(github, place, { inputs, return_run_details: true })
  } catch (error) {
    // A server that cannot name the run may refuse to be asked for it: nothing was started then.
    if (statusOf(error) !== 422) throw error
  }
  return send(github, place, { inputs })
}

async function send(
  { octokit, owner, repo }: GitHubRepository,
  { file, ref }: WorkflowPlace,
  asked: { readonly inputs: Readonly<Record<string, string>>; readonly return_run_details?: true },
): Promise<WorkflowRunState | undefined> {
  // octokit's types do not know `return_run_details` yet, nor its answer: none, unless the run is named.
  const { data } = await octokit.rest.actions.createWorkflowDispatch({
    owner,
    repo,
    workflow_id: file,
    ref,
    ...asked,
  })
  const named = namedRun.safeParse(data)
  if (!named.success) return undefined
  return { id: named.data.workflow_run_id, url: named.data.html_url, status: 'queued' }
}

function inputsOf(request: DispatchRequest): Record<string, string> {
  return {
    operation: request.operation,
    environment: request.environment,
    sha: request.sha,
    'request-id': request.key,
    ...(request.deploymentId !== undefined && { 'deployment-id': request.deploymentId }),
    ...(request.planDigest !== undefined && { 'plan-digest': request.planDigest }),
  }
}

function unusable(error: unknown, { file, ref }: WorkflowPlace): unknown {
  const status = statusOf(error)
  if (status !== 404 && status !== 422) return error
  const said = error instanceof Error ? error.message : String(error)
  return new UsageError(
    `The workflow .github/workflows/${file} of ${ref} cannot be started: it must be there, with "workflow_dispatch" and the inputs operation, environment, sha, deployment-id, plan-digest and request-id, as "seamless init" writes it. ${said}`,
    { cause: error },
  )
}

async function find(
  { octokit, owner, repo }: GitHubRepository,
  { file, branch }: { file: string; branch: string },
  { key, sinceMs }: { key: string; sinceMs: number },
): Promise<WorkflowRunState | undefined> {
  // GitHub's times are whole seconds.
  const sinceSecondMs = Math.floor(sinceMs / 1000) * 1000
  const asked = { owner, repo, workflow_id: file, branch, event: 'workflow_dispatch', per_page: PER_PAGE }
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    // Newest first, as GitHub lists them.
    const { data } = await octokit.rest.actions.listWorkflowRuns({ ...asked, page })
    const runs = data.workflow_runs.filter(({ created_at }) => Date.parse(created_at) >= sinceSecondMs)
    const found = runs.find(({ display_title }) => display_title.endsWith(`#${key}`))
    if (found !== undefined) return stateOf(found)
    if (runs.length < PER_PAGE) return undefined
  }
  return undefined
}

async function state(
  { octokit, owner, repo }: GitHubRepository,
  runId: number,
): Promise<WorkflowRunState | undefined> {
  try {
    const { data } = await octokit.rest.actions.getWorkflowRun({ owner, repo, run_id: runId })
    return stateOf(data)
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}

async function cancel(github: GitHubRepository, runId: number): Promise<void> {
  const { octokit, owner, repo } = github
  try {
    await repeat(github, async () => octokit.rest.actions.cancelWorkflowRun({ owner, repo, run_id: runId }))
  } catch (error) {
    // 409: it is over already.
    if (statusOf(error) !== 409) throw error
  }
}

/** GitHub has more words for a run that has not begun: requested, pending, queued. */
function stateOf({ id, html_url: url, status, conclusion }: Run): WorkflowRunState {
  if (status === 'completed') return { id, url, status, ...(conclusion !== null && { conclusion }) }
  return { id, url, status: status === 'in_progress' || status === 'waiting' ? status : 'queued' }
}
