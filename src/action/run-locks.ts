import { z } from 'zod'
import type { Opened } from '../composition.ts'
import type { OperationRequest } from '../operation.ts'
import { causes } from '../report/causes.ts'
import { actionOperationPorts, actionSideOf } from './command-ports.ts'
import {
  environmentsOf,
  isLockedFor,
  ownOperation,
  releaseLocks,
  type RunLocks,
  takeLocks,
} from './environment-locks.ts'
import type { Inputs } from './inputs.ts'
import { locksNoted, noteLocks } from './post-state.ts'
import type { WorkflowContext } from './workflow-context.ts'

interface Where {
  readonly context: WorkflowContext
  readonly request: OperationRequest
}

/**
 * Does the work with the locks of all environments that it may deploy to, so that there is one deployment per environment at a
 * time whoever starts it. A command has taken its run's lock already; where the App drives it keeps them. Error:
 * `EnvironmentTaken`, and nothing was done.
 */
export async function underLocks<Result>(
  inputs: Inputs,
  { context, request }: Where,
  work: () => Promise<Result>,
): Promise<Result> {
  const { opened, loaded, adopt } = request
  const side = loaded.config.driver === 'action' ? await actionSideOf(opened, loaded.config) : undefined
  const environments = environmentsOf(request)
  if (side === undefined || environments.length === 0) return work()
  const ports = actionOperationPorts({
    ...side,
    ...(request.defaultBranch !== undefined && { defaultBranch: request.defaultBranch }),
  })
  const [environment = ''] = environments
  if (adopt !== undefined && (await isLockedFor(environment, adopt, ports))) return work()
  const operation = ownOperation(inputs, context, ports.clock.now())
  // Noted first: whatever `post` finds to give back that was not taken is another's, and stays.
  noteLocks(JSON.stringify({ key: operation.key, environments }))
  const locks = await takeLocks(environments, operation, ports)
  try {
    return await work()
  } finally {
    // After a cancel nothing is asked of GitHub any more: `post` does it, when it has taken back what was left in between.
    if (!opened.surroundings.signal.aborted) await release(locks, opened)
  }
}

/** What the step before `post` did not give back. */
export async function releaseBefore(opened: Opened): Promise<void> {
  const said = locksNoted()
  if (said !== '') await release(noted.parse(JSON.parse(said)), opened)
}

const noted = z.object({ key: z.string(), environments: z.array(z.string()) })

async function release(locks: RunLocks, opened: Opened): Promise<void> {
  try {
    const side = await actionSideOf(opened)
    if (side !== undefined) await releaseLocks(locks, actionOperationPorts(side))
    noteLocks('')
  } catch (error) {
    opened.log.warning(
      `The lock of ${locks.environments.join(', ')} is given back by whoever wants it next, since this run has ended by then: ${causes(error)}`,
    )
  }
}
