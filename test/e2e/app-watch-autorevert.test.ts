import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/app/driven-world.ts'
import { hasPrometheus } from '../support/prometheus-server.ts'
import { badChange } from '../support/watch/changes.ts'
import { FIRST_VERSION } from '../support/watch/orders-place.ts'
import { adopt, type WatchedWorld, watchedWorld } from '../support/watch/watched-world.ts'

describe.runIf(hasPrometheus())('the switch of automatic reverts', { timeout: 600_000 }, () => {
  let world: WatchedWorld
  beforeAll(async () => {
    world = await watchedWorld()
    world.repository.setRole('mia', 'maintain')
    await adopt(world)
  }, 400_000)
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.log(await world.story())
  })
  afterAll(() => world?.close(), 60_000)

  const done = async (pull: number, command: string, login: string): Promise<void> => {
    const comment = await world.say(pull, command, login)
    await until(async () => (await world.reactions(comment)).includes('rocket'), `the answer to ${command}`)
  }

  it('R13 /autorevert off: what is bad is rolled back, not reverted, and that is told', async () => {
    const merged = await world.merge({ steps: [badChange('1.1.0')] })
    await done(merged.number, '/autorevert off', 'mia')
    expect(await world.verdictOf(merged.sha)).toMatchObject({ conclusion: 'failure' })
    const end = await world.endOf(merged.number)
    expect(end).toMatch(/`production` is back on `1\.0\.0`/)
    expect(end).toContain('was not reverted')
    expect(end).toContain('/autorevert')
    expect(await world.place.served()).toBe(FIRST_VERSION)
    expect(await world.repository.shaOf('main')).toBe(merged.sha)
    expect(await world.reverts()).toEqual([])
  })
})
