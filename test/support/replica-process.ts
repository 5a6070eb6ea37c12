import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Engine, Job, JobOutcome } from '../../app/engine/engine.ts'
import { commands, deliveries } from '../../app/engine/queues.ts'
import { startEngine } from '../../app/engine/start-engine.ts'
import type { StoreSettings } from '../../app/settings.ts'
import { commandLog } from '../../app/store/command-log.ts'
import { databaseInbox, type DatabaseInbox } from '../../app/store/database-inbox.ts'
import { openStore, type OpenStore } from '../../app/store/open-store.ts'
import { systemClock } from '../../src/adapters/system-clock.ts'
import type { KillPoint } from './replica.ts'

/* The process of replica.ts: stdin has deliveries, a line each; stdout says what was kept and done. */

const {
  store,
  dieAt,
  dawdleMs = 0,
} = JSON.parse(process.argv[2] ?? '') as {
  readonly store: StoreSettings
  readonly dieAt?: KillPoint
  readonly dawdleMs?: number
}

function pass(point: KillPoint): void {
  if (point === dieAt) process.kill(process.pid, 'SIGKILL')
}

const complain = (message: string): void => console.error(message)
const log = { info: () => {}, warning: () => {}, error: complain, output: () => {} }
const meter = { began: () => {}, ended: () => {} }

const opened = await openStore(store, { clock: systemClock, log })
await opened.run('CREATE TABLE IF NOT EXISTS effects (comment bigint, attempt integer)', []).catch(() => {})
const engine = await startEngine({ store: opened, queues: [deliveries, commands], log, meter })
const inbox = databaseInbox(opened, {
  wake: (queue) => engine.wake(queue),
  async sendAll(queue, jobs, tx) {
    const sent = await engine.sendAll(queue, jobs, tx)
    pass('before the delivery is committed')
    return sent
  },
})
await engine.work(deliveries, async (job) => workOnDelivery(job, { opened, engine, inbox }))
await engine.work(commands, async (job) => serve(job, { opened, engine }))
console.log('ready')

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'effects?') void tell()
  else void keep(...(JSON.parse(line) as readonly [id: string, comment: number]))
}

async function tell(): Promise<void> {
  const [{ n } = { n: 0 }] = await opened.rows(
    z.object({ n: z.coerce.number() }),
    'SELECT count(*) AS n FROM effects',
  )
  console.log(`effects ${n}`)
}

async function keep(id: string, comment: number): Promise<void> {
  const payload = JSON.stringify({ comment })
  const known = { event: 'issue_comment', installationId: 1, repositoryId: 2, receivedAtMs: Date.now() }
  await inbox.store({ id, payload, ...known })
  pass('before it is acknowledged')
  console.log(`kept ${id}`)
}

interface Ports {
  readonly opened: OpenStore
  readonly engine: Engine
  readonly inbox: DatabaseInbox
}

async function workOnDelivery(
  job: Job<{ readonly deliveries: readonly string[] }>,
  { opened, engine, inbox }: Ports,
): Promise<JobOutcome<never>> {
  pass('before it is worked on')
  for (const delivery of await inbox.read(job.data.deliveries)) {
    const { comment } = z.object({ comment: z.number() }).parse(JSON.parse(delivery.payload))
    const key = { repositoryId: 2, commentId: comment, command: '/deploy production' }
    await opened.transaction(async (tx) => {
      if ((await inbox.handled([delivery.id], tx)) === 0) return
      const queuedAtMs = delivery.receivedAtMs
      const taken = await commandLog(tx).take({ ...key, installationId: 1, pull: 3, queuedAtMs })
      const data = { ...key, installationId: 1, delivery: delivery.id, request: {} }
      if (taken === 'new') await engine.send(commands, { id: `comment-${comment}`, tenant: 1, data }, tx)
      pass('before its command is committed')
    })
  }
  return { kind: 'done' }
}

type Commanded = Job<z.infer<typeof commands.data>>

async function serve(job: Commanded, { opened, engine }: Omit<Ports, 'inbox'>): Promise<JobOutcome<never>> {
  pass('before the command is worked on')
  if ((await commandLog(opened).start(job.data, Date.now())) === 'ended') return { kind: 'done' }
  console.log(`begun ${job.data.commentId}`)
  await sleep(dawdleMs)
  await opened.transaction(async (tx) => {
    await tx.run('INSERT INTO effects VALUES ($1, $2)', [job.data.commentId, job.attempt])
    await commandLog(tx).end(job.data, 'done', Date.now())
    await engine.settle(job, tx)
    pass('before its effect is committed')
  })
  pass('after its effect')
  console.log(`done ${job.data.commentId}`)
  return { kind: 'done' }
}
