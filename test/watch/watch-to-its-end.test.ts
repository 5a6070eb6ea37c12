import { describe, expect, it } from 'vitest'
import { GitHubError } from '../../src/errors.ts'
import { standingOf } from '../../src/watch/standing-of.ts'
import { stepWatch } from '../../src/watch/step-watch.ts'
import { superseded } from '../../src/watch/superseded.ts'
import type { WatchPorts } from '../../src/watch/watch-ports.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'
import type { Trouble } from '../support/watch/scripted-service.ts'
import {
  HEALTH,
  LIVE_MS,
  SHA,
  SHA_LATER,
  stepOnce,
  stepUntil,
  stored,
  tellChanges,
  watchedConfig,
  watchLive,
  type WatchWorld,
  watchWorld,
} from '../support/watch/watch-world.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const WELL = { perSecond: 200, bad: 0.001, slow: 0.005 }
const BAD = { perSecond: 200, bad: 0.05, slow: 0.005 }

/** Grace and watch of the usual config. */
const ENDS_MS = LIVE_MS + 11 * MINUTE_MS

async function begun(config?: string): Promise<{ world: WatchWorld; watch: WatchRecord }> {
  const world = watchWorld(config)
  return { world, watch: await watchLive(world, world.deploy(SHA).id) }
}

/** Steps up to that time, and no further. */
async function stepTo(world: WatchWorld, from: WatchRecord, untilMs: number): Promise<WatchRecord> {
  let next = from
  while (next.nextMs !== undefined && next.nextMs <= untilMs) next = await stepOnce(world, next)
  return next
}

/** Nothing of this may ever follow from what nobody knows. */
function expectNothingDone(world: WatchWorld): void {
  expect(world.workflows.dispatched).toEqual([])
  expect(world.reverts).toEqual([])
  expect(world.deployments.all.at(-1)?.verdict).not.toBe('healthy')
}

describe('a watch by the App, to its end', () => {
  it('a good version is promoted at the end of its time, and not before', async () => {
    const { world, watch } = await begun()
    expect(watch).toMatchObject({ phase: 'watching', before: { version: '1.0.0' }, pull: { number: 12 } })
    const before = await stepTo(world, watch, ENDS_MS - 1)
    expect(before.outcome).toBeUndefined()
    const decided = await stepOnce(world, before)
    expect(decided).toMatchObject({
      phase: 'acting',
      outcome: { verdict: 'healthy', reason: 'healthy', atMs: ENDS_MS },
      found: { verdict: 'healthy', comparison: 'before_after' },
    })
    expect(decided.found).not.toHaveProperty('evidence')
  })

  it('a bad version is decided within moments, and what follows comes before all other work', async () => {
    const { world, watch } = await begun()
    world.service.fares(LIVE_MS, BAD)
    let [next, isUrgent] = [watch, false]
    while (next.phase === 'watching') {
      world.clock.advance(next.nextMs! - world.clock.now())
      const step = await stepWatch(next, world.ports)
      ;[next, isUrgent] = [step.record, step.isUrgent]
    }
    expect(next.outcome).toMatchObject({ verdict: 'unhealthy', reason: 'unhealthy' })
    expect(next.outcome!.atMs - LIVE_MS).toBeLessThan(2 * MINUTE_MS)
    expect(isUrgent).toBe(true)
    expect(next.nextMs).toBeLessThanOrEqual(world.clock.now())
  })

  it('one batch of queries goes to a source at each tick, however many checks ask', async () => {
    const { world, watch } = await begun()
    await stepTo(world, watch, LIVE_MS + 2 * MINUTE_MS)
    expect(world.service.reads.map(({ atMs }) => atMs - LIVE_MS)).toEqual(
      Array.from({ length: 8 }, (_, index) => (index + 1) * 15_000),
    )
    expect(new Set(world.service.reads.map(({ queries }) => queries))).toEqual(new Set([3]))
  })

  it('M09 one check is bad and another has no data: unhealthy', async () => {
    const health = `${HEALTH}        memory: { gauge: memory_bytes, max: 1e9 }\n`
    const { world, watch } = await begun(watchedConfig({ health }))
    world.service.fares(LIVE_MS, BAD)
    const decided = await stepUntil(world, watch, 'acting')
    expect(decided.outcome).toMatchObject({ verdict: 'unhealthy', reason: 'unhealthy' })
  })

  it('M12 no error at all before, and 2 % now: unhealthy', async () => {
    const world = watchWorld()
    world.service.fares(LIVE_MS - 29 * HOUR_MS, { perSecond: 200 })
    world.service.fares(LIVE_MS, { perSecond: 200, bad: 0.02 })
    const watch = await watchLive(world, world.deploy(SHA).id)
    const decided = await stepUntil(world, watch, 'acting')
    expect(decided.outcome).toMatchObject({ verdict: 'unhealthy', reason: 'unhealthy' })
  })

  it('shadow: what would be taken back is decided so, and nothing is done', async () => {
    const { world, watch } = await begun(watchedConfig({ more: '    shadow: true' }))
    world.service.fares(LIVE_MS, BAD)
    const decided = await stepUntil(world, watch, 'acting')
    expect(decided.outcome).toMatchObject({ verdict: 'unhealthy', reason: 'shadow_unhealthy' })
    const held = await stepUntil(world, decided, 'held')
    expect(held).toMatchObject({ phase: 'held' })
    expectNothingDone(world)
  })
})

