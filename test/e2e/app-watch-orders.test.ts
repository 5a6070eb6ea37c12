import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/app/driven-world.ts'
import { hasPrometheus } from '../support/prometheus-server.ts'
import { latentChange } from '../support/watch/changes.ts'
import { FIRST_VERSION } from '../support/watch/orders-place.ts'
import { adopt, type WatchedWorld, watchedWorld } from '../support/watch/watched-world.ts'

describe.runIf(hasPrometheus())('what people say to a watch', { timeout: 600_000 }, () => {
  let world: WatchedWorld
  beforeAll(async () => {
    world = await watchedWorld()
    await adopt(world)
  }, 400_000)
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.log(await world.story())
  })
  afterAll(() => world?.close(), 60_000)

  const done = async (pull: number, command: string): Promise<void> => {
    const comment = await world.say(pull, command)
    await until(async () => (await world.reactions(comment)).includes('rocket'), `the answer to ${command}`)
  }

  it('R13 /pause on a watch that turns bad: told at once, nothing done; /continue takes it back', async () => {
    const merged = await world.merge({ steps: [latentChange('1.1.0')] })
    await world.said(merged.number, 1)
    await done(merged.number, '/pause production')
    world.place.breakLatent()
    const isAlarm = (body: string): boolean => body.includes('and it is paused') && body.includes('@ada')
    const alarms = async (): Promise<readonly string[]> =>
      (await world.answers(merged.number)).filter(isAlarm)
    expect(await until(async () => (await alarms())[0], 'told that it is bad', 300_000)).toContain('🚨')
    expect(await world.place.served()).toBe('1.1.0')
    expect(await world.rollbacks()).toEqual([])
    expect(await world.repository.shaOf('main')).toBe(merged.sha)
    await done(merged.number, '/continue production')
    const title = `↩️ \`production\` is back on \`1.0.0\`, users are well, and #${merged.number} is reverted`
    await until(async () => (await world.answers(merged.number)).at(-1)?.includes(title), 'the end', 300_000)
    expect(await alarms()).toHaveLength(1)
    expect(await world.place.served()).toBe(FIRST_VERSION)
    expect(await world.changedSince(merged.before)).toEqual([])
    expect(await world.reverts()).toHaveLength(1)
    expect(await world.rollbacks()).toHaveLength(1)
  })
})
