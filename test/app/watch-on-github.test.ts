import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Job } from '../../app/engine/engine.ts'
import { begin, mergeQueue } from '../../app/engine/queues.ts'
import { knownComments } from '../../app/comment-ids.ts'
import { deploymentMemories } from '../../app/deployment-memories.ts'
import { noteRepository, type KnownRepository } from '../../app/jobs/known-repository.ts'
import { workOnMergeQueue } from '../../app/jobs/merge-queue-job.ts'
import { findMissed } from '../../app/jobs/missed-job.ts'
import { watchPortsOf } from '../../app/jobs/watch-ports.ts'
import type { Services } from '../../app/services.ts'
import { openSources } from '../../app/sources/open-sources.ts'
import { databaseRecords } from '../../app/store/database-records.ts'
import { folderHome, type OpenedStore, type StoreHome } from '../support/app-store.ts'
import { appLog } from '../support/app/app-log.ts'
import { type AppWorld, appWorld } from '../support/app/app-world.ts'
import { memoryEngine, type MemoryEngine } from '../support/app/memory-engine.ts'
import { manualClock } from '../support/manual-clock.ts'
import { watchedConfig } from '../support/watch/watch-world.ts'

/** Production is watched, staging is not. */
const CONFIG = `${watchedConfig().trimEnd()}
  staging:
    deploy: { run: { deploy: ./deploy.sh, rollback: ./rollback.sh } }
`

let home: StoreHome
let opened: OpenedStore
let world: AppWorld
let services: Services
let engine: MemoryEngine
let repository: KnownRepository
const { signal } = new AbortController()

beforeAll(async () => {
  home = folderHome()
  opened = await home.open()
}, 120_000)
afterAll(async () => {
  await opened.store.close()
  await home.remove()
})

beforeEach(async () => {
  const clock = manualClock()
  world = await appWorld(clock)
  engine = memoryEngine(clock)
  await opened.store.run('DELETE FROM seamless.records', [])
  const { octokits, tokens, app, metrics } = await world.clients()
  const settings = { appId: world.app.id, actionsAppId: 15_368, sources: [] }
  services = {
    octokits,
    tokens,
    app,
    metrics,
    clock,
    signal,
    engine,
    store: opened.store,
    log: appLog().log,
    sources: openSources([], { clock, metrics }),
    memories: deploymentMemories(),
    comments: knownComments(),
    settings,
  } as unknown as Services
  const { id, owner, name: repo } = world.shop
  repository = { id, owner, repo, installationId: world.installation }
  return async () => world.hub.close()
})

async function api<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${world.hub.apiUrl}/repos/acme/shop${path}`, {
    method,
    headers: {
      authorization: `token ${world.hub.token({ login: 'acme' })}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Answer
}

interface CheckRuns {
  readonly check_runs: {
    readonly name: string
    readonly conclusion: string
    readonly output: { title: string }
  }[]
}

describe('a merge queue that waits for a verdict', () => {
  async function answer(
    config: string,
    attempt = 0,
    installationId = world.installation,
  ): Promise<CheckRuns> {
    const sha = await world.shop.commit({ files: { '.github/seamless.yml': config } })
    const data = { installationId, repositoryId: repository.id, repository: 'acme/shop', sha }
    const job = { data, attempt, queue: mergeQueue, signal } as unknown as Job<typeof data>
    expect(await workOnMergeQueue(services, job)).toEqual({ kind: 'done' })
    expect(await workOnMergeQueue(services, { ...job, attempt: 1 })).toEqual({ kind: 'done' })
    return api('GET', `/commits/${sha}/check-runs`)
  }

  test('is told at once and once, neutrally, of each environment that is watched', async () => {
    const { check_runs: checks } = await answer(CONFIG)
    expect(checks).toMatchObject([
      { name: 'seamless/production', conclusion: 'neutral', output: { title: 'A merge queue only tries' } },
    ])
    expect(checks).toHaveLength(1)
  })

  test('is not our business where the workflow watches', async () => {
    expect((await answer(CONFIG.replace('driver: app', 'driver: action'))).check_runs).toEqual([])
  })

  test('N01 of another installation’s repository gets nothing', async () => {
    const other = world.hub.install({ appId: world.app.id, account: 'globex' })
    expect((await answer(CONFIG, 0, other)).check_runs).toEqual([])
  })
})

