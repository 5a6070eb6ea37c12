import type { CommitId } from './version-control.ts'

/** The inputs of `workflow_dispatch` (`examples/workflow.yml`); all that a runner is told. */
export interface DispatchRequest {
  readonly operation: 'run' | 'rollback' | 'plan'
  readonly environment: string
  readonly sha: CommitId
  /** What asked for it, e.g. `comment-123`: the input `request-id`, and the end of the run's name (`… #comment-123`), by which it is found. */
  readonly key: string
  /** The GitHub Deployment made for it; a dry run has none. */
  readonly deploymentId?: string
  readonly planDigest?: string
}

export interface WorkflowRunState {
  readonly id: number
  readonly url: string
  /** GitHub's words; `waiting` is for a reviewer of the environment. */
  readonly status: 'queued' | 'waiting' | 'in_progress' | 'completed'
  /** Only of a completed one: `success`, `failure`, `cancelled`, … */
  readonly conclusion?: string
}

/** Runs of the default branch's workflow. Error of all methods: `GitHubError`. */
export interface Workflows {
  /**
   * Starts a run. Asked twice with the same key it may start two: look with `find` first. Answers the run where GitHub names it.
   * Error: `UsageError` where the default branch has no such workflow or it takes no such inputs.
   */
  dispatch(request: DispatchRequest): Promise<WorkflowRunState | undefined>
  /** The newest run of this key that was started at or after that time (GitHub's clock, ms), or nothing yet. */
  find(key: string, sinceMs: number): Promise<WorkflowRunState | undefined>
  state(runId: number): Promise<WorkflowRunState | undefined>
  cancel(runId: number): Promise<void>
}
