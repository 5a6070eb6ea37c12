import { UsageError } from '../errors.ts'
import type { Inputs } from './inputs.ts'
import type { WorkflowContext } from './workflow-context.ts'

/** Events behind which stands somebody, or a schedule, who may let things run. */
const ACTING = new Set([
  'push',
  'workflow_dispatch',
  'schedule',
  'repository_dispatch',
  'workflow_run',
  'release',
])

/**
 * Refuses what must not act on an environment: a pull request's workflow file, config and code are its author's, a comment
 * may be anybody's, a push to some branch is no decision to deploy it. Error: `UsageError` that says what to do instead.
 */
export function refuseUntrusted(inputs: Inputs, context: WorkflowContext & { defaultBranch: string }): void {
  if (inputs.operation === 'plan') return
  const { event, ref, defaultBranch } = context
  if (!ACTING.has(event)) {
    throw new UsageError(
      `operation: ${inputs.operation} is not possible on ${event}: what ${event.startsWith('pull_request') ? 'a pull request brings' : 'comes with it'} is not trusted. Use "operation: ${event === 'issue_comment' ? 'command' : 'plan'}" there, and deploy on "push" to the default branch or "workflow_dispatch".`,
    )
  }
  if (event === 'push' && ref.startsWith('refs/heads/') && ref !== `refs/heads/${defaultBranch}`) {
    throw new UsageError(
      `This push is to ${ref.slice('refs/heads/'.length)}, not to the default branch ${defaultBranch}: nothing is deployed. Add "branches: [${defaultBranch}]" under "push" of the workflow; to deploy another commit on purpose, run the workflow by hand with its sha.`,
    )
  }
  if (inputs.operation === 'rollback') refuseTarget(inputs)
}

/** What would be ignored is refused: whoever gave it expects something else to happen. */
function refuseTarget({ sha, planDigest, stage, deploymentId }: Inputs): void {
  // With a deployment that was made for it the commit is what that one is of: checked, not chosen.
  const isChosen = sha !== undefined && deploymentId === undefined
  const given = [...(isChosen ? ['sha'] : []), ...(planDigest === undefined ? [] : ['plan-digest'])]
  if (stage !== 'all') given.push('stage')
  if (given.length === 0) return
  throw new UsageError(
    `operation: rollback returns to the last healthy version and takes no ${given.join(', no ')}. To bring another version there, run an upgrade with its sha.`,
  )
}
