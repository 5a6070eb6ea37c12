import type { Runner } from '../github/workflow-runs.ts'
import type { ActionResult } from '../run-action.ts'
import type { WorkflowWorld } from '../workflow-world.ts'

/**
 * What a push to the default branch runs, in the one group of `concurrency` that examples/workflow-app.yml gives it: one at a
 * time, and of those that wait the newest.
 */
export function pushRunner(
  world: WorkflowWorld,
  results: ActionResult[],
  environment: () => Readonly<Record<string, string>>,
): Runner {
  let turn: Promise<unknown> = Promise.resolve()
  let newest = 0
  return async ({ event, payload, ref, sha, runId }) => {
    newest += 1
    const mine = newest
    const before = turn
    const work = before.then(async () => {
      if (mine !== newest) return undefined
      return world.run({
        event,
        payload,
        ref: `refs/heads/${ref}`,
        sha,
        runId,
        wholeHistory: true,
        environment: environment(),
      })
    })
    turn = work.catch(() => undefined)
    const result = await work
    if (result === undefined) return { conclusion: 'cancelled' }
    results.push(result)
    return { conclusion: result.exitCode === 0 ? 'success' : 'failure' }
  }
}
