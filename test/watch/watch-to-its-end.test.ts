import { describe, expect, it } from 'vitest'
import { SHA, stepUntil, watchLive, watchWorld } from '../support/watch/watch-world.ts'

describe('a watch by the App, to its end', () => {
  it('a good version is promoted at the end of its time', async () => {
    const world = watchWorld()
    const begun = await watchLive(world, world.deploy(SHA).id)
    expect(begun).toMatchObject({ phase: 'watching', before: { version: '1.0.0' }, pull: { number: 12 } })
    const decided = await stepUntil(world, begun, 'acting')
    expect(decided.outcome).toMatchObject({ verdict: 'healthy', reason: 'healthy' })
  })

  it('a bad version is decided within moments', async () => {
    const world = watchWorld()
    const begun = await watchLive(world, world.deploy(SHA).id)
    world.service.fares(world.clock.now(), { perSecond: 200, bad: 0.05, slow: 0.005 })
    const decided = await stepUntil(world, begun, 'acting')
    expect(decided.outcome).toMatchObject({ verdict: 'unhealthy' })
  })
})