describe('Deployments that nobody told us of', () => {
  async function deploy(environment: string, payload: unknown): Promise<number> {
    const sha = await world.shop.commit({ files: { 'a.txt': `${Math.random()}` } })
    const asked = { ref: sha, environment, payload, auto_merge: false, required_contexts: [] }
    return (await api<{ id: number }>('POST', '/deployments', asked)).id
  }

  test('are found by GitHub’s list: of each environment the newest of ours, once', async () => {
    await noteRepository(databaseRecords(opened.store, repository.id), repository)
    const ours = { schema: 1, key: 'push-1', version: '1' }
    await deploy('production', ours)
    const newest = await deploy('production', ours)
    const staging = await deploy('staging', ours)
    await deploy('staging', { of: 'another tool' })
    await findMissed(services)
    await findMissed(services)
    expect(engine.waiting(begin)).toHaveLength(2)
    await engine.work(begin, async ({ data }) => {
      expect([String(newest), String(staging)]).toContain(data.deployment)
      return { kind: 'done' }
    })
    await engine.runDue()
    expect(engine.failures).toEqual([])
    await findMissed(services)
    expect(engine.waiting(begin)).toEqual([])
  })
})

describe('what a watch asks GitHub with', () => {
  function grantsOf(path: RegExp): Record<string, string> | undefined {
    const asked = world.hub.requests.find((one) => path.test(one.path) && one.status !== 401)
    expect(asked).toBeDefined()
    return (world.tokenRequests().at(-1)?.body as { permissions?: Record<string, string> } | undefined)
      ?.permissions
  }

  test('S05 N01 is a token of its one repository, with no more to write than what it is for', async () => {
    const sha = await world.shop.commit({ files: { '.github/seamless.yml': CONFIG } })
    const payload = { schema: 1, key: 'push-1', version: '1' }
    const asked = { ref: sha, environment: 'production', payload, auto_merge: false, required_contexts: [] }
    const { id } = await api<{ id: number }>('POST', '/deployments', asked)
    const ports = watchPortsOf(services, repository, { deployment: String(id), signal })
    const writes = (permissions: Record<string, string> | undefined): string[] =>
      Object.entries(permissions ?? {})
        .flatMap(([name, level]) => (level === 'write' ? [name] : []))
        .sort()

    expect(await ports.config()).toMatchObject({ kind: 'config', sha, defaultBranch: 'main' })
    expect(await ports.configAt(sha)).toMatchObject({ kind: 'config', sha, defaultBranch: 'main' })
    expect(writes(grantsOf(/graphql$/))).toEqual(['checks', 'pull_requests'])
    await ports.deployments.setVerdict(String(id), 'healthy', { title: 'Fine', text: 'fine' })
    expect(world.tokenRequests()).toHaveLength(1)

    await ports.deployments.setState(String(id), 'success', 'live')
    expect(writes(grantsOf(/statuses$/))).toEqual(['actions', 'deployments', 'pull_requests'])
    await ports.pullRequests.revertsSince(0)
    expect(writes(grantsOf(/pulls/))).toEqual(['contents', 'pull_requests'])
    await ports.escalation.raise('watch-end/1', { environment: 'production', title: 'Look', text: 'Look.' })
    expect(writes(grantsOf(/issues/))).toEqual(['issues'])
    for (const { body } of world.tokenRequests())
      expect(body).toMatchObject({ repository_ids: [repository.id] })
    expect(await ports.deployments.read(String(id))).toMatchObject({ verdict: 'healthy', state: 'success' })
  })

  test('a source that nobody bound is told by its name and the repository', async () => {
    const ports = watchPortsOf(services, repository, { deployment: '1', signal })
    const config = { sources: { main: { type: 'prometheus', timeoutMs: 1000 } } } as const
    await expect(ports.sources(['main'], config)).rejects.toThrow(
      'The App has no source "main" for acme/shop',
    )
  })
})
