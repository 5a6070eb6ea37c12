import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { DeadJob, Engine, Job, QueueCount } from '../../app/engine/engine.ts'
import { ClaimLost } from '../../app/engine/engine.ts'
import type { Queue } from '../../app/engine/queue.ts'
import { startEngine } from '../../app/engine/start-engine.ts'
import { type OpenedStore, type StoreHome, storeHomes } from '../support/app-store.ts'
import { type CountingMeter, countingMeter } from '../support/counting-meter.ts'

interface Numbered {
  readonly n: number
}

/** Of each test's own, in a database that they share. */
function queues(test: number): Record<'plain' | 'batched' | 'keyed' | 'hasty', Queue<Numbered>> {
  const plain: Queue<Numbered> = {
    name: `plain-${test}`,
    data: z.object({ n: z.number() }),
    lanes: 4,
    safetyLanes: 1,
    perTenant: 2,
    expireSeconds: 60,
    attempts: 2,
    retrySeconds: 1,
    keepSeconds: 3600,
    pollSeconds: 0.2,
  }
  return {
    plain,
    batched: { ...plain, name: `batched-${test}`, lanes: 1, batch: 10, perTenant: 10 },
    keyed: { ...plain, name: `keyed-${test}`, oneAliveByKey: true },
    hasty: { ...plain, name: `hasty-${test}`, expireSeconds: 2, lanes: 2 },
  }
}

