import { setFailed, summary, warning } from '@actions/core'
import { join } from 'node:path'
import { readReceipt } from '../adapters/file-receipts.ts'
import type { OutcomeReason } from '../command/reason.ts'
import type { Opened } from '../composition.ts'
import { causes } from '../report/causes.ts'
import { exitCodeOf } from '../report/exit-code.ts'
import { headline } from '../report/headline.ts'
import { jobSummary } from '../report/job-summary.ts'
import type { Upgrade } from '../upgrade/receipt.ts'
import { annotateFailures } from './annotations.ts'
import { outputsOf, setOutputs } from './outputs.ts'

export async function reportUpgrade(upgrade: Upgrade, opened: Opened): Promise<void> {
  annotateFailures(upgrade)
  setOutputs(outputsOf(upgrade, await receiptOf(upgrade, opened)))
  await writeSummary(jobSummary(upgrade))
  const line = `${headline(upgrade)}. ${upgrade.message ?? ''}`
  if (exitCodeOf(upgrade) === 0) opened.log.info(line)
  else setFailed(line)
}

/** Where its receipt is; empty for a run that was refused: the file is another one's. */
async function receiptOf({ id, startedAtMs }: Upgrade, { surroundings }: Opened): Promise<string> {
  const file = join(surroundings.folder, '.seamless', 'receipt.json')
  const kept = await readReceipt(file)
  return kept?.id === id && kept.startedAtMs === startedAtMs ? file : ''
}

/** What is no run and no failure either: an event or a request that asks for nothing. */
export async function sayNothingToDo(reason: OutcomeReason, message: string): Promise<void> {
  setOutputs({ decision: 'nothing_to_do', 'reason-code': reason })
  await writeSummary(message)
}

/** A report that cannot be shown makes no upgrade a failure. */
export async function writeSummary(markdown: string): Promise<void> {
  await summary
    .addRaw(markdown, true)
    .write()
    .catch((error: unknown) => warning(`The job summary could not be written: ${causes(error)}`))
}
