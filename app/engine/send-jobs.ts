import type { JobInsert, PgBoss } from 'pg-boss'
import { bossSql } from './boss-sql.ts'
import type { Engine, NewJob } from './engine.ts'
import { jobId } from './job-id.ts'
import type { Queue } from './queue.ts'
import { sendOptions } from './queue-options.ts'

export function jobSender(boss: PgBoss): Pick<Engine, 'send' | 'sendAll' | 'schedule'> {
  const send: Engine['send'] = async (queue, job, tx) => {
    const options = { ...sendOptions(queue, job), ...(tx === undefined ? {} : { db: bossSql(tx) }) }
    return (await boss.send(queue.name, job.data, options)) === null ? 'known' : 'sent'
  }
  return {
    send,
    async schedule(queue, job, tx) {
      const { singletonKey, startAfter = 0, priority = 0 } = sendOptions(queue, job)
      const moved = await boss.update(queue.name, undefined, {
        ...(singletonKey === undefined ? {} : { singletonKey }),
        startAfter,
        priority,
        ...(tx === undefined ? {} : { db: bossSql(tx) }),
      })
      if (moved.updated > 0) return 'moved'
      return (await send(queue, job, tx)) === 'sent' ? 'sent' : 'running'
    },
    async sendAll(queue, jobs, tx) {
      if (jobs.length === 0) return 0
      const options = { returnId: true, ...(tx === undefined ? {} : { db: bossSql(tx) }) }
      const sent = await boss.insert(queue.name, inserts(queue, jobs), options)
      return sent?.length ?? 0
    },
  }
}

function inserts(queue: Queue<object>, jobs: readonly NewJob<object>[]): JobInsert[] {
  // The same one twice in one call is the same job, as it is in two.
  const unique = new Map(jobs.map((job) => [jobId(queue.name, job.id), job]))
  return [...unique.values()].map((job) => ({ ...sendOptions(queue, job), data: job.data }))
}
