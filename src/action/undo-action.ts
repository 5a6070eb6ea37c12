import { join } from 'node:path'
import { readReceipt } from '../adapters/file-receipts.ts'
import type { Opened } from '../composition.ts'
import { loadConfig, operateUndo } from '../operation.ts'
import { causes } from '../report/causes.ts'
import { jobSummary } from '../report/job-summary.ts'
import type { Upgrade } from '../upgrade/receipt.ts'
import type { ActionShell } from './action-shell.ts'
import { type GivenDeployment, givenBefore } from './given-deployment.ts'
import { readInputs } from './inputs.ts'
import { openAction } from './open-action.ts'
import { outputsOf, setOutputs } from './outputs.ts'
import { writeSummary } from './report.ts'
import { configPlace } from './request.ts'
import { releaseBefore } from './run-locks.ts'
import { startedBefore } from './started-by.ts'
import { readContext, type WorkflowContext } from './workflow-context.ts'

/** A cancelled job has five minutes in all; what is not taken back by then is reported dirty while we still can. */
const UNDO_MS = 4 * 60_000
const WHY = 'The workflow run was cancelled.'

/**
 * After the step, whatever became of it: a run that was cancelled or killed has left its journal open, and what it left
 * in between is taken back now; and the Deployment that it was given learns how it ended.
 */
export async function undoAction(shell: ActionShell): Promise<void> {
  const inputs = readInputs()
  const context = await readContext(shell.environment)
  const opened = await openAction({ ...shell, inputs, context })
  const given = givenBefore(opened)
  try {
    const undone = await undo(shell, { context, opened, config: inputs.config })
    shell.logs.resume()
    if (undone !== undefined) await report(undone, opened)
    await tell(given, undone ?? (await lastOf(opened, given)))
  } catch (error) {
    const message = `${WHY} What it left could not be taken back: ${causes(error)}`
    await given?.failed({ reason: 'environment_unknown', message, begun: true })
    throw error
  } finally {
    await startedBefore(opened)?.ended('cancelled')
    await releaseBefore(opened)
  }
}

async function tell(given: GivenDeployment | undefined, upgrade: Upgrade | undefined): Promise<void> {
  if (upgrade === undefined) await given?.failed({ reason: 'cancelled', message: WHY, begun: false })
  else await given?.ended(upgrade)
}

/** The step had come to its end, and only telling GitHub so had failed. */
async function lastOf(opened: Opened, given: GivenDeployment | undefined): Promise<Upgrade | undefined> {
  const kept = await readReceipt(receiptFile(opened))
  const isOurs = kept?.environments.some(({ deployment }) => deployment === given?.id) === true
  return isOurs ? kept : undefined
}

function receiptFile({ surroundings }: Opened): string {
  return join(surroundings.folder, '.seamless', 'receipt.json')
}

async function undo(
  { signal }: ActionShell,
  { context, opened, config }: { context: WorkflowContext; opened: Opened; config: string },
): Promise<Upgrade | undefined> {
  const loaded = await loadConfig(opened, config, await configPlace(context, opened))
  // Only the steps end with the time: what they left must still be recorded.
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(UNDO_MS)])
  return operateUndo({ opened, loaded }, WHY, deadline)
}

async function report(undone: Upgrade, opened: Opened): Promise<void> {
  opened.log.warning(
    `${undone.message ?? ''} ${undone.environments.map(({ message }) => message ?? '').join(' ')}`,
  )
  setOutputs(outputsOf(undone, receiptFile(opened)))
  await writeSummary(jobSummary(undone))
}
