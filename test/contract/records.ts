import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Records } from '../../src/ports/records.ts'

/** A place for records, empty at first. */
export interface RecordsWorld {
  readonly records: Records
  /** The same place as another process opens it. */
  reopen(): Records
  /** Puts something under this key that is no record. */
  spoil(key: string): Promise<void>
  close(): Promise<void>
}

const ROUNDS = 100

/** What every place for records keeps: git refs, the App's database, and memory. */
export function recordsContract(name: string, open: () => Promise<RecordsWorld>): void {
  describe(`${name} keeps the contract of records`, () => {
    let world: RecordsWorld
    let records: Records
    beforeEach(async () => {
      world = await open()
      records = world.records
    })
    afterEach(() => world.close())

    const KEY = 'locks/production'
    const written = async (value: unknown, revision?: string, key = KEY): Promise<string> => {
      const write = await records.write(key, value, revision)
      if (write.kind !== 'written') throw new Error(`${key} was not written`)
      return write.record.revision
    }

    test('nothing is there at first', async () => {
      expect(await records.read(KEY)).toEqual({ kind: 'absent' })
      expect(await records.list('locks/')).toEqual([])
    })

    test('what was written is read as it was, by another process too', async () => {
      const value = { pull: 7, by: { login: 'Zoë' }, list: [1, null, true], text: '"\\\n\u2028<!-- -->' }
      const write = await records.write(KEY, value, undefined)
      expect(write).toEqual({ kind: 'written', record: { key: KEY, value, revision: expect.any(String) } })
      if (write.kind !== 'written') return
      expect(await world.reopen().read(KEY)).toEqual({ kind: 'found', record: write.record })
      expect(await records.read(KEY)).toEqual({ kind: 'found', record: write.record })
    })

    test('what is there is not made a second time', async () => {
      await written({ by: 'first' })
      expect(await world.reopen().write(KEY, { by: 'second' }, undefined)).toEqual({ kind: 'conflict' })
      expect(await records.read(KEY)).toMatchObject({ record: { value: { by: 'first' } } })
    })

    test('only who read the newest may write the next', async () => {
      const first = await written(1)
      const second = await written(2, first)
      expect(second).not.toBe(first)
      expect(await world.reopen().write(KEY, 'late', first)).toEqual({ kind: 'conflict' })
      expect(await records.write(KEY, 'late', first)).toEqual({ kind: 'conflict' })
      expect(await world.reopen().read(KEY)).toMatchObject({ record: { value: 2, revision: second } })
    })

    test('the same value again is another revision', async () => {
      const first = await written(1)
      expect(await written(1, first)).not.toBe(first)
    })

    test('what was removed is absent, and can be made anew', async () => {
      const first = await written({ by: 'first' })
      expect(await records.remove(KEY, first)).toBe('removed')
      expect(await world.reopen().read(KEY)).toEqual({ kind: 'absent' })
      expect(await records.read(KEY)).toEqual({ kind: 'absent' })
      const write = await world.reopen().write(KEY, { by: 'second' }, undefined)
      expect(write.kind).toBe('written')
      // Whoever still holds the first one's revision has lost, however equal the two may look.
      expect(await records.write(KEY, 'late', first)).toEqual({ kind: 'conflict' })
      expect(await records.remove(KEY, first)).toBe('conflict')
      expect(await world.reopen().read(KEY)).toMatchObject({ record: { value: { by: 'second' } } })
    })

    test('only who read the newest may remove it', async () => {
      const first = await written(1)
      await written(2, first)
      expect(await world.reopen().remove(KEY, first)).toBe('conflict')
      expect(await records.read(KEY)).toMatchObject({ record: { value: 2 } })
    })

    test('the list has those of the prefix by key, and none that was removed', async () => {
      for (const key of ['locks/staging', 'lifted/abc', 'locks/production', 'locks/gone'])
        await written(key, undefined, key)
      const gone = await records.read('locks/gone')
      if (gone.kind === 'found') await records.remove('locks/gone', gone.record.revision)
      const listed = await world.reopen().list('locks/')
      expect(listed.map((one) => (one.kind === 'found' ? one.record.value : one.kind))).toEqual([
        'locks/production',
        'locks/staging',
      ])
    })

    test('L07 what is no record blocks, says where it is, and is never overwritten', async () => {
      await world.spoil(KEY)
      const blocked = { kind: 'unreadable', why: expect.any(String), where: expect.stringMatching(/\w/) }
      expect(await records.read(KEY)).toEqual(blocked)
      expect(await records.write(KEY, { by: 'me' }, undefined)).toEqual({ kind: 'conflict' })
      expect(await world.reopen().list('locks/')).toEqual([blocked])
      expect(await world.reopen().read(KEY)).toEqual(blocked)
    })

    test(
      `L03 of two who claim at the same time one wins, in each of ${ROUNDS} rounds`,
      { timeout: 300_000 },
      async () => {
        const claimants = [world.reopen(), world.reopen()]
        for (let round = 0; round < ROUNDS; round += 1) {
          // The very same value: being equal to what stands there is no proof of having won.
          const claims = await Promise.all(
            claimants.map(async (one) => one.write(`locks/${round}`, { by: 'who' }, undefined)),
          )
          expect(claims.map(({ kind }) => kind).sort()).toEqual(['conflict', 'written'])
          const won = claims.find((claim) => claim.kind === 'written')
          expect(await records.read(`locks/${round}`)).toEqual({ kind: 'found', record: won?.record })
        }
      },
    )

    test('L03 of several who change the same revision at the same time one wins', async () => {
      let revision = await written(0)
      for (let round = 1; round <= 5; round += 1) {
        const from = revision
        const changes = await Promise.all(
          [1, 2, 3].map(async () => world.reopen().write(KEY, { round }, from)),
        )
        const won = changes.filter((change) => change.kind === 'written')
        expect(won).toHaveLength(1)
        revision = won[0]?.kind === 'written' ? won[0].record.revision : ''
        expect(await records.read(KEY)).toMatchObject({ record: { revision } })
      }
    })

    test('L03 of a change and a removal at the same time one wins', async () => {
      const revision = await written(0)
      const [change, removal] = await Promise.all([
        world.reopen().write(KEY, 1, revision),
        world.reopen().remove(KEY, revision),
      ])
      expect([change.kind === 'written', removal === 'removed'].filter(Boolean)).toHaveLength(1)
      expect((await records.read(KEY)).kind).toBe(removal === 'removed' ? 'absent' : 'found')
    })
  })
}
