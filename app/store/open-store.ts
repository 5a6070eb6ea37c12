import type { Store, StorePorts } from './store.ts'
import { openFolder } from './folder-store.ts'
import { migrate } from './migrate.ts'
import { openPostgres } from './postgres-store.ts'

export interface StoreSettings {
  /** `DATABASE_URL`: PostgreSQL 13 or newer, for many replicas. Without it the database is in the folder. */
  readonly databaseUrl?: string
  /** A folder of this process alone; made where it is missing. */
  readonly folder: string
}

/**
 * Opens the App's database and brings its form up to date. Errors: `FolderInUse` where another process has the folder open,
 * `DatabaseTooNew` where a later version of Seamless was here, else the database's own.
 */
export async function openStore(settings: StoreSettings, ports: StorePorts): Promise<Store> {
  const { databaseUrl, folder } = settings
  const store = databaseUrl === undefined ? await openFolder(folder, ports) : openPostgres(databaseUrl, ports)
  try {
    await migrate(store)
  } catch (error) {
    await store.close()
    throw error
  }
  return store
}
