import { beforeEach, describe, expect, test } from 'vitest'

import { GitHubError } from '../../src/errors.ts'
import { lockOf } from '../../src/command/lock-record.ts'
import { openBreaker, readBreaker } from '../../src/revert/breaker.ts'
import { writeAutoRevert } from '../../src/revert/auto-revert.ts'
import { stepWatch } from '../../src/watch/step-watch.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'
import {
  MERGE,
  SHA,
  SHA_BEFORE,
  SHA_LATER,
  stepOnce,
  stepUntil,
  watchedConfig,
  watchLive,
  type WatchWorld,
  watchWorld,
} from '../support/watch/watch-world.ts'

const BAD = { perSecond: 200, bad: 0.05, slow: 0.2 }
const GOOD = { perSecond: 200, bad: 0.001, slow: 0.005 }
const ada = { id: 7, login: 'ada' }

let world: WatchWorld
beforeEach(() => {
  world = watchWorld()
})

/** A runner that takes the environment back, which users notice at once. */
function runs(
  conclusion: 'success' | 'failure' = 'success',
  after: () => void = () => world.service.fares(world.clock.now(), GOOD),
): void {
  world.workflows.onRun = (run, { deploymentId = '' }) => {
    const [state, words] =
      conclusion === 'success'
        ? (['success', 'rolled_back_on_request: production is back on 1.0.0.'] as const)
        : (['error', 'rollback_failed: ./rollback.sh failed (exit 1)'] as const)
    world.deployments.say(deploymentId, state, words, run.url)
    world.workflows.become(run.id, { status: 'completed', conclusion })
    after()
  }
}

/** Live, bad from the first request on, and found so. */
async function foundBad(): Promise<WatchRecord> {
  const begun = await watchLive(world, world.deploy(SHA).id)
  world.service.fares(world.clock.now(), BAD)
  return stepUntil(world, begun, 'acting')
}

async function toItsEnd(): Promise<WatchRecord> {
  return stepUntil(world, await foundBad(), 'ended', 'held')
}

const newest = () => world.deployments.all.at(-1)!
const endOf = ({ deployment }: WatchRecord) => world.conversation.textOf(12, `watch-end/${deployment.id}`)

describe('a bad version', () => {
  test('is taken back, then its merge is, then users are well again, in this order', async () => {
    runs()
    const ended = await toItsEnd()
    expect(ended.acts).toMatchObject({
      rollback: {
        key: `watch-${ended.deployment.id}`,
        ended: { kind: 'rolled_back', to: { sha: SHA_BEFORE } },
      },
      revert: { outcome: 'merged', reason: 'merged', suspect: 12 },
      recovery: { ended: { kind: 'recovered' } },
    })
    const { verdictToldAtMs, rollback, revert, recovery, endToldAtMs } = ended.acts
    const times = [
      verdictToldAtMs,
      rollback?.dispatchedAtMs,
      rollback?.ended?.atMs,
      revert?.atMs,
      recovery?.ended?.atMs,
      endToldAtMs,
    ]
    expect(times).toEqual(times.toSorted((one, other) => Number(one) - Number(other)))
    expect(ended.phase).toBe('ended')
    expect(world.reverts).toEqual([{ merge: MERGE, isToMerge: true }])
    expect(endOf(ended)).toContain('1.0.0')
  })

  test('goes back by one operation of the lock, of nobody’s comment, that GitHub shows as a rollback', async () => {
    runs()
    const ended = await toItsEnd()
    expect(world.workflows.dispatched).toEqual([
      {
        operation: 'rollback',
        environment: 'production',
        sha: SHA_BEFORE,
        key: `watch-${ended.deployment.id}`,
        deploymentId: newest().id,
      },
    ])
    expect(await world.deployments.read(newest().id)).toMatchObject({
      operation: 'rollback',
      sha: SHA_BEFORE,
    })
    expect(await lockOf(world.records, 'production')).toEqual({ kind: 'lock' })
    expect(world.conversation.comments.map(({ key }) => key)).toEqual([
      'progress/production',
      `watch-back/${ended.deployment.id}`,
      `watch-end/${ended.deployment.id}`,
    ])
  })

  test('is in the ledger with the revert of its merge', async () => {
    runs()
    await toItsEnd()
    expect(world.ledger).toEqual([
      expect.objectContaining({ sha: SHA, verdict: 'unhealthy', acted: 'merged', pull: 12, revertPull: 13 }),
    ])
  })

  test('is urgent until the environment is back', async () => {
    runs()
    let record = await foundBad()
    const urgent = new Map<string, boolean>()
    while (record.phase === 'acting' && record.nextMs !== undefined) {
      const { record: next, isUrgent } = await stepUrgently(record)
      urgent.set(next.acts.rollback?.ended === undefined ? 'before' : 'after', isUrgent)
      record = next
    }
    expect([...urgent]).toEqual([
      ['before', true],
      ['after', false],
    ])
  })
})

