import type { JobResult, JobWithMetadata } from 'pg-boss'
import { z } from 'zod'
import type { Log } from '../../src/ports/log.ts'
import type { DeadJob } from './engine.ts'
import type { Batch } from './lanes.ts'
import type { Queue } from './queue.ts'
import { DEAD } from './queue-options.ts'

/** Jobs that were given up, each until somebody was told. */
export const deadQueue: Queue<object> = {
  name: DEAD,
  data: z.object({}),
  lanes: 1,
  expireSeconds: 120,
  attempts: 20,
  retrySeconds: 1,
  // For whoever asks later what was given up.
  keepSeconds: 30 * 24 * 3600,
  pollSeconds: 2,
}

const output = z.object({ why: z.string() })

/** How pg-boss says that an attempt outlived its time or its process. */
const ended = z.object({ message: z.string() })

type Tell = (dead: DeadJob) => Promise<void>

export function tellOfDead(tell: Tell, log: Log): Batch {
  return async (claimed) => Promise.all(claimed.map(async (job) => tellOf(job, { tell, log })))
}

async function tellOf(
  job: JobWithMetadata<unknown>,
  { tell, log }: { readonly tell: Tell; readonly log: Log },
): Promise<JobResult> {
  try {
    await tell({ queue: job.sourceName ?? DEAD, data: job.data, why: whyOf(job.sourceOutput) })
    return { id: job.id, status: 'completed' }
  } catch (error) {
    log.error(`a dead job of ${job.sourceName ?? 'no queue'} could not be told of: ${String(error)}`)
    return { id: job.id, status: 'failed' }
  }
}

function whyOf(found: unknown): string {
  const ours = output.safeParse(found)
  if (ours.success) return ours.data.why
  const theirs = ended.safeParse(found)
  return theirs.success ? theirs.data.message : 'its process died, or it took too long, at every attempt'
}
