import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tell, watch as queue } from '../../app/engine/queues.ts'
import { appWatches } from '../../app/jobs/app-watches.ts'
import { endWatches } from '../../app/jobs/end-watches.ts'
import { reconcile } from '../../app/jobs/reconcile-job.ts'
import { workOnWatch } from '../../app/jobs/watch-job.ts'
import { nudgeJob, stepJob } from '../../app/jobs/watch-jobs.ts'
import { watchStore } from '../../app/store/watch-store.ts'
import { GitHubError } from '../../src/errors.ts'
import { verdictOf } from '../../src/health/watch-verdict.ts'
import { folderHome, type OpenedStore, type StoreHome } from '../support/app-store.ts'
import { SHOP, watchingApp, type WatchingApp } from '../support/app/watching-app.ts'
import {
  LIVE_MS,
  SHA,
  SHA_BEFORE,
  SHA_LATER,
  watchedConfig,
  type WatchWorld,
  watchWorld,
} from '../support/watch/watch-world.ts'

const MINUTE_MS = 60_000
/** Of the watch of a day. */
const TICK_MS = 10 * MINUTE_MS
const HOUR_MS = 60 * MINUTE_MS
const BAD = { perSecond: 200, bad: 0.05, slow: 0.005 }
const ada = { id: 7, login: 'ada' }

let home: StoreHome
let opened: OpenedStore
beforeAll(async () => {
  home = folderHome()
  opened = await home.open()
}, 120_000)
afterAll(async () => {
  await opened.store.close()
  await home.remove()
})

interface Begun {
  readonly world: WatchWorld
  readonly app: WatchingApp
  readonly id: string
}

/** What the last test left in the database is no part of the next one. */
async function begun(config?: string): Promise<Begun> {
  for (const table of ['watches', 'records', 'verdicts'])
    await opened.store.run(`DELETE FROM seamless.${table}`, [])
  const world = watchWorld(config)
  const app = await watchingApp(world, opened.store)
  const { id } = world.deploy(SHA)
  await app.hear(id)
  return { world, app, id }
}

