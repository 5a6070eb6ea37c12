import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Receipts } from '../upgrade/ports.ts'
import { receipt, type Upgrade } from '../upgrade/receipt.ts'

/**
 * Receipts below a folder: `receipt.json` is the last one, `receipts/<commit>.json` the last one of each commit that was
 * tested, or else built: what a rollback to it needs.
 */
export function fileReceipts(folder: string): Receipts {
  return {
    async save(upgrade) {
      // Indented it would weigh four times as much: evidence is many small numbers.
      const text = `${JSON.stringify(upgrade)}\n`
      const last = join(folder, 'receipt.json')
      await replace(folder, 'receipt.json', text)
      const sha = upgrade.candidate?.sha
      if (sha !== undefined && (await saysMore(folder, sha, upgrade)))
        await replace(join(folder, 'receipts'), `${sha}.json`, text)
      return last
    },
    last: () => readReceipt(join(folder, 'receipt.json')),
    ofCommit: (sha) => readReceipt(join(folder, 'receipts', `${sha}.json`)),
  }
}

/** What a later run without tests says of a commit must not hide how its tests went, nor what was built. */
async function saysMore(folder: string, sha: string, { tests, artifacts }: Upgrade): Promise<boolean> {
  if (tests.length > 0) return true
  if (artifacts.length === 0) return false
  const known = await readReceipt(join(folder, 'receipts', `${sha}.json`))
  return (known?.tests.length ?? 0) === 0
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
