import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { githubPullRequests } from '../../src/github/pull-requests.ts'
import {
  type Brakes,
  COOLDOWN_MS,
  decideRevert,
  NO_BRAKES,
  REVERTS_A_DAY,
  type UnhealthyCheck,
} from '../../src/revert/decide.ts'
import { gatherRevertFacts, type KnownFacts } from '../../src/revert/gather-facts.ts'
import { revertByPerson } from '../../src/revert/revert-by-person.ts'
import { revertMerge, type RevertResult } from '../../src/revert/revert-merge.ts'
import {
  filesAt,
  type GitHubWorld,
  mergeByPerson,
  openByPerson,
  startGitHubWorld,
} from '../github/github-world.ts'

let world: GitHubWorld
let healthy: string
beforeEach(async () => {
  world = await startGitHubWorld()
  healthy = (await world.repository.shaOf('main'))!
})
afterEach(() => world.close())

const concurrent: UnhealthyCheck = {
  name: 'errors',
  against: 'concurrent',
  queries: ['main: errors'],
  wasBadBefore: false,
}
const deployment = (id: string, sha: string) => ({ id, sha, version: sha.slice(0, 7) })
const change = (more = {}) =>
  mergeByPerson(world, { title: 'Price in cents', commits: [{ 'cents.txt': '1\n' }], how: 'squash', ...more })

function known(sha: string, more: Partial<KnownFacts> = {}): KnownFacts {
  return {
    policy: 'auto',
    shadow: false,
    verdict: 'unhealthy',
    provenLive: true,
    unhealthy: [concurrent],
    deployed: deployment('2', sha),
    lastHealthy: deployment('1', healthy),
    ...more,
  }
}

/** All of it: what is known, what GitHub knows, the decision, the deed. */
async function takeBack(facts: KnownFacts, brakes = async () => NO_BRAKES): Promise<RevertResult> {
  const pullRequests = githubPullRequests(world.github)
  const { clock, log } = world
  const decision = decideRevert(await gatherRevertFacts(facts, { pullRequests, brakes, clock, log }))
  const evidence = { environment: 'production', deployed: facts.deployed, line: 'Errors rose.', checks: [] }
  return revertMerge(decision, evidence, pullRequests)
}
const at = { owner: 'acme', repo: 'shop' }
const openReverts = async () => (await world.github.octokit.rest.pulls.list({ ...at, state: 'open' })).data

describe('a bad version', () => {
  test('that is proven is taken out of main', async () => {
    const { number, result } = await change()
    expect(await takeBack(known(result))).toMatchObject({
      outcome: 'merged',
      reason: 'merged',
      suspect: number,
    })
    expect(await filesAt(world, 'main')).not.toHaveProperty('cents.txt')
  })

  test('R01 with the policy propose is one open pull request', async () => {
    const { result } = await change()
    expect(await takeBack(known(result, { policy: 'propose' }))).toMatchObject({
      outcome: 'proposed',
      reason: 'policy_propose',
    })
    expect(await takeBack(known(result, { policy: 'propose' }))).toMatchObject({ outcome: 'proposed' })
    expect(await openReverts()).toHaveLength(1)
    expect(await world.repository.shaOf('main')).toBe(result)
  })

  test('R14 with weak evidence is proposed', async () => {
    const { result } = await change()
    const unhealthy = [{ ...concurrent, against: 'before_after' } as const]
    expect(await takeBack(known(result, { unhealthy }))).toMatchObject({
      outcome: 'proposed',
      reason: 'weak_evidence',
    })
  })

  test('that came with another change is proposed, and the other named', async () => {
    await change()
    const { result } = await change({ title: 'Second', commits: [{ 'b.txt': 'b\n' }] })
    const done = await takeBack(known(result))
    expect(done).toMatchObject({ outcome: 'proposed', reason: 'several_suspects' })
    const [pull] = await openReverts()
    expect(pull?.body).toContain(`1 more commits since ${healthy}`)
  })

  test('where nothing was ever healthy is proposed: anything before may be to blame', async () => {
    const { result } = await change()
    const { lastHealthy: _, ...facts } = known(result)
    expect(await takeBack(facts)).toMatchObject({ outcome: 'proposed', reason: 'several_suspects' })
  })

  test('R18 labelled no-auto-revert is left alone', async () => {
    const { result } = await change({ labels: ['no-auto-revert'] })
    expect(await takeBack(known(result))).toMatchObject({ outcome: 'not_done', reason: 'opted_out' })
    expect(await openReverts()).toEqual([])
  })

  test('R18 declared forward-only in a commit is left alone', async () => {
    const { result } = await change({
      messages: ['Drop a column\n\nSeamless-Forward-Only: true\n'],
      how: 'merge',
    })
    expect(await takeBack(known(result))).toMatchObject({ outcome: 'not_done', reason: 'forward_only' })
  })

  test('that came by a direct push has nothing to revert', async () => {
    const pushed = await world.repository.commit({ files: { 'cents.txt': '1\n' } })
    expect(await takeBack(known(pushed))).toMatchObject({ outcome: 'not_done', reason: 'no_merge' })
  })

  test('merged more than a day ago is left to people', async () => {
    const { result } = await change()
    world.clock.advance(25 * 3_600_000)
    expect(await takeBack(known(result))).toMatchObject({ outcome: 'not_done', reason: 'too_old' })
  })

  test('R06 that is our own revert is not reverted in turn', async () => {
    const { result } = await change()
    await takeBack(known(result))
    const reverted = (await world.repository.shaOf('main'))!
    const facts = known(reverted, { lastHealthy: deployment('1', result) })
    expect(await takeBack(facts)).toMatchObject({ outcome: 'not_done', reason: 'own_revert' })
    expect(await world.repository.shaOf('main')).toBe(reverted)
  })

  test('R07 after the reverts of a day is only proposed', async () => {
    for (let day = 0; day <= REVERTS_A_DAY; day += 1) {
      healthy = (await world.repository.shaOf('main'))!
      const { result } = await change({ commits: [{ 'cents.txt': `${day}\n` }] })
      const { outcome, reason } = await takeBack(known(result))
      expect([outcome, reason]).toEqual(
        day < REVERTS_A_DAY ? ['merged', 'merged'] : ['proposed', 'budget_spent'],
      )
      world.clock.advance(COOLDOWN_MS + 1000)
    }
  })

  test('R07 soon after another revert is only proposed', async () => {
    const first = await change()
    expect(await takeBack(known(first.result))).toMatchObject({ outcome: 'merged' })
    healthy = (await world.repository.shaOf('main'))!
    const { result } = await change({ commits: [{ 'b.txt': 'b\n' }] })
    expect(await takeBack(known(result))).toMatchObject({ outcome: 'proposed', reason: 'cooldown' })
  })

  test('R07 is only proposed while the reverts of the day cannot be counted', async () => {
    const { result } = await change()
    const isCount = {
      on: (request: { query: URLSearchParams }) => request.query.get('sort') === 'updated',
      times: 9,
    }
    world.hub.faults.add({ ...isCount, answer: { status: 500, body: {} } })
    expect(await takeBack(known(result))).toMatchObject({ outcome: 'proposed', reason: 'budget_unknown' })
    expect(world.log.lines).toEqual([expect.stringContaining('could not be counted')])
  })

  test('that GitHub will not let go is a result with what it said, not a crash', async () => {
    const { result } = await change()
    world.hub.faults.add({
      on: 'POST /repos/{owner}/{repo}/git/commits',
      times: 9,
      answer: { status: 500, body: { message: '@acme down' } },
    })
    const { message, ...done } = await takeBack(known(result))
    expect(done).toMatchObject({ outcome: 'failed', reason: 'github_failed' })
    expect(message).toMatch(/`GitHub answered 500 [^`]*@acme down[^`]*`/)
  })
})