async function stepUrgently(record: WatchRecord) {
  world.clock.advance(Math.max(0, (record.nextMs ?? 0) - world.clock.now()))
  return stepWatch(record, world.ports)
}

describe('the rollback', () => {
  test('R19 without a healthy version before is not tried, and its merge only proposed: people are told', async () => {
    world.deployments.all[0]!.verdict = 'inconclusive'
    world.service.fares(world.clock.now(), BAD)
    world.config = watchedConfig({
      health: `
      source: main
      watch: 10m
      checks:
        errors: { bad: 'requests{code=~"5.."}', total: requests, max: 1% }
`,
    })
    const ended = await toItsEnd()
    expect(ended.acts.rollback?.ended?.kind).toBe('no_target')
    expect(ended.acts.recovery).toBeUndefined()
    expect(world.reverts).toEqual([{ merge: MERGE, isToMerge: false }])
    expect(world.workflows.dispatched).toEqual([])
    expect([...world.raised.keys()]).toEqual([`watch-end/${ended.deployment.id}`])
  })

  test('R20 that fails leaves the lock to people, pages them once and is not tried again; the merge is decided on all the same', async () => {
    runs('failure', () => {})
    const ended = await toItsEnd()
    expect(ended.acts.rollback?.ended).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('exit 1'),
    })
    expect(ended.acts.recovery).toBeUndefined()
    expect(ended.acts.revert).toMatchObject({ outcome: 'merged' })
    expect(world.workflows.dispatched).toHaveLength(1)
    expect(world.raised.size).toBe(1)
    expect(await lockOf(world.records, 'production')).toMatchObject({
      lock: { operation: { dirty: expect.any(String) } },
    })
  })

  test('whose run never comes is given up after 90 s and told', async () => {
    world.workflows.manner = 'vanishes'
    const ended = await toItsEnd()
    expect(ended.acts.rollback?.ended).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('run_not_started'),
    })
    expect(await lockOf(world.records, 'production')).toEqual({ kind: 'lock' })
  })

  test('goes through the lock of another pull request, which stays', async () => {
    runs()
    const hold = { pull: 99, by: ada, sinceMs: 0 }
    await world.records.write('locks/production', { schema: 1, environment: 'production', hold }, undefined)
    const ended = await toItsEnd()
    expect(ended.acts.rollback?.ended?.kind).toBe('rolled_back')
    expect(await lockOf(world.records, 'production')).toMatchObject({ lock: { hold } })
  })

  test('L16 ends a deployment that runs, as /rollback does, and waits for its end', async () => {
    const bad = await foundBad()
    const run = await world.workflows.dispatch({
      operation: 'run',
      environment: 'production',
      sha: SHA_LATER,
      key: 'comment-5',
    })
    const later = await world.deployments.begin({
      environment: 'production',
      sha: SHA_LATER,
      version: '1.2.0',
      key: 'comment-5',
    })
    world.workflows.become(run!.id, { status: 'in_progress' })
    await world.deployments.setState(later.id, 'in_progress', 'deploying')
    runs()
    const operation = {
      kind: 'deploy',
      key: 'comment-5',
      sha: SHA_LATER,
      by: ada,
      sinceMs: world.clock.now(),
      leaseUntilMs: world.clock.now() + 300_000,
      deployment: later.id,
      dispatched: true,
      run: { id: run!.id, url: run!.url },
    }
    await world.records.write(
      'locks/production',
      { schema: 1, environment: 'production', operation },
      undefined,
    )
    const ended = await stepUntil(world, bad, 'ended')
    expect(await world.workflows.state(run!.id)).toMatchObject({ conclusion: 'cancelled' })
    expect(ended.acts.rollback?.ended).toMatchObject({ kind: 'rolled_back', to: { sha: SHA_BEFORE } })
  })

  test('is not needed where a person was faster: that it is back is what is told', async () => {
    const bad = await foundBad()
    const back = await world.deployments.begin({
      environment: 'production',
      sha: SHA_BEFORE,
      version: '1.0.0',
      key: 'comment-9',
    })
    await world.deployments.setState(back.id, 'success', 'rolled_back_on_request: back')
    world.service.fares(world.clock.now(), GOOD)
    const ended = await stepUntil(world, bad, 'ended')
    expect(ended.acts.rollback?.ended).toMatchObject({ kind: 'rolled_back', to: { id: back.id } })
    expect(world.workflows.dispatched).toEqual([])
  })

  test('is not done to another version that came meanwhile', async () => {
    const bad = await foundBad()
    world.deploy(SHA_LATER, { version: '1.2.0' })
    const ended = await stepUntil(world, bad, 'ended')
    expect(ended.acts.rollback?.ended).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('1.2.0'),
    })
    expect(world.workflows.dispatched).toEqual([])
  })

  test('waits for a rollback that is under way, and takes its result', async () => {
    const bad = await foundBad()
    const back = await world.deployments.begin({
      environment: 'production',
      sha: SHA_BEFORE,
      version: '1.0.0',
      key: 'comment-9',
    })
    const run = await world.workflows.dispatch({
      operation: 'rollback',
      environment: 'production',
      sha: SHA_BEFORE,
      key: 'comment-9',
    })
    const operation = {
      kind: 'rollback',
      key: 'comment-9',
      sha: SHA_BEFORE,
      by: ada,
      sinceMs: world.clock.now(),
      leaseUntilMs: world.clock.now() + 300_000,
      deployment: back.id,
      dispatched: true,
      run: { id: run!.id, url: run!.url },
    }
    await world.records.write(
      'locks/production',
      { schema: 1, environment: 'production', operation },
      undefined,
    )
    let record = await stepOnce(world, await stepOnce(world, bad))
    expect(record.acts.rollback?.ended).toBeUndefined()
    await world.deployments.setState(back.id, 'success', 'rolled_back_on_request: back')
    world.workflows.become(run!.id, { status: 'completed', conclusion: 'success' })
    world.service.fares(world.clock.now(), GOOD)
    record = await stepUntil(world, record, 'ended')
    expect(record.acts.rollback?.ended).toMatchObject({ kind: 'rolled_back', to: { id: back.id } })
    expect(world.workflows.dispatched).toHaveLength(1)
  })
})

