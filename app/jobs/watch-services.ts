import type { WatchPorts } from '../../src/watch/watch-ports.ts'
import type { Services } from '../services.ts'
import { databaseRecords } from '../store/database-records.ts'
import type { WatchKey } from '../store/watch-store.ts'
import { type KnownRepository, readRepository } from './known-repository.ts'

/** What the jobs of watches work with. */
export interface WatchServices extends Pick<Services, 'store' | 'engine' | 'clock' | 'metrics' | 'log'> {
  /** All that the watch of one Deployment needs of the world. */
  portsOf(repository: KnownRepository, of: WatchOf): WatchPorts
}

export interface WatchOf {
  readonly deployment: string
  readonly signal: AbortSignal
}

/** … of a watch that is kept, for its repository by the name that it has now. */
export async function openWatchPorts(
  services: WatchServices,
  { repositoryId, deployment }: WatchKey,
  signal: AbortSignal,
): Promise<WatchPorts> {
  const repository = await readRepository(databaseRecords(services.store, repositoryId))
  if (repository === undefined) throw new Error(`repository ${repositoryId} is not known`)
  return services.portsOf(repository, { deployment, signal })
}
