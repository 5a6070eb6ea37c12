import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Engine, ClaimLost, type Job } from '../../app/engine/engine.ts'
import { tell, watch as queue, type Watched } from '../../app/engine/queues.ts'
import { startEngine } from '../../app/engine/start-engine.ts'
import { noteRepository } from '../../app/jobs/known-repository.ts'
import { reconcile } from '../../app/jobs/reconcile-job.ts'
import { workOnWatch } from '../../app/jobs/watch-job.ts'
import { nudgeJob, stepJob } from '../../app/jobs/watch-jobs.ts'
import type { WatchServices } from '../../app/jobs/watch-services.ts'
import { openMetrics } from '../../app/metrics.ts'
import { databaseRecords } from '../../app/store/database-records.ts'
import { type StoredWatch, watchStore, type WatchStore } from '../../app/store/watch-store.ts'
import type { WatchState } from '../../src/health/watch.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'
import { type OpenedStore, type StoreHome, storeHomes } from '../support/app-store.ts'
import { appLog } from '../support/app/app-log.ts'
import { SHOP } from '../support/app/watching-app.ts'
import { countingMeter } from '../support/counting-meter.ts'
import { LIVE_MS, SHA, watchLive, type WatchWorld, watchWorld } from '../support/watch/watch-world.ts'

const HOUR_MS = 3_600_000

function measuredOnce(state: WatchState): WatchState {
  const checks = Object.entries(state.checks).map(
    ([name, check]) => [name, { ...check, measured: { ...check.measured, watch: 1 } }] as const,
  )
  return { ...state, checks: Object.fromEntries(checks) }
}

