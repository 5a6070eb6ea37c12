import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UsageError } from '../errors.ts'
import { recompute } from '../health/recompute.ts'
import { visible } from '../report/markdown.ts'
import { receiptText } from '../report/text.ts'
import { receipt, type Upgrade } from '../upgrade/receipt.ts'
import type { CliShell } from './run-cli.ts'

/** Shows a receipt; with `--explain` every figure is made again from its evidence, and a difference is an error. */
export async function showCommand({ line, folder, terminal }: CliShell): Promise<number> {
  const upgrade = await readUpgrade(folder, line.receipt ?? '')
  terminal.out(line.json ? JSON.stringify(upgrade, undefined, 2) : receiptText(upgrade))
  // Standard output is JSON and nothing else, where it is asked for.
  return line.explain ? explain(upgrade, line.json ? terminal.line : terminal.out) : 0
}

async function readUpgrade(folder: string, file: string): Promise<Upgrade> {
  const text = await readFile(resolve(folder, file), 'utf8').catch((cause: unknown) => {
    throw new UsageError(`There is no receipt ${file}. A run writes one to .seamless/receipt.json.`, {
      cause,
    })
  })
  try {
    return receipt.parse(JSON.parse(text))
  } catch (cause) {
    throw new UsageError(`${file} is no receipt of this version of Seamless.`, { cause })
  }
}

function explain(upgrade: Upgrade, out: (text: string) => void): number {
  const judged = upgrade.environments.flatMap(({ name, judged: reports }) =>
    reports.map((report) => ({ name, report })),
  )
  if (judged.length === 0) out('Nothing was judged: there is no evidence.')
  const differences = judged.flatMap(({ name, report }) => {
    const found = recompute(report)
    const title = `${name}, ${report.step}`
    if (found.length === 0) out(`${visible(title)}: all figures follow from the evidence.`)
    return found.map((difference) => `${title}: ${difference}`)
  })
  for (const difference of differences) out(visible(difference))
  return differences.length === 0 ? 0 : 1
}
