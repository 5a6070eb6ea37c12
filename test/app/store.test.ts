import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { commandLog } from '../../app/store/command-log.ts'
import { FolderInUse } from '../../app/store/folder-lock.ts'
import { headLedger } from '../../app/store/head-ledger.ts'
import { DatabaseTooNew } from '../../app/store/migrate.ts'
import { MIGRATIONS } from '../../app/store/migrations.ts'
import {
  folderHome,
  type OpenedStore,
  postgresHome,
  type StoreHome,
  storeHomes,
} from '../support/app-store.ts'
import { hasPostgres } from '../support/postgres.ts'

const AWAY = /ECONNREFUSED|terminated|shut ?down|reset/i

const number = z.object({ n: z.coerce.number() })

describe.each(storeHomes)('the store %s', (_name, start) => {
  let home: StoreHome
  let opened: OpenedStore
  beforeAll(async () => {
    home = await start()
    opened = await home.open()
  })
  afterAll(async () => {
    await opened.store.close()
    await home.remove()
  })

  test('what was written is there after a restart, and its form is made once', async () => {
    const { store, database } = await home.open()
    await headLedger(store, 1).note({ pull: 2, sha: 'a'.repeat(40), atMs: 3, receivedAtMs: 4 })
    await store.close()
    const again = await home.open(database)
    expect(await headLedger(again.store, 1).heads(2)).toEqual([
      { sha: 'a'.repeat(40), atMs: 3, receivedAtMs: 4 },
    ])
    await again.store.run('INSERT INTO seamless.migrations (id) VALUES ($1)', [1000])
    await again.store.close()
    await again.store.close()
    await expect(home.open(database)).rejects.toThrow(DatabaseTooNew)
  })

  test('a transaction whose body throws changed nothing, and the next one works', async () => {
    const { store } = opened
    await store.run('CREATE TABLE undone (n integer)', [])
    const failing = store.transaction(async (tx) => {
      await tx.run('INSERT INTO undone VALUES ($1)', [1])
      await tx.run('INSERT INTO nowhere VALUES ($1)', [1])
    })
    await expect(failing).rejects.toThrow(/nowhere/)
    expect(await store.rows(number, 'SELECT count(*) AS n FROM undone')).toEqual([{ n: 0 }])
    await store.transaction(async (tx) => tx.run('INSERT INTO undone VALUES ($1)', [1]))
    expect(await store.rows(number, 'SELECT count(*) AS n FROM undone')).toEqual([{ n: 1 }])
    await store.ping()
  })

  test('a busy store leaves turns of the event loop to others', async () => {
    let turns = 0
    const busy = new AbortController()
    const others = (async () => {
      while (!busy.signal.aborted) {
        await turn()
        turns += 1
      }
    })()
    for (let n = 0; n < 50; n++) await opened.store.rows(number, 'SELECT 1 AS n')
    busy.abort()
    await others
    expect(turns).toBeGreaterThanOrEqual(50)
  })

  test('the ledger has each change of a head once, by GitHub’s time, of its own repository', async () => {
    const ledger = headLedger(opened.store, 7)
    const by = { id: 5, login: 'zoe' }
    const [a, b] = ['a'.repeat(40), 'b'.repeat(40)]
    await ledger.note({ pull: 1, sha: b, atMs: 2000, receivedAtMs: 2500, by })
    await ledger.note({ pull: 1, sha: a, atMs: 1000, receivedAtMs: 2600 })
    await ledger.note({ pull: 1, sha: b, atMs: 2000, receivedAtMs: 9999, by })
    // Pushed back to what it was: another change.
    await ledger.note({ pull: 1, sha: a, atMs: 3000, receivedAtMs: 3100, by })
    await ledger.note({ pull: 2, sha: a, atMs: 1, receivedAtMs: 1 })
    await headLedger(opened.store, 8).note({ pull: 1, sha: b, atMs: 1, receivedAtMs: 1 })
    expect(await ledger.heads(1)).toEqual([
      { sha: a, atMs: 1000, receivedAtMs: 2600 },
      { sha: b, atMs: 2000, receivedAtMs: 2500, by },
      { sha: a, atMs: 3000, receivedAtMs: 3100, by },
    ])
    expect(await ledger.heads(3)).toEqual([])
  })

  test('a command is taken once, whatever delivery told it, and ends once', async () => {
    const log = commandLog(opened.store)
    const key = { repositoryId: 1, commentId: 10, command: '/deploy production' }
    const command = { ...key, installationId: 3, pull: 4, queuedAtMs: 100 }
    const takes = await Promise.all([1, 2, 3].map(async () => log.take(command)))
    expect(takes.toSorted()).toEqual(['known', 'known', 'new'])
    expect(await log.take({ ...command, repositoryId: 2 })).toBe('new')
    expect(await log.start(key, 200)).toBe('running')
    // Its worker died, and another one begins again.
    expect(await log.start(key, 300)).toBe('running')
    expect(await log.open(1)).toEqual([{ ...command, state: 'running', startedAtMs: 200 }])
    expect(await log.end(key, 'promoted', 400)).toBe('ended')
    expect(await log.end(key, 'tests_failed', 500)).toBe('known')
    expect(await log.start(key, 600)).toBe('ended')
    expect(await log.take(command)).toBe('known')
    expect(await log.open(1)).toEqual([])
    expect(await log.open(2)).toHaveLength(1)
  })
})

