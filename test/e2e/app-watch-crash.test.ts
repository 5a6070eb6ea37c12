import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type CuttingProxy, cuttingProxy } from '../support/app/cutting-proxy.ts'
import { hasPrometheus } from '../support/prometheus-server.ts'
import { killAtWrites } from '../support/watch/kill-at-writes.ts'
import { showTakenBack } from '../support/watch/take-back.ts'
import { adopt, type WatchedWorld, watchedWorld } from '../support/watch/watched-world.ts'

/* Around what the App writes to GitHub its journal moves on; test/watch/*crash.test.ts has each single point, in memory. */
describe.runIf(hasPrometheus())('kill -9 of the App that watches', { timeout: 900_000 }, () => {
  let world: WatchedWorld
  let proxy: CuttingProxy
  let hubUrl = ''
  beforeAll(async () => {
    proxy = await cuttingProxy(() => hubUrl)
    world = await watchedWorld({
      environment: { GHE_HOST: proxy.url.replace('http://', '') },
      onHub: (url) => (hubUrl = url),
    })
  }, 400_000)
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.log(await world.story())
  })
  afterAll(async () => {
    await world?.close()
    await proxy.close()
  }, 60_000)

  const runsAskedFor = async (): Promise<number> => {
    const path = '/actions/runs?event=workflow_dispatch&per_page=100'
    return (await world.api<{ total_count: number }>('GET', path)).total_count
  }

  it('L01 around each write of a promotion: everything is there once', async () => {
    const kills = killAtWrites(proxy, world)
    const merged = await adopt(world)
    const said = await world.said(merged.number, 2)
    await kills.end()
    expect(said).toHaveLength(2)
    expect(await world.answers(merged.number)).toHaveLength(2)
    expect(await world.verdicts(merged.sha)).toHaveLength(1)
    console.log(`killed around a promotion:\n  ${kills.done.join('\n  ')}`)
    expect(kills.done.length).toBeGreaterThanOrEqual(4)
  })

  it('L01 around each write of a rollback and a revert: everything is done once', async () => {
    const kills = killAtWrites(proxy, world)
    const delays = await showTakenBack(world, { method: 'squash', version: '1.1.0' })
    await kills.end()
    console.log(`${delays}\nkilled around it:\n  ${kills.done.join('\n  ')}`)
    expect(await runsAskedFor()).toBe(1)
    const kinds = kills.done.join('\n')
    for (const point of ['/deployments', '/dispatches', '/git/refs', '/pulls', '/merge', '/check-runs'])
      expect(kinds).toContain(point)
  })
})
