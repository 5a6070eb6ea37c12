import { beforeEach, describe, expect, test } from 'vitest'

import { GitHubError } from '../../src/errors.ts'
import { serveCommand } from '../../src/command/serve-command.ts'
import { reapOperations } from '../../src/command/reap-operations.ts'
import { settleOperation } from '../../src/command/settle-operation.ts'
import {
  CONFIG,
  type CommandWorld,
  commandWorld,
  followToEnd,
  SHA_A,
  SHA_B,
  SHA_OLD,
  workOff,
} from '../support/command/command-world.ts'

let world: CommandWorld
beforeEach(() => {
  world = commandWorld()
})

/** Nothing was deployed, dispatched or locked. */
async function expectNoEffect(): Promise<void> {
  expect(world.deployments.all.filter(({ key }) => !key.startsWith('before'))).toEqual([])
  expect(world.workflows.dispatched).toEqual([])
  expect(await world.records.list('locks/')).toEqual([])
}

const said = (): string[] => world.conversation.comments.map(({ body }) => body)

describe('who may', () => {
  test("A01 a READ collaborator's /deploy does nothing, and is refused once by what is missing", async () => {
    const by = world.authority.person('reader', 'read')
    const request = world.comment('/deploy production', { by })
    expect(await world.serve(request)).toMatchObject({ kind: 'refused', reason: 'permission_denied' })
    await world.serve(request)
    await expectNoEffect()
    expect(said()).toEqual([expect.stringMatching(/^@reader .*the role write or a higher one/)])
    expect(world.reactions()).toEqual(['eyes', '-1'])
  })

  test('A02 a stranger gets no answer and no reaction, twenty times', async () => {
    const by = world.authority.person('stranger')
    for (let time = 0; time < 20; time += 1) {
      expect(await world.say('/deploy production', { by })).toEqual({ kind: 'silent', reason: 'stranger' })
    }
    await expectNoEffect()
    expect(said()).toEqual([])
    expect(world.conversation.reactions).toEqual([])
  })

  test('A02 a slip in a command is corrected for people whom the repository knows, and for nobody else', async () => {
    const by = world.authority.person('stranger')
    await world.say('/deploy production please now', { by })
    expect(said()).toEqual([])
    expect(await world.say('/deploy production please now')).toMatchObject({ kind: 'refused' })
    expect(said()).toHaveLength(1)
  })

  test('A18 access that was taken away while the command waited is no access any more', async () => {
    const request = world.comment('/deploy production')
    world.authority.roles.set(world.dev.id, 'read')
    expect(await world.serve(request)).toMatchObject({ kind: 'refused', reason: 'permission_denied' })
    await expectNoEffect()
  })

  test('A18 … also when it was begun already, and no run was asked for', async () => {
    world.workflows.failure = { error: new GitHubError(502, 'bad gateway'), when: 'before' }
    const request = world.comment('/deploy production')
    world.pulls.beforeHead = () => {
      throw new GitHubError(502, 'bad gateway')
    }
    await expect(world.serve(request)).rejects.toThrow('bad gateway')
    world.authority.roles.set(world.dev.id, 'read')
    expect(await world.serve(request)).toMatchObject({ kind: 'refused', reason: 'permission_denied' })
    expect(world.deployments.all[0]?.states.map(({ state }) => state)).toEqual(['error', 'inactive'])
    expect(world.workflows.dispatched).toEqual([])
    expect(await world.records.list('locks/')).toEqual([])
    expect(said()).toHaveLength(1)
  })

  test('A20 GitHub that does not say is no yes, and is asked again the next time', async () => {
    world.authority.failure = new GitHubError(500, 'unicorn')
    expect(await world.say('/deploy production')).toMatchObject({ reason: 'permission_unverified' })
    expect(world.answer()).toContain('could not verify')
    await expectNoEffect()
    world.authority.failure = undefined
    expect(await world.say('/deploy production')).toMatchObject({ kind: 'started' })
  })

  test('L06 /unlock: READ is refused, WRITE may whoever set it, and it stays on record whose it was', async () => {
    await world.say('/lock production demo at noon')
    const reader = world.authority.person('reader', 'read')
    expect(await world.say('/unlock production', { by: reader })).toMatchObject({ kind: 'refused' })
    const other = world.authority.person('other', 'write')
    expect(await world.say('/unlock production', { by: other })).toMatchObject({ reason: 'unlocked' })
    expect(world.answer()).toMatch(/`other` unlocked `production`.*#5 by `dev`.*demo at noon/)
    expect(await world.records.list('locks/')).toEqual([])
  })

  test('L06 whoever set a lock may take it away, whatever became of their role', async () => {
    await world.say('/lock production')
    world.authority.roles.set(world.dev.id, 'read')
    expect(await world.say('/unlock production')).toMatchObject({ reason: 'unlocked' })
  })
})

describe('which config', () => {
  test('C02 without a config on the default branch everything is refused', async () => {
    world.config = undefined
    expect(await world.say('/deploy production')).toMatchObject({ kind: 'refused', reason: 'config_missing' })
    await expectNoEffect()
  })

  test('C03 a config that is wrong is refused with the line', async () => {
    world.config = CONFIG.replace('revert: off', 'revrt: off')
    expect(await world.say('/deploy production')).toMatchObject({ reason: 'config_invalid' })
    expect(world.answer()).toMatch(/seamless\.yml:\d+/)
    await expectNoEffect()
  })

  test.each([
    CONFIG.replace('app', 'action'),
    CONFIG.replace('app', 'action').replace('revert: off', 'revrt: off'),
  ])('whoever is not the driver says nothing, even of a config that is wrong', async (config) => {
    world.config = config
    expect(await world.say('/deploy production')).toEqual({ kind: 'silent', reason: 'not_driver' })
    expect(said()).toEqual([])
    expect(world.authority.asked).toEqual([])
  })

  test('A12 a slip in the name of an environment is refused with the known names, never guessed', async () => {
    expect(await world.say('/deploy prodution')).toMatchObject({ reason: 'no_such_environment' })
    expect(world.answer()).toMatch(/Did you mean `production`/)
    await expectNoEffect()
  })

  test('the environment may be left out only where there is one', async () => {
    expect(await world.say('/deploy')).toMatchObject({ reason: 'environment_not_named' })
    world.config = CONFIG.replace(/ {2}staging:[^]*?revert: off\n/, '')
    expect(await world.say('/deploy')).toMatchObject({ kind: 'started', environment: 'production' })
  })
})

describe('which commit', () => {
  test('T01 a push after the comment: nothing is deployed, and both commits are shown', async () => {
    const request = world.comment('/deploy production')
    world.clock.advance(5000)
    world.pulls.push(5, { sha: SHA_B, atMs: world.clock.now() })
    expect(await world.serve(request)).toMatchObject({ kind: 'refused', reason: 'ref_changed' })
    expect(world.answer()).toContain(SHA_A)
    expect(world.answer()).toContain(`/deploy production --sha=${SHA_B}`)
    await expectNoEffect()
  })

  test('T02 a push between the gates and the Deployment: it is closed, nothing is sent, the environment is free', async () => {
    world.pulls.beforeHead = () => {
      world.pulls.beforeHead = undefined
      world.pulls.push(5, { sha: SHA_B, atMs: world.clock.now() })
    }
    expect(await world.say('/deploy production')).toMatchObject({ reason: 'ref_changed' })
    const [{ states } = { states: [] }] = world.deployments.all
    expect(states.map(({ state }) => state)).toEqual(['error', 'inactive'])
    expect(states[0]?.description).toMatch(/^ref_changed: /)
    expect(world.workflows.dispatched).toEqual([])
    // What was closed so does not read as half done.
    expect(await world.say(`/deploy production --sha=${SHA_B}`)).toMatchObject({ kind: 'started' })
  })

  test('T04 a commit that is not the head of this pull request is refused', async () => {
    expect(await world.say(`/deploy production --sha=${'f'.repeat(40)}`)).toMatchObject({
      reason: 'sha_not_head',
    })
    await expectNoEffect()
  })

  test('T06 a Deployment of another commit is refused, and nothing is dispatched', async () => {
    const { begin } = world.deployments
    world.deployments.begin = async (wanted) => {
      await begin({ ...wanted, sha: SHA_B })
      return begin({ ...wanted, adopt: '700' })
    }
    expect(await world.say('/deploy production')).toMatchObject({ reason: 'deployment_sha_mismatch' })
    expect(world.workflows.dispatched).toEqual([])
    expect(await world.records.list('locks/')).toEqual([])
  })

  test('T08 approved A, pushed B, pushed A again: A runs when it is named', async () => {
    world.pulls.push(5, { sha: SHA_B, atMs: world.clock.now() - 3000 })
    world.pulls.push(5, { sha: SHA_A, atMs: world.clock.now() - 1000 })
    await world.say(`/deploy production --sha=${SHA_A}`)
    expect(world.workflows.dispatched).toEqual([
      expect.objectContaining({ sha: SHA_A, environment: 'production' }),
    ])
  })
})

describe('what stands in the way', () => {
  test('all of it is said at once', async () => {
    world.pulls.open({
      number: 5,
      head: SHA_A,
      draft: true,
      fork: true,
      behindBy: 3,
      checks: { kind: 'known', required: [{ name: 'unit', state: 'failed' }], others: [] },
    })
    const outcome = await world.say('/deploy production')
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'pull_fork' })
    expect(world.answer()).toMatch(/^@dev .*4 things stand in the way/)
    expect(world.answer()?.match(/^- /gm)).toHaveLength(4)
    await expectNoEffect()
  })

  test('A15 checks that GitHub does not tell are not "no checks"', async () => {
    world.pulls.open({ number: 5, head: SHA_A, checks: { kind: 'unavailable', why: '500' } })
    expect(await world.say('/deploy production')).toMatchObject({ reason: 'checks_unavailable' })
    await expectNoEffect()
  })

  test('A08 a closed pull request is not deployed', async () => {
    world.pulls.open({ number: 5, head: SHA_A, state: 'closed' })
    expect(await world.say('/deploy production')).toMatchObject({ reason: 'pull_closed' })
    await expectNoEffect()
  })

  test('L17 after: only the newest deployment of the earlier environment counts, at exactly this commit', async () => {
    world.config = CONFIG.replace('  production:\n', '  production:\n    after: [staging]\n')
    const early = world.deployments.before('staging', SHA_A)
    await world.deployments.setState(early.id, 'success', 'live')
    const failed = world.deployments.before('staging', SHA_A)
    await world.deployments.setState(failed.id, 'failure', 'tests_failed: no')
    expect(await world.say('/deploy production')).toMatchObject({ reason: 'earlier_environment_not_healthy' })
    await world.deployments.setState(failed.id, 'success', 'live')
    expect(await world.say('/deploy production')).toMatchObject({ kind: 'started' })
  })

  test('what is live already is not deployed again', async () => {
    world.deployments.before('production', SHA_A)
    expect(await world.say('/deploy production')).toMatchObject({ kind: 'answered', reason: 'already_live' })
    await expectNoEffect()
  })

  test('a change that was taken back is kept out until somebody with authority lifts that', async () => {
    world.takenBack.push({ pull: 3, head: SHA_B, patch: 'p1' })
    world.patches.set(5, 'p1')
    expect(await world.say('/deploy production')).toMatchObject({ reason: 'quarantined' })
    expect(await world.say('/unquarantine')).toMatchObject({ reason: 'permission_denied' })
    const boss = world.authority.person('boss', 'maintain')
    expect(await world.say('/unquarantine', { by: boss })).toMatchObject({ reason: 'unquarantined' })
    expect(world.answer()).toMatch(/`boss` lets .*#3/)
    expect(await world.say('/unquarantine', { by: boss })).toMatchObject({ reason: 'not_quarantined' })
    expect(await world.say('/deploy production')).toMatchObject({ kind: 'started' })
  })

  test('W08 a command that has waited for more than 15 minutes gets a word and is not carried out', async () => {
    const request = world.comment('/deploy production')
    world.clock.advance(15 * 60_000 + 1)
    expect(await world.serve(request)).toMatchObject({ kind: 'refused', reason: 'expired' })
    expect(world.answer()).toContain('Please repeat it')
    await expectNoEffect()
  })

  test('W08 what was asked for in time goes on, however late', async () => {
    world.workflows.failure = { error: new GitHubError(502, 'bad gateway'), when: 'after' }
    const request = world.comment('/deploy production')
    await expect(world.serve(request)).rejects.toThrow('bad gateway')
    world.workflows.failure = undefined
    world.clock.advance(60 * 60_000)
    expect(await world.serve(request)).toMatchObject({ kind: 'started' })
    expect(world.workflows.dispatched).toHaveLength(1)
  })
})

