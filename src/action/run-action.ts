import { causes } from '../report/causes.ts'
import { exitCodeOf } from '../report/exit-code.ts'
import { type OperationRequest, operateRollback, operateRun } from '../operation.ts'
import type { Opened } from '../composition.ts'
import { AttemptLost } from '../errors.ts'
import { reasonOf } from '../upgrade/reason-of.ts'
import type { Upgrade } from '../upgrade/receipt.ts'
import type { ActionShell } from './action-shell.ts'
import { noteBeginning, noteEnd } from './began.ts'
import { dryRun } from './dry-run.ts'
import { type Given, takeGiven } from './given-deployment.ts'
import type { Inputs } from './inputs.ts'
import { openAction } from './open-action.ts'
import { reportUpgrade, sayNothingToDo } from './report.ts'
import { requestOf } from './request.ts'
import { underLocks } from './run-locks.ts'
import { serveComment } from './serve-comment.ts'
import { settleLost } from './settle.ts'
import { startedBy } from './started-by.ts'
import { refuseUntrusted } from './trusted.ts'
import { readContext, type WorkflowContext } from './workflow-context.ts'

/** One step of a workflow, from its inputs to its outputs. Throws what is not a run's own ending. */
export async function runAction(shell: ActionShell, inputs: Inputs): Promise<void> {
  const context = await readContext(shell.environment)
  // These two need no checkout.
  if (inputs.operation === 'command') return serveComment(shell, inputs, context)
  if (inputs.operation === 'settle') return settleLost(shell, inputs, context)
  // A merge queue only tries: a required check must not keep it waiting.
  if (context.event === 'merge_group') return sayMergeQueue()
  const opened = await openAction({ ...shell, inputs, context })
  const defaultBranch = context.defaultBranch ?? (await opened.repository.defaultBranch())
  const known = { ...context, defaultBranch }
  refuseUntrusted(inputs, known)
  if (inputs.operation === 'plan') return dryRun(inputs, known, opened)
  const given = await takeGiven(inputs, known, opened)
  if (given.kind === 'duplicate') return sayNothingToDo('duplicate', given.message)
  const where = { context: known, opened }
  const upgrade =
    given.kind === 'none'
      ? await operate(shell, inputs, where)
      : await operateGiven(shell, { inputs, given }, where)
  await reportUpgrade(upgrade, opened)
  noteEnd()
}

interface Where {
  readonly context: WorkflowContext & { readonly defaultBranch: string }
  readonly opened: Opened
  readonly watch?: NonNullable<OperationRequest['watch']>
}

async function operate(
  { signal, logs }: ActionShell,
  inputs: Inputs,
  { context, opened, watch }: Where,
): Promise<Upgrade> {
  const request = { ...(await requestOf(inputs, context, opened)), ...(watch && { watch }) }
  return underLocks(inputs, { context, request }, async () => {
    noteBeginning()
    const upgrade =
      inputs.operation === 'rollback'
        ? await operateRollback(request, signal)
        : await operateRun(request, signal)
    logs.resume()
    if (signal.aborted) throw signal.reason
    return upgrade
  })
}

/** The deployment learns how it ended; after a cancel `post` tells it, when it has taken back what was left in between. */
async function operateGiven(
  shell: ActionShell,
  {
    inputs,
    given: { deployment, lost },
  }: { readonly inputs: Inputs; readonly given: Extract<Given, { kind: 'given' }> },
  where: Where,
): Promise<Upgrade> {
  const { id: deploymentId, sha, environment } = deployment
  const { requestId } = inputs
  const command = requestId === undefined ? undefined : startedBy(where.opened, { environment, requestId })
  let begun = lost !== undefined
  const watch = {
    watchEvent: ({ type }: { readonly type: string }): void => {
      begun ||= type === 'deployment_begun'
    },
  }
  try {
    if (lost !== undefined) throw new AttemptLost(lost)
    const upgrade = await operate(shell, { ...inputs, deploymentId, sha, environment }, { ...where, watch })
    await deployment.ended(upgrade)
    await command?.ended(exitCodeOf(upgrade) === 0 ? 'success' : 'failure')
    return upgrade
  } catch (error) {
    if (!shell.signal.aborted) {
      await deployment.failed({ reason: reasonOf(error), message: causes(error), begun })
      await command?.ended('failure')
    }
    throw error
  }
}

async function sayMergeQueue(): Promise<void> {
  await sayNothingToDo(
    'merge_queue',
    'A merge queue tries this commit; it is not merged yet, so nothing is done.',
  )
}
