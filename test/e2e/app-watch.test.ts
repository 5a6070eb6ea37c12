import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/app/driven-world.ts'
import { hasPrometheus } from '../support/prometheus-server.ts'
import { badChange, goodChange, laterWork } from '../support/watch/changes.ts'
import { delaysOf } from '../support/watch/delays.ts'
import { adopt, type WatchedWorld, watchedWorld } from '../support/watch/watched-world.ts'

/*
 * What is merged is deployed by the bundled Action, met by a real load, measured by a real Prometheus and watched by the App as a
 * process of its own.
 */
describe.runIf(hasPrometheus())('the App watches what a merge deploys', { timeout: 300_000 }, () => {
  let world: WatchedWorld
  beforeAll(async () => {
    world = await watchedWorld()
    await adopt(world)
  }, 240_000)
  afterAll(() => world?.close(), 60_000)

  it('a good merge is promoted: by the App’s check, its receipt, and one new comment', async () => {
    const merged = await world.merge({ steps: [goodChange('1.1.0')], method: 'merge' })
    expect(await world.verdictOf(merged.sha)).toMatchObject({
      name: 'seamless/production',
      conclusion: 'success',
      app: { id: world.app.id },
    })
    const [receipt, end, ...more] = await world.said(merged.number, 2)
    expect(receipt).toMatch(/^### ✅ `1\.1\.0` in `production`: users do not notice, it is promoted/)
    expect(end).toMatch(/`1\.1\.0` in `production`: users do not notice, it is promoted/)
    expect(more).toEqual([])
    expect(await world.place.served()).toBe('1.1.0')
    const deployments = await world.deployments()
    expect(deployments.filter(({ sha }) => sha === merged.sha)).toHaveLength(1)
    expect(await world.issues()).toEqual([])
  })

  it('R15 a bad merge by squash: the environment goes back, the merge is reverted, later work stays, users are well', async () => {
    const from = world.hub.requests.length
    const merged = await world.merge({ steps: [badChange('1.2.0')], method: 'squash' })
    await world.merge({ steps: [laterWork('squash')] })
    expect(await world.verdictOf(merged.sha)).toMatchObject({
      conclusion: 'failure',
      app: { id: world.app.id },
    })
    const back = await until(async () => (await world.place.served()) === '1.1.0', 'the version before')
    expect(back).toBe(true)
    const end = await world.endOf(merged.number)
    expect(end).toMatch(/`production` is back on `1\.1\.0`, and users are well: `1\.2\.0` was taken back/)
    expect(await world.changedSince(merged.before)).toEqual(['A docs/squash.md'])
    expect(await world.issues()).toEqual([])
    console.log((await delaysOf(world, from, '1.2.0')).join('\n'))
  })
})
