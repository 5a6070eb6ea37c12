import { describe, expect, it } from 'vitest'
import type { WatchOrder } from '../../src/ports/watches.ts'
import { standingOf } from '../../src/watch/standing-of.ts'
import { superseded } from '../../src/watch/superseded.ts'
import { takeOrder, takesOrder } from '../../src/watch/take-order.ts'
import { toldMark } from '../../src/watch/told-mark.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'
import {
  LIVE_MS,
  SHA,
  SHA_LATER,
  stepOnce,
  stepUntil,
  watchedConfig,
  watchLive,
  type WatchWorld,
  watchWorld,
} from '../support/watch/watch-world.ts'

const MINUTE_MS = 60_000
const BAD = { perSecond: 200, bad: 0.05, slow: 0.005 }
const mira = { id: 41, login: 'mira' }

async function begun(config?: string): Promise<{ world: WatchWorld; watch: WatchRecord }> {
  const world = watchWorld(config)
  return { world, watch: await watchLive(world, world.deploy(SHA).id) }
}

/** As the App does: written into the record, and a step at once. */
async function order(world: WatchWorld, record: WatchRecord, kind: WatchOrder['kind']): Promise<WatchRecord> {
  expect(takesOrder(record, kind)).toBe(true)
  const nowMs = world.clock.now()
  return stepOnce(world, { ...record, nextMs: nowMs, order: { kind, by: mira, atMs: nowMs } })
}

async function stepTo(world: WatchWorld, from: WatchRecord, untilMs: number): Promise<WatchRecord> {
  let next = from
  while (next.nextMs !== undefined && next.nextMs <= untilMs) next = await stepOnce(world, next)
  return next
}

describe('a watch that a person has paused', () => {
  it('is looked at and told, but not promoted at its end; going on decides it', async () => {
    const { world, watch } = await begun()
    const paused = await order(world, watch, 'pause')
    expect(paused).toMatchObject({ phase: 'watching', paused: { by: mira } })
    expect(paused).not.toHaveProperty('order')
    const later = await stepTo(world, paused, LIVE_MS + 40 * MINUTE_MS)
    expect(later).toMatchObject({ phase: 'watching', paused: { by: mira } })
    expect(later.state!.lastTickMs).toBeGreaterThan(LIVE_MS + 39 * MINUTE_MS)
    expect(later).not.toHaveProperty('outcome')
    const decided = await order(world, later, 'continue')
    expect(decided).toMatchObject({ phase: 'acting', outcome: { verdict: 'healthy', reason: 'healthy' } })
  })

  it('turns bad: said at once and once, to whoever paused it and the author; nothing is taken back until it goes on', async () => {
    const { world, watch } = await begun()
    const paused = await order(world, watch, 'pause')
    world.service.fares(world.clock.now(), BAD)
    const later = await stepTo(world, paused, LIVE_MS + 30 * MINUTE_MS)
    const said = world.conversation.comments.filter(({ key }) => key?.startsWith('watch-paused/'))
    expect(said).toHaveLength(1)
    expect(said[0]?.body).toContain('@mira')
    expect(said[0]?.body).toContain('@ada')
    expect(world.workflows.dispatched).toEqual([])
    expect(world.reverts).toEqual([])
    const decided = await order(world, later, 'continue')
    expect(decided.outcome).toMatchObject({ verdict: 'unhealthy', reason: 'unhealthy' })
  })

  it('R13 paused while it is being taken back: what a run does already ends, and the merge waits for going on', async () => {
    const { world, watch } = await begun()
    world.service.fares(LIVE_MS, BAD)
    const decided = await stepUntil(world, watch, 'acting')
    const paused = await order(world, decided, 'pause')
    const waiting = await stepUntil(world, paused, 'held', 'ended')
    expect(waiting.phase).toBe('acting')
    expect(waiting).not.toHaveProperty('nextMs')
    expect(world.workflows.dispatched).toEqual([])
    await order(world, waiting, 'continue').then(async (next) => stepOnce(world, next))
    expect(world.workflows.dispatched).toHaveLength(1)
  })

  it('replaced while it is paused and bad: its check says what was found, and nothing more is done', async () => {
    const { world, watch } = await begun()
    world.service.fares(LIVE_MS, BAD)
    const paused = await order(world, await stepUntil(world, watch, 'acting'), 'pause')
    const { id, sha, version } = world.deploy(SHA_LATER)
    const ended = await stepUntil(world, superseded(paused, { id, sha, version }, world.clock.now()), 'ended')
    expect(ended.phase).toBe('ended')
    expect(world.deployments.all.find((one) => one.id === watch.deployment.id)?.verdict).toBe('unhealthy')
    expect(world.workflows.dispatched).toEqual([])
    expect(world.reverts).toEqual([])
  })

  it('a second pause changes nothing of the first', async () => {
    const { world, watch } = await begun()
    const paused = await order(world, watch, 'pause')
    world.clock.advance(1000)
    expect((await order(world, paused, 'pause')).paused).toEqual(paused.paused)
  })
})

