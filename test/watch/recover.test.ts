import { beforeEach, describe, expect, test } from 'vitest'

import { readBreaker } from '../../src/revert/breaker.ts'
import { queriesOf } from '../../src/health/query-plan.ts'
import { startRecovery, stopRecovery } from '../../src/watch/recover.ts'
import { superseded } from '../../src/watch/superseded.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'
import {
  SHA,
  SHA_LATER,
  stepOnce,
  stepUntil,
  watchedConfig,
  watchLive,
  type WatchWorld,
  watchWorld,
} from '../support/watch/watch-world.ts'

const BAD = { perSecond: 200, bad: 0.05, slow: 0.2 }
const GOOD = { perSecond: 200, bad: 0.001, slow: 0.005 }
const MINUTE_MS = 60_000
const later = { id: '900', sha: SHA_LATER, version: '1.2.0' }

let world: WatchWorld
beforeEach(() => {
  world = watchWorld()
})

/** The bad version is found and taken back; from then on users fare so. */
async function recovering(then = GOOD): Promise<WatchRecord> {
  world.workflows.onRun = (run, { deploymentId = '' }) => {
    world.deployments.say(deploymentId, 'success', 'rolled_back_on_request: back', run.url)
    world.workflows.become(run.id, { status: 'completed', conclusion: 'success' })
    world.service.fares(world.clock.now(), then)
  }
  const begun = await watchLive(world, world.deploy(SHA).id)
  world.service.fares(world.clock.now(), BAD)
  return stepUntil(world, begun, 'recovering', 'ended')
}

const endOf = async (record: WatchRecord) => {
  const ended = await stepUntil(world, record, 'ended')
  return ended.acts.recovery!.ended!
}

describe('the recovery', () => {
  test('is shown against the past that was frozen before the change, in which the bad version has no part', async () => {
    const record = await recovering()
    expect(record.acts.recovery?.state?.health.baseline).toEqual(record.state?.health.baseline)
    expect(await endOf(record)).toMatchObject({
      kind: 'recovered',
      line: expect.stringContaining('no worse than before'),
    })
    // The past was read once, before the watch: not anew of a time in which users fared badly.
    expect(new Set(world.service.pasts.map(({ toMs }) => toMs)).size).toBe(1)
  })

  test('is open for the grace and five minutes, where the watch is longer and the hold is not', async () => {
    const record = await recovering()
    const { sinceMs, untilMs } = record.acts.recovery!
    expect(untilMs - sinceMs).toBe(6 * MINUTE_MS)
    const { atMs } = await endOf(record)
    expect(atMs).toBeGreaterThanOrEqual(untilMs)
    expect(atMs).toBeLessThan(untilMs + MINUTE_MS)
  })

  test.each([
    ['a longer hold', 'hold: 8m', 8],
    ['a watch that is shorter than the hold', 'hold: 30m', 10],
  ])('is as long as %s', async (_, line, minutes) => {
    world.config = watchedConfig({
      health: `
      source: main
      watch: 10m
      grace: 0s
      ${line}
      baseline: { before: 2h }
      checks:
        errors: { bad: 'requests{code=~"5.."}', total: requests }
`,
    })
    const { sinceMs, untilMs } = (await recovering()).acts.recovery!
    expect(untilMs - sinceMs).toBe(minutes * MINUTE_MS)
  })

  test('looks at all users: there is no second version any more', async () => {
    const record = await recovering()
    const concurrent = {
      ...record,
      state: {
        ...record.state!,
        health: {
          ...record.state!.health,
          candidate: { track: ['canary'] },
          baseline: { kind: 'concurrent', labels: { track: ['stable'] } },
        } as never,
      },
    }
    const { state } = startRecovery(concurrent, world.clock.now()).acts.recovery!
    expect(state!.health).not.toHaveProperty('candidate')
    expect(state!.health.baseline).toEqual({ kind: 'before', beforeMs: 2 * 60 * MINUTE_MS })
    const queries = queriesOf(state!.health, state!.values).flatMap((batch) => batch.queries)
    expect(JSON.stringify(queries)).not.toMatch(/track/)
  })

  test('fills in the version that users have now', async () => {
    const { values } = (await recovering()).acts.recovery!.state!
    expect(values).toMatchObject({ version: '1.0.0', previous: '1.1.0' })
  })

  test('still bad is found at once, not at its end', async () => {
    const record = await recovering(BAD)
    const end = await endOf(record)
    expect(end.kind).toBe('still_bad')
    expect(end.atMs).toBeLessThan(record.acts.recovery!.untilMs)
  })

  test('M01 of a source that does not answer any more nothing is known, which is not recovered', async () => {
    const record = await recovering()
    world.service.trouble = 'refuses'
    expect(await endOf(record)).toMatchObject({ kind: 'unknown' })
  })

  test('goes on once more as long where nothing is known by then', async () => {
    const record = await recovering()
    world.service.trouble = 'refuses'
    const { sinceMs, untilMs } = record.acts.recovery!
    expect((await endOf(record)).atMs).toBeGreaterThanOrEqual(untilMs + (untilMs - sinceMs - MINUTE_MS))
  })

  test('M11 of too few requests nothing is known either', async () => {
    expect(await endOf(await recovering({ perSecond: 0.01, bad: 0, slow: 0 }))).toMatchObject({
      kind: 'unknown',
    })
  })

  test('without a past goes by the limits, and says nothing where there are none', async () => {
    world.service.keepsPast = false
    const limited = `
      source: main
      watch: 10m
      checks:
        errors: { bad: 'requests{code=~"5.."}', total: requests, max: 1% }
`
    world.config = watchedConfig({ health: limited })
    expect(await endOf(await recovering())).toMatchObject({ kind: 'recovered' })
  })

  test('with same-time is paired with the minutes that it falls in, not with those of the deployment', async () => {
    const record = await recovering()
    const slots = Array.from({ length: 400 }, (_, at) => ({ kind: 'counted', bad: at, total: 1000 }) as const)
    const history = { errors: { ticks: record.history!['errors']!.ticks, slots } }
    const { everyMs } = record.state!.health
    const again = startRecovery({ ...record, history }, record.begunMs + 100 * everyMs)
    const { comparison } = again.acts.recovery!.state!.checks['errors']!
    expect(comparison?.slots?.ticks[0]).toEqual(slots[100])
  })

  test('of what only the deploying run has judged is not known, and ends at once', async () => {
    const { state: _, ...record } = await recovering()
    const ended = startRecovery(record, world.clock.now())
    expect(ended).toMatchObject({ phase: 'acting', acts: { recovery: { ended: { kind: 'unknown' } } } })
  })
})

