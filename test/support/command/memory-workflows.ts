import type { Clock } from '../../../src/ports/clock.ts'
import type { DispatchRequest, WorkflowRunState, Workflows } from '../../../src/ports/workflows.ts'

interface MemoryRun {
  readonly request: DispatchRequest
  readonly startedAtMs: number
  state: WorkflowRunState
}

export interface MemoryWorkflows extends Workflows {
  /** Every dispatch that GitHub took, in order; a run that shows or not. */
  readonly dispatched: readonly DispatchRequest[]
  /** `answers`: the dispatch names its run. `shows`: the run is found a moment later. `vanishes`: no run ever comes. */
  manner: 'answers' | 'shows' | 'vanishes'
  /** Set: this is thrown by `dispatch`, before or after the run was started. */
  failure: { readonly error: Error; readonly when: 'before' | 'after' } | undefined
  become(runId: number, state: Pick<WorkflowRunState, 'status'> & { readonly conclusion?: string }): void
  /** Called at each dispatch that starts a run: a test's runner. */
  onRun: ((run: WorkflowRunState, request: DispatchRequest) => void) | undefined
}

/** Runs of a workflow, without a runner: a test says how each goes on. */
export function memoryWorkflows(clock: Pick<Clock, 'now'>): MemoryWorkflows {
  const runs: MemoryRun[] = []
  const dispatched: DispatchRequest[] = []
  const byId = (id: number): MemoryRun | undefined => runs.find(({ state }) => state.id === id)
  const start = (request: DispatchRequest): WorkflowRunState => {
    const id = 9001 + runs.length
    const state = { id, url: `https://github.example/runs/${id}`, status: 'queued' } as const
    runs.push({ request, startedAtMs: clock.now(), state })
    return state
  }
  const become: MemoryWorkflows['become'] = (runId, { status, conclusion }) => {
    const run = byId(runId)
    if (run === undefined) throw new Error(`there is no run ${runId}`)
    const { id, url } = run.state
    run.state = { id, url, status, ...(conclusion !== undefined && { conclusion }) }
  }
  const workflows: MemoryWorkflows = {
    dispatched,
    manner: 'answers',
    failure: undefined,
    onRun: undefined,
    become,
    async dispatch(request) {
      const { failure } = workflows
      if (failure?.when === 'before') throw failure.error
      dispatched.push(request)
      const run = workflows.manner === 'vanishes' ? undefined : start(request)
      if (run !== undefined) workflows.onRun?.(run, request)
      if (failure !== undefined) throw failure.error
      return workflows.manner === 'answers' ? run : undefined
    },
    async find(key, sinceMs) {
      // GitHub's times are whole seconds.
      const sinceSecondMs = Math.floor(sinceMs / 1000) * 1000
      return runs.findLast(({ request, startedAtMs }) => request.key === key && startedAtMs >= sinceSecondMs)
        ?.state
    },
    state: async (runId) => byId(runId)?.state,
    async cancel(runId) {
      if (byId(runId)?.state.status !== 'completed')
        become(runId, { status: 'completed', conclusion: 'cancelled' })
    },
  }
  return workflows
}
