import { beforeEach, describe, expect, test } from 'vitest'

import { followOperation } from '../../src/command/follow-operation.ts'
import { lockOf } from '../../src/command/lock-record.ts'
import { CONFIG, type CommandWorld, commandWorld, SHA_OLD } from '../support/command/command-world.ts'

let world: CommandWorld
beforeEach(() => {
  world = commandWorld()
  world.deployments.before('production', SHA_OLD)
})

/** What its run said of the Deployment, and that it goes on or has ended. */
async function runSays(
  state: 'success' | 'in_progress' | 'failure',
  words: string,
  isOver: boolean,
): Promise<void> {
  const [run, id] = [world.workflows.dispatched.length + 9000, world.deployments.all.at(-1)!.id]
  world.deployments.say(id, state, words, `https://github.example/acme/shop/actions/runs/${run}`)
  world.workflows.become(
    run,
    isOver ? { status: 'completed', conclusion: 'success' } : { status: 'in_progress' },
  )
  await followOperation('production', world.ports)
}

const said = () => world.conversation.comments.map(({ key }) => key)
const progress = () => world.conversation.textOf(5, 'progress/production')

describe('a deployment that the App watches', () => {
  test('ends with a reaction and no new comment: its watch says how it ends', async () => {
    await world.say('/deploy production')
    await runSays('success', 'watched_by_app: all traffic is there', true)
    expect(said()).toEqual(['progress/production'])
    expect(world.reactions()).toEqual(['eyes', 'rocket'])
    expect(await lockOf(world.records, 'production')).toEqual({ kind: 'lock' })
  })

  test('leaves the kept comment to its watch once it is live', async () => {
    await world.say('/deploy production')
    await runSays('in_progress', '', false)
    expect(progress()).toContain('Works')
    await world.conversation.keep(5, 'progress/production', 'It is watched.')
    world.clock.advance(61_000)
    await runSays('success', '', false)
    await runSays('success', 'watched_by_app: all traffic is there', true)
    expect(progress()).toBe('It is watched.')
  })

  test('that its run holds at a step of the traffic is held, and not half done: the App’s check comes after it', async () => {
    await world.say('/deploy production')
    await runSays('in_progress', 'health_no_data: Prometheus did not answer', true)
    expect(await lockOf(world.records, 'production')).toEqual({ kind: 'lock' })
    expect(said()).toEqual(['progress/production'])
    expect(world.reactions()).toEqual(['eyes', 'confused'])
  })

  test('is half done where its run ended in the middle, whatever it said before', async () => {
    await world.say('/deploy production')
    await runSays('in_progress', '10 % of the traffic', true)
    expect(await lockOf(world.records, 'production')).toMatchObject({
      lock: { operation: { dirty: expect.any(String) } },
    })
  })
})

test('with driver: action a check says that it is held, or it is half done', async () => {
  world = commandWorld(CONFIG.replace('driver: app', 'driver: action'))
  world.deployments.before('production', SHA_OLD)
  await world.say('/deploy production')
  await runSays('in_progress', 'health_no_data: Prometheus did not answer', true)
  expect(await lockOf(world.records, 'production')).toMatchObject({
    lock: { operation: { dirty: expect.any(String) } },
  })
})

test('/rollback is a rollback on GitHub, too: nothing new is to be watched', async () => {
  const { id } = world.deployments.before('production', 'd'.repeat(40), 'unhealthy')
  await world.say('/rollback production')
  const made = world.deployments.all.at(-1)!
  expect(made.id).not.toBe(id)
  expect(await world.deployments.read(made.id)).toMatchObject({ operation: 'rollback', sha: SHA_OLD })
})