describe('the revert', () => {
  test.each([
    [
      'R13 somebody switched off',
      async () => void (await writeAutoRevert(world.records, { isOn: false, by: ada, atMs: 0 })),
      'switched_off',
    ],
    [
      'R13 whose switch cannot be read',
      async () => void (await world.records.write('autorevert', { odd: 1 }, undefined)),
      'switch_unknown',
    ],
    [
      'R06 where taking back did not help before',
      () => openBreaker(world.records, 'production', { deployment: '1', why: 'still bad', atMs: 0 }),
      'breaker_open',
    ],
    [
      'R06 whose breaker cannot be read',
      async () => void (await world.records.write('breaker/production', { odd: 1 }, undefined)),
      'breaker_open',
    ],
  ])('%s is not done; the environment is taken back', async (_, arrange, reason) => {
    runs()
    await arrange()
    const ended = await toItsEnd()
    expect(ended.acts.rollback?.ended?.kind).toBe('rolled_back')
    expect(ended.acts.revert).toMatchObject({ outcome: 'not_done', reason })
    expect(world.reverts).toEqual([])
    expect(endOf(ended)).toBeDefined()
  })

  test('R09 is not done where everything else turned bad in the same minute', async () => {
    runs()
    const bad = await foundBad()
    const atMs = bad.outcome!.atMs
    world.others.push(
      { repository: 'acme/stock', environment: 'production', sha: SHA_LATER, badAtMs: atMs + 59_000 },
      { repository: 'acme/shop', environment: 'staging', sha: SHA, badAtMs: atMs - 9_000_000 },
    )
    const ended = await stepUntil(world, bad, 'ended')
    expect(ended.acts.revert).toMatchObject({ outcome: 'not_done', reason: 'shared_cause' })
  })

  test.each([
    ['one that is well', {}],
    ['one that turned bad a while ago', { badAtMs: -61_000 }],
  ])('R09 is done where there is %s among them', async (_, { badAtMs }: { badAtMs?: number }) => {
    runs()
    const bad = await foundBad()
    const atMs = bad.outcome!.atMs
    const other = { repository: 'acme/stock', environment: 'production', sha: SHA_LATER }
    world.others.push(
      { ...other, badAtMs: atMs },
      { ...other, ...(badAtMs !== undefined && { badAtMs: atMs + badAtMs }) },
    )
    const ended = await stepUntil(world, bad, 'ended')
    expect(ended.acts.revert).toMatchObject({ outcome: 'merged' })
  })

  test('R01 with the policy propose is proposed', async () => {
    runs()
    world.config = watchedConfig({ revert: 'propose' })
    world.revertsTo = {
      kind: 'proposed',
      pullRequest: { number: 13, url: 'https://github.example/13', head: SHA },
      reason: 'asked',
      why: '',
    }
    const ended = await toItsEnd()
    expect(world.reverts).toEqual([{ merge: MERGE, isToMerge: false }])
    expect(ended.acts.revert).toMatchObject({ outcome: 'proposed', reason: 'policy_propose' })
    expect(world.ledger[0]).toMatchObject({ acted: 'proposed', revertPull: 13 })
  })

  test('of several suspects is proposed of the newest, and the others are named', async () => {
    runs()
    world.suspects = { kind: 'several', merge: MERGE, others: '3 more commits' }
    world.revertsTo = {
      kind: 'proposed',
      pullRequest: { number: 13, url: 'https://github.example/13', head: SHA },
      reason: 'asked',
      why: '',
    }
    const ended = await toItsEnd()
    expect(world.reverts).toEqual([{ merge: MERGE, isToMerge: false }])
    expect(ended.acts.revert).toMatchObject({ reason: 'several_suspects', suspect: 12 })
  })

  test('R12 of what a person reverted already ends the watch well', async () => {
    runs()
    world.revertsTo = { kind: 'already_reverted', by: 'commit abc' }
    const ended = await toItsEnd()
    expect(ended).toMatchObject({ phase: 'ended', acts: { revert: { outcome: 'already_reverted' } } })
    expect(world.raised.size).toBe(0)
  })

  test.each([
    ['R02 that conflicts', { kind: 'conflict', recipe: 'By hand.' }, 'conflict'],
    [
      'R16 that GitHub refuses for want of a permission',
      { kind: 'refused', why: 'workflows: write', recipe: 'Give it.' },
      'refused',
    ],
  ] as const)('%s is tried once and told to people', async (_, outcome, reason) => {
    runs()
    world.revertsTo = outcome
    const ended = await toItsEnd()
    expect(ended.acts.revert).toMatchObject({ reason })
    expect(world.reverts).toHaveLength(1)
    expect(world.raised.size).toBe(1)
  })

  test('that GitHub fails at is tried for ten minutes, then told', async () => {
    runs()
    const revert = async () => {
      throw new GitHubError(502, 'down')
    }
    Object.assign(world.ports.pullRequests, { revert })
    const bad = await foundBad()
    const ended = await stepUntil(world, bad, 'ended')
    const { rollback, revert: done } = ended.acts
    expect(done).toMatchObject({ outcome: 'failed', reason: 'github_failed' })
    expect(done!.atMs - rollback!.ended!.atMs).toBeGreaterThanOrEqual(600_000)
  })

  test('of a direct push is none: it is told by an issue, for there is no pull request', async () => {
    runs()
    world.merges.clear()
    const ended = await toItsEnd()
    expect(ended.acts.revert).toMatchObject({ outcome: 'not_done', reason: 'no_merge' })
    expect(world.conversation.comments).toEqual([])
    expect(world.raised.size).toBe(1)
  })
})

