import { setFailed, setOutput } from '@actions/core'
import { type Mask, maskOf } from '../adapters/mask.ts'
import { secretValues } from '../adapters/child-environment.ts'
import { reasonOf } from '../upgrade/reason-of.ts'
import { causes } from '../report/causes.ts'
import { actionLogs } from './action-log.ts'
import type { ActionShell } from './action-shell.ts'

/**
 * Runs one entry of the Action: GitHub's cancel (SIGINT, then SIGTERM 7.5 s later) aborts it, and a failure is reported
 * with its whole chain of causes, in the outputs too, and ends the process with exit code 1.
 */
export async function actionShell(work: (shell: ActionShell) => Promise<void>): Promise<void> {
  const cancel = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => cancel.abort(new Error('The workflow run was cancelled.')))
  }
  const logs = actionLogs((text) => process.stdout.write(text))
  const mask: Mask = maskOf(secretValues(process.env))
  try {
    await work({ environment: process.env, signal: cancel.signal, logs })
  } catch (error) {
    logs.resume()
    const isCancelled = cancel.signal.aborted
    setOutput('decision', isCancelled ? 'cancelled' : 'failed')
    setOutput('reason-code', isCancelled ? 'cancelled' : reasonOf(error))
    setFailed(mask.text(causes(error)))
  }
}
