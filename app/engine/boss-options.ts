import type { ConstructorOptions } from 'pg-boss'
import type { OpenStore } from '../store/open-store.ts'

/** Besides the store's own and the one that listens. */
const CONNECTIONS = 8

export function bossOptions(store: OpenStore): ConstructorOptions {
  return {
    useListenNotify: true,
    // A process that died is noticed within its heartbeat and twice this; the default is a minute.
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    // What has ended is deleted when it is no longer to be remembered; the default is once a day.
    maintenanceIntervalSeconds: 300,
    schedule: false,
    registerInstance: false,
    openTelemetry: { enabled: false },
    ...homeOptions(store),
  }
}

function homeOptions(store: OpenStore): ConstructorOptions {
  // In a folder the store itself vacuums (`keep-tidy`), and there is nobody else to warn of.
  if (store.home === 'folder')
    return { db: store.boss, backend: 'pglite', reindex: false, monitorVacuum: false }
  return { connectionString: store.databaseUrl, application_name: 'seamless-queue', max: CONNECTIONS }
}
