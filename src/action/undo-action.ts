import { loadConfig, operateUndo } from '../operation.ts'
import { jobSummary } from '../report/job-summary.ts'
import { readInputs } from './inputs.ts'
import { type ActionShell, configPlace, openAction, writeSummary } from './run-action.ts'
import { outputsOf, setOutputs } from './outputs.ts'
import { readContext } from './workflow-context.ts'
import { join } from 'node:path'

/** A cancelled job has five minutes in all; what is not taken back by then is reported dirty while we still can. */
const UNDO_MS = 4 * 60_000

/**
 * After the step, whatever became of it: a run that was cancelled or killed has left its journal open, and what it left
 * in between is taken back now.
 */
export async function undoAction(shell: ActionShell): Promise<void> {
  const inputs = readInputs()
  const context = await readContext(shell.environment)
  const opened = await openAction({ ...shell, inputs, context })
  const loaded = await loadConfig(opened, inputs.config, await configPlace(context, opened))
  // Only the steps end with the time: what they left must still be recorded.
  const signal = AbortSignal.any([shell.signal, AbortSignal.timeout(UNDO_MS)])
  const undone = await operateUndo({ opened, loaded }, 'The workflow run was cancelled.', signal)
  shell.logs.resume()
  if (undone === undefined) return
  opened.log.warning(
    `${undone.message ?? ''} ${undone.environments.map(({ message }) => message ?? '').join(' ')}`,
  )
  setOutputs(outputsOf(undone, join(opened.surroundings.folder, '.seamless', 'receipt.json')))
  await writeSummary(jobSummary(undone))
}
