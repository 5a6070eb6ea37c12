import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DrivenWorld, drivenWorld, until } from '../support/app/driven-world.ts'

describe('the App takes commands', () => {
  let world: DrivenWorld
  beforeAll(async () => {
    world = await drivenWorld()
  }, 120_000)
  afterAll(() => world.close())

  it('a comment becomes a Deployment, a run of the bundled Action, a live service and answers', async () => {
    const { number, sha } = await world.openPull({ VERSION: '1.1.0\n' })
    world.calls()
    const comment = await world.say(number, '/deploy production')
    await until(async () => (await world.reactions(comment)).includes('rocket'), 'done').catch((e) => {
      throw new Error(`${e}\n${world.process().output()}\n${world.results.map(({ log }) => log).join('\n')}`)
    })
    console.log(world.calls().join('\n'))
    expect(world.live()).toBe('1.1.0')
    const [made, ...more] = await world.deployments()
    expect(more).toEqual([])
    expect(made).toMatchObject({ sha, environment: 'production' })
    console.log(await world.statesOf(String(made?.id)))
    console.log(await world.answers(number))
    expect(await world.reactions(comment)).toEqual(['eyes', 'rocket'])
  }, 120_000)
})