describe.each(storeHomes)('the engine %s', (_name, start) => {
  let home: StoreHome
  let opened: OpenedStore
  let engine: Engine
  let meter: CountingMeter
  let tests = 0
  let { plain, batched, keyed, hasty } = queues(0)
  beforeAll(async () => {
    home = await start()
    opened = await home.open()
  })
  afterAll(async () => {
    await opened.store.close()
    await home.remove()
  })
  beforeEach(async () => {
    ;({ plain, batched, keyed, hasty } = queues(++tests))
    meter = countingMeter()
    const settings = { store: opened.store, log: opened.log, meter: meter.meter }
    engine = await startEngine({ ...settings, queues: [plain, batched, keyed, hasty] })
  })
  afterEach(async () => engine.stop(5000))

  test('a job that is sent is worked on at once, though nobody would look for one for a minute', async () => {
    const { seen, worker } = gather<Numbered>()
    await engine.work({ ...plain, pollSeconds: 60 }, worker)
    // The lanes have looked and found nothing: from here on only a word wakes them.
    await sleep(500)
    for (let n = 0; n < 5; n++) {
      await engine.send(plain, { id: `${n}`, data: { n } })
      await until(() => seen.length === n + 1)
    }
    expect(seen.map(({ data }) => data.n)).toEqual([0, 1, 2, 3, 4])
    expect(meter.lags).toHaveLength(5)
  })

  test('what is sent again is the same job, before, during and after it', async () => {
    const { seen, worker } = gather<Numbered>()
    expect(await engine.send(plain, { id: 'comment-1', data: { n: 1 } })).toBe('sent')
    expect(await engine.send(plain, { id: 'comment-1', data: { n: 2 } })).toBe('known')
    await engine.work(plain, worker)
    await until(() => seen.length === 1)
    await until(async () => (await running(engine, plain.name)) === 0)
    expect(await engine.send(plain, { id: 'comment-1', data: { n: 3 } })).toBe('known')
    expect(
      await engine.sendAll(
        plain,
        [1, 2, 2].map((n) => ({ id: `comment-${n}`, data: { n } })),
      ),
    ).toBe(1)
    await until(() => seen.length === 2)
    expect(seen.map(({ data }) => data.n)).toEqual([1, 2])
  })

  test('of a key one job is alive, and its end makes room for the next', async () => {
    const open = Promise.withResolvers<void>()
    let worked = 0
    await engine.work(keyed, async () => {
      worked += 1
      await open.promise
      return { kind: 'done' }
    })
    expect(await engine.send(keyed, { id: 'a', key: 'comment-1', data: { n: 1 } })).toBe('sent')
    await until(() => worked === 1)
    expect(await engine.send(keyed, { id: 'b', key: 'comment-1', data: { n: 2 } })).toBe('known')
    expect(await engine.send(keyed, { id: 'c', key: 'comment-2', data: { n: 3 } })).toBe('sent')
    await until(() => worked === 2)
    open.resolve()
    await until(async () => (await running(engine, keyed.name)) === 0)
    expect(await engine.send(keyed, { id: 'b', key: 'comment-1', data: { n: 2 } })).toBe('sent')
    await until(() => worked === 3)
  })

  test('a job comes again as its worker asks, one at a time and with new data', async () => {
    const seen: (readonly [number, number])[] = []
    await engine.work(keyed, async ({ data: { n }, attempt }) => {
      seen.push([n, attempt])
      return n < 4 ? { kind: 'again', afterMs: 20, data: { n: n + 1 } } : { kind: 'done' }
    })
    await engine.send(keyed, { id: 'a', key: 'comment-1', tenant: 5, data: { n: 1 } })
    await until(() => seen.length === 4)
    expect(seen).toEqual([1, 2, 3, 4].map((n) => [n, 0]))
    await until(async () => (await running(engine, keyed.name)) === 0)
    expect(meter.ended).toEqual(['again', 'again', 'again', 'done'])
  })

  test('a failed attempt is made again; after the last one somebody is told, once', async () => {
    const dead: DeadJob[] = []
    let told = 0
    await engine.onDead(async (job) => {
      told += 1
      if (told === 1) throw new Error('GitHub is away')
      dead.push(job)
    })
    await engine.work(plain, async ({ attempt }) => {
      throw new Error(`no luck in attempt ${attempt + 1}`)
    })
    await engine.send(plain, { id: 'a', data: { n: 7 } })
    await until(() => dead.length === 1)
    expect(dead).toEqual([{ queue: plain.name, data: { n: 7 }, why: 'no luck in attempt 2' }])
    expect(meter.ended).toEqual(['failed', 'failed'])
    expect(opened.log.lines.filter((line) => line.includes('no luck'))).toHaveLength(2)
  })

  test('a worker may give a job up at once, and one of another form never reaches it', async () => {
    const dead: DeadJob[] = []
    await engine.onDead(async (job) => void dead.push(job))
    let worked = 0
    await engine.work(plain, async () => {
      worked += 1
      return { kind: 'dead', why: 'the repository is gone' }
    })
    await engine.send(plain, { id: 'a', data: { n: 1 } })
    const older: Queue<object> = plain
    await engine.send(older, { id: 'b', data: { number: 'one' } })
    await until(() => dead.length === 2)
    expect(worked).toBe(1)
    expect(dead.map(({ why }) => why).sort()).toEqual([
      expect.stringContaining(`not a job of ${plain.name}`),
      'the repository is gone',
    ])
  })

  test('in a batch each job has its own end', async () => {
    const seen: string[] = []
    await engine.sendAll(
      batched,
      Array.from({ length: 12 }, (_, n) => ({ id: `${n}`, data: { n } })),
    )
    await engine.work(batched, async ({ data: { n }, attempt }) => {
      seen.push(`${n}/${attempt}`)
      if (n === 3 && attempt === 0) throw new Error('once')
      return { kind: 'done' }
    })
    await until(() => seen.length === 13)
    expect(seen.toSorted()).toEqual([...Array.from({ length: 12 }, (_, n) => `${n}/0`), '3/1'].toSorted())
  })

  test('a queue that takes jobs by the batch looks when it is told to, however often', async () => {
    const { seen, worker } = gather<Numbered>()
    await engine.work({ ...batched, pollSeconds: 60 }, worker)
    await sleep(500)
    for (let n = 0; n < 20; n++) {
      await engine.send(batched, { id: `${n}`, data: { n } })
      engine.wake(batched)
    }
    await until(() => seen.length === 20)
    expect(new Set(seen.map(({ data }) => data.n)).size).toBe(20)
  })

  test('INV10 a flood of one tenant does not delay another, whose job starts while the flood is at work', async () => {
    const seen: number[] = []
    const open = Promise.withResolvers<void>()
    await engine.sendAll(
      plain,
      Array.from({ length: 300 }, (_, n) => ({ id: `flood-${n}`, tenant: 1, data: { n } })),
    )
    await engine.work(plain, async ({ data: { n } }) => {
      seen.push(n)
      await open.promise
      return { kind: 'done' }
    })
    await until(() => seen.length === 2)
    await engine.send(plain, { id: 'other', tenant: 2, data: { n: 1000 } })
    await until(() => seen.length === 3)
    expect(seen).toContain(1000)
    // What was claimed beyond the limit, by lanes that looked at the same moment, is put back.
    await until(async () => {
      const { running, waiting, later } = await countOf(engine, plain.name)
      return running === 3 && waiting + later === 298
    })
    open.resolve()
    await until(() => seen.length === 301, 60_000)
  })

  test('L09 an urgent job goes before all others, and has a lane where all are taken', async () => {
    const seen: number[] = []
    const open = Promise.withResolvers<void>()
    await engine.work(plain, async ({ data: { n } }) => {
      seen.push(n)
      await open.promise
      return { kind: 'done' }
    })
    await engine.sendAll(
      plain,
      Array.from({ length: 20 }, (_, n) => ({ id: `${n}`, tenant: n, data: { n } })),
    )
    await until(() => seen.length === 4)
    await engine.send(plain, { id: 'rollback', tenant: 3, urgency: 'safety', data: { n: 100 } })
    await until(() => seen.length === 5)
    expect(seen.at(-1)).toBe(100)
    await engine.send(plain, { id: 'rollback 2', tenant: 4, urgency: 'safety', data: { n: 101 } })
    open.resolve()
    await until(() => seen.length === 22)
    // One of the lanes that became free first took it, though sixteen had waited longer.
    expect(seen.slice(5, 10)).toContain(101)
  })

  test('a job sent in a transaction that is undone was never sent', async () => {
    const { seen, worker } = gather<Numbered>()
    await engine.work(plain, worker)
    const undone = opened.store.transaction(async (tx) => {
      await engine.send(plain, { id: 'a', data: { n: 1 } }, tx)
      throw new Error('no')
    })
    await expect(undone).rejects.toThrow('no')
    await opened.store.transaction(async (tx) => {
      await engine.send(plain, { id: 'b', data: { n: 2 } }, tx)
    })
    await until(() => seen.length === 1)
    expect(seen[0]?.data).toEqual({ n: 2 })
  })

  test('INV7 whoever lost a claim changes nothing when it wakes', async () => {
    const { store } = opened
    await store.run('CREATE TABLE written (n integer, attempt integer)', [])
    const frozen = Promise.withResolvers<void>()
    const woken = Promise.withResolvers<unknown>()
    await engine.work(hasty, async (job) => {
      // The first attempt stands still until long after another has taken over.
      if (job.attempt === 0) await frozen.promise
      try {
        await store.transaction(async (tx) => {
          await tx.run('INSERT INTO written VALUES ($1, $2)', [job.data.n, job.attempt])
          await engine.settle(job, tx)
        })
      } catch (error) {
        woken.resolve(error)
        throw error
      }
      return { kind: 'done' }
    })
    await engine.send(hasty, { id: 'a', data: { n: 1 } })
    await until(async () => (await written(store)).length === 1, 60_000)
    frozen.resolve()
    expect(await woken.promise).toBeInstanceOf(ClaimLost)
    expect(await written(store)).toEqual([{ n: 1, attempt: 1 }])
    await until(() => meter.ended.includes('lost'))
    await sleep(1000)
    expect(await written(store)).toEqual([{ n: 1, attempt: 1 }])
  })

  test('L15 stopping waits for what is under way and takes nothing more', async () => {
    const seen: number[] = []
    const ended: number[] = []
    await engine.work(plain, async ({ data: { n } }) => {
      seen.push(n)
      await sleep(300)
      ended.push(n)
      return { kind: 'done' }
    })
    await engine.sendAll(
      plain,
      Array.from({ length: 10 }, (_, n) => ({ id: `${n}`, data: { n } })),
    )
    await until(() => seen.length >= 4)
    await engine.stop(10_000)
    expect(new Set(ended)).toEqual(new Set(seen))
    const left = seen.length
    await sleep(500)
    expect(seen).toHaveLength(left)
  })

  test('what is done again and again goes on whatever one turn throws', async () => {
    let turns = 0
    const queue: Queue<object> = { ...keyed, data: z.object({}) }
    await engine.every(queue, 10, async () => {
      turns += 1
      if (turns === 2) throw new Error('GitHub is away')
    })
    await until(() => turns >= 4)
    expect(opened.log.lines).toContain(`error ${keyed.name}: GitHub is away`)
  })
})

function gather<Data extends object>(): {
  seen: Job<Data>[]
  worker: (job: Job<Data>) => Promise<{ kind: 'done' }>
} {
  const seen: Job<Data>[] = []
  return {
    seen,
    worker: async (job) => {
      seen.push(job)
      return { kind: 'done' }
    },
  }
}

async function running(engine: Engine, name: string): Promise<number> {
  return (await countOf(engine, name)).running
}

async function countOf(engine: Engine, name: string): Promise<QueueCount> {
  const found = (await engine.counts()).find(({ queue }) => queue === name)
  if (found === undefined) throw new Error(`there is no queue ${name}`)
  return found
}

async function written(store: OpenedStore['store']): Promise<readonly unknown[]> {
  return store.rows(z.unknown(), 'SELECT n, attempt FROM written')
}

async function until(met: () => boolean | Promise<boolean>, mostMs = 20_000): Promise<void> {
  const endMs = performance.now() + mostMs
  while (!(await met())) {
    if (performance.now() > endMs) throw new Error(`not met within ${mostMs} ms`)
    await sleep(10)
  }
}
