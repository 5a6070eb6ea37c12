import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Receipts } from '../upgrade/ports.ts'
import { receipt, type Upgrade } from '../upgrade/receipt.ts'

/** Receipts below a folder: `receipt.json` is the last one, `receipts/<commit>.json` the last one of each commit that was tested. */
export function fileReceipts(folder: string): Receipts {
  return {
    async save(upgrade) {
      // Indented it would weigh four times as much: evidence is many small numbers.
      const text = `${JSON.stringify(upgrade)}\n`
      const last = join(folder, 'receipt.json')
      await replace(folder, 'receipt.json', text)
      const sha = upgrade.candidate?.sha
      // What a later run without tests says of a commit must not hide how its tests went.
      if (sha !== undefined && upgrade.tests.length > 0)
        await replace(join(folder, 'receipts'), `${sha}.json`, text)
      return last
    },
    last: () => readReceipt(join(folder, 'receipt.json')),
    ofCommit: (sha) => readReceipt(join(folder, 'receipts', `${sha}.json`)),
  }
}

/** A receipt from its file; nothing where there is none or another version of Seamless wrote it. */
export async function readReceipt(file: string): Promise<Upgrade | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return receipt.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

async function replace(folder: string, name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${name}.new`), text)
  await rename(join(folder, `${name}.new`), join(folder, name))
}
