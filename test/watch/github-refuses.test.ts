import { beforeEach, describe, expect, test } from 'vitest'
import { stepWatch } from '../../src/watch/step-watch.ts'
import { takeOrder, takesOrder } from '../../src/watch/take-order.ts'
import { DeploymentUnknown, GitHubError } from '../../src/errors.ts'
import {
  LIVE_MS,
  SHA,
  SHA_BEFORE,
  stepOnce,
  stepUntil,
  watchLive,
  type WatchWorld,
  watchWorld,
} from '../support/watch/watch-world.ts'

const MINUTE_MS = 60_000
const BAD = { perSecond: 200, bad: 0.05, slow: 0.2 }

let world: WatchWorld
beforeEach(() => {
  world = watchWorld()
})

describe('GitHub refuses what a watch says', () => {
  test('the check in progress: the watch begins all the same', async () => {
    world.deployments.watching = async () => {
      throw new GitHubError(403, 'The token lacks checks: write')
    }
    expect((await watchLive(world, world.deploy(SHA).id)).phase).toBe('watching')
    expect(world.log.lines.join()).toContain('checks: write')
  })

  test('the verdict of a rollback: the watch of what was taken away is told of it all the same', async () => {
    world.deploy(SHA)
    const back = world.deploy(SHA_BEFORE, { operation: 'rollback', said: 'rolled_back_on_request: back' })
    world.deployments.setVerdict = async () => {
      throw new GitHubError(403, 'The token lacks checks: write')
    }
    expect(await world.begin(back.id)).toMatchObject({ kind: 'rollback_live', deployment: { id: back.id } })
  })

  test('nothing, and answers nothing either: users do not wait for the check longer than some seconds', async () => {
    const begun = await watchLive(world, world.deploy(SHA).id)
    world.service.fares(world.clock.now(), BAD)
    const record = await stepUntil(world, begun, 'acting')
    world.deployments.setVerdict = async () => new Promise(() => undefined)
    const step = stepWatch(record, world.ports)
    await new Promise((resolve) => setImmediate(resolve))
    world.clock.advance(10_000)
    const { record: next } = await step
    await stepOnce(world, next)
    expect(world.workflows.dispatched).toMatchObject([{ operation: 'rollback', sha: SHA_BEFORE }])
  })

  test('the verdict, for the Deployment was deleted: users get the version before all the same', async () => {
    const begun = await watchLive(world, world.deploy(SHA).id)
    world.service.fares(world.clock.now(), BAD)
    const { setVerdict } = world.deployments
    world.deployments.setVerdict = async (id, ...words) => {
      if (id === begun.deployment.id) throw new DeploymentUnknown(`acme/shop has no deployment ${id}`)
      await setVerdict(id, ...words)
    }
    let record = await stepUntil(world, begun, 'acting')
    for (let step = 0; step < 5 && world.workflows.dispatched.length === 0; step += 1)
      record = await stepOnce(world, record)
    expect(world.workflows.dispatched).toMatchObject([{ operation: 'rollback', sha: SHA_BEFORE }])
  })
})

test('that nobody knows cannot be said, for issues are switched off: who knows it decides all the same', async () => {
  world.unbound = 'The App has no source "main" for acme/shop.'
  const ports = { ...world.ports, escalation: { ...world.ports.escalation } }
  ports.escalation.raise = async () => {
    throw new GitHubError(410, 'Issues are disabled for this repo')
  }
  Object.assign(world, { ports })
  let record = await watchLive(world, world.deploy(SHA).id)
  for (let step = 0; step < 5; step += 1) record = await stepOnce(world, record)
  expect(record).toMatchObject({ phase: 'acting', outcome: { verdict: 'inconclusive' } })
  expect(takesOrder(record, 'accept')).toBe(true)
  const order = { kind: 'accept', by: { id: 7, login: 'ada' }, atMs: world.clock.now() } as const
  const accepted = takeOrder({ ...record, order }, world.clock.now())
  expect(await stepUntil(world, accepted, 'ended')).toMatchObject({
    outcome: { verdict: 'healthy', reason: 'accepted_by_person' },
  })
})

describe('GitHub fails for a moment, long after it was decided', () => {
  test('a verdict that was found in what was slept through is written by the next try', async () => {
    let record = await watchLive(world, world.deploy(SHA).id)
    world.clock.advance(3 * 60 * MINUTE_MS)
    record = await stepUntil(world, record, 'acting')
    expect(record.outcome?.atMs).toBeLessThan(LIVE_MS + 60 * MINUTE_MS)
    const { setVerdict } = world.deployments
    world.deployments.setVerdict = async () => {
      world.deployments.setVerdict = setVerdict
      throw new GitHubError(502, 'Bad Gateway')
    }
    const last = await stepUntil(world, record, 'ended', 'held')
    expect(world.deployments.all.find(({ id }) => id === last.deployment.id)?.verdict).toBe('healthy')
    expect(last).not.toHaveProperty('failingSinceMs')
  })

  test('a rollback whose run has waited an hour for a runner goes on', async () => {
    world.service.fares(LIVE_MS, BAD)
    let record = await stepUntil(world, await watchLive(world, world.deploy(SHA).id), 'acting')
    const decidedMs = world.clock.now()
    while (world.clock.now() < decidedMs + 62 * MINUTE_MS) record = await stepOnce(world, record)
    const { state } = world.workflows
    world.workflows.state = async () => {
      world.workflows.state = state
      throw new GitHubError(502, 'Bad Gateway')
    }
    record = await stepOnce(world, await stepOnce(world, record))
    expect(record.acts.rollback).not.toHaveProperty('ended')
    const run = (await state(9001))!
    const { deploymentId = '' } = world.workflows.dispatched[0]!
    world.deployments.say(deploymentId, 'success', 'rolled_back_on_request: back on 1.0.0.', run.url)
    world.workflows.become(run.id, { status: 'completed', conclusion: 'success' })
    record = await stepUntil(world, record, 'recovering')
    expect(record.acts.rollback?.ended?.kind).toBe('rolled_back')
  })
})