describe('what a person decides', () => {
  it('/promote ends the watch well, with what was measured by then', async () => {
    const { world, watch } = await begun()
    const next = await stepTo(world, watch, LIVE_MS + 3 * MINUTE_MS)
    const decided = await order(world, next, 'promote')
    expect(decided).toMatchObject({
      outcome: { verdict: 'healthy', reason: 'promoted_by_person', by: mira },
      found: { verdict: 'inconclusive' },
    })
    const ended = await stepUntil(world, decided, 'ended')
    expect(ended.phase).toBe('ended')
    expect(await world.deployments.lastHealthy('production')).toMatchObject({ sha: SHA })
  })

  it('/accept of what is held replaces the outcome, and it is told anew', async () => {
    const { world, watch } = await begun()
    world.service.trouble = 'refuses'
    const held = await stepUntil(world, watch, 'held')
    expect(held.outcome?.verdict).toBe('inconclusive')
    const ended = await stepUntil(world, await order(world, held, 'accept'), 'ended')
    expect(ended).toMatchObject({
      phase: 'ended',
      outcome: { verdict: 'healthy', reason: 'accepted_by_person' },
    })
    expect(world.ledger).toMatchObject([{ verdict: 'healthy', reason: 'accepted_by_person' }])
    expect(world.deployments.all.at(-1)?.verdict).toBe('healthy')
    expect(world.conversation.comments.filter(({ key }) => key?.startsWith('watch-end/'))).toHaveLength(2)
  })

  it('/promote goes through a pause, and through waiting for the metric that shows the commit', async () => {
    const { world, watch } = await begun(
      watchedConfig().replace('source: main', `source: main\n      live: 'app_build_info{commit="{sha}"}'`),
    )
    expect(watch.phase).toBe('awaiting')
    const paused = await order(world, watch, 'pause')
    const decided = await order(world, paused, 'promote')
    expect(decided.outcome).toMatchObject({ reason: 'promoted_by_person' })
    expect(decided).not.toHaveProperty('paused')
  })

  it('is not for what has ended, is taken back, has been replaced, or is not everywhere yet', async () => {
    const { world, watch } = await begun()
    const bad = {
      ...watch,
      outcome: { verdict: 'unhealthy', reason: 'unhealthy', line: '', atMs: 0 },
    } as const
    const kinds = ['pause', 'continue', 'promote', 'accept'] as const
    const taken = (record: WatchRecord): string[] => kinds.filter((kind) => takesOrder(record, kind))
    expect(taken(watch)).toEqual([...kinds])
    expect(taken({ ...watch, phase: 'held' })).toEqual(['promote', 'accept'])
    expect(taken({ ...bad, phase: 'acting' })).toEqual(['pause', 'continue'])
    expect(taken({ ...bad, phase: 'recovering' })).toEqual([])
    expect(taken({ ...watch, phase: 'ended' })).toEqual([])
    const { state: _, ...partly } = watch
    expect(taken({ ...partly, phase: 'held' })).toEqual([])
    const { id, sha, version } = world.deploy(SHA_LATER)
    expect(taken(superseded(watch, { id, sha, version }, world.clock.now()))).toEqual([])
  })

  it('an order that has nothing left to do is dropped', async () => {
    const { watch } = await begun()
    const ended = { ...watch, phase: 'ended', order: { kind: 'promote', by: mira, atMs: 0 } } as const
    const { order: _, ...without } = ended
    expect(takeOrder(ended, LIVE_MS)).toEqual(without)
  })
})

