import { beforeEach, describe, expect, test } from 'vitest'

import { followOperation } from '../../src/command/follow-operation.ts'
import { GitHubError } from '../../src/errors.ts'
import { lockOf } from '../../src/command/lock-record.ts'
import { stepWatch } from '../../src/watch/step-watch.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'
import { dyingPorts, Killed } from '../support/watch/dying-ports.ts'
import {
  SHA,
  SHA_BEFORE,
  stepOnce,
  stepUntil,
  stored,
  watchedConfig,
  watchLive,
  type WatchWorld,
  watchWorld,
} from '../support/watch/watch-world.ts'

const ada = { id: 7, login: 'ada' }
const environment = (name: string, after: string): string => `
  ${name}:
    after: ${after}
    deploy: { run: { deploy: ./deploy.sh, rollback: ./rollback.sh } }
    revert: off
`
const CONFIG = watchedConfig() + environment('europe', '[production]')

let world: WatchWorld
beforeEach(() => {
  world = watchWorld(CONFIG)
})

/** Promoted and told, and nothing more yet. */
async function promoted(): Promise<WatchRecord> {
  const begun = await watchLive(world, world.deploy(SHA).id)
  let record = await stepUntil(world, begun, 'acting')
  while (record.acts.endToldAtMs === undefined) record = await stepOnce(world, record)
  return record
}

const toItsEnd = async (): Promise<WatchRecord> => stepUntil(world, await promoted(), 'ended')
const europe = () => world.deployments.all.filter((one) => one.environment === 'europe')

describe('what was merged and is healthy', () => {
  test('goes on to the environment that comes after, by a run of its own that the pull request follows', async () => {
    const ended = await toItsEnd()
    const key = `onward-${ended.deployment.id}-europe`
    expect(ended.acts.onward?.environments).toEqual(['europe'])
    expect(world.workflows.dispatched).toEqual([
      { operation: 'run', environment: 'europe', sha: SHA, key, deploymentId: europe()[0]!.id },
    ])
    expect(world.conversation.textOf(12, 'progress/europe')).toContain('Deployment to `europe`')
    expect(await lockOf(world.records, 'europe')).toMatchObject({ lock: { operation: { key, pull: 12 } } })
  })

  test('is told where it ends badly, for nobody asked for it by a comment', async () => {
    world.workflows.onRun = (run, { deploymentId = '' }) => {
      world.deployments.say(deploymentId, 'failure', 'tests_failed: 2 tests fail', run.url)
      world.workflows.become(run.id, { status: 'completed', conclusion: 'failure' })
    }
    const ended = await toItsEnd()
    await followOperation('europe', world.ports)
    const text = world.conversation.textOf(12, `end/onward-${ended.deployment.id}-europe`)
    expect(text).toMatch(/^❌ `1\.1\.0` is not live in `europe`\.[^]*tests_failed/)
    expect(world.conversation.reactions).toEqual([])
  })

  test('does not where it was taken back before, though another version is the newest there by now', async () => {
    for (const [sha, key] of [
      [SHA, 'run-1'],
      [SHA_BEFORE, 'watch-1'],
    ] as const) {
      const { id } = await world.deployments.begin({ environment: 'europe', sha, version: sha, key })
      world.deployments.say(id, sha === SHA ? 'failure' : 'success', 'as it was', '')
    }
    const ended = await toItsEnd()
    expect(ended.acts.onward?.environments).toEqual([])
    expect(world.workflows.dispatched).toEqual([])
  })

  test('does not where it was there before, however that ended', async () => {
    const before = await world.deployments.begin({
      environment: 'europe',
      sha: SHA,
      version: '1.1.0',
      key: 'run-1',
    })
    await world.deployments.setState(before.id, 'failure', 'unhealthy: errors')
    expect((await toItsEnd()).acts.onward?.environments).toEqual([])
    expect(world.workflows.dispatched).toEqual([])
  })

  test('does not where it must be well somewhere else, too, and is not', async () => {
    world.config = watchedConfig() + environment('asia', '[]') + environment('europe', '[production, asia]')
    expect((await toItsEnd()).acts.onward?.environments).toEqual([])
    expect(world.workflows.dispatched).toEqual([])
  })

  test('does where it is there, too: what is not watched need only be live', async () => {
    world.config = watchedConfig() + environment('asia', '[]') + environment('europe', '[production, asia]')
    const there = await world.deployments.begin({
      environment: 'asia',
      sha: SHA,
      version: '1.1.0',
      key: 'run-1',
    })
    await world.deployments.setState(there.id, 'success', 'not_watched: live')
    expect((await toItsEnd()).acts.onward?.environments).toEqual(['europe'])
  })

  test('does not past somebody’s lock, and says so once', async () => {
    const hold = { pull: 99, by: ada, sinceMs: 0 }
    await world.records.write('locks/europe', { schema: 1, environment: 'europe', hold }, undefined)
    const ended = await toItsEnd()
    expect(world.workflows.dispatched).toEqual([])
    expect(world.conversation.textOf(12, `onward/${ended.deployment.id}/europe`)).toMatch(
      /locked for #99 by `ada`/,
    )
  })

  test('is not asked for for ever where GitHub fails', async () => {
    const record = await promoted()
    Object.assign(world.deployments, {
      newest: async () => {
        throw new GitHubError(403, 'no')
      },
    })
    const ended = await stepUntil(world, record, 'ended')
    expect(ended.acts.onward?.environments).toEqual([])
    expect(world.log.lines.join('\n')).toContain('goes no further than production')
  })
})

test.each(['before', 'after'] as const)(
  'L01 killed %s any call, it is begun once in the end',
  async (when) => {
    const whole = dyingPorts(world.ports, undefined)
    let record = await promoted()
    while (record.nextMs !== undefined) ({ record } = await stepWatch(record, whole.ports))
    expect(whole.calls.length).toBeGreaterThan(8)
    for (let call = 1; call <= whole.calls.length; call += 1) {
      world = watchWorld(CONFIG)
      record = await promoted()
      const dying = dyingPorts(world.ports, { call, when })
      await toItsEndBy(record, dying.ports)
      expect([call, world.workflows.dispatched.length, europe().length]).toEqual([call, 1, 1])
    }
  },
)

/** Whoever comes after it has only what was written down. */
async function toItsEndBy(record: WatchRecord, ports: WatchWorld['ports']): Promise<void> {
  let [current, died] = [record, false]
  while (current.nextMs !== undefined) {
    world.clock.advance(Math.max(0, current.nextMs - world.clock.now()))
    try {
      current = stored((await stepWatch(current, died ? world.ports : ports)).record)
    } catch (error) {
      if (!(error instanceof Killed)) throw error
      died = true
    }
  }
}

test('what is only on trial in a pull request stays where it is', async () => {
  world.merges.clear()
  world.askedOn.set('comment-5', { number: 12, author: 'ada' })
  const begun = await watchLive(world, world.deploy(SHA, { key: 'comment-5' }).id)
  const ended = await stepUntil(world, begun, 'ended')
  expect(ended.outcome?.verdict).toBe('healthy')
  expect(ended.acts.onward).toBeUndefined()
  expect(world.workflows.dispatched).toEqual([])
})
