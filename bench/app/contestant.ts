import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { pino } from 'pino'
import { Probot, Server } from 'probot'
import { z } from 'zod'
import { startApp } from '../../app/compose.ts'
import { commands, deliveries } from '../../app/engine/queues.ts'
import type { Delivery } from '../../app/inbox.ts'
import type { Services } from '../../app/services.ts'
import type { Settings } from '../../app/settings.ts'
import { systemClock } from '../../src/adapters/system-clock.ts'
import { APP_ID, PATH, SECRET } from './delivery.ts'

/* A process that takes deliveries (ingest.ts, neighbour.ts): bare Probot, or the App. Says `listening <port>` when it is ready. */

interface Contest {
  readonly kind: 'probot' | 'app'
  readonly store?: Settings['store']
  readonly apiUrl: string
  readonly privateKey: string
  /** Each delivery asks for a comment; else for nothing. */
  readonly comments: boolean
}

const contest = JSON.parse(process.argv[2] ?? '') as Contest

const port = contest.kind === 'probot' ? await bareProbot() : await app(contest.store)
console.log(`listening ${port}`)

/** As its documentation starts one, but for its log. */
async function bareProbot(): Promise<number> {
  const log = pino({ level: 'fatal' })
  const { privateKey, apiUrl: baseUrl, comments } = contest
  const server = new Server({
    Probot: Probot.defaults({ appId: APP_ID, privateKey, secret: SECRET, baseUrl, log }),
    log,
    // It takes 0 for 3000.
    port: await freePort(),
    host: '127.0.0.1',
    webhookPath: PATH,
  })
  await server.load((probot) => {
    probot.on('issue_comment.created', async (context) => {
      if (comments) await context.octokit.rest.issues.createComment(context.issue({ body: 'hello' }))
    })
  })
  await server.start()
  return server.port
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function app(store: Settings['store'] | undefined): Promise<number> {
  if (store === undefined) throw new Error('the App needs a store')
  const { apiUrl, privateKey } = contest
  const settings: Settings = {
    appId: APP_ID,
    privateKey,
    webhookSecrets: [SECRET],
    webUrl: apiUrl,
    apiUrl,
    listen: { host: '127.0.0.1', port: 0 },
    webhookPath: PATH,
    operations: { host: '127.0.0.1', port: 0 },
    store,
    logLevel: 'error',
    actionsAppId: 1,
    sources: [],
    sweepEveryMs: 3_600_000,
  }
  const running = await startApp(settings, {
    clock: systemClock,
    log: pino({ level: 'error' }, process.stderr),
    fetch: globalThis.fetch,
    startJobs,
  })
  return running.address.port
}

const payload = z.object({
  installation: z.object({ id: z.number() }),
  repository: z.object({ id: z.number(), name: z.string(), owner: z.object({ login: z.string() }) }),
})

/** What any command takes at least: the delivery read, its command kept, the delivery worked off; then one comment. */
async function startJobs({ engine, inbox, store, octokits }: Services): Promise<void> {
  const repositories = new Map<number, { id: number; owner: string; repo: string }>()
  await engine.work(deliveries, async ({ data }) => {
    const waiting = await inbox.read(data.deliveries)
    if (!contest.comments) await inbox.handled(waiting.map(({ id }) => id))
    else for (const delivery of waiting) await ask(delivery)
    return { kind: 'done' }
  })
  async function ask(delivery: Delivery): Promise<void> {
    const { installation, repository } = payload.parse(JSON.parse(delivery.payload))
    repositories.set(repository.id, {
      id: repository.id,
      owner: repository.owner.login,
      repo: repository.name,
    })
    const command = {
      commentId: 44,
      command: '/status',
      repositoryId: repository.id,
      installationId: installation.id,
    }
    await store.transaction(async (tx) => {
      if ((await inbox.handled([delivery.id], tx)) === 0) return
      const data = { ...command, delivery: delivery.id, request: {} }
      await engine.send(commands, { id: delivery.id, tenant: installation.id, data }, tx)
    })
  }
  await engine.work(commands, async ({ data: { installationId, repositoryId } }) => {
    const repository = repositories.get(repositoryId)
    if (repository === undefined) return { kind: 'dead', why: 'no such repository' }
    const { octokit, owner, repo } = octokits.githubOf(installationId, repository, 'answer')
    await octokit.rest.issues.createComment({ owner, repo, issue_number: 3, body: 'hello' })
    return { kind: 'done' }
  })
}
