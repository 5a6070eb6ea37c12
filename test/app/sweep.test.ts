import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deliveryList } from '../../app/delivery-list.ts'
import type { Delivery } from '../../app/inbox.ts'
import { type ListedDelivery, lostDeliveries } from '../../app/lost-deliveries.ts'
import { deliverySweep, type SweepMark } from '../../app/sweep.ts'
import { openClients, registerApp } from '../support/app/app-clients.ts'
import { type GitHub, startGitHub } from '../support/github/start-github.ts'
import type { HubRepository } from '../support/github/hub-repository.ts'
import { type ManualClock, manualClock } from '../support/manual-clock.ts'
import { type MemoryLog, memoryLog } from '../support/memory-log.ts'

describe('a delivery is lost', () => {
  const NOW = Date.UTC(2026, 10, 23, 12)
  let ids = 0
  const attempt = (
    guid: string,
    statusCode: number,
    minutesAgo = 5,
    event = 'issue_comment',
  ): ListedDelivery => ({
    id: (ids += 1),
    guid,
    event,
    deliveredAtMs: NOW - minutesAgo * 60_000,
    statusCode,
  })
  const lost = (...listed: ListedDelivery[]): string[] => lostDeliveries(listed, NOW).map(({ guid }) => guid)

  it.each([0, 401, 404, 408, 500, 502, 503])('when nobody took it: %d', (status) => {
    expect(lost(attempt('a', status))).toEqual(['a'])
  })

  it('not when one of its attempts was taken, in whatever order', () => {
    expect(lost(attempt('a', 502, 9), attempt('a', 202, 5))).toEqual([])
    expect(lost(attempt('a', 202, 9), attempt('a', 502, 5))).toEqual([])
  })

  it('once, by its newest attempt, the oldest delivery first', () => {
    const listed = [attempt('b', 0, 3), attempt('a', 0, 4), attempt('a', 502, 8)]
    expect(lostDeliveries(listed, NOW)).toEqual([listed[1], listed[0]])
  })

  it('not while it may still be on its way', () => {
    expect(lost(attempt('a', 0, 0.5))).toEqual([])
  })

  it('not when it is of an event that we do not work on', () => {
    expect(lost(attempt('a', 0, 5, 'star'))).toEqual([])
  })
})

describe('the sweep', () => {
  let clock: ManualClock
  let hub: GitHub
  let shop: HubRepository
  let kept: Delivery[]
  let marked: number | undefined
  let log: MemoryLog
  const mark: SweepMark = { read: async () => marked, write: async (untilMs) => void (marked = untilMs) }

  beforeEach(async () => {
    clock = manualClock()
    hub = await startGitHub({ clock })
    shop = await hub.createRepository({ owner: 'acme', name: 'shop', files: { 'a.txt': 'a\n' } })
    kept = []
    marked = undefined
    log = memoryLog()
  })
  afterEach(async () => {
    await hub.close()
  })

  /** A new process that sweeps; nobody listens at the webhook's address. */
  async function startSweep(
    store?: (delivery: Delivery) => Promise<'stored' | 'known'>,
  ): Promise<() => Promise<number>> {
    const { app, metrics } = await openClients(hub, credentials(), clock)
    const keep = async (delivery: Delivery): Promise<'stored' | 'known'> => {
      if (kept.some(({ id }) => id === delivery.id)) return 'known'
      kept.push(delivery)
      return 'stored'
    }
    return deliverySweep({
      list: deliveryList(app),
      inbox: { store: store ?? keep },
      mark,
      clock,
      metrics,
      log,
    })
  }

  let registered: ReturnType<typeof registerApp> | undefined
  function credentials(): ReturnType<typeof registerApp> {
    registered ??= registerApp(hub, 'http://127.0.0.1:1/api/github/webhooks')
    return registered
  }
  function installed(): void {
    registered = undefined
    hub.install({ appId: credentials().id, account: 'acme' })
  }

  async function push(): Promise<void> {
    await shop.commit({ files: { 'a.txt': `${clock.now()}\n` } })
    await hub.deliveries.idle()
  }

  it('W07 W08 keeps what never arrived, as it was sent, oldest first', async () => {
    installed()
    const sweep = await startSweep()
    expect(await sweep()).toBe(0)
    clock.advance(60_000)
    await push()
    clock.advance(60_000)
    await push()
    clock.advance(28 * 60_000)
    expect(await (await startSweep())()).toBe(3)
    const sent = hub.deliveries.all
    expect(sent.map(({ event }) => event)).toEqual(['installation', 'push', 'push'])
    expect(kept.map(({ id }) => id)).toEqual(sent.map(({ guid }) => guid))
    expect(kept[1]).toMatchObject({ event: 'push', repositoryId: shop.id, receivedAtMs: clock.now() })
    expect(kept.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual(
      sent.map(({ payload }) => payload),
    )
  })

  it('begins with now where there is no mark: an App without a past answers to none', async () => {
    installed()
    await push()
    clock.advance(3_600_000)
    expect(await (await startSweep())()).toBe(0)
  })

  it('fetches nothing twice, though GitHub goes on saying that it was lost', async () => {
    installed()
    const sweep = await startSweep()
    await sweep()
    await push()
    clock.advance(120_000)
    await sweep()
    const fetched = (): number => hub.requests.filter(({ path }) => /deliveries\/\d+$/.test(path)).length
    const before = fetched()
    expect(before).toBeGreaterThan(0)
    await sweep()
    expect(fetched()).toBe(before)
  })

  it('comes back to what could not be kept', async () => {
    installed()
    await (
      await startSweep()
    )()
    await push()
    clock.advance(120_000)
    await (
      await startSweep(async () => Promise.reject(new Error('the database is away')))
    )()
    expect(log.lines.join('\n')).toContain('could not be recovered: the database is away')
    // Longer than the overlap: only the mark can bring it back.
    clock.advance(3_600_000)
    await (
      await startSweep()
    )()
    expect(kept.filter(({ event }) => event === 'push')).toHaveLength(1)
  })

  it('goes through as many pages as there are since the last time', async () => {
    installed()
    await (
      await startSweep()
    )()
    for (let index = 0; index < 3; index += 1) await push()
    const one = hub.deliveries.all.find(({ event }) => event === 'push')
    for (let index = 0; index < 110; index += 1) hub.deliveries.redeliver(one!)
    await hub.deliveries.idle()
    clock.advance(600_000)
    await (
      await startSweep()
    )()
    expect(kept.filter(({ event }) => event === 'push')).toHaveLength(3)
  })
})
