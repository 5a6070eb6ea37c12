import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { GitHubError } from '../../src/errors.ts'
import type { WatchOrder } from '../../src/ports/watches.ts'
import { superseded } from '../../src/watch/superseded.ts'
import { takesOrder } from '../../src/watch/take-order.ts'
import { stepWatch } from '../../src/watch/step-watch.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'
import {
  SHA,
  SHA_LATER,
  stored,
  watchedConfig,
  watchLive,
  type WatchWorld,
  watchWorld,
} from '../support/watch/watch-world.ts'

const mira = { id: 41, login: 'mira' }

const CONFIG = watchedConfig({
  health: `
      source: main
      every: 1m
      watch: 6m
      baseline: { before: 2h }
      checks:
        errors: { bad: 'requests{code=~"5.."}', total: requests, max: 1% }
        latency: { histogram: latency_bucket, max: 1s }
`,
})

/** What may happen to a watch between two of its steps. */
type Event =
  | { readonly kind: 'steps'; readonly count: number }
  | { readonly kind: 'sleeps'; readonly minutes: number }
  | { readonly kind: 'order'; readonly order: WatchOrder['kind'] }
  | { readonly kind: 'users'; readonly bad: number }
  | { readonly kind: 'metrics'; readonly trouble: WatchWorld['service']['trouble'] }
  | { readonly kind: 'replaced' }
  | { readonly kind: 'github'; readonly isAway: boolean }

const of = <Key extends string>(kind: Key): fc.Arbitrary<Key> => fc.constant(kind)

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: of('steps'), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: of('sleeps'), minutes: fc.integer({ min: 1, max: 40 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: of('order'),
      order: fc.constantFrom('pause', 'continue', 'continue', 'promote', 'accept'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: of('users'), bad: fc.constantFrom(0.001, 0.06, 0.06) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: of('metrics'),
      trouble: fc.constantFrom(undefined, undefined, 'refuses', 'is_empty', 'throws'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: of('replaced') }) },
  { weight: 2, arbitrary: fc.record({ kind: of('github'), isAway: fc.boolean() }) },
)

/** One step; a GitHub that is away leaves the record as it was, and the job comes again. */
async function step(world: WatchWorld, record: WatchRecord): Promise<WatchRecord> {
  if (record.nextMs === undefined) return record
  world.clock.advance(Math.max(0, record.nextMs - world.clock.now()))
  try {
    return stored((await stepWatch(record, world.ports)).record)
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error
    world.clock.advance(10_000)
    return record
  }
}

async function happen(
  world: WatchWorld,
  record: WatchRecord,
  event: Event,
  faults: string[],
): Promise<WatchRecord> {
  const nowMs = world.clock.now()
  switch (event.kind) {
    case 'steps': {
      let next = record
      for (let count = 0; count < event.count; count += 1) {
        const after = await step(world, next)
        faults.push(...faultsOfStep(next, after))
        next = after
      }
      return next
    }
    case 'sleeps':
      world.clock.advance(event.minutes * 60_000)
      return record
    case 'order':
      if (!takesOrder(record, event.order)) return record
      return step(world, { ...record, nextMs: nowMs, order: { kind: event.order, by: mira, atMs: nowMs } })
    case 'users':
      world.service.fares(nowMs, { perSecond: 200, bad: event.bad, slow: 0.005 })
      return record
    case 'metrics':
      world.service.trouble = event.trouble
      return record
    case 'replaced': {
      if (record.supersededBy !== undefined || record.phase === 'ended') return record
      const { id, sha, version } = world.deploy(SHA_LATER)
      return superseded(record, { id, sha, version }, nowMs)
    }
    case 'github':
      world.conversation.failure = event.isAway ? new GitHubError(503, 'away') : undefined
      return record
  }
}

/** What does not hold of a step, whatever happened before it. */
function faultsOfStep(before: WatchRecord, after: WatchRecord): readonly string[] {
  const isAtRest = after.phase === 'held' || after.phase === 'ended'
  const looks = after.phase === 'watching' || after.phase === 'awaiting' || after.phase === 'recovering'
  const isByPerson = after.outcome?.by !== undefined
  const isNew = before.outcome === undefined && after.outcome !== undefined && !isByPerson
  const isOther = before.outcome !== undefined && !same(before.outcome, after.outcome) && !isByPerson
  return named({
    'an order was not taken up': after.order !== undefined,
    'what rests has a next time': isAtRest && after.nextMs !== undefined,
    'what looks has none': looks && after.nextMs === undefined,
    'what was decided changed by itself': isOther,
    'it was decided while paused': isNew && after.paused !== undefined,
    'it was decided after it was replaced': isNew && after.supersededBy !== undefined,
    'something came after the end': before.phase === 'ended' && !same(before, after),
  })
}

/** Only what was found bad is taken back, and only what was found well, or a person says so of, is promoted. */
function faultsOfWorld(
  { workflows, reverts, deployments, ledger }: WatchWorld,
  { outcome, deployment }: WatchRecord,
): readonly string[] {
  const verdict = deployments.all.find(({ id }) => id === deployment.id)?.verdict
  return named({
    'it was taken back without cause': outcome?.verdict !== 'unhealthy' && workflows.dispatched.length > 0,
    'it was reverted without cause': outcome?.verdict !== 'unhealthy' && reverts.length > 0,
    'it was taken back twice': workflows.dispatched.length > 1,
    'its check says what nobody found':
      (verdict === 'healthy' || verdict === 'unhealthy') && verdict !== outcome?.verdict,
    'the ledger has it twice': ledger.length > 1,
  })
}

function named(faults: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.keys(faults).filter((fault) => faults[fault])
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** All that was wrong in a life of these events, and then to its end with everything well. */
async function faultsOf(events: readonly Event[]): Promise<readonly string[]> {
  const world = watchWorld(CONFIG)
  world.workflows.onRun = (run, { deploymentId = '' }) => {
    world.deployments.say(deploymentId, 'success', 'rolled_back_on_request: back', run.url)
    world.workflows.become(run.id, { status: 'completed', conclusion: 'success' })
  }
  const faults: string[] = []
  let record = await watchLive(world, world.deploy(SHA).id)
  for (const one of events) record = stored(await happen(world, record, one, faults))
  faults.push(...faultsOfWorld(world, record))
  world.conversation.failure = undefined
  world.service.trouble = undefined
  const isPaused = (): boolean => record.paused !== undefined && record.supersededBy === undefined
  for (let count = 0; count < 300 && record.nextMs !== undefined && !isPaused(); count += 1) {
    const before = record
    record = await step(world, before)
    faults.push(...faultsOfStep(before, record))
  }
  const isOpen = record.phase !== 'held' && record.phase !== 'ended'
  return [
    ...faults,
    ...faultsOfWorld(world, record),
    ...named({ [`it is ${record.phase} for ever`]: isOpen && !isPaused() }),
  ]
}

it('whatever happens in whatever order: nothing is done that was not found, nothing twice, nothing after the end', async () => {
  const lives = fc.array(event, { minLength: 5, maxLength: 30 })
  const sound = fc.asyncProperty(lives, async (events) => {
    expect(await faultsOf(events)).toEqual([])
  })
  await expect(fc.assert(sound, { numRuns: 60, seed: 5 })).resolves.toBeUndefined()
}, 120_000)
