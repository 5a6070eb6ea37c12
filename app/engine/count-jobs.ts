import { z } from 'zod'
import type { Sql } from '../store/store.ts'
import type { QueueCount } from './engine.ts'
import type { Queue } from './queue.ts'

const row = z.object({
  name: z.string(),
  waiting: z.coerce.number(),
  later: z.coerce.number(),
  running: z.coerce.number(),
  oldest: z.coerce.number(),
})

/** pg-boss's own counts are up to an hour old, and a scrape wants to know now; these read an index of what has not ended. */
const COUNT = `
  SELECT name,
    count(*) FILTER (WHERE state < 'active' AND start_after <= now()) AS waiting,
    count(*) FILTER (WHERE state < 'active' AND start_after > now()) AS later,
    count(*) FILTER (WHERE state = 'active') AS running,
    coalesce(extract(epoch FROM now() - min(start_after) FILTER (WHERE state < 'active' AND start_after <= now())), 0) AS oldest
  FROM pgboss.job WHERE state <= 'active' GROUP BY name`

export async function countJobs(sql: Sql, queues: readonly Queue<object>[]): Promise<readonly QueueCount[]> {
  const found = new Map((await sql.rows(row, COUNT)).map((counted) => [counted.name, counted]))
  return queues.map(({ name }) => {
    const { waiting = 0, later = 0, running = 0, oldest = 0 } = found.get(name) ?? {}
    return { queue: name, waiting, later, running, oldestSeconds: oldest }
  })
}