describe.each(storeHomes)('watches in the store %s', (_name, start) => {
  let home: StoreHome
  let opened: OpenedStore
  let engine: Engine
  let world: WatchWorld
  let watches: WatchStore
  let record: WatchRecord
  beforeAll(async () => {
    home = await start()
    opened = await home.open()
    const { meter } = countingMeter()
    engine = await startEngine({ store: opened.store, queues: [queue, tell], log: opened.log, meter })
    world = watchWorld()
    record = await watchLive(world, world.deploy(SHA).id)
    watches = watchStore(opened.store, world.clock)
  }, 180_000)
  afterAll(async () => {
    await engine.stop(1000)
    await opened.store.close()
    await home.remove()
  })

  /** Of an environment of its own, so that tests do not meet. */
  async function kept(environment: string, change: Partial<WatchRecord> = {}): Promise<StoredWatch> {
    const id = `9${environment.replaceAll(/\D/g, '')}`
    const one = { ...record, environment, deployment: { ...record.deployment, id }, ...change }
    const { deployment } = one
    const watch = { installationId: 7, repositoryId: SHOP.id, deployment: deployment.id, record: one }
    expect(await watches.insert(watch)).toBe('new')
    return (await watches.read(watch))!
  }

  test('one is read as it was kept, with its past, and kept once', async () => {
    const watch = await kept('env-1')
    expect(watch).toEqual({
      installationId: 7,
      repositoryId: 22,
      deployment: '91',
      revision: 1,
      record: watch.record,
    })
    expect(watch.record.history).toEqual(record.history)
    expect(Object.keys(record.history ?? {})).not.toEqual([])
    expect(await watches.insert(watch)).toBe('known')
    const other = { ...watch, deployment: '9100' }
    // There is a live one of that environment.
    expect(await watches.insert(other)).toBe('known')
    expect(await watches.read(other)).toBeUndefined()
  })

  test('what was written meanwhile is not written over', async () => {
    const watch = await kept('env-2')
    const changed = { ...watch.record, paused: { by: { id: 1, login: 'ada' }, atMs: 1 } }
    expect(await watches.write(watch, changed)).toBe(2)
    expect(await watches.write(watch, watch.record)).toBe('lost')
    const now = (await watches.read(watch))!
    expect(now).toMatchObject({ revision: 2, record: { paused: { atMs: 1 } } })
    expect(now.record.history).toEqual(record.history)
    const { history: _, ...without } = now.record
    expect(await watches.write(now, without)).toBe(3)
    expect((await watches.read(watch))?.record.history).toBeUndefined()
  })

  test('a step reads the past only where it looks at it, and writing what it read leaves the past alone', async () => {
    const state = measuredOnce(record.state!)
    const watch = await kept('env-31', { state })
    const step = (await watches.readForStep(watch))!
    expect(step.record.history).toBeUndefined()
    expect(await watches.write(step, { ...step.record, phase: 'acting' })).toBe(2)
    expect((await watches.readForStep(watch))?.record.history).toEqual(record.history)
    // One that has measured nothing yet may have begun without a past: whether it has one it must see.
    const unmeasured = await kept('env-32')
    expect((await watches.readForStep(unmeasured))?.record.history).toEqual(record.history)
  })

  test('two that write at once: one of them wins', async () => {
    const watch = await kept('env-3')
    const writes = await Promise.all([1, 2, 3, 4].map(async () => watches.write(watch, watch.record)))
    expect(writes.filter((write) => write === 'lost')).toHaveLength(3)
  })

  test('one that is superseded makes room for the next of its environment, which is then the current one', async () => {
    const watch = await kept('env-4')
    const { nextMs: _, ...rest } = watch.record
    await watches.write(watch, {
      ...rest,
      supersededBy: { id: '944', sha: SHA, version: '2' },
      phase: 'acting',
    })
    expect(await watches.live(22, 'env-4')).toBeUndefined()
    expect((await watches.current(22, 'env-4'))?.deployment).toBe('94')
    const deployment = { ...watch.record.deployment, id: '944' }
    expect(
      await watches.insert({ ...watch, deployment: '944', record: { ...watch.record, deployment } }),
    ).toBe('new')
    expect((await watches.current(22, 'env-4'))?.deployment).toBe('944')
    expect((await watches.open(22)).map(({ deployment }) => deployment)).toEqual(
      expect.arrayContaining(['94', '944']),
    )
  })

  test('others of the installation are seen with when they turned bad, ended ones for a while', async () => {
    const outcome = { verdict: 'unhealthy', reason: 'unhealthy', line: 'bad', atMs: LIVE_MS } as const
    const repository = 'acme/other'
    const bad = await kept('env-5', { repository, outcome, phase: 'acting' })
    const of = { installationId: 7, repositoryId: 22, deployment: '1' }
    const seen = async (sinceMs: number) =>
      (await watches.others(of, sinceMs)).filter((other) => other.repository === repository)
    expect(await seen(0)).toEqual([{ repository, environment: 'env-5', sha: SHA, badAtMs: LIVE_MS }])
    expect(await watches.others(bad, 0)).not.toContainEqual(expect.objectContaining({ environment: 'env-5' }))
    const { nextMs: _, ...rest } = bad.record
    await watches.write(bad, { ...rest, phase: 'ended' })
    expect(await seen(world.clock.now() - 1)).toHaveLength(1)
    expect(await seen(world.clock.now() + 1)).toEqual([])
    expect(await watches.others({ ...of, installationId: 8 }, 0)).toEqual([])
    const waiting = await kept('env-51', { repository, phase: 'awaiting' })
    expect(await seen(world.clock.now() + 1)).toEqual([])
    await watches.write(waiting, { ...waiting.record, phase: 'held' })
    expect(await seen(world.clock.now() + 1)).toEqual([])
    await watches.write((await watches.read(waiting))!, { ...waiting.record, phase: 'held', outcome })
    expect((await seen(LIVE_MS)).map(({ environment }) => environment).sort()).toEqual(['env-5', 'env-51'])
    await watches.write((await watches.read(waiting))!, { ...waiting.record, phase: 'ended' })
  })

  test('old ones are forgotten, but never the newest of an environment', async () => {
    const { nextMs: _, ...rest } = record
    const old = await kept('env-6', {
      ...rest,
      environment: 'env-6',
      deployment: { ...record.deployment, id: '96' },
      phase: 'ended',
    })
    expect(await watches.forget(world.clock.now() + HOUR_MS)).toBe(0)
    await kept('env-66', { environment: 'env-6', liveMs: LIVE_MS + 1 })
    expect(await watches.forget(world.clock.now() - HOUR_MS)).toBe(0)
    expect(await watches.forget(world.clock.now() + HOUR_MS)).toBe(1)
    expect(await watches.read(old)).toBeUndefined()
  })

  test('those that are due come page by page, and none that waits for people', async () => {
    const held = await kept('env-7', { phase: 'held' })
    const { nextMs: _, ...resting } = held.record
    await watches.write(held, resting)
    const all = await watches.due(undefined, 100)
    expect(all.map(({ deployment }) => deployment)).not.toContain('97')
    const first = await watches.due(undefined, 2)
    expect([...first, ...(await watches.due(first.at(-1), 100))]).toEqual(all)
    expect(await watches.count()).toContainEqual({ phase: 'held', count: 1 })
  })

  test('L05 a worker whose claim was lost has written nothing and sent nothing', async () => {
    await noteRepository(databaseRecords(opened.store, SHOP.id), SHOP)
    const watch = await kept('env-8')
    world.clock.advance(Math.max(0, watch.record.nextMs! - world.clock.now()))
    const services: WatchServices = {
      store: opened.store,
      engine,
      clock: world.clock,
      log: appLog().log,
      metrics: openMetrics(world.clock, []),
      portsOf: () => world.ports,
    }
    const { data, key } = stepJob(watch, { afterMs: 0 })
    const foreign: Job<Watched> = {
      queue,
      id: 'x',
      data,
      key,
      tenant: 7,
      urgency: 'normal',
      attempt: 0,
      signal: new AbortController().signal,
      claim: { id: '00000000-0000-4000-8000-000000000000', retryCount: 0 },
    }
    await expect(workOnWatch(services, foreign)).rejects.toThrow(ClaimLost)
    expect((await watches.read(watch))?.revision).toBe(1)
    const jobs = (await engine.counts()).find((one) => one.queue === queue.name)
    expect(jobs).toMatchObject({ waiting: 0, later: 0, running: 0 })
  })

  test('of each watch one job is alive: it is brought forward, and reconciling sends no second', async () => {
    const services = { store: opened.store, engine, clock: world.clock, log: appLog().log }
    await reconcile(services)
    const due = (await watches.due(undefined, 100)).length
    const counts = async () => (await engine.counts()).find((one) => one.queue === queue.name)!
    const sent = await counts()
    expect(sent.waiting + sent.later).toBe(due)
    await reconcile(services)
    expect((await counts()).waiting + (await counts()).later).toBe(due)
    const watch = (await watches.read({ repositoryId: 22, deployment: '91' }))!
    const later = { ...watch, revision: 50 }
    expect(await engine.schedule(queue, stepJob(later, { afterMs: HOUR_MS }))).toBe('moved')
    const moved = await counts()
    expect(await engine.schedule(queue, stepJob(later, { afterMs: 0, isUrgent: true }))).toBe('moved')
    expect((await counts()).waiting).toBe(moved.waiting + 1)
    // A nudge is beside it.
    expect(await engine.send(queue, nudgeJob(watch, 'order 2'))).toBe('sent')
    const foreign = { ...watch, deployment: '9999' }
    expect(await engine.schedule(queue, stepJob(foreign, { afterMs: HOUR_MS }))).toBe('sent')
  })

  test('what a transaction sends or moves is undone with it', async () => {
    const watch = (await watches.read({ repositoryId: 22, deployment: '92' }))!
    const before = await engine.counts()
    const undone = opened.store.transaction(async (tx) => {
      await engine.schedule(queue, stepJob(watch, { afterMs: 10 * HOUR_MS }), tx)
      await engine.schedule(queue, stepJob({ ...watch, deployment: '8888' }, { afterMs: 0 }), tx)
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    const strip = (counts: typeof before): unknown => counts.map(({ oldestSeconds: _, ...rest }) => rest)
    expect(strip(await engine.counts())).toEqual(strip(before))
  })
})