describe('what nobody knows', () => {
  const troubles: [id: string, trouble: Trouble][] = [
    ['M01 a connection that is refused', 'refuses'],
    ['M02 an error as the answer', 'throws'],
    ['M03 an empty vector', 'is_empty'],
    ['M04 NaN', 'is_nan'],
  ]
  it.each(troubles)(
    '%s during the whole watch: held and told once, nothing promoted or taken back',
    async (_, trouble) => {
      const { world, watch } = await begun()
      world.service.trouble = trouble
      const held = await stepUntil(world, watch, 'held', 'ended')
      expect(held).toMatchObject({
        phase: 'held',
        outcome: { verdict: 'inconclusive', reason: 'health_no_data' },
      })
      expect(held).not.toHaveProperty('nextMs')
      // Extended once: it might have come back.
      expect(held.outcome!.atMs).toBe(LIVE_MS + 21 * MINUTE_MS)
      expectNothingDone(world)
      expect(world.raised.size).toBe(1)
    },
  )

  it('M05 a source that stalls is an error answer, and its worker is free after a minute', async () => {
    const { world, watch } = await begun()
    world.service.trouble = 'stalls'
    world.clock.advance(watch.nextMs! - world.clock.now())
    const stepping = stepWatch(watch, world.ports)
    await new Promise((resolve) => setImmediate(resolve))
    world.clock.advance(MINUTE_MS)
    const { record } = await stepping
    expect(record.phase).toBe('watching')
    expect(standingOf(record, world.clock.now()).line).toContain('gave no answer within 60 s')
    expect(record.nextMs).toBe(LIVE_MS + 90_000)
  })

  it('M08 two checks are well and one has no data: inconclusive', async () => {
    const health = `${HEALTH}        memory: { gauge: memory_bytes, max: 1e9 }\n`
    const { world, watch } = await begun(watchedConfig({ health }))
    const held = await stepUntil(world, watch, 'held', 'ended')
    expect(held.outcome).toMatchObject({ verdict: 'inconclusive', reason: 'health_no_data' })
    expect(held.found?.checks.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['errors', 'healthy'],
      ['latency', 'healthy'],
      ['memory', 'inconclusive'],
    ])
    expectNothingDone(world)
  })

  it('M11 three requests, one of them an error, are no evidence', async () => {
    const { world } = await begun()
    world.service.fares(LIVE_MS - 29 * HOUR_MS, { perSecond: 0.005 })
    world.service.fares(LIVE_MS, { perSecond: 0.005, bad: 0.4 })
    const watch = await watchLive(world, world.deploy(SHA).id)
    const held = await stepUntil(world, watch, 'held', 'ended')
    expect(held.outcome).toMatchObject({ verdict: 'inconclusive' })
    expectNothingDone(world)
  })

  it('M19 an outage of ten minutes in an hour: extended once, then inconclusive', async () => {
    const { world, watch } = await begun(watchedConfig({ health: HEALTH.replace('10m', '60m') }))
    let next = await stepTo(world, watch, LIVE_MS + 20 * MINUTE_MS)
    world.service.trouble = 'refuses'
    next = await stepTo(world, next, LIVE_MS + 30 * MINUTE_MS)
    world.service.trouble = undefined
    next = await stepTo(world, next, LIVE_MS + 61 * MINUTE_MS)
    expect(next.phase).toBe('watching')
    expect(standingOf(next, world.clock.now()).endsMs).toBe(LIVE_MS + 121 * MINUTE_MS)
    world.service.trouble = 'refuses'
    next = await stepTo(world, next, LIVE_MS + 65 * MINUTE_MS)
    world.service.trouble = undefined
    const held = await stepUntil(world, next, 'held', 'ended')
    expect(held.outcome).toMatchObject({ reason: 'health_no_data', atMs: LIVE_MS + 121 * MINUTE_MS })
    expectNothingDone(world)
  })

  it('a source that was away when it began is compared with its past once it is back', async () => {
    const world = watchWorld()
    world.service.trouble = 'refuses'
    const watch = await watchLive(world, world.deploy(SHA).id)
    expect(Object.keys(watch.history ?? {})).toEqual([])
    const missed = await stepTo(world, watch, LIVE_MS + 5 * MINUTE_MS)
    world.service.trouble = undefined
    const back = await stepOnce(world, missed)
    expect(Object.keys(back.history ?? {})).toEqual(['errors', 'latency'])
    expect(Math.max(...world.service.pasts.map(({ toMs }) => toMs))).toBe(LIVE_MS - 10 * MINUTE_MS)
    world.service.fares(world.clock.now(), BAD)
    const decided = await stepUntil(world, back, 'acting')
    expect(decided.outcome).toMatchObject({ verdict: 'unhealthy' })
    expect(decided.found?.checks[0]?.reason).toBe('worse_than_baseline')
  })

  it('R08 inconclusive for the whole watch is never a revert, whatever the policy', async () => {
    const { world, watch } = await begun(watchedConfig({ revert: 'auto' }))
    world.service.trouble = 'is_empty'
    await stepUntil(world, watch, 'held', 'ended')
    expect(world.reverts).toEqual([])
  })
})

