import { mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { PGlite, type Transaction } from '@electric-sql/pglite'
import { fromPglite, type Db } from 'pg-boss'
import type { z } from 'zod'
import { UsageError } from '../../src/errors.ts'
import { lockFolder } from './folder-lock.ts'
import { keepTidy } from './keep-tidy.ts'
import type { Sql, Store, StorePorts } from './store.ts'

/** A folder's store; its engine works on the same connection, there is no other. */
export interface FolderStore extends Store {
  readonly home: 'folder'
  readonly boss: Db
}

/**
 * PGlite's data is PostgreSQL's of one major version, and may change with PGlite's minor one. Under another name it is never
 * opened by a version that would not understand it.
 */
const DATA = 'pglite-0.5'

/** PGlite's own, with less memory, and less to write out after a crash than PostgreSQL's gigabyte. */
const START = [
  ...PGlite.defaultStartParams,
  '-c',
  'shared_buffers=32MB',
  '-c',
  'max_wal_size=64MB',
  '-c',
  'min_wal_size=32MB',
]

/** The App's database in a folder. It outlives kill -9 but not a power failure: PGlite never waits for the disk. */
export async function openFolder(folder: string, ports: StorePorts): Promise<FolderStore> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = lockFolder(path.join(folder, 'lock'))
  try {
    refuseOtherData(folder)
    const pglite = await PGlite.create({ dataDir: path.join(folder, DATA), startParams: START })
    return folderStore(pglite, { ports, release: lock.release })
  } catch (error) {
    lock.release()
    throw error
  }
}

function refuseOtherData(folder: string): void {
  const other = readdirSync(folder).find((name) => name.startsWith('pglite-') && name !== DATA)
  if (other === undefined) return
  throw new UsageError(
    `${path.join(folder, other)} was written by another version of Seamless, and this one cannot read it. ` +
      'Go back to that version, or move it away to begin anew: locks, running operations and the queue are read from GitHub again.',
  )
}

function folderStore(
  pglite: PGlite,
  { ports, release }: { readonly ports: StorePorts; readonly release: () => void },
): FolderStore {
  const tidying = keepTidy(async () => void (await pglite.exec('VACUUM')), ports)
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await tidying.stop()
    await pglite.exec('VACUUM')
    await pglite.exec('CHECKPOINT')
    await pglite.close()
    release()
  }
  return {
    home: 'folder',
    boss: fromPglite(yielding(pglite)),
    ...statements(pglite),
    transaction: async (body) => pglite.transaction(async (tx) => body(statements(tx))),
    async ping() {
      await pglite.query('SELECT 1')
    },
    close: async () => (closing ??= close()),
  }
}

/** PGlite runs on our own thread and settles in microtasks: without a turn of the event loop, a busy queue starves HTTP and timers. */
async function yieldAfter<Result>(statement: Promise<Result>): Promise<Result> {
  const result = await statement
  await turn()
  return result
}

function yielding(pglite: PGlite): Parameters<typeof fromPglite>[0] {
  return {
    query: async (text, values) => yieldAfter(pglite.query(text, values)),
    exec: async (text) => yieldAfter(pglite.exec(text)),
    listen: async (channel, told) => pglite.listen(channel, told),
  }
}

function statements(on: PGlite | Transaction): Sql {
  return {
    async rows<Row>(row: z.ZodType<Row>, text: string, values: readonly unknown[] = []) {
      const { rows } = await yieldAfter(on.query(text, [...values]))
      return rows.map((found) => row.parse(found))
    },
    async run(text, values) {
      // Only without values may a text hold several statements (a migration); `query` takes one.
      if (values === undefined) {
        const results = await yieldAfter(on.exec(text))
        return results.at(-1)?.affectedRows ?? 0
      }
      const { affectedRows } = await yieldAfter(on.query(text, [...values]))
      return affectedRows ?? 0
    },
  }
}