describe('GitHub is asked nothing', () => {
  test.each<[string, Partial<KnownFacts>]>([
    ['when it is healthy', { verdict: 'healthy' }],
    ['R08 when nobody knows', { verdict: 'inconclusive' }],
    ['when the policy is off', { policy: 'off' }],
    ['R10 when it was bad before', { unhealthy: [{ ...concurrent, wasBadBefore: true }] }],
  ])('%s, nor is anybody asked what would stop it', async (_, more) => {
    const { result } = await change()
    const asked: string[] = []
    const brakes = async () => {
      asked.push('brakes')
      return NO_BRAKES
    }
    expect(await world.calls(() => takeBack(known(result, more), brakes))).toEqual([])
    expect(asked).toEqual([])
  })

  test.each<[string, Partial<Brakes>]>([
    ['R13 while it is switched off', { autoRevert: 'off' }],
    ['R13 while the switch cannot be read', { autoRevert: 'unknown' }],
    ['R06 while the breaker is open', { breaker: 'open' }],
    ['R09 of a shared cause', { hasSharedCause: true }],
  ])('%s', async (_, more) => {
    const { result } = await change()
    const brakes = async () => ({ ...NO_BRAKES, ...more })
    expect(await world.calls(() => takeBack(known(result), brakes))).toEqual([])
  })

  test('for a deed in shadow mode', async () => {
    const { number, result } = await change()
    const calls = await world.calls(async () => {
      const done = await takeBack(known(result, { shadow: true }))
      expect(done).toMatchObject({
        outcome: 'not_done',
        reason: 'shadow',
        suspect: number,
        message: expect.stringContaining('would have been reverted'),
      })
    })
    expect(calls.every((call) => call.startsWith('GET '))).toBe(true)
  })
})

describe('by a person', () => {
  const ada = { id: 1, login: 'ada' }
  const revertPull = async (pull: number) =>
    revertByPerson(pull, ada, { pullRequests: githubPullRequests(world.github) })

  test.each(['merge', 'squash', 'rebase'] as const)(
    'R15 /revert takes a merge by %s out, a day and more after it, and says so again when it is asked again',
    async (how) => {
      const commits =
        how === 'squash' ? [{ 'cents.txt': '1\n' }] : [{ 'cents.txt': '1\n' }, { 'b.txt': 'b\n' }]
      const { number } = await change({ how, commits })
      world.clock.advance(30 * 24 * 3_600_000)
      const done = await revertPull(number)
      expect(done).toMatchObject({ outcome: 'merged', suspect: number })
      expect(await filesAt(world, 'main')).not.toHaveProperty('cents.txt')
      expect(await revertPull(number)).toEqual(done)
      const { data } = await world.github.octokit.rest.pulls.get({
        ...at,
        pull_number: done.pullRequest!.number,
      })
      expect(data.body).toContain('`ada` asked for this by `/revert` on #' + number)
    },
  )

  test('/revert of what is not merged does nothing', async () => {
    const { number } = await openByPerson(world, { title: 'T', commits: [{ 'a.txt': 'a\n' }], how: 'merge' })
    expect(await revertPull(number)).toMatchObject({ outcome: 'not_done', reason: 'no_merge' })
    expect(await openReverts()).toHaveLength(1)
  })
})