describe('a watch that outlives its process', () => {
  it('L18 a watch of 24 h with three restarts keeps its deadline and one timer', async () => {
    const health = HEALTH.replace('watch: 10m', 'watch: 24h\n      every: 1m').replace('2h', '4h')
    const { world, watch } = await begun(watchedConfig({ health }))
    const endsMs = LIVE_MS + 24 * HOUR_MS + MINUTE_MS
    let next = watch
    for (const downAtH of [3, 11, 20]) {
      next = await stepTo(world, next, LIVE_MS + downAtH * HOUR_MS)
      expect(standingOf(next, world.clock.now()).endsMs).toBe(endsMs)
      // Nothing runs for 50 minutes; then another process has the stored record, and nothing else.
      world.clock.advance(50 * MINUTE_MS + 3000)
      next = await stepOnce(world, stored(next))
      expect(standingOf(next, world.clock.now()).endsMs).toBe(endsMs)
      expect((next.nextMs! - LIVE_MS) % MINUTE_MS).toBe(0)
    }
    const decided = await stepUntil(world, next, 'acting')
    expect(decided.outcome).toMatchObject({ verdict: 'healthy', atMs: endsMs })
    for (const { coverage } of decided.found!.checks) expect(coverage.measured).toBe(coverage.expected)
  })

  it('what was slept through is judged as it would have been: bad then is bad', async () => {
    const { world, watch } = await begun()
    world.service.fares(LIVE_MS + 2 * MINUTE_MS, BAD)
    world.service.fares(LIVE_MS + 6 * MINUTE_MS, WELL)
    world.clock.advance(8 * MINUTE_MS)
    const decided = await stepOnce(world, watch)
    expect(decided.outcome).toMatchObject({ verdict: 'unhealthy' })
    expect(decided.outcome!.atMs).toBeLessThan(LIVE_MS + 4 * MINUTE_MS)
    expect(world.service.pasts.length).toBeGreaterThan(0)
  })

  it('a watch that was slept to its end and beyond ends when it would have', async () => {
    const { world, watch } = await begun()
    world.clock.advance(3 * HOUR_MS)
    const decided = await stepUntil(world, watch, 'acting')
    expect(decided.outcome).toMatchObject({ verdict: 'healthy', atMs: ENDS_MS })
  })

  it('a source that keeps no past leaves what was slept through unmeasured, and coverage says so', async () => {
    const { world, watch } = await begun()
    let next = await stepTo(world, watch, LIVE_MS + 3 * MINUTE_MS)
    world.service.keepsPast = false
    world.clock.advance(5 * MINUTE_MS)
    next = await stepOnce(world, next)
    const standing = standingOf(next, world.clock.now())
    expect(standing.line).toContain('Inconclusive')
    const held = await stepUntil(world, next, 'held', 'acting')
    // 20 of 120 looks are missing after the one extension; of 60 it would have been a third.
    expect(held.outcome!.atMs).toBe(LIVE_MS + 21 * MINUTE_MS)
  })

  it('more than a step makes up for is made up for in several, each of which is kept', async () => {
    const health = HEALTH.replace('10m', '3h').replace('2h', '4h')
    const { world, watch } = await begun(watchedConfig({ health }))
    world.clock.advance(100 * MINUTE_MS)
    const one = await stepOnce(world, watch)
    expect(one.state?.lastTickMs).toBe(LIVE_MS + 60 * MINUTE_MS)
    expect(one.nextMs).toBe(world.clock.now())
    const two = await stepOnce(world, one)
    expect(two.state?.lastTickMs).toBe(world.clock.now())
    expect(two.nextMs).toBeGreaterThan(world.clock.now())
  })
})

