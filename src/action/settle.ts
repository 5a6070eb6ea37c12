import type { OperationPorts } from '../command/command-ports.ts'
import { heldOf, lockOf } from '../command/lock-record.ts'
import { runAtWork } from '../command/run-words.ts'
import { settleOperation, type SettleRequest } from '../command/settle-operation.ts'
import { UsageError } from '../errors.ts'
import { causes } from '../report/causes.ts'
import type { ActionShell } from './action-shell.ts'
import { actionOperationPorts, trustedConfig } from './command-ports.ts'
import type { Inputs } from './inputs.ts'
import { openGitHubSide } from './open-github.ts'
import { sayNothingToDo } from './report.ts'
import type { WorkflowContext } from './workflow-context.ts'

/** Others write the record of a lock at the same time for a moment only. */
const ATTEMPTS = 5
const AGAIN_MS = 1000

/**
 * Says how a command's operation ended, from within its own run: comment, reaction, lock. Where that fails the next command
 * does it, which finds that the run has ended.
 */
export async function settle(request: SettleRequest, ports: OperationPorts): Promise<void> {
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if ((await settleOperation(request, ports)) !== 'lost') return
      await ports.clock.sleep(AGAIN_MS, ports.signal)
    }
    ports.log.warning(
      `Others write the lock of ${request.environment}: the next command says how this ended.`,
    )
  } catch (error) {
    ports.log.error(`How ${request.key} ended could not be told; the next command tells it: ${causes(error)}`)
  }
}

/** `operation: settle`: the job that was to do it never began, or was lost. */
export async function settleLost(
  shell: ActionShell,
  inputs: Inputs,
  context: WorkflowContext,
): Promise<void> {
  const { environment, requestId: key, deploymentId: deployment } = inputs
  if (environment === undefined || key === undefined || deployment === undefined) {
    throw new UsageError('operation: settle needs environment, request-id and deployment-id of the dispatch.')
  }
  const side = openGitHubSide(shell, inputs, context)
  const trusted = await trustedConfig(side.github)
  if (trusted.kind === 'config' && trusted.config.driver === 'app') {
    return sayNothingToDo('not_driver', 'The App says how it ended.')
  }
  const ports = actionOperationPorts(side)
  if (await isAnothers({ environment, key, deployment, runId: context.runId }, ports)) {
    return sayNothingToDo('duplicate', 'Another run of the same command works on it, or it has ended.')
  }
  await settle({ environment, key, conclusion: 'cancelled' }, ports)
  await sayNothingToDo('run_cancelled', `Nothing came of ${key}; that was said where it was asked for.`)
}

interface Lost {
  readonly environment: string
  readonly key: string
  readonly deployment: string
  readonly runId: number
}

/** Of two runs that were started for one command the other one may be at work. */
async function isAnothers(
  { environment, key, deployment, runId }: Lost,
  { records, deployments }: OperationPorts,
): Promise<boolean> {
  const read = await lockOf(records, environment)
  const operation = read.kind === 'lock' ? heldOf(environment, read)?.operation : undefined
  if (operation?.key !== key || operation.dirty !== undefined) return true
  if (operation.run !== undefined && operation.run.id !== runId) return true
  const atWork = runAtWork(await deployments.read(deployment))
  return atWork !== undefined && atWork !== runId
}
