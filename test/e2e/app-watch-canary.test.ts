import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hasPrometheus } from '../support/prometheus-server.ts'
import { badChange } from '../support/watch/changes.ts'
import { FIRST_VERSION } from '../support/watch/orders-place.ts'
import { expectTakenBack } from '../support/watch/take-back.ts'
import { CANARY_CONFIG } from '../support/watch/watched-config.ts'
import { adopt, type WatchedWorld, watchedWorld } from '../support/watch/watched-world.ts'

/* Beside the old version the run finds it out at a step of the traffic, and takes it back; the merge is the App's. */
describe.runIf(hasPrometheus())('what a run found bad at a step of its traffic', { timeout: 600_000 }, () => {
  let world: WatchedWorld
  beforeAll(async () => {
    world = await watchedWorld({ config: CANARY_CONFIG })
    await adopt(world)
  }, 400_000)
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.log(await world.story())
  })
  afterAll(() => world?.close(), 60_000)

  it('R15 the App reverts the merge of it, says whether users are well, and takes nothing back a second time', async () => {
    const merged = await world.merge({ steps: [badChange('1.1.0')] })
    await expectTakenBack(world, merged, { back: FIRST_VERSION, later: [], rollbacks: 0 })
    expect(world.results.at(1)).toMatchObject({ exitCode: 1, log: expect.stringContaining('Unhealthy') })
  })
})
