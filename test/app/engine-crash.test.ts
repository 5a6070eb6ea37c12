import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { StoreSettings } from '../../app/settings.ts'
import { type StoreHome, storeHomes } from '../support/app-store.ts'
import { killPoints, killReplicas, startReplica } from '../support/replica.ts'

const MINUTES = 60_000

/** One delivery of a comment; GitHub's redelivery of it has the same id. */
function guid(n: number): string {
  return `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`
}

afterEach(killReplicas)

describe.each(storeHomes)('%s', (_name, start) => {
  let home: StoreHome
  let settings: StoreSettings
  beforeAll(async () => {
    home = await start()
    const { store, database } = await home.open()
    settings =
      store.home === 'folder' ? { kind: 'embedded', folder: database } : { kind: 'postgres', url: database }
    await store.close()
  })
  afterAll(async () => home.remove())

  const database = (): string => (settings.kind === 'embedded' ? settings.folder : settings.url)

  const effects = async (): Promise<readonly number[]> => {
    const { store } = await home.open(database())
    const rows = await store.rows(
      z.object({ n: z.coerce.number() }),
      'SELECT comment AS n FROM effects ORDER BY comment',
    )
    await store.close()
    return rows.map(({ n }) => n)
  }

  test(
    'W07 L01 kill -9 at each point of a delivery: nothing that was acknowledged is lost, nothing is done twice',
    { timeout: 5 * MINUTES },
    async () => {
      const unkept: number[] = []
      for (const [n, dieAt] of killPoints.entries()) {
        const doomed = await startReplica(settings, { dieAt })
        if (!(await doomed.deliver(guid(n), n))) unkept.push(n)
        await doomed.ended
      }
      // GitHub was never told yes before the delivery was kept.
      expect(unkept).toEqual(expect.arrayContaining([0, 1]))
      const last = await startReplica(settings)
      // The sweep finds those that were never acknowledged, whether they are kept or not.
      for (const n of unkept) expect(await last.deliver(guid(n), n)).toBe(true)
      await until(async () => (await last.effects()) === killPoints.length)
      // Whatever would be done twice had its chance.
      await sleep(3000)
      await last.kill()
      expect(await effects()).toEqual([...killPoints.keys()])
    },
  )

  test(
    'W07 killed again and again under load, with every comment told by two deliveries, each is done once',
    { timeout: 5 * MINUTES },
    async () => {
      const before = (await effects()).length
      const comments = Array.from({ length: 60 }, (_, n) => 1000 + n)
      const pending = new Map(
        comments.flatMap((comment) => [
          [guid(comment), comment],
          [guid(comment + 5000), comment],
        ]),
      )
      for (let kills = 0; pending.size > 0 || kills < 4; kills++) {
        const replica = await startReplica(settings)
        const acknowledging = [...pending].map(async ([id, comment]) => {
          // It comes in bit by bit, so that some is under way whenever the process dies.
          await sleep(randomInt(400))
          if (await replica.deliver(id, comment)) pending.delete(id)
        })
        // The last one may finish.
        const grace = kills < 4 ? sleep(randomInt(50, 400)) : undefined
        await Promise.race([Promise.all(acknowledging), ...(grace === undefined ? [] : [grace])])
        await replica.kill()
        await Promise.all(acknowledging)
      }
      const last = await startReplica(settings)
      await until(async () => ((await last.effects()) ?? 0) >= before + comments.length, 2 * MINUTES)
      await sleep(3000)
      await last.kill()
      expect((await effects()).filter((comment) => comment >= 1000)).toEqual(comments)
    },
  )
})

async function until(met: () => boolean | Promise<boolean>, mostMs = MINUTES): Promise<void> {
  const endMs = performance.now() + mostMs
  while (!(await met())) {
    if (performance.now() > endMs) throw new Error(`not met within ${mostMs} ms`)
    await sleep(100)
  }
}