describe('R06 a version that is gone and users are still not well', () => {
  test('opens the breaker, calls people, and nothing more is reverted', async () => {
    runs('success', () => {})
    const ended = await toItsEnd()
    expect(ended.acts.recovery?.ended?.kind).toBe('still_bad')
    expect(await readBreaker(world.records, 'production')).toMatchObject({ state: 'open' })
    expect(world.raised.size).toBe(1)
    expect(world.reverts).toHaveLength(1)
  })

  test('the next version that users take well closes it', async () => {
    await openBreaker(world.records, 'production', { deployment: '1', why: 'still bad', atMs: 0 })
    const begun = await watchLive(world, world.deploy(SHA).id)
    const ended = await stepUntil(world, begun, 'ended')
    expect(ended.outcome?.verdict).toBe('healthy')
    expect(await readBreaker(world.records, 'production')).toEqual({ state: 'closed' })
    expect(world.settled).toHaveLength(1)
  })
})

describe('a good version', () => {
  test('is told once, in the check, in the ledger and in one new comment', async () => {
    const ended = await stepUntil(world, await watchLive(world, world.deploy(SHA).id), 'ended')
    expect((await world.deployments.read(ended.deployment.id)).verdict).toBe('healthy')
    expect(world.ledger).toEqual([
      expect.objectContaining({ verdict: 'healthy', acted: 'promoted', pull: 12 }),
    ])
    expect(world.conversation.comments.map(({ key }) => key)).toEqual([
      'progress/production',
      `watch-end/${ended.deployment.id}`,
    ])
    expect(world.workflows.dispatched).toEqual([])
  })
})

