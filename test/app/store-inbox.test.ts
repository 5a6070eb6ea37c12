import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Delivery } from '../../app/inbox.ts'
import type { Engine } from '../../app/engine/engine.ts'
import { deliveries } from '../../app/engine/queues.ts'
import { startEngine } from '../../app/engine/start-engine.ts'
import { type DatabaseInbox, databaseInbox } from '../../app/store/database-inbox.ts'
import { type OpenedStore, type StoreHome, storeHomes } from '../support/app-store.ts'
import { countingMeter } from '../support/counting-meter.ts'

let guids = 0

function delivery(over: Partial<Delivery> = {}): Delivery {
  guids += 1
  return {
    id: `${guids.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
    event: 'issue_comment',
    action: 'created',
    installationId: 11,
    repositoryId: 22,
    payload: `{"action":"created","comment":{"body":"/deploy \u{1F680} \\u2028 \\u0000 ${guids}"}}`,
    receivedAtMs: 1_800_000_000_000 + guids,
    ...over,
  }
}

describe.each(storeHomes)('the inbox %s', (_name, start) => {
  let home: StoreHome
  let opened: OpenedStore
  let engine: Engine
  let inbox: DatabaseInbox
  beforeAll(async () => {
    home = await start()
    opened = await home.open()
    const { meter } = countingMeter()
    engine = await startEngine({ store: opened.store, queues: [deliveries], log: opened.log, meter })
  })
  afterAll(async () => {
    await engine.stop(1000)
    await opened.store.close()
    await home.remove()
  })
  beforeEach(async () => {
    inbox = databaseInbox(opened.store, engine)
  })

  const waiting = async (): Promise<number> => {
    const counts = await engine.counts()
    return counts.find(({ queue }) => queue === 'deliveries')?.waiting ?? -1
  }

  const jobsOf = async (...ids: readonly string[]): Promise<readonly (readonly string[])[]> => {
    const found = await opened.store.rows(
      z.object({ data: deliveries.data }),
      `SELECT data FROM pgboss.job WHERE name = 'deliveries'`,
    )
    return found
      .map(({ data }) => data.deliveries.filter((id) => ids.includes(id)))
      .filter(({ length }) => length > 0)
  }

  test('W04 a delivery is read as it came in, byte for byte', async () => {
    const one = delivery()
    expect(await inbox.store(one)).toBe('stored')
    expect(await inbox.read([one.id])).toEqual([one])
    const { installationId: _i, repositoryId: _r, action: _a, ...push } = delivery({ event: 'ping' })
    expect(await inbox.store(push)).toBe('stored')
    expect(await inbox.read([push.id, one.id, 'unknown'])).toEqual([one, push])
    // Another process has nothing but the database.
    expect(await databaseInbox(opened.store, engine).read([push.id, one.id])).toEqual([one, push])
  })

  test('W06 a delivery that comes again, at once or later, is known, and has one job', async () => {
    const [one, other] = [delivery(), delivery({ installationId: 12 })]
    const second = databaseInbox(opened.store, engine)
    const answers = await Promise.all([
      inbox.store(one),
      inbox.store(other),
      inbox.store(one),
      second.store(other),
      second.store(one),
    ])
    expect(answers.filter((answer) => answer === 'stored')).toHaveLength(2)
    expect(await inbox.store(one)).toBe('known')
    const jobs = await jobsOf(one.id, other.id)
    // No job has deliveries of two installations: each waits for its own turn.
    expect(jobs.flat().toSorted()).toEqual([one.id, other.id].toSorted())
    expect(jobs).toHaveLength(2)
  })

  test('one that is worked off is remembered without its payload', async () => {
    const one = delivery()
    await inbox.store(one)
    expect(await inbox.handled([one.id])).toBe(1)
    expect(await inbox.handled([one.id])).toBe(0)
    expect(await inbox.handled([])).toBe(0)
    expect(await inbox.read([one.id])).toEqual([])
    expect(await inbox.store(one)).toBe('known')
    await inbox.dead(one.id)
    expect(await inbox.store(one)).toBe('known')
  })

  test('one that was given up comes back when GitHub delivers it again, with a job of its own', async () => {
    const one = delivery()
    await inbox.store(one)
    await inbox.dead(one.id)
    expect(await inbox.read([one.id])).toEqual([])
    const before = await waiting()
    expect(await inbox.store({ ...one, receivedAtMs: one.receivedAtMs + 5 })).toBe('stored')
    expect(await inbox.read([one.id])).toEqual([{ ...one, receivedAtMs: one.receivedAtMs + 5 }])
    expect(await waiting()).toBe(before + 1)
    expect(await inbox.store(one)).toBe('known')
  })

  test('what came in before a time is forgotten', async () => {
    const [old, young] = [delivery({ receivedAtMs: 1000 }), delivery({ receivedAtMs: 2000 })]
    await Promise.all([inbox.store(old), inbox.store(young)])
    expect(await inbox.forget(2000)).toBe(1)
    expect(await inbox.store(young)).toBe('known')
    expect(await inbox.store(old)).toBe('stored')
  })

  test('what no text can hold is refused, and nobody else is', async () => {
    const [first, poison, last] = [delivery(), delivery({ action: 'a\u0000b' }), delivery()]
    // The first is on its way alone; the others wait and go together.
    const stored = await Promise.allSettled([
      inbox.store(delivery()),
      ...[first, poison, last].map(inbox.store),
    ])
    expect(stored.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect(await inbox.read([poison.id])).toEqual([])
  })

  test('where its job cannot be kept, neither is the delivery', async () => {
    const failing: Pick<Engine, 'sendAll' | 'wake'> = {
      wake: () => {},
      sendAll: async () => {
        throw new Error('no queue')
      },
    }
    const one = delivery()
    await expect(databaseInbox(opened.store, failing).store(one)).rejects.toThrow('no queue')
    expect(await inbox.store(one)).toBe('stored')
  })

  test('hundreds at once are all kept, in a few transactions', async () => {
    let transactions = 0
    const counting = {
      ...opened.store,
      transaction: async <R>(body: Parameters<typeof opened.store.transaction<R>>[0]) => {
        transactions += 1
        return opened.store.transaction(body)
      },
    }
    const many = databaseInbox(counting, engine)
    const answers = await Promise.all(Array.from({ length: 400 }, async () => many.store(delivery())))
    expect(new Set(answers)).toEqual(new Set(['stored']))
    expect(transactions).toBeLessThan(20)
  })
})
