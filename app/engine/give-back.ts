import type { PgBoss } from 'pg-boss'
import { z } from 'zod'
import type { Sql } from '../store/store.ts'

const row = z.object({ name: z.string(), ids: z.array(z.string()) })

/**
 * Gives back what a process left claimed when it died. Only where no other process can be at work (a folder is locked by the one
 * that has it open): elsewhere a live replica would be robbed, and the heartbeat decides.
 */
export async function giveBack(boss: PgBoss, sql: Sql): Promise<void> {
  const claimed = await sql.rows(
    row,
    `SELECT name, array_agg(id::text) AS ids FROM pgboss.job WHERE state = 'active' GROUP BY name`,
  )
  for (const { name, ids } of claimed) await boss.fail(name, ids, { why: 'its process died' })
}
