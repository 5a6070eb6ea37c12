import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/app/driven-world.ts'
import { hasPrometheus } from '../support/prometheus-server.ts'
import { goodChange } from '../support/watch/changes.ts'
import { adopt, type Merged, type WatchedWorld, watchedWorld } from '../support/watch/watched-world.ts'

describe.runIf(hasPrometheus())('a watch that nothing is known in', { timeout: 600_000 }, () => {
  let world: WatchedWorld
  beforeAll(async () => {
    world = await watchedWorld()
    await adopt(world)
  }, 400_000)
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.log(await world.story())
  })
  afterAll(() => world?.close(), 60_000)

  /** All that is there of a merge: nothing of it may change by itself. */
  const standing = async ({ sha, number }: Merged): Promise<unknown> => ({
    checks: (await world.verdicts(sha)).map(({ name, status, conclusion }) => ({ name, status, conclusion })),
    comments: (await world.answers(number)).map((body) => body.split('\n')[0]),
    issues: (await world.issues()).map(({ number, state }) => ({ number, state })),
    main: await world.repository.shaOf('main'),
    served: await world.place.served(),
    reverts: await world.reverts(),
    rollbacks: await world.rollbacks(),
  })

  it('M01 Prometheus stops in the middle: held and told once, nothing taken back, nothing promoted; a person ends it', async () => {
    const merged = await world.merge({ steps: [goodChange('1.1.0')] })
    await world.said(merged.number, 1)
    await world.place.prometheus.kill()
    expect(await world.verdictOf(merged.sha)).toMatchObject({ conclusion: 'neutral' })
    const title = '⏸️ `1.1.0` in `production`: nobody knows whether users notice, it is held'
    const end = await world.endOf(merged.number)
    expect(end).toContain(title)
    expect(end).toContain('@ada')
    const issue = await until(async () => (await world.issues())[0], 'the issue')
    expect(issue).toMatchObject({ state: 'open', title: expect.stringContaining('1.1.0 in production') })
    const held = await standing(merged)
    expect(held).toMatchObject({
      comments: [expect.stringContaining(title), expect.any(String)],
      issues: [{ state: 'open' }],
      main: merged.sha,
      served: '1.1.0',
      reverts: [],
      rollbacks: [],
    })

    await world.place.prometheus.revive()
    // Some ticks long.
    await wait(8000)
    expect(await standing(merged)).toEqual(held)

    const comment = await world.say(merged.number, '/accept production')
    await until(async () => (await world.reactions(comment)).includes('rocket'), 'the answer')
    const accepted = async (): Promise<boolean> =>
      (await world.verdicts(merged.sha)).some(({ conclusion }) => conclusion === 'success')
    expect(await until(accepted, 'a verdict by a person')).toBe(true)
    expect(await until(async () => (await world.issues())[0]?.state === 'closed', 'settled')).toBe(true)
    expect((await world.answers(merged.number)).at(-1)).toMatch(/accepted by `ada`/)
    expect(await world.verdicts(merged.sha)).toHaveLength(1)
  })

  it('M01 once more, and /promote ends it', async () => {
    const merged = await world.merge({ steps: [goodChange('1.2.0')] })
    await world.said(merged.number, 1)
    await world.place.prometheus.kill()
    expect(await world.verdictOf(merged.sha)).toMatchObject({ conclusion: 'neutral' })
    await world.said(merged.number, 2)
    const comment = await world.say(merged.number, '/promote production')
    await until(async () => (await world.reactions(comment)).includes('rocket'), 'the answer')
    const promoted = async (): Promise<boolean> =>
      (await world.verdicts(merged.sha)).some(({ conclusion }) => conclusion === 'success')
    expect(await until(promoted, 'a verdict by a person')).toBe(true)
    expect(await world.place.served()).toBe('1.2.0')
  })
})