describe('a folder', () => {
  let home: StoreHome
  beforeAll(() => {
    home = folderHome()
  })
  afterAll(async () => home.remove())

  test('is one process’s: the second is told of DATABASE_URL, and may have it afterwards', async () => {
    const { store, database } = await home.open()
    await expect(home.open(database)).rejects.toThrow(FolderInUse)
    await expect(home.open(database)).rejects.toThrow(/another process.*DATABASE_URL/s)
    await store.close()
    const { store: next } = await home.open(database)
    await next.ping()
    await next.close()
  })

  test('of another version is refused, and told what to do', async () => {
    const { store, database } = await home.open()
    await store.close()
    mkdirSync(path.join(database, 'pglite-0.4'))
    await expect(home.open(database)).rejects.toThrow(/pglite-0\.4 was written by another version/)
  })
})

describe.runIf(hasPostgres())('a PostgreSQL', () => {
  test('whose replicas start together is brought to form by one of them', async () => {
    const home = await postgresHome()
    const database = await home.server.database()
    const opened = await Promise.all([1, 2, 3, 4].map(async () => home.open(database)))
    const [{ store }] = opened as [OpenedStore]
    expect(await store.rows(z.object({ id: z.number() }), 'SELECT id FROM seamless.migrations')).toEqual(
      MIGRATIONS.map(({ id }) => ({ id })),
    )
    await Promise.all(opened.map(async ({ store }) => store.close()))
    await home.remove()
  })

  test(
    'L13 that is away makes every write fail, and is used again when it is back',
    { timeout: 120_000 },
    async () => {
      const home = await postgresHome()
      const { store } = await home.open()
      await headLedger(store, 1).note({ pull: 1, sha: 'a'.repeat(40), atMs: 1, receivedAtMs: 1 })
      await home.server.kill()
      await expect(store.ping()).rejects.toThrow(AWAY)
      await expect(store.transaction(async (tx) => tx.run('SELECT 1'))).rejects.toThrow(AWAY)
      await home.server.revive()
      await store.ping()
      expect(await headLedger(store, 1).heads(1)).toHaveLength(1)
      // It takes the statement, and stands still.
      home.server.freeze()
      await expect(store.ping()).rejects.toThrow(/timeout/i)
      await home.server.revive()
      await store.ping()
      await store.close()
      await home.remove()
    },
  )
})