describe('what nobody knows', () => {
  test('R08 is held and told: nothing is taken back, and /accept is a second outcome with a word of its own', async () => {
    world.unbound = 'Bind SEAMLESS_SOURCE_MAIN_URL.'
    const held = await stepUntil(world, await watchLive(world, world.deploy(SHA).id), 'held', 'ended')
    expect(held).toMatchObject({ phase: 'held', outcome: { verdict: 'inconclusive' } })
    expect(held.nextMs).toBeUndefined()
    expect(world.reverts).toEqual([])
    expect(world.workflows.dispatched).toEqual([])
    expect(world.raised.size).toBe(1)
    const order = { kind: 'accept', by: ada, atMs: world.clock.now() } as const
    const ended = await stepUntil(world, { ...held, order, nextMs: world.clock.now() }, 'ended')
    expect(ended.outcome?.reason).toBe('accepted_by_person')
    expect(world.conversation.comments.map(({ key }) => key)).toEqual([
      'progress/production',
      `watch-end/${held.deployment.id}`,
      `watch-end/${held.deployment.id}/by-person`,
    ])
    expect(world.settled).toHaveLength(1)
  })
})

describe('shadow', () => {
  test('says what would have been done, and does nothing', async () => {
    world.config = watchedConfig({ more: '    shadow: true' })
    const held = await toItsEnd()
    expect(held).toMatchObject({ phase: 'held', acts: { revert: { reason: 'shadow', suspect: 12 } } })
    expect(held.acts.rollback).toBeUndefined()
    expect(world.workflows.dispatched).toEqual([])
    expect(world.reverts).toEqual([])
  })
})

