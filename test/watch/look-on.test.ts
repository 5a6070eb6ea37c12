import { beforeEach, expect, test } from 'vitest'
import { lookOn } from '../../src/watch/look-on.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'
import { SHA, stepUntil, watchLive, type WatchWorld, watchWorld } from '../support/watch/watch-world.ts'

/** Errors prove it at the first looks; how many are slow takes longer to tell. */
const BAD = { perSecond: 20, bad: 0.3, slow: 0.03 }
const GOOD = { perSecond: 20, bad: 0.001, slow: 0.005 }

let world: WatchWorld
beforeEach(() => {
  world = watchWorld()
  world.service.fares(world.clock.now() - 4 * 3_600_000, GOOD)
})

/** Found bad, by one check alone. */
async function foundBad(): Promise<WatchRecord> {
  const begun = await watchLive(world, world.deploy(SHA).id)
  world.service.fares(world.clock.now(), BAD)
  const found = await stepUntil(world, begun, 'acting')
  expect(badOf(found)).toEqual(['errors'])
  return found
}

const badOf = ({ found }: { found?: WatchRecord['found'] | undefined }): string[] | undefined =>
  found?.checks.filter(({ verdict }) => verdict === 'unhealthy').map(({ name }) => name)

/** The environment was taken back after so long; the decision about the merge comes a minute later. */
function takenBackAfter(record: WatchRecord, ms: number): WatchRecord {
  const backMs = world.clock.now() + ms
  world.service.fares(backMs, GOOD)
  world.clock.advance(ms + 60_000)
  const ended = { kind: 'rolled_back', message: '', atMs: backMs } as const
  return { ...record, acts: { ...record.acts, rollback: { begunAtMs: backMs - ms, ended } } }
}

test('a check that agrees while the bad version is being taken back counts, and what was found first stays', async () => {
  const record = await foundBad()
  const found = await lookOn(takenBackAfter(record, 8 * 60_000), world.ports)
  expect(badOf({ found })).toEqual(['errors', 'latency'])
  expect(found).toMatchObject({ line: record.found?.line, verdict: 'unhealthy' })
})

test('what was taken back at once was proved by one check, whatever users meet afterwards', async () => {
  const record = await foundBad()
  const found = await lookOn(takenBackAfter(record, 1000), world.ports)
  expect(found).toEqual(record.found)
})

test('a source that does not answer by then changes nothing of what was found', async () => {
  const record = takenBackAfter(await foundBad(), 8 * 60_000)
  world.service.trouble = 'refuses'
  expect(await lookOn(record, world.ports)).toEqual(record.found)
})
