import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { StoreSettings } from '../../app/settings.ts'
import { postgresHome } from '../support/app-store.ts'
import { hasPostgres } from '../support/postgres.ts'
import { killReplicas, startReplica } from '../support/replica.ts'

const MINUTES = 60_000

/** One delivery of a comment; GitHub's redelivery of it has the same id. */
function guid(n: number): string {
  return `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`
}

afterEach(killReplicas)

describe.runIf(hasPostgres())('replicas on PostgreSQL', () => {
  test(
    'W06 the same delivery to two replicas at once, 100 times: one execution each',
    { timeout: 5 * MINUTES },
    async () => {
      const home = await postgresHome()
      const url = await home.server.database()
      const settings: StoreSettings = { kind: 'postgres', url }
      const done: string[] = []
      const onLine = (line: string): void => void (line.startsWith('done') && done.push(line))
      const replicas = await Promise.all([1, 2].map(async () => startReplica(settings, { onLine })))
      const comments = Array.from({ length: 100 }, (_, n) => n)
      for (const n of comments) {
        const kept = await Promise.all(replicas.map(async (replica) => replica.deliver(guid(n), n)))
        expect(kept).toEqual([true, true])
      }
      await until(() => done.length >= comments.length)
      await sleep(1000)
      await Promise.all(replicas.map(async (replica) => replica.kill()))
      expect(done.toSorted()).toEqual(comments.map((n) => `done ${n}`).toSorted())
      await home.remove()
    },
  )

  test(
    'INV7 a replica that stood still while another took over changes nothing when it wakes',
    { timeout: 3 * MINUTES },
    async () => {
      const home = await postgresHome()
      const url = await home.server.database()
      const settings: StoreSettings = { kind: 'postgres', url }
      const lines: string[] = []
      const asleep = await startReplica(settings, {
        dawdleMs: 500,
        onLine: (line) => void lines.push(`asleep ${line}`),
      })
      await asleep.deliver(guid(1), 1)
      await until(() => lines.includes('asleep begun 1'))
      asleep.freeze()
      const awake = await startReplica(settings, { onLine: (line) => void lines.push(`awake ${line}`) })
      await until(() => lines.includes('awake done 1'), MINUTES)
      asleep.thaw()
      await sleep(3000)
      expect(lines).not.toContain('asleep done 1')
      await Promise.all([asleep, awake].map(async (replica) => replica.kill()))
      const { store } = await home.open(url)
      const rows = await store.rows(z.object({ attempt: z.number() }), 'SELECT attempt FROM effects')
      expect(rows).toEqual([{ attempt: 1 }])
      await store.close()
      await home.remove()
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
