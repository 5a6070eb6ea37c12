import { toldMark } from '../../src/watch/told-mark.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'
import { tell } from '../engine/queues.ts'
import type { Services } from '../services.ts'
import type { Sql } from '../store/store.ts'
import { type StoredWatch, watchStore } from '../store/watch-store.ts'
import { tellJob } from './watch-jobs.ts'

/**
 * Writes a watch in a transaction, if nobody has written it since it was read, and has its kept comment edited where it says
 * something else by now. That is a job of its own: a GitHub that is away changes no verdict. Answers the new revision.
 */
export async function keepWatch(
  { engine, clock }: Pick<Services, 'engine' | 'clock'>,
  { watch, record, tx }: { readonly watch: StoredWatch; readonly record: WatchRecord; readonly tx: Sql },
): Promise<number | 'lost'> {
  const told = toldMark(record, clock.now())
  const revision = await watchStore(tx, clock).write(watch, { ...record, told })
  if (revision !== 'lost' && told !== record.told && record.pull !== undefined)
    await engine.send(tell, tellJob({ ...watch, revision }), tx)
  return revision
}
