import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseRecords } from '../../app/store/database-records.ts'
import { recordsContract } from '../contract/records.ts'
import { type OpenedStore, type StoreHome, storeHomes } from '../support/app-store.ts'

describe.each(storeHomes)('%s', (name, start) => {
  let home: StoreHome
  let opened: OpenedStore
  let repository = 0
  beforeAll(async () => {
    home = await start()
    opened = await home.open()
  })
  afterAll(async () => {
    await opened.store.close()
    await home.remove()
  })

  recordsContract(`the database ${name}`, async () => {
    const { store } = opened
    const id = ++repository
    return {
      records: databaseRecords(store, id),
      reopen: () => databaseRecords(store, id),
      async spoil(key) {
        await store.run(`INSERT INTO seamless.records (repository_id, key, value) VALUES ($1, $2, 'oops')`, [
          id,
          key,
        ])
      },
      close: async () => {},
    }
  })

  test('N02 the same key in two repositories is two records', async () => {
    const [one, other] = [databaseRecords(opened.store, 9001), databaseRecords(opened.store, 9002)]
    const written = await one.write('locks/production', 'one', undefined)
    expect(await other.read('locks/production')).toEqual({ kind: 'absent' })
    expect(await other.list('locks/')).toEqual([])
    const revision = written.kind === 'written' ? written.record.revision : 'not written'
    expect(await other.remove('locks/production', revision)).toBe('conflict')
    expect(await one.list('locks/')).toHaveLength(1)
  })
})
