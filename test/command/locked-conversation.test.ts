import { beforeEach, describe, expect, it } from 'vitest'
import { claimEnvironment } from '../../src/command/claim-environment.ts'
import { watchRollback } from '../../src/command/new-operation.ts'
import type { Operation } from '../../src/command/operation-lock.ts'
import { GitHubError } from '../../src/errors.ts'
import { LIVE_MS, SHA, SHA_BEFORE, type WatchWorld, watchWorld } from '../support/watch/watch-world.ts'

const LOCKED = new GitHubError(403, 'Unable to create comment because issue is locked.')

let world: WatchWorld
beforeEach(async () => {
  world = watchWorld()
  const run = await world.workflows.dispatch({
    operation: 'run',
    environment: 'production',
    sha: SHA,
    key: 'comment-5',
  })
  world.workflows.become(run!.id, { status: 'completed', conclusion: 'success' })
  const deployed: Operation = {
    kind: 'deploy',
    key: 'comment-5',
    pull: 12,
    comment: 5,
    by: { id: 7, login: 'ada' },
    sha: SHA,
    sinceMs: LIVE_MS,
    leaseUntilMs: LIVE_MS + 60_000,
    deployment: world.deploy(SHA, { key: 'comment-5', said: 'already_live: it was there' }).id,
    told: 'asked/0/',
    dispatchedAtMs: LIVE_MS,
    dispatched: true,
    run: { id: run!.id, url: run!.url },
  }
  await claimEnvironment('production', deployed, world.ports)
})

const goBack = async () => {
  const back = watchRollback('701', { sha: SHA_BEFORE, version: '1.0.0' }, world.clock.now())
  return claimEnvironment('production', back, world.ports)
}

describe('a deployment that has ended and cannot be told, for its conversation is locked', () => {
  it('is over: a rollback has its place, and the log what could not be said', async () => {
    world.conversation.failure = LOCKED
    expect(await goBack()).toMatchObject({ kind: 'claimed', isNew: true })
    expect(world.log.lines.join('\n')).toContain('issue is locked')
  })

  it('is told later where GitHub only fails', async () => {
    world.conversation.failure = new GitHubError(502, 'Bad Gateway')
    await expect(goBack()).rejects.toThrow('Bad Gateway')
    world.conversation.failure = undefined
    world.clock.advance(60_000)
    expect(await goBack()).toMatchObject({ kind: 'claimed' })
    expect(world.conversation.textOf(12, 'end/comment-5')).toBeDefined()
  })
})
