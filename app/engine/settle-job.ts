import type { CommandResponse, PgBoss } from 'pg-boss'
import { z } from 'zod'
import type { Sql } from '../store/store.ts'
import { bossSql } from './boss-sql.ts'
import { ClaimLost, type Job } from './engine.ts'

/** What pg-boss answers, though its types do not say so. */
const answer = z.object({ affected: z.number() })

/**
 * Ends a job inside a transaction of ours, by the claim (the job *and* the attempt). If another attempt has the job by now, or it
 * has ended, none is affected, and throwing undoes all that this attempt wrote: a worker that slept and wakes changes nothing.
 */
export async function settleJob(boss: PgBoss, job: Job<object>, tx: Sql): Promise<void> {
  const response: CommandResponse = await boss.complete(job.queue.name, job.claim, null, { db: bossSql(tx) })
  if (answer.parse(response).affected === 1) return
  throw new ClaimLost(`${job.queue.name}: attempt ${job.attempt + 1} at ${job.id} was taken over meanwhile`)
}
