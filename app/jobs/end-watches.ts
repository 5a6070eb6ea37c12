import type { Services } from '../services.ts'
import type { Sql } from '../store/store.ts'
import { watchStore } from '../store/watch-store.ts'

/** Ends the watches of an installation that is gone: there is nobody left to act for, and nobody to tell. Their jobs find nothing to do. */
export async function endWatches(
  { clock }: Pick<Services, 'clock'>,
  installationId: number,
  tx: Sql,
): Promise<void> {
  const watches = watchStore(tx, clock)
  for (const watch of await watches.openOf(installationId)) {
    const { nextMs: _, ...record } = watch.record
    if ((await watches.write(watch, { ...record, phase: 'ended' })) === 'lost')
      throw new Error(`the watch of deployment ${watch.deployment} was written just now: once more`)
  }
}