describe('a watch beside what else happens', () => {
  it('L10 GitHub is down for 20 minutes: no tick needs it, and one edit catches up', async () => {
    const { world, watch } = await begun(watchedConfig({ health: HEALTH.replace('10m', '40m') }))
    let next = await tellChanges(world, await stepTo(world, watch, LIVE_MS + 5 * MINUTE_MS))
    const [comment] = world.conversation.comments
    const editsBefore = comment!.edits
    const away = new GitHubError(503, 'GitHub is away')
    const verdicts: (string | undefined)[] = []
    const deaf = { ...world.ports, deployments: gone(away), conversation: gone(away), escalation: gone(away) }
    while (world.clock.now() < LIVE_MS + 25 * MINUTE_MS) {
      world.clock.advance(next.nextMs! - world.clock.now())
      next = (await stepWatch(next, deaf)).record
      verdicts.push(next.outcome?.verdict)
    }
    expect(new Set(verdicts)).toEqual(new Set([undefined]))
    next = await tellChanges(world, next)
    expect(world.conversation.comments).toHaveLength(1)
    expect(comment!.edits).toBe(editsBefore + 1)
    const decided = await stepUntil(world, next, 'acting')
    expect(decided.outcome).toMatchObject({ verdict: 'healthy', atMs: LIVE_MS + 41 * MINUTE_MS })
  })

  it('L19 a new deployment comes in the middle: superseded, its check closed, its pull request not blamed', async () => {
    const { world, watch } = await begun()
    const next = await stepTo(world, watch, LIVE_MS + 3 * MINUTE_MS)
    const later = world.deploy(SHA_LATER)
    world.service.fares(world.clock.now(), BAD)
    const { id, sha, version } = later
    const ended = await stepUntil(world, superseded(next, { id, sha, version }, world.clock.now()), 'ended')
    expect(ended).toMatchObject({ phase: 'ended', supersededBy: { id } })
    expect(ended).not.toHaveProperty('nextMs')
    expect(ended).not.toHaveProperty('outcome')
    expect(world.deployments.all.find((one) => one.id === watch.deployment.id)?.verdict).toBe('inconclusive')
    expect(world.reverts).toEqual([])
    expect(world.workflows.dispatched).toEqual([])
  })
})

/** A port of which every call fails. */
function gone(
  error: Error,
): WatchWorld['deployments'] & WatchWorld['conversation'] & WatchPorts['escalation'] {
  const fails = async (): Promise<never> => {
    throw error
  }
  return new Proxy({} as ReturnType<typeof gone>, { get: () => fails })
}
