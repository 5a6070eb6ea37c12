import type { CheckRun, CommitStatus, Repository } from './entities.ts'

type State = 'success' | 'pending' | 'failure' | 'expected'

/** The newest status of each context on a commit, newest first. */
export function latestStatuses(repository: Repository, sha: string): CommitStatus[] {
  const byContext = new Map<string, CommitStatus>()
  for (const status of repository.statuses) if (status.sha === sha) byContext.set(status.context, status)
  return [...byContext.values()].reverse()
}

/** The newest check run of each app and name on a commit, newest first. */
export function latestCheckRuns(repository: Repository, sha: string): CheckRun[] {
  const byName = new Map<string, CheckRun>()
  for (const run of repository.checkRuns.values())
    if (run.headSha === sha) byName.set(`${run.suite.app.id}:${run.name}`, run)
  return [...byName.values()].reverse()
}

/** GitHub's combined state: one failure fails all; nothing at all is pending. */
export function combinedState(repository: Repository, sha: string): 'success' | 'pending' | 'failure' {
  const states = latestStatuses(repository, sha).map((status) => status.state)
  if (states.some((state) => state === 'failure' || state === 'error')) return 'failure'
  return states.length > 0 && states.every((state) => state === 'success') ? 'success' : 'pending'
}

/** Statuses and check runs of a commit as one. */
export function commitState(repository: Repository, sha: string): { state: State; total: number } {
  const states = contextStates(repository, sha).map(({ state }) => state)
  const state = states.includes('failure') ? 'failure' : states.includes('pending') ? 'pending' : 'success'
  return { state, total: states.length }
}

export interface ContextState {
  context: string
  state: State
}

interface FoundContext extends ContextState {
  appId: number | null
}

/** What required checks say of a commit; `expected` when nothing was reported. An app id asks for that app's own. */
export function requiredContextStates(
  repository: Repository,
  sha: string,
  required: readonly { context: string; appId: number | null }[],
): ContextState[] {
  const reported = contextStates(repository, sha)
  return required.map(({ context, appId }) => {
    const found = reported.find((one) => one.context === context && (appId === null || one.appId === appId))
    return { context, state: found?.state ?? 'expected' }
  })
}

function contextStates(repository: Repository, sha: string): FoundContext[] {
  const statuses = latestStatuses(repository, sha).map((status): FoundContext => ({
    context: status.context,
    appId: null,
    state: status.state === 'error' ? 'failure' : status.state,
  }))
  const runs = latestCheckRuns(repository, sha).map((run): FoundContext => ({
    context: run.name,
    appId: run.suite.app.id,
    state: stateOfRun(run),
  }))
  return [...statuses, ...runs]
}

function stateOfRun(run: CheckRun): State {
  if (run.status !== 'completed') return 'pending'
  return run.conclusion === 'success' || run.conclusion === 'neutral' || run.conclusion === 'skipped'
    ? 'success'
    : 'failure'
}

/** Names of everything that reported on a commit. */
export function commitContexts(repository: Repository, sha: string): string[] {
  return [...new Set(contextStates(repository, sha).map(({ context }) => context))]
}
