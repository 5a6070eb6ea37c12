import { describe, expect, test } from 'vitest'

import type { CommandRequest } from '../../src/command/command-outcome.ts'
import type { CommandPorts } from '../../src/command/command-ports.ts'
import { serveCommand } from '../../src/command/serve-command.ts'
import { readAutoRevert } from '../../src/revert/auto-revert.ts'
import { reapOperations } from '../../src/command/reap-operations.ts'
import {
  type CommandWorld,
  commandWorld,
  mergeOf,
  followToEnd,
  SHA_A,
  SHA_B,
  SHA_OLD,
  workOff,
} from '../support/command/command-world.ts'

class Killed extends Error {}

type When = 'before' | 'after'

interface Plan {
  readonly at: number
  readonly when: When
}

/** Ports that die at their n-th call, before it did anything or after it did all; once. Counts them, too. */
function mortal(ports: CommandPorts, plan: Plan | undefined): { ports: CommandPorts; calls: string[] } {
  const calls: string[] = []
  const wrap =
    (name: string, call: (...values: unknown[]) => Promise<unknown>) =>
    async (...values: unknown[]): Promise<unknown> => {
      calls.push(name)
      const dies = calls.length === plan?.at
      if (dies && plan.when === 'before') throw new Killed(name)
      const result = await call(...values)
      if (dies) throw new Killed(name)
      return result
    }
  const port = <Port extends object>(name: string, of: Port): Port =>
    Object.fromEntries(
      Object.entries(of).map(([method, value]) =>
        typeof value === 'function'
          ? [
              method,
              wrap(`${name}.${method}`, (value as (...values: unknown[]) => Promise<unknown>).bind(of)),
            ]
          : [method, value],
      ),
    ) as Port
  const names = [
    'authority',
    'pulls',
    'conversation',
    'records',
    'deployments',
    'workflows',
    'quarantine',
    'watches',
    'pullRequests',
    'decided',
  ] as const
  const wrapped = Object.fromEntries(names.map((name) => [name, port(name, ports[name] as object)]))
  const config = wrap('config', ports.config) as CommandPorts['config']
  return { ports: { ...ports, ...wrapped, config }, calls }
}

/** What the App does: serves the request again from the top until it is done, then follows to the end; the reaper looks too. */
async function drive(world: CommandWorld, request: CommandRequest, plan?: Plan): Promise<string[]> {
  const { ports, calls } = mortal(world.ports, plan)
  const surviving = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof Killed)) throw error
      }
    }
  }
  for (let round = 1; ; round += 1) {
    const outcome = await surviving(() => serveCommand(request, ports))
    if (outcome.kind !== 'waiting') break
    if (round > 50) throw new Error(`it waits for ever: ${outcome.reason}`)
    if (outcome.reason === 'plan_started') workOff(world)
    world.clock.advance(Math.max(0, outcome.untilMs - world.clock.now()))
  }
  workOff(world)
  await surviving(() => followToEnd(world, 'production', ports))
  await surviving(() => reapOperations(ports))
  return calls
}

const whens: readonly When[] = ['before', 'after']

/** Each call of a run without a fault, killed before and after its effect. */
async function killEachCall(
  open: () => { world: CommandWorld; request: CommandRequest },
  check: (world: CommandWorld, label: string) => void | Promise<void>,
): Promise<number> {
  const calm = open()
  const calls = await drive(calm.world, calm.request)
  await check(calm.world, 'no fault')
  for (const [index, name] of calls.entries()) {
    for (const when of whens) {
      const { world, request } = open()
      await drive(world, request, { at: index + 1, when })
      await check(world, `killed ${when} call ${index + 1}, ${name}`)
    }
  }
  return calls.length
}

const bodies = (world: CommandWorld, start: string): string[] =>
  world.conversation.comments.filter(({ key }) => key?.startsWith(start)).map(({ body }) => body)

