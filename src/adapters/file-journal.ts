import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UsageError } from '../errors.ts'
import { type UpgradeEvent, upgradeEvent } from '../upgrade/event.ts'
import type { Journal } from '../upgrade/journal.ts'

/**
 * A journal in a file, a line per append: a JSON array of events, so that what was appended together is read together or
 * not at all. `started` and `received` begin a new file, which replaces the old one by a rename.
 */
export function fileJournal(file: string): Journal {
  return {
    async read() {
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return ''
        throw error
      })
      // A line without its end was cut off while it was written: it never happened.
      const lines = text.split('\n').slice(0, -1)
      return lines.flatMap((line, index) => parseLine(file, line, index + 1))
    },
    async append(events) {
      await mkdir(dirname(file), { recursive: true })
      const line = `${JSON.stringify(events)}\n`
      const first = events[0]?.type
      if (first !== 'started' && first !== 'received') return write(file, 'a', line)
      await write(`${file}.new`, 'w', line)
      await rename(`${file}.new`, file)
    },
  }
}

async function write(file: string, flags: 'a' | 'w', line: string): Promise<void> {
  const handle = await open(file, flags)
  try {
    await handle.appendFile(line)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function parseLine(file: string, line: string, number: number): UpgradeEvent[] {
  try {
    return upgradeEvent.array().parse(JSON.parse(line))
  } catch (error) {
    throw new UsageError(
      `${file}:${number} is no event of this version of Seamless. Somebody changed the file, or another version wrote it: look at what the environments run, then move the file away.`,
      { cause: error },
    )
  }
}
