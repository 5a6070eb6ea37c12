import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hasPrometheus } from '../support/prometheus-server.ts'
import { goodChange } from '../support/watch/changes.ts'
import { showTakenBack } from '../support/watch/take-back.ts'
import { adopt, type WatchedWorld, watchedWorld } from '../support/watch/watched-world.ts'

/*
 * What is merged is deployed by the bundled Action, met by a real load, measured by a real Prometheus and watched by the App as a
 * process of its own.
 */
describe.runIf(hasPrometheus())('the App watches what a merge deploys', { timeout: 600_000 }, () => {
  let world: WatchedWorld
  beforeAll(async () => {
    world = await watchedWorld()
    await adopt(world)
  }, 400_000)
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.log(await world.story())
  })
  afterAll(() => world?.close(), 60_000)

  it('a good merge is promoted: by the App’s check, its receipt, and one new comment', async () => {
    const merged = await world.merge({ steps: [goodChange('1.1.0')], method: 'merge' })
    expect(await world.verdictOf(merged.sha)).toMatchObject({
      name: 'seamless/production',
      conclusion: 'success',
      app: { id: world.app.id },
    })
    const [, end, ...more] = await world.said(merged.number, 2)
    const title = '✅ `1.1.0` in `production`: users do not notice, it is promoted'
    expect(await world.receiptSaying(merged.number, title)).toContain('#### Health')
    expect(end).toContain(title)
    expect(end).not.toContain('@ada')
    expect(more).toEqual([])
    expect(await world.place.served()).toBe('1.1.0')
    const deployments = await world.deployments()
    expect(deployments.filter(({ sha }) => sha === merged.sha)).toHaveLength(1)
    expect(await world.issues()).toEqual([])
  })

  it('R15 a bad merge by squash: the environment goes back, the merge is reverted, later work stays, users are well', async () => {
    const delays = await showTakenBack(world, { method: 'squash', version: '1.2.0', back: '1.1.0' })
    console.log(delays)
    expect(delays).toMatch(/revert merged: [\d.]+ s/)
  })
})
