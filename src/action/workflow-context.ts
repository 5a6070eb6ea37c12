import { z } from 'zod'
import type { Environment } from '../adapters/child-environment.ts'
import { UsageError } from '../errors.ts'

/** What GitHub says of the workflow run, in environment variables and the event's file. */
export interface WorkflowContext {
  readonly event: string
  readonly workspace: string
  readonly repository: string
  readonly apiUrl: string
  /** The page of this attempt of this run. */
  readonly runUrl: string
  readonly runId: number
  /** Who started it. */
  readonly actor: { readonly id: number; readonly login: string }
  /** What the event brought, as GitHub sent it. */
  readonly payload: unknown
  readonly ref: string
  readonly sha: string
  readonly defaultBranch?: string
  /** Of a push: the branch's commit before it; absent for a new branch. */
  readonly before?: string
  /** Of a pull request: the branch it is from. */
  readonly headBranch?: string
}

const payload = z.object({
  before: z.string().optional(),
  // Not every event has all of a repository.
  repository: z.object({ default_branch: z.string() }).optional().catch(undefined),
  pull_request: z.object({ head: z.object({ ref: z.string() }) }).optional(),
})

/** Error: `UsageError` outside a workflow run. */
export async function readContext(environment: Environment): Promise<WorkflowContext> {
  const need = (name: string): string => {
    const value = environment[name]
    if (value !== undefined && value !== '') return value
    throw new UsageError(
      `${name} is not set: this is no GitHub workflow run. On a laptop use the command "seamless".`,
    )
  }
  const repository = need('GITHUB_REPOSITORY')
  const workspace = need('GITHUB_WORKSPACE')
  // Reads the event's file when it is loaded.
  const { context } = await import('@actions/github')
  const event = payload.parse(context.payload)
  const { before, pull_request: pullRequest } = event
  const attempt = Number(environment['GITHUB_RUN_ATTEMPT'] ?? 1)
  const page = `${context.serverUrl}/${repository}/actions/runs/${context.runId}`
  return {
    event: need('GITHUB_EVENT_NAME'),
    workspace,
    repository,
    apiUrl: context.apiUrl,
    runUrl: attempt > 1 ? `${page}/attempts/${attempt}` : page,
    runId: context.runId,
    actor: { id: Number(environment['GITHUB_ACTOR_ID'] ?? 0), login: environment['GITHUB_ACTOR'] ?? '' },
    payload: context.payload,
    ref: context.ref,
    sha: need('GITHUB_SHA'),
    ...(event.repository && { defaultBranch: event.repository.default_branch }),
    ...(before !== undefined && !/^0+$/.test(before) && { before }),
    ...(pullRequest && { headBranch: pullRequest.head.ref }),
  }
}