describe('what is told', () => {
  it('the kept comment is edited at changes and after 1 and 5 minutes: not at each tick', async () => {
    const { world, watch } = await begun()
    const marks = new Set<string>()
    let next = watch
    while (next.phase === 'watching') {
      marks.add(toldMark(next, world.clock.now()))
      next = await stepOnce(world, next)
    }
    // 0, 1 and 5 minutes, and once it seems healthy.
    expect(marks.size).toBeLessThanOrEqual(5)
    expect(world.conversation.comments.filter(({ key }) => key === 'progress/production')).toHaveLength(1)
    expect(world.conversation.comments[0]?.edits).toBeLessThanOrEqual(5)
  })

  it('a watch that was replaced does not write over what the next one tells on the same pull request', async () => {
    const { world, watch } = await begun()
    const told = await stepOnce(world, watch)
    const edits = world.conversation.comments[0]?.edits
    const over = superseded(told, { id: '999', sha: SHA, version: '1.1.0' }, world.clock.now())
    await stepUntil(world, over, 'ended')
    expect(world.conversation.comments[0]?.edits).toBe(edits)
  })

  it('a watch stands open, held or ended, and says until when', async () => {
    const { world, watch } = await begun()
    expect(standingOf(watch, LIVE_MS)).toMatchObject({
      state: 'open',
      paused: false,
      endsMs: LIVE_MS + 11 * MINUTE_MS,
    })
    world.service.trouble = 'is_empty'
    const held = await stepUntil(world, watch, 'held')
    expect(standingOf(held, world.clock.now())).toMatchObject({ state: 'held', verdict: 'inconclusive' })
    expect(standingOf(held, world.clock.now())).not.toHaveProperty('endsMs')
  })
})

describe('the metric that shows the commit', () => {
  const config = watchedConfig().replace(
    'source: main',
    `source: main\n      live: 'app_build_info{commit="{sha}"}'`,
  )

  it('the watch starts when it is there, and what was measured before is not judged', async () => {
    const { world, watch } = await begun(config)
    expect(watch).toMatchObject({ phase: 'awaiting', awaitedUntilMs: LIVE_MS + 10 * MINUTE_MS })
    world.service.shows.set(SHA, LIVE_MS + 4 * MINUTE_MS)
    const watching = await stepUntil(world, watch, 'watching')
    expect(watching).toMatchObject({
      liveMs: LIVE_MS + 4 * MINUTE_MS,
      state: { startedMs: LIVE_MS + 4 * MINUTE_MS },
    })
    const decided = await stepUntil(world, watching, 'acting')
    expect(decided.outcome).toMatchObject({ verdict: 'healthy', atMs: LIVE_MS + 15 * MINUTE_MS })
  })

  it('is never there: nothing of it was watched, so nobody knows', async () => {
    const { world, watch } = await begun(config)
    world.service.shows.set(SHA_LATER, LIVE_MS)
    const held = await stepUntil(world, watch, 'held')
    expect(held.outcome).toMatchObject({
      verdict: 'inconclusive',
      reason: 'not_live',
      atMs: LIVE_MS + 10 * MINUTE_MS,
      line: expect.stringContaining('1.1.0 never showed'),
    })
    expect(world.reverts).toEqual([])
    expect(world.raised.size).toBe(1)
  })
})
