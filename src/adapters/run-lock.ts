import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UsageError } from '../errors.ts'
import { isAlive } from './is-alive.ts'

/**
 * Keeps two runs from working in one checkout at the same time: the second would take the first one's journal for that of
 * a run that was cut off. What a killed process left is taken over. Error: `UsageError` that names the process.
 */
export async function lockRun(file: string): Promise<() => Promise<void>> {
  await mkdir(dirname(file), { recursive: true })
  for (let attempt = 1; ; attempt += 1) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' })
      return () => rm(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt === ATTEMPTS) throw error
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''))
    if (isAlive(holder)) {
      throw new UsageError(
        `Another run is under way in this checkout (process ${holder}). Wait for it, or stop it with Ctrl-C, which takes back what it began. If there is no such run, remove ${file}.`,
      )
    }
    await rm(file, { force: true })
  }
}

/** More than one only where several runs find the same dead one's file. */
const ATTEMPTS = 5
