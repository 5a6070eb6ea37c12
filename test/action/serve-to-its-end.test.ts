import { beforeEach, describe, expect, test } from 'vitest'

import { serveToItsEnd } from '../../src/action/serve-to-its-end.ts'
import { GitHubError } from '../../src/errors.ts'
import { type CommandWorld, commandWorld } from '../support/command/command-world.ts'

const BAD_GATEWAY = new GitHubError(502, 'bad gateway')

let world: CommandWorld
beforeEach(() => {
  world = commandWorld()
})

describe('L08 an answer of GitHub that gets lost, where no queue comes again', () => {
  test.each(['before', 'after'] as const)(
    'a 502 %s the run was asked for: one run, one Deployment, no question left open',
    async (when) => {
      world.workflows.failure = { error: BAD_GATEWAY, when }
      const { sleep } = world.clock
      const clock = {
        now: world.clock.now,
        sleep: async (ms: number, signal: AbortSignal) => {
          world.workflows.failure = undefined
          await sleep(ms, signal)
        },
      }
      const outcome = await serveToItsEnd(world.comment('/deploy production'), { ...world.ports, clock })
      expect(outcome).toMatchObject({ kind: 'started', reason: 'deploy_started' })
      expect(world.workflows.dispatched).toHaveLength(1)
      expect(world.deployments.all).toHaveLength(1)
    },
  )

  test('one that is down for good is told to whoever reads the log, and nothing was asked for', async () => {
    world.workflows.failure = { error: BAD_GATEWAY, when: 'before' }
    await expect(serveToItsEnd(world.comment('/deploy production'), world.ports)).rejects.toThrow(
      'bad gateway',
    )
    expect(world.workflows.dispatched).toEqual([])
  })

  test('a refusal is none that is asked again', async () => {
    world.pulls.beforeHead = () => {
      throw new GitHubError(403, 'forbidden')
    }
    const beganMs = world.clock.now()
    await expect(serveToItsEnd(world.comment('/deploy production'), world.ports)).rejects.toThrow('forbidden')
    expect(world.clock.now()).toBe(beganMs)
  })
})
