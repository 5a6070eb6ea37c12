import { databaseRecords } from './store/database-records.ts'
import type { Sql } from './store/store.ts'
import type { SweepMark } from './sweep.ts'

/** No repository has this number: what is kept under it is the App's own. */
const OWN = 0
const KEY = 'sweep/mark'

/** The sweep's mark among the records. Replicas overwrite each other's: a look too many finds nothing new. */
export function sweepMark(sql: Sql): SweepMark {
  const records = databaseRecords(sql, OWN)
  return {
    async read() {
      const found = await records.read(KEY)
      const value = found.kind === 'found' ? found.record.value : undefined
      return typeof value === 'number' ? value : undefined
    },
    async write(untilMs) {
      const found = await records.read(KEY)
      await records.write(KEY, untilMs, found.kind === 'found' ? found.record.revision : undefined)
    },
  }
}