describe('a worker that dies at any call', () => {
  test.each(['answers', 'shows'] as const)(
    'L01 L08 /deploy: one Deployment, one dispatch, one comment of each kind, live (a dispatch that %s)',
    async (manner) => {
      const open = () => {
        const world = commandWorld()
        world.deployments.before('production', SHA_OLD)
        world.workflows.manner = manner
        return { world, request: world.comment('/deploy production') }
      }
      const calls = await killEachCall(open, async (world, label) => {
        const made = world.deployments.all.filter(({ sha }) => sha === SHA_A)
        expect(made, label).toHaveLength(1)
        expect(made[0]?.states.at(-1), label).toMatchObject({ state: 'success' })
        expect(world.workflows.dispatched, label).toHaveLength(1)
        expect(bodies(world, 'end/'), label).toHaveLength(1)
        expect(bodies(world, 'progress/'), label).toEqual([expect.stringContaining('✅')])
        expect(bodies(world, 'answer/'), label).toEqual([])
        expect(
          world.conversation.reactions.map(({ reaction }) => reaction),
          label,
        ).toEqual(['eyes', 'rocket'])
        expect(await world.records.list('locks/'), label).toEqual([])
      })
      expect(calls).toBeGreaterThan(20)
    },
  )

  test('L01 T02 /deploy that finds the head moved: the Deployment is closed and the environment free, refused once', async () => {
    const open = () => {
      const world = commandWorld()
      // The push lands after the Deployment is made.
      world.pulls.beforeHead = () => {
        if (world.pulls.pulls.get(5)?.head === SHA_A)
          world.pulls.push(5, { sha: SHA_B, atMs: world.clock.now() })
      }
      return { world, request: world.comment('/deploy production') }
    }
    await killEachCall(open, async (world, label) => {
      expect(world.workflows.dispatched, label).toEqual([])
      const [made, ...others] = world.deployments.all
      expect(others, label).toEqual([])
      expect(
        made?.states.map(({ state }) => state),
        label,
      ).toEqual(['error', 'inactive'])
      expect(made?.states[0]?.description, label).toMatch(/^ref_changed: /)
      expect(bodies(world, 'answer/'), label).toEqual([expect.stringContaining(SHA_B)])
      expect(bodies(world, 'end/'), label).toEqual([])
      expect(
        world.conversation.reactions.map(({ reaction }) => reaction),
        label,
      ).toEqual(['eyes', '-1'])
      expect(await world.records.list('locks/'), label).toEqual([])
    })
  })

  test('L01 R19 /rollback: one Deployment of the last healthy commit, one dispatch, back', async () => {
    const open = () => {
      const world = commandWorld()
      world.deployments.before('production', SHA_OLD)
      world.deployments.before('production', SHA_B, 'unhealthy')
      return { world, request: world.comment('/rollback production') }
    }
    await killEachCall(open, async (world, label) => {
      const [, , made, ...others] = world.deployments.all
      expect(made, label).toMatchObject({ sha: SHA_OLD })
      expect(others, label).toEqual([])
      expect(world.workflows.dispatched, label).toEqual([
        expect.objectContaining({ operation: 'rollback', sha: SHA_OLD, deploymentId: made?.id }),
      ])
      expect(bodies(world, 'end/'), label).toEqual([expect.stringContaining('is back on')])
      expect(await world.records.list('locks/'), label).toEqual([])
    })
  })

  test.each([
    ['/deploy prodution', '-1'],
    ['/help', 'rocket'],
    ['/status', 'rocket'],
    ['/lock production for the demo', 'rocket'],
    ['/plan production', 'rocket'],
  ])('L01 %s is answered once', async (body, reaction) => {
    const open = () => {
      const world = commandWorld()
      return { world, request: world.comment(body) }
    }
    await killEachCall(open, (world, label) => {
      expect(world.conversation.comments, label).toHaveLength(1)
      expect(
        world.conversation.reactions.map((one) => one.reaction),
        label,
      ).toEqual(['eyes', reaction])
      expect(world.workflows.dispatched.length, label).toBe(body.startsWith('/plan') ? 1 : 0)
    })
  })

  test.each(['/promote', '/accept', '/pause', '/continue'])(
    'L01 %s reaches the watch, and is answered once, as it was meant first',
    async (command) => {
      const open = () => {
        const world = commandWorld()
        const { id, sha, version, ...made } = world.deployments.before('production', SHA_OLD)
        delete made.verdict
        const deployment = { id, sha, version }
        const paused = command === '/continue'
        world.watches.watch({ deployment, environment: 'production', paused })
        delete world.deployments.all[0]?.verdict
        return { world, request: world.comment(`${command} production`) }
      }
      const kind = command.slice(1)
      await killEachCall(open, (world, label) => {
        const orders = world.watches.taken.map(({ order }) => order.kind)
        expect(new Set(orders), label).toEqual(new Set([kind]))
        expect(bodies(world, 'answer/'), label).toEqual([expect.stringMatching(/^\S+ `dev` /)])
        expect(
          world.conversation.reactions.map(({ reaction }) => reaction),
          label,
        ).toEqual(['eyes', 'rocket'])
      })
    },
  )

  test('L01 /promote is told to a job once, and answered once', async () => {
    const open = () => {
      const world = commandWorld()
      const made = world.deployments.before('production', SHA_OLD)
      delete made.verdict
      const url = 'https://github.example/acme/shop/actions/runs/9001'
      world.deployments.say(made.id, 'in_progress', 'A run works on it.', url)
      const key = 'run-9001'
      void world.workflows.dispatch({ operation: 'run', environment: 'production', sha: SHA_OLD, key })
      return { world, request: world.comment('/promote production') }
    }
    await killEachCall(open, (world, label) => {
      const said = world.deployments.all[0]?.states.slice(2).map(({ description }) => description)
      expect(said, label).toEqual(['promoted: by dev'])
      expect(bodies(world, 'answer/'), label).toEqual([expect.stringMatching(/^🚀 `dev` promotes/)])
    })
  })

  test('L01 /accept of what nobody watches: one verdict, said once by whom', async () => {
    const open = () => {
      const world = commandWorld()
      delete world.deployments.before('production', SHA_OLD).verdict
      return { world, request: world.comment('/accept production') }
    }
    await killEachCall(open, (world, label) => {
      expect(world.deployments.all[0]?.verdict, label).toBe('healthy')
      expect(bodies(world, 'answer/'), label).toEqual([expect.stringMatching(/^✅ `dev` accepts/)])
    })
  })

  test('L01 /revert is asked for again after a crash, and answered once', async () => {
    const open = () => {
      const world = commandWorld()
      world.pulls.open({ number: 5, head: SHA_A, state: 'merged' })
      world.pullRequests.merges.set(5, mergeOf(5))
      return { world, request: world.comment('/revert') }
    }
    await killEachCall(open, (world, label) => {
      expect(new Set(world.pullRequests.asked.map(({ merge }) => merge)), label).toEqual(new Set([5]))
      expect(bodies(world, 'answer/'), label).toEqual([expect.stringMatching(/`dev` asked for it: #5 was/)])
    })
  })

  test('L01 R13 /autorevert: the switch and the breakers, and one answer that says how it was', async () => {
    const open = () => {
      const world = commandWorld()
      const by = world.authority.person('boss', 'maintain')
      const off = { schema: 1, isOn: false, by: { id: 3, login: 'ada' }, atMs: 0 }
      void world.records.write('autorevert', off, undefined)
      const breaker = { schema: 1, deployment: '7', why: 'still bad', openedAtMs: 0 }
      void world.records.write('breaker/production', breaker, undefined)
      return { world, request: world.comment('/autorevert on', { by }) }
    }
    await killEachCall(open, async (world, label) => {
      expect(await readAutoRevert(world.records), label).toMatchObject({ state: 'on', by: { login: 'boss' } })
      expect(await world.records.list('breaker/'), label).toEqual([])
      expect(bodies(world, 'answer/'), label).toEqual([
        expect.stringMatching(/`boss`.*Until now: off, by `ada`/),
      ])
    })
  })

  test.each([
    ['/unlock production', /dev.* unlocked .*production.*ada/],
    ['/resolve production', /dev.* has looked after .*production/],
  ])('L01 L06 %s is carried out and audited once', async (body, audit) => {
    const open = () => {
      const world = commandWorld()
      const by = world.authority.person('ada', 'write')
      const asked = { kind: 'deploy', key: 'comment-1', pull: 4, comment: 1, by, sha: SHA_B }
      const operation = { ...asked, sinceMs: 0, leaseUntilMs: 0, dirty: 'rollback_failed' }
      const hold = { pull: 4, by, sinceMs: 0 }
      const lock = {
        schema: 1,
        environment: 'production',
        ...(body.startsWith('/unlock') ? { hold } : { operation }),
      }
      void world.records.write('locks/production', lock, undefined)
      return { world, request: world.comment(body) }
    }
    await killEachCall(open, async (world, label) => {
      expect(
        world.conversation.comments.map((one) => one.body),
        label,
      ).toEqual([expect.stringMatching(audit)])
      expect(
        world.conversation.reactions.map((one) => one.reaction),
        label,
      ).toEqual(['eyes', 'rocket'])
      expect(await world.records.list('locks/'), label).toEqual([])
    })
  })
})