describe('a pause', () => {
  test('once it is being taken back stops what has not begun: the run ends, the merge stays, until /continue', async () => {
    const bad = await foundBad()
    const asked = await stepOnce(world, await stepOnce(world, bad))
    expect(world.workflows.dispatched).toHaveLength(1)
    const pause = { kind: 'pause', by: ada, atMs: world.clock.now() } as const
    const run = await world.workflows.find(`watch-${bad.deployment.id}`, 0)
    world.deployments.say(newest().id, 'success', 'rolled_back_on_request: back', run!.url)
    world.workflows.become(run!.id, { status: 'completed', conclusion: 'success' })
    world.service.fares(world.clock.now(), GOOD)
    const paused = await stepUntil(world, { ...asked, order: pause }, 'ended', 'held')
    expect(paused.acts.rollback?.ended?.kind).toBe('rolled_back')
    expect(world.reverts).toEqual([])
    const go = { kind: 'continue', by: ada, atMs: world.clock.now() } as const
    const ended = await stepUntil(world, { ...paused, order: go, nextMs: world.clock.now() }, 'ended')
    expect(ended.acts.revert).toMatchObject({ outcome: 'merged' })
  })
})

describe('GitHub that does not answer', () => {
  test('L10 changes no verdict and loses no word: what follows is done when it is back', async () => {
    runs()
    const bad = await foundBad()
    world.conversation.failure = new GitHubError(503, 'down')
    let record = bad
    while (record.acts.recovery?.ended === undefined) {
      world.clock.advance(Math.max(0, record.nextMs! - world.clock.now()))
      ;({ record } = await stepWatch(record, world.ports))
    }
    for (let again = 0; again < 3; again += 1) {
      ;({ record } = await stepWatch(record, world.ports))
      expect(record.acts.endToldAtMs).toBeUndefined()
      expect(record.nextMs).toBeGreaterThan(world.clock.now())
    }
    world.conversation.failure = undefined
    const ended = await stepUntil(world, record, 'ended')
    expect(endOf(ended)).toBeDefined()
    expect(world.workflows.dispatched).toHaveLength(1)
  })

  test('that takes no check keeps no bad version in front of users', async () => {
    runs()
    const setVerdict = world.deployments.setVerdict
    const bad = await foundBad()
    Object.assign(world.deployments, {
      setVerdict: async () => {
        throw new GitHubError(403, 'Resource not accessible by integration')
      },
    })
    const back = await stepUntil(world, bad, 'recovering')
    expect(back.acts.rollback?.ended?.kind).toBe('rolled_back')
    Object.assign(world.deployments, { setVerdict })
    const ended = await stepUntil(world, back, 'ended')
    expect((await world.deployments.read(ended.deployment.id)).verdict).toBe('unhealthy')
  })

  test('that never takes the last word is not asked for ever', async () => {
    runs()
    const bad = await foundBad()
    world.conversation.failure = new GitHubError(403, 'Unable to create comment because issue is locked')
    let record = bad
    while (record.nextMs !== undefined) {
      world.clock.advance(Math.max(0, record.nextMs - world.clock.now()))
      ;({ record } = await stepWatch(record, world.ports))
    }
    expect(record.phase).toBe('ended')
    expect(world.log.lines.join('\n')).toContain('issue is locked')
  })
})
