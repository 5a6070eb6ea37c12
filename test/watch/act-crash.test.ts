import { describe, expect, test } from 'vitest'

import { lockOf } from '../../src/command/lock-record.ts'
import { stepWatch } from '../../src/watch/step-watch.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'
import { type Death, dyingPorts, Killed } from '../support/watch/dying-ports.ts'
import {
  SHA,
  stepUntil,
  stored,
  watchedConfig,
  watchLive,
  type WatchWorld,
  watchWorld,
} from '../support/watch/watch-world.ts'

/** A minute between looks: all that is done about a verdict, and few looks. */
const CONFIG = watchedConfig({
  health: `
      source: main
      every: 1m
      watch: 5m
      checks:
        errors: { bad: 'requests{code=~"5.."}', total: requests, max: 1% }
        latency: { histogram: latency_bucket, max: 1s }
`,
})

async function foundBad(): Promise<{ world: WatchWorld; bad: WatchRecord }> {
  const world = watchWorld(CONFIG)
  const begun = await watchLive(world, world.deploy(SHA).id)
  world.service.fares(world.clock.now(), { perSecond: 200, bad: 0.05, slow: 0.2 })
  const bad = await stepUntil(world, begun, 'acting')
  world.workflows.onRun = (run, { deploymentId = '' }) => {
    world.deployments.say(deploymentId, 'success', 'rolled_back_on_request: back', run.url)
    world.workflows.become(run.id, { status: 'completed', conclusion: 'success' })
    world.service.fares(world.clock.now(), { perSecond: 200, bad: 0.0001, slow: 0.0001 })
  }
  return { world, bad }
}

/** Steps to the end. What a process that dies has not written down is lost, and the next one begins there. */
async function toItsEnd(
  world: WatchWorld,
  record: WatchRecord,
  death?: Death,
): Promise<{ ended: WatchRecord; calls: readonly string[]; died: boolean }> {
  const dying = dyingPorts(world.ports, death)
  let [current, died] = [record, false]
  while (current.nextMs !== undefined) {
    world.clock.advance(Math.max(0, current.nextMs - world.clock.now()))
    try {
      current = stored((await stepWatch(current, died ? world.ports : dying.ports)).record)
    } catch (error) {
      if (!(error instanceof Killed)) throw error
      died = true
    }
  }
  return { ended: current, calls: dying.calls, died }
}

/** What the world has had of it; whoever died in between may have asked twice, never done twice. */
async function effects(world: WatchWorld, ended: WatchRecord) {
  const key = `watch-${ended.deployment.id}`
  return {
    phase: ended.phase,
    rollback: ended.acts.rollback?.ended?.kind,
    revert: ended.acts.revert?.outcome,
    recovery: ended.acts.recovery?.ended?.kind,
    dispatched: world.workflows.dispatched.map((request) => request.key),
    rollbacks: world.deployments.all.filter((one) => one.key === key).length,
    merges: [...new Set(world.reverts.map(({ merge, isToMerge }) => `${merge.number} ${isToMerge}`))],
    comments: world.conversation.comments.map((one) => one.key).filter((one) => one?.startsWith('watch-end')),
    ledger: world.ledger.map(({ verdict, acted, revertPull }) => [verdict, acted, revertPull]),
    verdict: world.deployments.all.find((one) => one.id === ended.deployment.id)?.verdict,
    lock: await lockOf(world.records, 'production'),
  }
}

const first = await foundBad()
const whole = await toItsEnd(first.world, first.bad)
const once = await effects(first.world, whole.ended)

describe('L01 a process that is killed while it acts', () => {
  test('is compared with one that is not, which does all of it', () => {
    expect(once).toMatchObject({
      phase: 'ended',
      rollback: 'rolled_back',
      revert: 'merged',
      recovery: 'recovered',
      dispatched: [`watch-${whole.ended.deployment.id}`],
      rollbacks: 1,
      merges: ['12 true'],
      comments: [`watch-end/${whole.ended.deployment.id}`],
      ledger: [['unhealthy', 'merged', 13]],
      verdict: 'unhealthy',
      lock: { kind: 'lock' },
    })
    expect(whole.calls.length).toBeGreaterThan(20)
  })

  test.each(whole.calls.map((name, index) => [index + 1, name] as const))(
    'at its call %i (%s), before it or after it, has done all of it once in the end',
    async (call) => {
      for (const when of ['before', 'after'] as const) {
        const { world, bad } = await foundBad()
        const { ended, died } = await toItsEnd(world, bad, { call, when })
        expect(died).toBe(true)
        expect(await effects(world, ended)).toEqual(once)
      }
    },
  )
})
