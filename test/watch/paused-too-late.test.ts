import { expect, test } from 'vitest'
import { stepWatch } from '../../src/watch/step-watch.ts'
import { SHA, stepOnce, stepUntil, stored, watchLive, watchWorld } from '../support/watch/watch-world.ts'

const BAD = { perSecond: 200, bad: 0.05, slow: 0.2 }

/** A person pauses while the step that asks for the rollback is at work: the pause is kept, and what the step noted is not. */
test('R13 a pause that comes while the rollback is being asked for does not hide it: it is followed to its end, and told', async () => {
  const world = watchWorld()
  const begun = await watchLive(world, world.deploy(SHA).id)
  world.service.fares(world.clock.now(), BAD)
  const told = await stepOnce(world, await stepUntil(world, begun, 'acting'))
  expect(told.acts).toMatchObject({ verdictToldAtMs: expect.any(Number) })
  await stepWatch(told, world.ports)
  const asked = world.deployments.all.length

  const paused = { by: { id: 7, login: 'ada' }, atMs: world.clock.now() }
  const followed = await stepOnce(world, stored({ ...told, paused }))
  expect(followed.acts.rollback).toMatchObject({ begunAtMs: expect.any(Number) })
  expect(followed.nextMs).toBeDefined()
  expect(world.deployments.all).toHaveLength(asked)
})

test('R13 a pause before it was asked for stops it', async () => {
  const world = watchWorld()
  const begun = await watchLive(world, world.deploy(SHA).id)
  world.service.fares(world.clock.now(), BAD)
  const told = await stepOnce(world, await stepUntil(world, begun, 'acting'))
  const before = world.deployments.all.length

  const paused = { by: { id: 7, login: 'ada' }, atMs: world.clock.now() }
  const waiting = await stepOnce(world, stored({ ...told, paused }))
  expect(waiting).toMatchObject({ phase: 'acting', paused })
  expect(waiting.acts.rollback).toBeUndefined()
  expect(waiting.nextMs).toBeUndefined()
  expect(world.deployments.all).toHaveLength(before)
})
