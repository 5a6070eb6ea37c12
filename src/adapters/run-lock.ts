import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UsageError } from '../errors.ts'
import { isAlive } from './is-alive.ts'

/**
 * Keeps two runs from working in one checkout at the same time: the second would take the first one's journal for that of
 * a run that was cut off. What a killed process left is taken over. Error: `UsageError` that names the process.
 */
export async function lockRun(file: string): Promise<() => Promise<void>> {
  await mkdir(dirname(file), { recursive: true })
  // A link makes the file with its content at one stroke: an empty one would look like that of a dead process.
  const own = `${file}.${process.pid}`
  await writeFile(own, String(process.pid))
  try {
    await take(file, own)
  } finally {
    await rm(own, { force: true })
  }
  return () => rm(file, { force: true })
}

async function take(file: string, own: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await link(own, file)
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
