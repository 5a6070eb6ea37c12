import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openStore, type OpenStore } from '../../app/store/open-store.ts'
import { systemClock } from '../../src/adapters/system-clock.ts'
import { type MemoryLog, memoryLog } from './memory-log.ts'
import { hasPostgres, type PostgresServer, startPostgres } from './postgres.ts'

/** Where a suite's databases come from: one of these for all its tests. */
export interface StoreHome {
  readonly name: string
  /** Opens a database; again the same one, as the process that starts next does, where it is named. */
  open(database?: string): Promise<OpenedStore>
  remove(): Promise<void>
}

export interface OpenedStore {
  readonly store: OpenStore
  /** Names it for `open`: a folder, or a URL. */
  readonly database: string
  readonly log: MemoryLog
}

/** Both homes; PostgreSQL only where there is one. */
export const storeHomes: readonly (readonly [string, () => Promise<StoreHome>])[] = [
  ['in a folder', async () => folderHome()],
  ...(hasPostgres() ? [['on PostgreSQL', postgresHome] as const] : []),
]

export function folderHome(): StoreHome {
  const parent = mkdtempSync(path.join(tmpdir(), 'seamless-store-'))
  let folders = 0
  return {
    name: 'in a folder',
    async open(folder = path.join(parent, `${++folders}`)) {
      const log = memoryLog()
      const store = await openStore({ kind: 'embedded', folder }, { clock: systemClock, log })
      return { store, database: folder, log }
    },
    remove: async () => rmSync(parent, { recursive: true, force: true }),
  }
}

export async function postgresHome(
  server?: PostgresServer,
): Promise<StoreHome & { readonly server: PostgresServer }> {
  const started = server ?? (await startPostgres())
  return {
    name: 'on PostgreSQL',
    server: started,
    async open(url) {
      const database = url ?? (await started.database())
      const log = memoryLog()
      const store = await openStore({ kind: 'postgres', url: database }, { clock: systemClock, log })
      return { store, database, log }
    },
    remove: async () => started.remove(),
  }
}
