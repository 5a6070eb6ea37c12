import { DatabaseSync } from 'node:sqlite'
import { UsageError } from '../../src/errors.ts'

/** Another process has the App's folder open. */
export class FolderInUse extends UsageError {}

export interface FolderLock {
  release(): void
}

/** SQLite's result code for "somebody else has it" (https://sqlite.org/rescode.html#busy). */
const SQLITE_BUSY = 5

/**
 * Takes the folder for this process. PGlite itself takes no lock, and two processes on one folder corrupt it without a word. The
 * lock is the kernel's (SQLite's, on a file that holds nothing else), so it is free the moment its holder dies, however it dies.
 *
 * @param file made where it is missing, never removed: whoever removes a lock file lets in somebody who holds the old one
 */
export function lockFolder(file: string): FolderLock {
  const lock = new DatabaseSync(file, { timeout: 0 })
  try {
    // Held from here on: in exclusive mode SQLite keeps the lock after the transaction that took it.
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; COMMIT')
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw error
    throw new FolderInUse(
      `${file} is locked: another process runs the App on this folder. Stop it, give this one another folder, ` +
        'or set DATABASE_URL to a PostgreSQL database, which many processes may share.',
      { cause: error },
    )
  }
  return { release: () => lock.close() }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
