import type { Db } from 'pg-boss'
import { z } from 'zod'
import type { Sql } from '../store/store.ts'

/** pg-boss's statements inside a transaction of ours. */
export function bossSql(tx: Sql): Db {
  return {
    executeSql: async (text, values = []) => ({ rows: [...(await tx.rows(z.unknown(), text, values))] }),
  }
}
