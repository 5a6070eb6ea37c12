import { expect, it } from 'vitest'
import { superseded } from '../../src/watch/superseded.ts'
import { SHA, SHA_LATER, stepUntil, watchLive, watchWorld } from '../support/watch/watch-world.ts'

it('a watch that is replaced while it is told that nobody knows ends: of a version that is gone there is nothing to decide', async () => {
  const world = watchWorld()
  world.unbound = 'The App has no source "main" for acme/shop.'
  const decided = await watchLive(world, world.deploy(SHA).id)
  expect(decided).toMatchObject({ phase: 'acting', outcome: { verdict: 'inconclusive' } })
  const { id, sha, version } = world.deploy(SHA_LATER)
  const replaced = superseded(decided, { id, sha, version }, world.clock.now())
  const last = await stepUntil(world, replaced, 'held', 'ended')
  expect(last.phase).toBe('ended')
  expect(last).not.toHaveProperty('nextMs')
})
