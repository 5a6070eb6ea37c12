import { describe, expect, it } from 'vitest'
import type { RunReport } from '../../src/upgrade/run-report.ts'
import { standingOf } from '../../src/watch/standing-of.ts'
import {
  HEALTH,
  LIVE_MS,
  SHA,
  SHA_BASE,
  SHA_BEFORE,
  SHA_LATER,
  stepUntil,
  stored,
  watchedConfig,
  watchLive,
  watchWorld,
} from '../support/watch/watch-world.ts'

const MINUTE_MS = 60_000

const REPORT: RunReport = {
  schema: 'seamless.run/1',
  upgrade: 'u1',
  artifacts: [],
  tests: [],
  judged: {
    step: '10%',
    verdict: 'unhealthy',
    reason: 'worse_than_baseline',
    line: 'Unhealthy after 2 min: errors 5 %.',
    endedAtMs: LIVE_MS,
    comparison: 'concurrent',
    watched: 1200,
    noticed: { requests: 60, upper: 80, watched: 1200 },
    checks: [],
  },
}

const UNWATCHED = watchedConfig({ revert: 'off' }).replace(/ {4}health:[\s\S]*$/, '')

describe('the beginning of a watch', () => {
  it('starts when the Deployment was live, and compares with what was before it was made', async () => {
    const world = watchWorld()
    const { id } = world.deploy(SHA)
    world.clock.advance(4000)
    const watch = await watchLive(world, id)
    expect(watch).toMatchObject({
      deployment: { id, sha: SHA, version: '1.1.0' },
      repository: 'acme/shop',
      environment: 'production',
      before: { sha: SHA_BEFORE, version: '1.0.0' },
      pull: { number: 12, author: 'ada', isMerged: true },
      policy: { revert: 'auto', shadow: false },
      begunMs: LIVE_MS - 10 * MINUTE_MS,
      liveMs: LIVE_MS,
      phase: 'watching',
      nextMs: LIVE_MS + 15_000,
    })
    expect(watch.state).toMatchObject({ startedMs: LIVE_MS, values: { version: '1.1.0', previous: '1.0.0' } })
    const newest = Math.max(...world.service.pasts.map(({ toMs }) => toMs))
    expect(newest).toBe(LIVE_MS - 10 * MINUTE_MS)
    expect([...world.watching.keys()]).toEqual([id])
  })

  it('never starts in the future of our clock, whatever GitHub’s says', async () => {
    const world = watchWorld()
    const { id } = world.deploy(SHA)
    world.clock.advance(-90_000)
    const watch = await watchLive(world, id)
    expect(watch.liveMs).toBe(world.clock.now())
    expect(watch.begunMs).toBeLessThanOrEqual(watch.liveMs)
    expect(watch.nextMs).toBe(watch.liveMs + 15_000)
  })

  it('begun twice it is the same watch', async () => {
    const world = watchWorld()
    const { id } = world.deploy(SHA)
    const [one, two] = [await watchLive(world, id), await watchLive(world, id)]
    expect(two).toEqual(one)
    expect(world.watching.size).toBe(1)
  })

  it('the first version of an environment has nothing before it: it is held to its limits', async () => {
    const world = watchWorld()
    world.deployments.all.length = 0
    const watch = await watchLive(world, world.deploy(SHA).id)
    expect(watch).not.toHaveProperty('before')
    expect(watch).not.toHaveProperty('history')
    expect(watch.state?.values.previous).toBeUndefined()
  })

  it('a direct push has no pull request, and is watched all the same', async () => {
    const world = watchWorld()
    world.merges.clear()
    const watch = await watchLive(world, world.deploy(SHA).id)
    expect(watch.phase).toBe('watching')
    expect(watch).not.toHaveProperty('pull')
  })

  it('a /deploy of a pull request that is not merged is told on that one', async () => {
    const world = watchWorld()
    world.merges.clear()
    world.askedOn.set('comment-7', { number: 5, author: 'eve' })
    const watch = await watchLive(world, world.deploy(SHA, { key: 'comment-7' }).id)
    expect(watch.pull).toEqual({ number: 5, author: 'eve', isMerged: false })
  })

  it('a branch in the labels is the pull request’s own, and asked for only then', async () => {
    const health = HEALTH.replace('baseline:', "candidate: { branch: '{branch}' }\n      baseline:")
    const world = watchWorld(watchedConfig({ health }))
    world.pulls.open({ number: 12, head: SHA, headBranch: 'faster' })
    const watch = await watchLive(world, world.deploy(SHA).id)
    expect(watch.state?.values.branch).toBe('faster')
  })
})

