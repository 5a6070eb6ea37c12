import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hasPrometheus } from '../support/prometheus-server.ts'
import { showTakenBack } from '../support/watch/take-back.ts'
import { adopt, type WatchedWorld, watchedWorld } from '../support/watch/watched-world.ts'

/* A world of its own: of two reverts within half an hour the second one would only be proposed. */
describe.runIf(hasPrometheus())(
  'the App takes back what was merged by rebase, of three commits',
  { timeout: 600_000 },
  () => {
    let world: WatchedWorld
    beforeAll(async () => {
      world = await watchedWorld()
      await adopt(world)
    }, 400_000)
    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') console.log(await world.story())
    })
    afterAll(() => world?.close(), 60_000)

    it('R15 the environment goes back, the merge is reverted, later work stays, users are well', async () => {
      const delays = await showTakenBack(world, { method: 'rebase', version: '1.1.0' })
      console.log(delays)
      expect(delays).toMatch(/revert merged: [\d.]+ s/)
    })
  },
)