describe('who has the environment', () => {
  test('L03 two /deploy in the same moment, 100 rounds: one winner each, the other is told who', async () => {
    for (let round = 0; round < 100; round += 1) {
      world = commandWorld()
      world.pulls.open({ number: 6, head: SHA_B })
      world.pulls.changes.set(6, [{ sha: SHA_B, atMs: 0 }])
      const requests = [world.comment('/deploy production'), world.comment('/deploy production', { pull: 6 })]
      const outcomes = await Promise.all(requests.map(async (request) => toEnd(request)))
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['refused', 'started'])
      expect(outcomes.find(({ kind }) => kind === 'refused')).toMatchObject({ reason: 'environment_busy' })
      expect(world.deployments.all).toHaveLength(1)
      expect(world.workflows.dispatched).toHaveLength(1)
    }
  })

  async function toEnd(request: Parameters<CommandWorld['serve']>[0]) {
    for (;;) {
      const outcome = await serveCommand(request, world.ports)
      if (outcome.kind !== 'waiting') return outcome
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  test('a second /deploy is told who, since when, at which commit', async () => {
    await world.say('/deploy production')
    expect(await world.say('/deploy production')).toMatchObject({ reason: 'environment_busy' })
    expect(world.answer()).toMatch(new RegExp(`${SHA_A}.*#5.*\`dev\`.*UTC.*its run`))
  })

  test('a lock of another pull request keeps a deployment out, and lets a rollback through that says so', async () => {
    world.deployments.before('production', SHA_OLD)
    world.deployments.before('production', SHA_B)
    await world.say('/lock production release freeze', { pull: 4 })
    expect(await world.say('/deploy production')).toMatchObject({ reason: 'environment_held' })
    expect(await world.say('/rollback production')).toMatchObject({ kind: 'started' })
    expect(said().join('\n')).toMatch(/release freeze.*the lock stays/)
    workOff(world)
    expect(await followToEnd(world)).toBe('healthy')
    expect(await world.say('/deploy production')).toMatchObject({ reason: 'environment_held' })
  })

  test('L07 a lock that cannot be read blocks, with where it is, and is never overwritten', async () => {
    world.records.spoil('locks/production')
    for (const command of [
      '/deploy production',
      '/rollback production',
      '/lock production',
      '/unlock production',
      '/resolve production',
    ]) {
      world.deployments.before('production', SHA_OLD)
      world.deployments.before('production', SHA_B)
      expect(await world.say(command), command).toMatchObject({ reason: 'lock_unreadable' })
      expect(world.answer()).toContain('memory of locks/production')
    }
    expect(world.records.history).toEqual([])
  })

  test('L03 who claims it between the look at the lock and the look at what is there is named all the same', async () => {
    world.pulls.open({ number: 6, head: SHA_B })
    world.pulls.changes.set(6, [{ sha: SHA_B, atMs: 0 }])
    const { newest } = world.deployments
    world.deployments.newest = async (...asked) => {
      world.deployments.newest = newest
      await world.say('/deploy production', { pull: 6 })
      return newest(...asked)
    }
    const late = world.comment('/deploy production')
    expect(await world.serve(late)).toMatchObject({ kind: 'refused', reason: 'environment_busy' })
    expect(world.conversation.textOf(5, `answer/comment-${late.comment.id}`)).toContain(
      `is being deployed to: \`${SHA_B}\``,
    )
  })

  test('L07 a record of a plan that is none is left as it is, and said', async () => {
    const request = world.comment('/plan production')
    await world.records.write(`plans/comment-${request.comment.id}`, { sha: 'x' }, undefined)
    expect(await world.serve(request)).toMatchObject({ kind: 'refused', reason: 'lock_unreadable' })
    expect(world.workflows.dispatched).toEqual([])
  })

  test('L05 a holder whose run has ended is settled before the next one is looked at', async () => {
    await world.say('/deploy production')
    workOff(world, { state: 'failure', description: 'tests_failed: 2 tests fail', conclusion: 'failure' })
    expect(await world.say('/deploy production')).toMatchObject({ kind: 'started' })
    expect(said().join('\n')).toMatch(/@dev .*is not live[^]*`tests_failed` `2 tests fail`/)
  })

  test('L05 a slow holder that lives is not robbed, however long its lease is over', async () => {
    await world.say('/deploy production')
    world.workflows.become(9001, { status: 'in_progress' })
    world.clock.advance(10 * 3_600_000)
    expect(await world.say('/deploy production')).toMatchObject({ reason: 'environment_busy' })
    await reapOperations(world.ports)
    expect(await world.records.list('locks/')).toHaveLength(1)
  })

  test('L16 /rollback during a deployment cancels its run, waits for its end, settles it, and only then begins', async () => {
    world.deployments.before('production', SHA_OLD)
    await world.say('/deploy production')
    const [run] = [9001]
    world.workflows.become(run, { status: 'in_progress' })
    const { cancel } = world.workflows
    const order: string[] = []
    world.workflows.cancel = async (id) => {
      order.push('cancel')
      // GitHub takes its time.
      if (order.length > 2) await cancel(id)
    }
    const { dispatch } = world.workflows
    world.workflows.dispatch = async (request) => {
      order.push(`dispatch ${request.operation} ${String((await world.workflows.state(run))?.status)}`)
      return dispatch(request)
    }
    world.deployments.say(
      '701',
      'in_progress',
      'A run works on it.',
      'https://github.example/actions/runs/9001',
    )
    expect(await world.say('/rollback production')).toMatchObject({ kind: 'started' })
    expect(order).toEqual(['cancel', 'cancel', 'cancel', 'dispatch rollback completed'])
    expect(world.workflows.dispatched.at(-1)).toMatchObject({ sha: SHA_OLD })
    expect(said().join('\n')).toMatch(/🚨 `production` is half done/)
  })

  test('L16 … and goes back no further where the cancelled deployment has taken itself back', async () => {
    world.deployments.before('production', 'e'.repeat(40))
    world.deployments.before('production', SHA_OLD)
    await world.say('/deploy production')
    world.workflows.become(9001, { status: 'in_progress' })
    const { cancel } = world.workflows
    world.workflows.cancel = async (id) => {
      const page = `https://github.example/actions/runs/${id}`
      world.deployments.say('702', 'failure', 'cancelled: taken back', page)
      await cancel(id)
    }
    const outcome = await world.say('/rollback production')
    expect(outcome).toMatchObject({ kind: 'answered', reason: 'rolled_back_on_request' })
    expect(world.answer()).toMatch(/`production` is on `0{12}`: the deployment of `a{12}` was cancelled/)
    expect(world.workflows.dispatched).toHaveLength(1)
  })

  test('L07 a record of a rollback that is none is left as it is, and said', async () => {
    world.deployments.before('production', SHA_OLD)
    world.deployments.before('production', SHA_B)
    const request = world.comment('/rollback production')
    const key = `rollbacks/comment-${request.comment.id}`
    await world.records.write(key, { schema: 1, target: 'HEAD' }, undefined)
    expect(await world.serve(request)).toMatchObject({ kind: 'refused', reason: 'lock_unreadable' })
    expect(world.answer()).toContain(key)
    expect(world.workflows.dispatched).toEqual([])
  })

  test('R19 /rollback without another healthy version is refused', async () => {
    expect(await world.say('/rollback production')).toMatchObject({ reason: 'no_rollback_target' })
    world.deployments.before('production', SHA_B)
    expect(await world.say('/rollback production')).toMatchObject({ reason: 'no_rollback_target' })
    await expectNoEffect()
  })
})

describe('how it ends', () => {
  beforeEach(async () => {
    world.deployments.before('production', SHA_OLD)
    await world.say('/deploy production')
  })

  const end = (): string => world.conversation.textOf(5, 'end/comment-101') ?? ''

  test('live and healthy: done, the lock is free, one new comment that calls nobody', async () => {
    workOff(world)
    expect(await followToEnd(world)).toBe('healthy')
    expect(end()).toMatch(/^✅ `a{12}` is live in `production`\./)
    expect(end()).not.toContain('@')
    expect(world.reactions()).toEqual(['eyes', 'rocket'])
    expect(await world.records.list('locks/')).toEqual([])
  })

  test('live, and nobody knows: held, and its author is told', async () => {
    workOff(world, { state: 'success', description: 'health_no_data: no series', verdict: 'inconclusive' })
    expect(await followToEnd(world)).toBe('health_no_data')
    expect(end()).toMatch(/^@dev ⏸️/)
    expect(world.reactions()).toEqual(['eyes', 'confused'])
    expect(await world.records.list('locks/')).toEqual([])
  })

  test.each([undefined, 'inconclusive', 'unhealthy'] as const)(
    'a state that calls itself healthy is not believed where the verdict is %s',
    async (verdict) => {
      workOff(world, {
        state: 'success',
        description: 'healthy: nobody noticed',
        ...(verdict && { verdict }),
      })
      expect(await followToEnd(world)).toBe(verdict === 'unhealthy' ? 'unhealthy' : 'health_undecided')
      expect(end()).toMatch(/^@dev ⏸️/)
      expect(world.reactions()).toEqual(['eyes', 'confused'])
    },
  )

  test('taken back because users would have noticed: its watch says so, not a second comment', async () => {
    workOff(world, {
      state: 'failure',
      description: 'unhealthy: errors',
      verdict: 'unhealthy',
      conclusion: 'failure',
    })
    expect(await followToEnd(world)).toBe('unhealthy')
    expect(end()).toBe('')
    expect(world.reactions()).toEqual(['eyes', 'confused'])
  })

  test('L02 half done: the environment stays locked, the next /deploy is refused, until somebody resolves it', async () => {
    workOff(world, { state: 'error', description: 'rollback_failed: ssh is down', conclusion: 'failure' })
    expect(await followToEnd(world)).toBe('rollback_failed')
    expect(end()).toMatch(/^@dev 🚨[^]*\/rollback production[^]*\/resolve production/)
    expect(await world.say('/deploy production')).toMatchObject({ reason: 'environment_dirty' })
    expect(await world.say('/resolve production')).toMatchObject({ reason: 'resolved' })
    expect(await world.say('/deploy production')).toMatchObject({ kind: 'started' })
  })

  test('L02 a run that ended in the middle without a word leaves the environment half done', async () => {
    workOff(world, { state: 'in_progress', conclusion: 'failure' })
    expect(await followToEnd(world)).toBe('run_failed')
    expect(world.deployments.all[1]?.states.at(-1)).toMatchObject({ state: 'error' })
    expect(await world.say('/deploy production')).toMatchObject({ reason: 'environment_dirty' })
    expect(await world.say('/rollback production')).toMatchObject({ kind: 'started' })
  })

  test('L20 L04 a run that is cancelled before it began: the Deployment is closed, the lock free, and it is said', async () => {
    await world.workflows.cancel(9001)
    expect(await followToEnd(world)).toBe('run_cancelled')
    expect(world.deployments.all[1]?.states.map(({ state }) => state)).toEqual(['error', 'inactive'])
    expect(end()).toMatch(/^@dev ❌/)
    expect(await world.say('/deploy production')).toMatchObject({ kind: 'started' })
  })

  test('L20 a cancelled run whose undo has ended says how', async () => {
    workOff(world, { state: 'failure', description: 'cancelled: taken back', conclusion: 'cancelled' })
    expect(await followToEnd(world)).toBe('cancelled')
    expect(await world.records.list('locks/')).toEqual([])
  })

  test('R20 a rollback that fails: said once, the environment stays locked, nothing is tried again by itself', async () => {
    workOff(world)
    await followToEnd(world)
    await world.say('/rollback production')
    workOff(world, { state: 'error', description: 'rollback_failed: no such version', conclusion: 'failure' })
    expect(await followToEnd(world)).toBe('rollback_failed')
    expect(await followToEnd(world)).toBe('idle')
    await reapOperations(world.ports)
    expect(world.workflows.dispatched).toHaveLength(2)
    expect(said().filter((body) => body.includes('🚨'))).toHaveLength(1)
    expect(await world.say('/deploy production')).toMatchObject({ reason: 'environment_dirty' })
    expect(await world.say('/rollback production')).toMatchObject({ kind: 'started' })
  })

  test('its own run says how it ended, where there is no server; a run of another command is not believed', async () => {
    workOff(world)
    const request = { environment: 'production', key: 'comment-101', conclusion: 'success' } as const
    expect(await settleOperation({ ...request, key: 'comment-7' }, world.ports)).toBe('not_ours')
    expect(await settleOperation(request, world.ports)).toBe('ended')
    expect(end()).toMatch(/^✅/)
    expect(await settleOperation(request, world.ports)).toBe('not_ours')
  })

  test('L03 two workers that end it at the same time say it once', async () => {
    workOff(world)
    await Promise.all([followToEnd(world), followToEnd(world), followToEnd(world)])
    expect(said().filter((body) => body.startsWith('✅'))).toHaveLength(1)
    expect(world.conversation.reactions).toHaveLength(2)
  })
})

describe('a run that never comes', () => {
  test('run_not_started after 90 s: the Deployment is closed, the environment free, its author told', async () => {
    world.workflows.manner = 'vanishes'
    expect(await world.say('/deploy production')).toMatchObject({ kind: 'started' })
    const beganMs = world.clock.now()
    expect(await followToEnd(world)).toBe('run_not_started')
    expect(world.clock.now() - beganMs).toBe(90_000)
    expect(world.deployments.all[0]?.states.map(({ state }) => state)).toEqual(['error', 'inactive'])
    expect(said().at(-1)).toMatch(/^@dev .*[^]*workflow_dispatch/)
    expect(await world.records.list('locks/')).toEqual([])
  })

  test('of two runs that came after all the one that has the Deployment is followed', async () => {
    world.workflows.manner = 'shows'
    world.workflows.failure = { error: new GitHubError(502, 'bad gateway'), when: 'after' }
    const request = world.comment('/deploy production')
    await expect(world.serve(request)).rejects.toThrow('bad gateway')
    world.workflows.failure = undefined
    const { find } = world.workflows
    // GitHub's list is late.
    world.workflows.find = async () => undefined
    expect(await world.serve(request)).toMatchObject({ kind: 'waiting' })
    world.clock.advance(20_000)
    expect(await world.serve(request)).toMatchObject({ kind: 'started' })
    world.workflows.find = find
    expect(world.workflows.dispatched).toHaveLength(2)
    const page = 'https://github.example/acme/shop/actions/runs/9001'
    world.deployments.say('700', 'in_progress', 'A run works on it.', page)
    world.workflows.become(9001, { status: 'in_progress' })
    world.workflows.become(9002, { status: 'completed', conclusion: 'success' })
    world.clock.advance(30_000)
    const { followOperation } = await import('../../src/command/follow-operation.ts')
    expect(await followOperation('production', world.ports)).toMatchObject({ kind: 'waiting' })
    workOff(world)
    world.deployments.say('700', 'success', 'not_watched: it is live', page)
    expect(await followToEnd(world)).toBe('not_watched')
  })

  test('L05 a command whose worker died before it asked for a run is given up after its lease, and says so', async () => {
    const { records } = world
    world.pulls.beforeHead = () => {
      throw new Error('the process is gone')
    }
    await expect(world.say('/deploy production')).rejects.toThrow('gone')
    world.clock.advance(4 * 60_000)
    expect(await reapOperations(world.ports)).toEqual([])
    world.clock.advance(2 * 60_000)
    expect(await reapOperations(world.ports)).toMatchObject([
      { outcome: { kind: 'ended', reason: 'expired' } },
    ])
    expect(await records.list('locks/')).toEqual([])
    expect(said().at(-1)).toMatch(/^@dev .*cut off.*Please repeat/)
  })
})

describe('what is told on the way', () => {
  test('one comment per pull request and environment, edited at 1, 5, 15, 60 minutes, then every 6 hours', async () => {
    await world.say('/deploy production')
    world.workflows.become(9001, { status: 'in_progress' })
    world.deployments.say(
      '700',
      'in_progress',
      'Deploying 1.1.0.',
      'https://github.example/actions/runs/9001',
    )
    const { followOperation } = await import('../../src/command/follow-operation.ts')
    const beganMs = world.clock.now()
    const edits: number[] = []
    const progress = () => world.conversation.comments.find(({ key }) => key === 'progress/production')
    while (world.clock.now() - beganMs < 13 * 3_600_000) {
      const before = progress()?.edits
      const outcome = await followOperation('production', world.ports)
      if (progress()?.edits !== before) edits.push(Math.round((world.clock.now() - beganMs) / 60_000))
      if (outcome.kind !== 'waiting') throw new Error('it has ended')
      world.clock.advance(Math.max(1, outcome.untilMs - world.clock.now()))
    }
    expect(edits).toEqual([0, 1, 5, 15, 60, 360, 720])
    expect(progress()?.body).toMatch(/Works: .*`Deploying 1\.1\.0\.`.*For 12 h by now/)
    expect(world.conversation.comments).toHaveLength(1)
  })

  test('/status shows versions, states, locks and what is under way', async () => {
    world.deployments.before('staging', SHA_B)
    await world.say('/lock staging @everyone look')
    await world.say('/deploy production')
    expect(await world.say('/status')).toMatchObject({ reason: 'status_shown' })
    const answer = world.answer() ?? ''
    expect(answer).toMatch(/`staging` \| `b{12}` \| live, healthy \| 🔒 #5 by `dev` since .*`@everyone look`/)
    expect(answer).toMatch(/`production` .*deploys `a{12}` for #5 by `dev`.*\[run\]/)
  })

  test('/status shows what waits, but for the question itself', async () => {
    const request = world.comment('/status')
    const own = { comment: request.comment.id, pull: 5, command: '/status', sinceMs: world.clock.now() }
    const queue = async () => [own, { ...own, comment: 99, pull: 6, command: '/deploy staging' }]
    await serveCommand(request, { ...world.ports, queue })
    expect(world.answer()).toMatch(/#6 \| `\/deploy staging`/)
    expect(world.answer()).not.toContain('`/status`')
  })

  test('/plan runs a dry run, holds nothing up, and comments what it found', async () => {
    const request = world.comment('/plan production')
    expect(await world.serve(request)).toMatchObject({ kind: 'waiting', reason: 'plan_started' })
    expect(world.workflows.dispatched).toEqual([
      { operation: 'plan', environment: 'production', sha: SHA_A, key: 'comment-101' },
    ])
    expect(await world.records.list('locks/')).toEqual([])
    workOff(world, { state: 'silent' })
    expect(await world.serve(request)).toMatchObject({ kind: 'answered', reason: 'plan_only' })
    expect(world.conversation.textOf(5, 'plan/production')).toContain('The plan of production (comment-101).')
    expect(world.reactions()).toEqual(['eyes', 'rocket'])
  })

  test.each(['@acme/ops', '#12', 'https://evil.example', '<img src=x>', '`code`', '</details>'])(
    'O01 O03 %s out of a run or a reason is shown, and works nowhere',
    async (evil) => {
      await world.say(`/lock staging ${evil}`)
      await world.say('/deploy production')
      workOff(world, { state: 'failure', description: `tests_failed: ${evil}`, conclusion: 'failure' })
      await followToEnd(world)
      for (const body of said()) {
        const inert = body.replaceAll(/(`+)[^`](?:.*?[^`])?\1(?!`)/g, '')
        expect(inert.replace('@dev', '').replaceAll('#5', '')).not.toContain(evil)
      }
    },
  )
})