describe('the jobs of a watch', () => {
  test('what is live is watched by one job, tick by tick, told as it changes, and promoted at its end', async () => {
    const { world, app, id } = await begun()
    expect(await app.read(id)).toMatchObject({ installationId: 7, record: { phase: 'watching' } })
    expect(app.engine.waiting(queue)).toEqual([
      { key: `22/${id}`, dueMs: LIVE_MS + 15_000, urgency: 'normal' },
    ])
    await app.until(LIVE_MS + 5 * MINUTE_MS)
    expect(app.engine.waiting(queue)).toHaveLength(1)
    expect(world.service.reads).toHaveLength(20)
    await app.until(LIVE_MS + 20 * MINUTE_MS)
    expect(await app.read(id)).toMatchObject({ record: { phase: 'ended', outcome: { verdict: 'healthy' } } })
    expect(app.engine.nextMs()).toBeUndefined()
    expect(world.ledger).toMatchObject([{ deployment: id, verdict: 'healthy', acted: 'promoted' }])
    expect(world.conversation.textOf(12, 'progress/production')).toContain('1.1.0')
    expect((await app.metrics.text()).body).toContain('seamless_verdicts_total{verdict="healthy"} 1')
  })

  test('a Deployment that is told of twice, or again once it has ended, is watched once', async () => {
    const { world, app, id } = await begun()
    await app.hear(id, 'second')
    expect(app.engine.waiting(queue)).toHaveLength(1)
    await app.until(LIVE_MS + 20 * MINUTE_MS)
    const reads = world.service.reads.length
    await app.hear(id, 'third')
    expect(app.engine.nextMs()).toBeUndefined()
    expect(world.service.reads).toHaveLength(reads)
  })

  test('what users would notice is taken back within the tick that finds it: no step waits for a job', async () => {
    const { world, app, id } = await begun()
    world.service.fares(LIVE_MS + MINUTE_MS, BAD)
    while (world.workflows.dispatched.length === 0 && world.clock.now() < LIVE_MS + 10 * MINUTE_MS)
      await app.until(world.clock.now() + 1000)
    const { record } = (await app.read(id))!
    expect(record).toMatchObject({ phase: 'acting', outcome: { verdict: 'unhealthy' } })
    expect(record.acts.rollback?.dispatchedAtMs).toBe(record.outcome?.atMs)
    expect(app.engine.waiting(queue)).toMatchObject([{ urgency: 'safety' }])
  })

  test('L18 24 hours, three restarts that lose every job: the same deadline, each tick once, one end', async () => {
    const health = `
      source: main
      every: 10m
      hold: 1h
      watch: 24h
      baseline: { before: 24h }
      checks:
        errors: { bad: 'requests{code=~"5.."}', total: requests }
`
    const first = await begun(watchedConfig({ health }))
    const { world, id } = first
    const { state, nextMs } = (await first.app.read(id))!.record
    const { endsMs } = verdictOf(state!, LIVE_MS)
    expect(endsMs).toBeGreaterThanOrEqual(LIVE_MS + 24 * HOUR_MS)
    // The deadline falls between two ticks: the first one after it decides.
    const lastMs = LIVE_MS + Math.ceil((endsMs - LIVE_MS) / TICK_MS) * TICK_MS
    let { app } = first
    for (const restartMs of [3, 3.05, 17].map((hours) => LIVE_MS + hours * HOUR_MS)) {
      await app.until(restartMs)
      await opened.store.close()
      opened = await home.open(opened.database)
      app = await watchingApp(world, opened.store)
      await reconcile(app)
      await reconcile(app)
      expect(app.engine.waiting(queue)).toHaveLength(1)
      expect(verdictOf((await app.read(id))!.record.state!, world.clock.now()).endsMs).toBe(endsMs)
    }
    await app.until(LIVE_MS + 30 * HOUR_MS)
    const { record } = (await app.read(id))!
    expect(record).toMatchObject({ phase: 'ended', outcome: { verdict: 'healthy', atMs: lastMs } })
    const ticks = world.service.reads.map(({ atMs }) => atMs)
    expect(ticks[0]).toBe(nextMs)
    expect(ticks).toEqual(ticks.map((_, index) => nextMs! + index * TICK_MS))
    expect(ticks.at(-1)).toBe(lastMs)
    expect(world.ledger).toHaveLength(1)
  }, 120_000)

  test('L18 what was slept through is asked of the past, once, and the deadline stays', async () => {
    const { world, app, id } = await begun()
    const { endsMs } = verdictOf((await app.read(id))!.record.state!, LIVE_MS)
    await app.until(LIVE_MS + 2 * MINUTE_MS)
    const pasts = world.service.pasts.length
    world.clock.advance(4 * MINUTE_MS)
    await app.engine.runDue()
    expect(world.service.pasts).toHaveLength(pasts + 1)
    await app.until(LIVE_MS + 20 * MINUTE_MS)
    expect((await app.read(id))!.record.outcome).toMatchObject({ verdict: 'healthy', atMs: endsMs })
  })

  test('L05 of two workers at one tick one writes it; the other has changed nothing', async () => {
    const { world, app, id } = await begun()
    const watch = (await app.read(id))!
    world.clock.advance(15_000)
    const job = { ...stepJob(watch, { afterMs: 0 }), id: 'a job that was taken over' }
    const claim = {
      queue,
      attempt: 0,
      signal: new AbortController().signal,
      claim: { id: job.id, retryCount: 0 },
    }
    const slow = workOnWatch(app, { ...claim, ...job, tenant: 7, urgency: 'normal' })
    const [late] = await Promise.allSettled([slow, app.engine.runDue()])
    expect((await app.read(id))!.revision).toBe(watch.revision + 1)
    // It lost the race and found nothing to do, or it lost its claim: in neither case did it send a job.
    expect(late).toSatisfy((end: PromiseSettledResult<unknown>) =>
      end.status === 'fulfilled' ? (end.value as { kind: string }).kind === 'again' : true,
    )
    expect(app.engine.waiting(queue)).toHaveLength(1)
  })

  test('L08 two events of one end wake two workers beside the watch’s own: each act is done by one of them', async () => {
    const { world, app, id } = await begun()
    world.service.fares(LIVE_MS, BAD)
    while (world.workflows.dispatched.length === 0) await app.until(world.clock.now() + 1000)
    const { deploymentId = '' } = world.workflows.dispatched[0]!
    world.deployments.say(deploymentId, 'success', 'rolled_back_on_request: back.', 'https://x.example')
    world.workflows.become(9001, { status: 'completed', conclusion: 'success' })
    world.service.fares(world.clock.now(), { perSecond: 200, bad: 0.001, slow: 0.005 })
    const atOnce = new Map<string, number>()
    let most = 0
    const { say } = world.conversation
    world.conversation.say = async (pull, key, body) => {
      atOnce.set(key, (atOnce.get(key) ?? 0) + 1)
      most = Math.max(most, atOnce.get(key)!)
      // GitHub takes its time: whoever looks meanwhile finds nothing yet.
      await new Promise((resolve) => setTimeout(resolve, 50))
      atOnce.set(key, atOnce.get(key)! - 1)
      return say(pull, key, body)
    }
    const watch = (await app.read(id))!
    for (const event of ['run over', 'Deployment live']) await app.engine.send(queue, nudgeJob(watch, event))
    world.clock.advance(10_000)
    await Promise.all([app.engine.runDue(), app.engine.runDue(), app.engine.runDue()])
    await app.until(world.clock.now() + HOUR_MS)
    expect((await app.read(id))!.record).toMatchObject({
      phase: 'ended',
      acts: { revert: { outcome: 'merged' } },
    })
    expect(most).toBe(1)
    expect(world.reverts).toHaveLength(1)
    expect(app.engine.waiting(queue)).toEqual([])
  })

  test('the next deployment takes the place of what is watched, in the transaction that begins its own watch', async () => {
    const { world, app, id } = await begun()
    await app.until(LIVE_MS + 2 * MINUTE_MS)
    const later = world.deploy(SHA_LATER, { version: '1.2.0' })
    await app.hear(later.id)
    expect((await app.read(id))!.record).toMatchObject({ supersededBy: { id: later.id }, phase: 'ended' })
    expect((await app.read(later.id))!.record.phase).toBe('watching')
    expect(world.deployments.all.find((one) => one.id === id)?.verdict).toBe('inconclusive')
    expect(app.engine.waiting(queue).map(({ key }) => key)).toEqual([`22/${later.id}`])
  })

  test('one that was live before what is watched now is not watched, whatever order deliveries come in', async () => {
    const { world, app, id } = await begun()
    const early = world.deploy(SHA_LATER)
    world.clock.advance(1000)
    const late = world.deploy(SHA_BEFORE, { version: '1.3.0' })
    await app.hear(late.id)
    await app.hear(early.id)
    expect(await app.read(early.id)).toBeUndefined()
    expect((await app.read(late.id))!.record.phase).toBe('watching')
    expect((await app.read(id))!.record.supersededBy?.id).toBe(late.id)
  })

  test('one that was deployed while the version before was awaited is watched, though that one showed after it', async () => {
    const live = `source: main\n      live: 'app_build_info{commit="{sha}"}'`
    const { world, app, id } = await begun(watchedConfig().replace('source: main', live))
    expect((await app.read(id))!.record.phase).toBe('awaiting')
    world.clock.advance(10_000)
    const later = world.deploy(SHA_LATER, { version: '1.2.0' })
    world.service.shows.set(SHA, world.clock.now())
    await app.until(world.clock.now() + 10_000)
    expect((await app.read(id))!.record.phase).toBe('watching')
    await app.hear(later.id)
    expect((await app.read(later.id))?.record.phase).toBe('awaiting')
    expect((await app.read(id))!.record.supersededBy?.id).toBe(later.id)
  })

  test('a watch whose job was lost has one again after a look; one that has it gets no second', async () => {
    const { world, app, id } = await begun()
    await app.until(LIVE_MS + MINUTE_MS)
    await reconcile(app)
    expect(app.engine.waiting(queue)).toHaveLength(1)
    const without = await watchingApp(world, opened.store)
    expect(without.engine.waiting(queue)).toEqual([])
    await reconcile(without)
    const { nextMs } = (await without.read(id))!.record
    expect(without.engine.waiting(queue)).toMatchObject([{ key: `22/${id}`, dueMs: nextMs }])
  })

  test('an order of a person is taken up at once, and the watch goes on by its one job', async () => {
    const { world, app, id } = await begun()
    await app.until(LIVE_MS + MINUTE_MS + 1000)
    const watches = appWatches(app, SHOP)
    expect(await watches.current('production')).toMatchObject({ state: 'open', deployment: { id } })
    const atMs = world.clock.now()
    expect(await watches.order(id, { kind: 'pause', by: ada, atMs })).toBe('taken')
    await app.engine.runDue()
    expect((await app.read(id))!.record).toMatchObject({ paused: { by: ada }, phase: 'watching' })
    expect(await watches.order(id, { kind: 'promote', by: ada, atMs })).toBe('taken')
    await app.engine.runDue()
    expect((await app.read(id))!.record).toMatchObject({
      phase: 'ended',
      outcome: { reason: 'promoted_by_person', by: ada },
    })
    expect(await watches.order(id, { kind: 'pause', by: ada, atMs })).toBe('over')
    expect(await watches.current('production')).toMatchObject({ state: 'ended', verdict: 'healthy' })
    await app.until(LIVE_MS + 20 * MINUTE_MS)
    expect(app.engine.waiting(queue)).toEqual([])
  })

  test('an order that comes before the last one was taken up takes nothing from it', async () => {
    const { world, app, id } = await begun()
    const watches = appWatches(app, SHOP)
    const atMs = world.clock.now()
    expect(await watches.order(id, { kind: 'promote', by: ada, atMs })).toBe('taken')
    expect(await watches.order(id, { kind: 'pause', by: ada, atMs })).toBe('over')
    await app.engine.runDue()
    expect((await app.read(id))!.record.outcome).toMatchObject({ reason: 'promoted_by_person', by: ada })
  })

  test('L10 the kept comment is a job of its own: GitHub that is away stops no tick, and is caught up with one edit', async () => {
    const { world, app } = await begun()
    world.conversation.failure = new GitHubError(503, 'GitHub is away')
    await app.until(LIVE_MS + 9 * MINUTE_MS)
    expect(app.engine.failures.length).toBeGreaterThan(3)
    expect(world.service.reads).toHaveLength(36)
    const told = world.conversation.comments.map(({ edits }) => edits)
    world.conversation.failure = undefined
    await app.until(LIVE_MS + 9.5 * MINUTE_MS)
    expect(world.conversation.comments.map(({ edits }) => edits)).toEqual(told.map((edits) => edits + 1))
    expect(app.engine.waiting(tell)).toEqual([])
  })

  test('/status has the kept comment brought up to date, whatever it says by now', async () => {
    const { world, app } = await begun()
    world.conversation.comments.length = 0
    await appWatches(app, SHOP).refresh()
    await app.engine.runDue()
    expect(world.conversation.textOf(12, 'progress/production')).toContain('1.1.0')
  })

  test('N01 tenants are apart: another installation sees none of it', async () => {
    const { world, app, id } = await begun()
    const foreign = appWatches(app, { ...SHOP, id: 23, installationId: 8 })
    expect(await foreign.current('production')).toBeUndefined()
    expect(await foreign.order(id, { kind: 'promote', by: ada, atMs: world.clock.now() })).toBe('over')
    const watches = watchStore(app.store, world.clock)
    const of = { repositoryId: 23, deployment: '1', sinceMs: 0 }
    expect(await watches.others({ ...of, installationId: 8 }, 0)).toEqual([])
    expect(await watches.others({ ...of, installationId: 7 }, 0)).toEqual([
      { repository: 'acme/shop', environment: 'production', sha: SHA },
    ])
  })

  test('W14 the watches of an installation that is removed end; those of others go on', async () => {
    const { world, app, id } = await begun()
    const { installationId } = (await app.read(id))!
    await app.store.transaction(async (tx) => endWatches(app, installationId + 1, tx))
    expect((await app.read(id))!.record.phase).toBe('watching')
    await app.store.transaction(async (tx) => endWatches(app, installationId, tx))
    await app.until(LIVE_MS + 20 * MINUTE_MS)
    expect((await app.read(id))!.record).toMatchObject({ phase: 'ended' })
    expect(world.service.reads).toEqual([])
    expect(app.engine.waiting(queue)).toEqual([])
    await reconcile(app)
    expect(app.engine.waiting(queue)).toEqual([])
  })
})