describe('what a watch judges by', () => {
  it('is the config from before the merge: a change does not bring the rules it is judged by', async () => {
    const lax = watchedConfig({
      revert: 'off',
      more: '    shadow: true',
      health: HEALTH.replace('10m', '30s'),
    })
    const world = watchWorld(lax)
    world.configs.set(SHA_BASE, watchedConfig())
    const watch = await watchLive(world, world.deploy(SHA).id)
    expect(watch.state?.health.watchMs).toBe(10 * MINUTE_MS)
    expect(watch.policy).toEqual({ revert: 'auto', shadow: false })
  })

  it('a merge that takes the watch out of the config is still watched', async () => {
    const world = watchWorld(UNWATCHED)
    world.configs.set(SHA_BASE, watchedConfig())
    expect((await watchLive(world, world.deploy(SHA).id)).phase).toBe('watching')
  })

  it('C03 a merge that breaks the config is still watched', async () => {
    const world = watchWorld('driver: app\nenvironments: [')
    world.configs.set(SHA_BASE, watchedConfig())
    expect((await watchLive(world, world.deploy(SHA).id)).phase).toBe('watching')
  })

  it('for a /deploy of what is not merged it is the default branch’s now', async () => {
    const world = watchWorld()
    world.merges.clear()
    world.configs.set(SHA_BASE, watchedConfig({ revert: 'off' }))
    expect((await watchLive(world, world.deploy(SHA).id)).policy.revert).toBe('auto')
  })

  const none: [why: string, config: string, words: string][] = [
    ['driver: action', watchedConfig().replace('driver: app', 'driver: action'), 'driver: action'],
    [
      'another environment',
      watchedConfig().replace('production:', 'staging:'),
      'no environment "production"',
    ],
    ['no health', UNWATCHED, 'nothing says what'],
    ['a config that cannot be read', 'driver: app\nenvironments: [', 'cannot be read'],
  ]
  it.each(none)('nothing is watched with %s, and the log says why', async (_, config, words) => {
    const world = watchWorld(config)
    const began = await world.begin(world.deploy(SHA).id)
    expect(began).toMatchObject({ kind: 'nothing', why: expect.stringContaining(words) })
    expect(world.watching.size).toBe(0)
  })

  it('a source that the operator did not bind: the watch exists, and is held with what to set', async () => {
    const world = watchWorld()
    world.unbound = 'The source "main" has no place: set SEAMLESS_SOURCE_MAIN_URL.'
    const watch = await watchLive(world, world.deploy(SHA).id)
    expect(watch.outcome).toMatchObject({
      verdict: 'inconclusive',
      reason: 'health_no_data',
      line: world.unbound,
    })
    const held = await stepUntil(world, watch, 'held')
    expect(held.phase).toBe('held')
    expect(standingOf(held, world.clock.now()).line).toBe(world.unbound)
    expect(world.reverts).toEqual([])
    expect(world.raised.size).toBe(1)
  })
})

describe('whose Deployment it is', () => {
  it('another tool’s is not looked at', async () => {
    const world = watchWorld()
    expect(await world.begin(world.deploy(SHA, { key: '' }).id)).toMatchObject({ kind: 'nothing' })
  })

  it('one that was deleted is not watched', async () => {
    expect(await watchWorld().begin('4711')).toEqual({ kind: 'nothing', why: 'the Deployment was deleted' })
  })

  it('one that is on its way, or failed for another reason than health, is not watched', async () => {
    const world = watchWorld()
    for (const [state, said] of [
      ['in_progress', 'Deploying 1.1.0.'],
      ['failure', 'tests_failed: 2 tests fail'],
      ['error', 'deploy_failed: no answer'],
      ['error', 'rollback_failed: no answer'],
    ] as const) {
      expect(await world.begin(world.deploy(SHA, { state, said }).id)).toMatchObject({ kind: 'nothing' })
    }
  })

  it('an event that comes late does not begin a watch of what was replaced meanwhile', async () => {
    const world = watchWorld()
    const { id } = world.deploy(SHA)
    world.deploy(SHA_LATER)
    world.clock.advance(3 * MINUTE_MS)
    expect(await world.begin(id)).toEqual({ kind: 'nothing', why: 'a later deployment is live' })
  })

  it('W08 an event that comes half an hour late begins it where it began', async () => {
    const world = watchWorld()
    const { id } = world.deploy(SHA)
    world.clock.advance(30 * MINUTE_MS)
    const watch = await watchLive(world, id)
    expect(watch.liveMs).toBe(LIVE_MS)
    const decided = await stepUntil(world, watch, 'acting')
    expect(decided.outcome).toMatchObject({ verdict: 'healthy', atMs: LIVE_MS + 11 * MINUTE_MS })
  })
})

