import type { StoreSettings } from '../settings.ts'
import { type FolderStore, openFolder } from './folder-store.ts'
import { migrate } from './migrate.ts'
import { openPostgres, type PostgresStore } from './postgres-store.ts'
import type { StorePorts } from './store.ts'

/** What the engine needs to know of a store: where its own connections come from. */
export type OpenStore = FolderStore | PostgresStore

/**
 * Opens the App's database, in a folder of this process alone (made where it is missing) or PostgreSQL 13 or newer, and brings
 * its form up to date. Errors: `FolderInUse` where another process has the folder open, `DatabaseTooNew` where a later version
 * of Seamless was here, else the database's own.
 */
export async function openStore(settings: StoreSettings, ports: StorePorts): Promise<OpenStore> {
  const store =
    settings.kind === 'embedded'
      ? await openFolder(settings.folder, ports)
      : openPostgres(settings.url, ports)
  try {
    await migrate(store)
  } catch (error) {
    await store.close()
    throw error
  }
  return store
}