describe('a later deployment', () => {
  test('of our own revert changes nothing: whether users are well with it is the question', async () => {
    const record = await recovering()
    const own = { ...later, sha: record.acts.revert!.commit! }
    const going = superseded(record, own, world.clock.now())
    // One watch of an environment is current, and that is the new version's by now.
    expect(going).toEqual({ ...record, supersededBy: own })
    expect(await endOf(going)).toMatchObject({ kind: 'recovered' })
  })

  test('R06 of our own revert, with which users are still not well, opens the breaker', async () => {
    const record = await recovering()
    world.service.fares(world.clock.now(), BAD)
    const own = { ...later, sha: record.acts.revert!.commit! }
    const ended = await stepUntil(world, superseded(record, own, world.clock.now()), 'ended')
    expect(ended.acts.recovery?.ended?.kind).toBe('still_bad')
    expect(await readBreaker(world.records, 'production')).toMatchObject({ state: 'open' })
    expect(world.reverts).toHaveLength(1)
  })

  test('of anything else ends the recovery with what it knows', async () => {
    let record = await recovering()
    for (let tick = 0; tick < 4; tick += 1) record = await stepOnce(world, record)
    const stopped = superseded(record, later, world.clock.now())
    expect(stopped).toMatchObject({ phase: 'acting', supersededBy: later })
    expect(stopped.acts.recovery?.ended).toMatchObject({
      kind: 'unknown',
      line: expect.stringContaining('1.2.0 came before it was over'),
    })
    const ended = await stepUntil(world, stopped, 'ended')
    expect(ended.acts.endToldAtMs).toBeDefined()
  })

  test('changes nothing of one that has ended', async () => {
    const ended = await stepUntil(world, await recovering(), 'ended')
    expect(stopRecovery(ended, later, world.clock.now())).toBe(ended)
  })
})