describe('what the deploying run found by itself', () => {
  it('unhealthy at a step of the traffic and taken back: decided from the start, with the run’s figures', async () => {
    const world = watchWorld()
    world.reports.set(SHA, REPORT)
    const { id } = world.deploy(SHA, { state: 'failure', said: 'unhealthy: errors 5 %' })
    const watch = await watchLive(world, id)
    expect(watch).toMatchObject({
      phase: 'acting',
      outcome: { verdict: 'unhealthy', reason: 'unhealthy', line: 'Unhealthy after 2 min: errors 5 %.' },
      found: {
        verdict: 'unhealthy',
        comparison: 'concurrent',
        noticed: { requests: 60, lower: 0, upper: 80 },
      },
      acts: { rollback: { ended: { kind: 'rolled_back', to: { sha: SHA_BEFORE } } } },
    })
    expect(world.watching.size).toBe(0)
    expect(Object.keys(watch.history ?? {})).toEqual(['errors', 'latency'])
    const ended = await stepUntil(world, watch, 'ended')
    expect(ended.acts.recovery?.ended?.kind).toBe('recovered')
    expect(world.workflows.dispatched).toEqual([])
  })

  it('without a report of the run its own words are all there is', async () => {
    const world = watchWorld()
    const { id } = world.deploy(SHA, { state: 'failure', said: 'unhealthy: errors 5 %' })
    const watch = await watchLive(world, id)
    expect(watch.outcome?.line).toBe('errors 5 %')
    expect(watch).not.toHaveProperty('found')
    expect(watch).not.toHaveProperty('state')
  })

  it('unhealthy, and going back failed: the merge is judged all the same', async () => {
    const world = watchWorld()
    world.reports.set(SHA, REPORT)
    const { id } = world.deploy(SHA, { state: 'error', said: 'rollback_failed: no answer' })
    expect((await watchLive(world, id)).acts.rollback?.ended?.kind).toBe('failed')
    const other = world.deploy(SHA, { state: 'error', said: 'no_rollback_target: nothing there' })
    expect((await watchLive(world, other.id)).acts.rollback?.ended?.kind).toBe('no_target')
  })

  it('held at a step of the traffic: told, and waits for people', async () => {
    const world = watchWorld()
    const { id } = world.deploy(SHA, { state: 'in_progress', said: 'health_no_data: no answer' })
    const held = await stepUntil(world, await watchLive(world, id), 'held', 'ended')
    expect(held).toMatchObject({
      phase: 'held',
      outcome: { verdict: 'inconclusive', reason: 'health_no_data', line: 'no answer' },
    })
    expect(world.raised.size).toBe(1)
    expect(stored(held)).not.toHaveProperty('state')
  })

  it('held at a step in shadow: nothing is taken back', async () => {
    const world = watchWorld()
    world.reports.set(SHA, REPORT)
    const { id } = world.deploy(SHA, { state: 'in_progress', said: 'shadow_unhealthy: errors 5 %' })
    const held = await stepUntil(world, await watchLive(world, id), 'held', 'ended')
    expect(held).toMatchObject({
      phase: 'held',
      outcome: { verdict: 'unhealthy', reason: 'shadow_unhealthy' },
    })
    expect(world.workflows.dispatched).toEqual([])
    expect(world.reverts).toEqual([])
  })
})

describe('an environment that is back on an earlier version', () => {
  it('that one is healthy by the App’s word, and the one taken away is no version to return to', async () => {
    const world = watchWorld()
    const replaced = world.deploy(SHA)
    replaced.verdict = 'healthy'
    const back = world.deploy(SHA_BEFORE, { operation: 'rollback', key: 'comment-9', version: '1.0.0' })
    for (let time = 1; time <= 2; time += 1) {
      expect(await world.begin(back.id)).toEqual({
        kind: 'rollback_live',
        environment: 'production',
        deployment: { id: back.id, sha: SHA_BEFORE, version: '1.0.0' },
        key: 'comment-9',
      })
      expect([replaced.verdict, back.verdict]).toEqual(['inconclusive', 'healthy'])
    }
    expect(await world.deployments.lastHealthy('production')).toMatchObject({ sha: SHA_BEFORE })
  })

  it('what was found unhealthy stays so', async () => {
    const world = watchWorld()
    const replaced = world.deploy(SHA)
    replaced.verdict = 'unhealthy'
    const back = world.deploy(SHA_BEFORE, { operation: 'rollback', key: `watch-${replaced.id}` })
    await world.begin(back.id)
    expect([replaced.verdict, back.verdict]).toEqual(['unhealthy', 'healthy'])
  })

  it('a Deployment that only says it is a rollback makes no commit healthy', async () => {
    const world = watchWorld()
    const forged = world.deploy(SHA_LATER, { operation: 'rollback' })
    expect(await world.begin(forged.id)).toMatchObject({ kind: 'rollback_live' })
    expect(forged.verdict).toBeUndefined()
  })

  it('told again later, it changes nothing of what came since', async () => {
    const world = watchWorld()
    world.deploy(SHA).verdict = 'unhealthy'
    const back = world.deploy(SHA_BEFORE, { operation: 'rollback' })
    await world.begin(back.id)
    const later = world.deploy(SHA_LATER)
    later.verdict = 'healthy'
    expect(await world.begin(back.id)).toEqual({ kind: 'nothing', why: 'a later deployment is live' })
    expect(later.verdict).toBe('healthy')
  })

  it('a commit that was there already and healthy is so for its new Deployment too', async () => {
    const world = watchWorld()
    const again = world.deploy(SHA_BEFORE, { said: 'already_live: production runs 1.0.0 already' })
    expect(await world.begin(again.id)).toMatchObject({ kind: 'nothing' })
    expect(again.verdict).toBe('healthy')
    const other = world.deploy(SHA_LATER, { said: 'already_live: so it says' })
    await world.begin(other.id)
    expect(other.verdict).toBeUndefined()
  })
})
