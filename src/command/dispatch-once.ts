import { GitHubError, UsageError } from '../errors.ts'
import type { DispatchRequest, WorkflowRunState } from '../ports/workflows.ts'
import type { OperationPorts } from './command-ports.ts'

/** GitHub lists a run within seconds of its dispatch. One that was asked for and is not there by then was never taken. */
const SHOWS_WITHIN_MS = 20_000
/** Our clock may be ahead of GitHub's by so much. */
const SKEW_MS = 5 * 60_000

export interface OnceRequest {
  readonly request: DispatchRequest
  /** When the command was taken up: its run cannot be older. */
  readonly sinceMs: number
  /** When it was asked for before, as it was written down; absent where it never was. */
  readonly dispatchedAtMs?: number | undefined
  /** Writes down that it is asked for now, before it is. `false`: somebody else is at it. */
  note(dispatchedAtMs: number): Promise<boolean>
}

export type Dispatched =
  /** GitHub took the request; the run where it is known already. */
  | { readonly kind: 'asked'; readonly run?: WorkflowRunState }
  /** It was asked for a moment ago, by a worker that died perhaps: look again then. */
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'lost' }
  /** The workflow is not there, or takes no such inputs. */
  | { readonly kind: 'refused'; readonly error: UsageError }

/**
 * Asks for one run. Whether an earlier request was taken nobody knows after a crash: it is looked for, given time to show, and
 * only then asked for again. (If both come after all, the Deployment lets only the first one work.) Error: `GitHubError` where
 * nobody knows whether it was taken.
 */
export async function dispatchOnce(
  { workflows, clock }: Pick<OperationPorts, 'workflows' | 'clock'>,
  { request, sinceMs, dispatchedAtMs, note }: OnceRequest,
): Promise<Dispatched> {
  if (dispatchedAtMs !== undefined) {
    const run = await workflows.find(request.key, sinceMs - SKEW_MS)
    if (run !== undefined) return { kind: 'asked', run }
    const untilMs = dispatchedAtMs + SHOWS_WITHIN_MS
    if (clock.now() < untilMs) return { kind: 'wait', untilMs }
  }
  if (!(await note(clock.now()))) return { kind: 'lost' }
  try {
    const run = await workflows.dispatch(request)
    return { kind: 'asked', ...(run !== undefined && { run }) }
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'refused', error }
    if (error instanceof GitHubError && isRefusal(error.status))
      return { kind: 'refused', error: new UsageError(error.message, { cause: error }) }
    throw error
  }
}

/** An answer that says that nothing was started; 403 and 429 may be a limit, and pass. */
function isRefusal(status: number): boolean {
  return status === 400 || status === 404 || status === 410 || status === 422
}
