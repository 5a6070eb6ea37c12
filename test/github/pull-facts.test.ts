import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { GitHubError } from '../../src/errors.ts'
import { githubPullFacts } from '../../src/github/pull-facts.ts'
import type { PullFacts } from '../../src/ports/pull-facts.ts'
import { pullFactsContract } from '../contract/pull-facts.ts'
import { type GitHubWorld, openByPerson, startGitHubWorld } from './github-world.ts'

const at = { owner: 'acme', repo: 'shop' }
const COMPARE = 'GET /repos/{owner}/{repo}/compare/{basehead}'
const ACTIVITY = 'GET /repos/{owner}/{repo}/activity'
const PULL = 'GET /repos/{owner}/{repo}/pulls/{pull_number}'
const CONTENT = 'GET /repos/{owner}/{repo}/contents/{path}'

const headOf = async ({ github }: GitHubWorld, number: number) =>
  (await github.octokit.rest.pulls.get({ ...at, pull_number: number })).data.head

async function openPull(world: GitHubWorld, labels: readonly string[] = []) {
  const commits = [{ 'cents.txt': '1\n' }]
  const { number, branch } = await openByPerson(world, {
    title: 'Prices in cents',
    commits,
    how: 'merge',
    labels,
  })
  return { number, branch, head: (await headOf(world, number)).sha }
}

const conclusions = { passed: 'success', failed: 'failure' } as const

async function report(world: GitHubWorld, sha: string, name: string, state: string): Promise<void> {
  const ended = state === 'passed' || state === 'failed' ? conclusions[state] : undefined
  await world.github.octokit.rest.checks.create({
    ...at,
    name,
    head_sha: sha,
    ...(ended === undefined
      ? { status: 'in_progress' as const }
      : { status: 'completed' as const, conclusion: ended }),
  })
}

async function review(world: GitHubWorld, pull: number, login: string, state: string): Promise<void> {
  const event = state === 'approved' ? 'APPROVE' : 'REQUEST_CHANGES'
  world.repository.setRole(login, 'write')
  await world
    .as({ login })
    .octokit.rest.pulls.createReview({ ...at, pull_number: pull, event, body: 'Because.' })
}

pullFactsContract('GitHub', async () => {
  const world = await startGitHubWorld()
  const { repository, clock } = world
  let commits = 0
  const commit = async (branch: string) =>
    repository.commit({ branch, files: { [`more-${(commits += 1)}.txt`]: 'x\n' }, by: 'ada' })
  return {
    facts: githubPullFacts(world.github),
    async open({ draft = false, labels = [], title = 'Prices in cents' } = {}) {
      clock.advance(10_000)
      const branch = `feature-${(commits += 1)}`
      const head = await commit(branch)
      const ada = world.as({ login: 'ada' }).octokit.rest
      const { data } = await ada.pulls.create({ ...at, title, head: branch, base: 'main', body: 'B', draft })
      if (labels.length > 0)
        await ada.issues.addLabels({ ...at, issue_number: data.number, labels: [...labels] })
      return { number: data.number, head, branch }
    },
    issue: async () =>
      (await world.as({ login: 'ada' }).octokit.rest.issues.create({ ...at, title: 'A question' })).data
        .number,
    push: async (number) => commit((await headOf(world, number)).ref),
    pushBase: async () => commit('main'),
    require: async (names) =>
      repository.protect('main', { requiredChecks: names.map((context) => ({ context, appId: null })) }),
    report: async (sha, { name, state }) => report(world, sha, name, state),
    review: async (number, login, state) => review(world, number, login, state),
    async end(number, how) {
      const { pulls } = world.as({ login: 'ada' }).octokit.rest
      if (how === 'merged') await pulls.merge({ ...at, pull_number: number })
      else await pulls.update({ ...at, pull_number: number, state: 'closed' })
    },
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    close: () => world.close(),
  }
})

describe('pull requests on GitHub', () => {
  let world: GitHubWorld
  beforeEach(async () => {
    world = await startGitHubWorld()
  })
  afterEach(() => world.close())

  const facts = () => githubPullFacts(world.github)
  const read = async (number: number): Promise<PullFacts> => {
    const found = await facts().read(number)
    if (found === undefined) throw new Error(`#${number} was not found`)
    return found
  }
  const ruleset = (context: string) =>
    world.as({ login: 'acme' }).octokit.rest.repos.createRepoRuleset({
      ...at,
      name: 'checks',
      target: 'branch',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [
        {
          type: 'required_status_checks',
          parameters: {
            required_status_checks: [{ context }],
            strict_required_status_checks_policy: false,
          },
        },
      ],
    })

  describe('A13 a fork', () => {
    const openFromFork = async () => {
      const fork = await world.repository.fork('mallory')
      await fork.commit({ branch: 'feature', files: { 'evil.txt': 'x\n' }, by: 'mallory' })
      const asked = { ...at, title: 'Helpful', head: 'mallory:feature', base: 'main', body: 'B' }
      return (await world.as({ login: 'mallory' }).octokit.rest.pulls.create(asked)).data.number
    }

    test('is told as one, and nobody knows when its head changed', async () => {
      const pull = await read(await openFromFork())
      expect(pull).toMatchObject({ fork: true, author: { login: 'mallory' }, behindBy: 0 })
      expect(await world.calls(() => facts().heads(pull))).toEqual([])
      expect(await facts().heads(pull)).toBeUndefined()
    })
  })

  test('A15 a check that a ruleset requires counts, reported or not', async () => {
    await ruleset('build')
    const { number, head } = await openPull(world)
    expect((await read(number)).checks).toMatchObject({ required: [{ name: 'build', state: 'missing' }] })
    await report(world, head, 'build', 'passed')
    expect((await read(number)).checks).toMatchObject({ required: [{ name: 'build', state: 'passed' }] })
  })

  test('A15 a required check by another app than the one that the rule names is missing', async () => {
    world.repository.protect('main', { requiredChecks: [{ context: 'build', appId: 4711 }] })
    const { number, head } = await openPull(world)
    await report(world, head, 'build', 'passed')
    expect((await read(number)).checks).toEqual({
      kind: 'known',
      required: [{ name: 'build', state: 'missing' }],
      others: [{ name: 'build', state: 'passed' }],
    })
  })

  test.each([
    ['success', 'passed'],
    ['pending', 'pending'],
    ['failure', 'failed'],
    ['error', 'failed'],
  ] as const)('A15 a commit status that is %s is %s', async (state, told) => {
    world.repository.protect('main', { requiredChecks: [{ context: 'ci', appId: null }] })
    const { number, head } = await openPull(world)
    const ci = world.as({ login: 'ada' }).octokit
    await ci.rest.repos.createCommitStatus({ ...at, sha: head, state, context: 'ci' })
    expect((await read(number)).checks).toMatchObject({ required: [{ name: 'ci', state: told }] })
  })

  test('A15 our own verdict of an earlier deployment is no gate, even where it is required', async () => {
    const context = 'seamless/production'
    world.repository.protect('main', { requiredChecks: [{ context, appId: null }] })
    const { number, head } = await openPull(world)
    await report(world, head, context, 'failed')
    expect((await read(number)).checks).toEqual({ kind: 'known', required: [], others: [] })
  })

  test.each([{ checks: 'read' }, { statuses: 'read' }, {}] as const)(
    'A15 a token that may see %j of checks and statuses says so, never that there are none',
    async (more) => {
      const { number, head } = await openPull(world)
      const permissions = { pull_requests: 'read', contents: 'read', metadata: 'read', ...more } as const
      const reader = githubPullFacts(world.as({ login: 'seamless[bot]', permissions }))
      const pull = await reader.read(number)
      expect(pull).toMatchObject({
        head,
        checks: { kind: 'unavailable', why: expect.stringContaining('statusCheckRollup') },
      })
    },
  )

  test('A15 more checks than a page holds are not judged in part', async () => {
    const { number, head } = await openPull(world)
    for (let at = 0; at < 101; at += 1) await report(world, head, `check-${at}`, 'passed')
    expect((await read(number)).checks).toEqual({
      kind: 'unavailable',
      why: 'its head has more than 100 checks',
    })
  }, 60_000)

  test('A15 a GitHub that fails is an error, asked four times', async () => {
    const { number } = await openPull(world)
    world.hub.faults.add({ on: 'graphql', answer: { status: 502, body: {} }, times: 99 })
    const calls = await world.calls(() => expect(facts().read(number)).rejects.toThrow(GitHubError))
    expect(calls).toEqual(Array.from({ length: 4 }, () => 'graphql'))
  })

  test('where GitHub does not compare, how far behind is unknown', async () => {
    const { number } = await openPull(world)
    world.hub.faults.add({ on: COMPARE, answer: { status: 500, body: {} }, times: 99 })
    expect(await read(number)).toMatchObject({ behindBy: 'unknown' })
  })

  test('A16 reviews that the rules ask for are told as GitHub judges them; who may not write has no opinion', async () => {
    world.repository.protect('main', { requiredApprovals: 1 })
    const { number, head } = await openPull(world)
    expect((await read(number)).reviews).toEqual({ decision: 'review_required', opinions: [] })
    await review(world, number, 'bea', 'approved')
    await review(world, number, 'passer-by', 'approved')
    world.repository.setRole('passer-by', 'none')
    const { id } = world.hub.user('bea')
    expect((await read(number)).reviews).toEqual({
      decision: 'approved',
      opinions: [{ by: { id, login: 'bea' }, state: 'approved', commit: head }],
    })
    await review(world, number, 'bea', 'changes_requested')
    expect((await read(number)).reviews).toMatchObject({ decision: 'changes_requested' })
  })

  test("an app's pull request has the login that it has everywhere", async () => {
    await world.repository.commit({ branch: 'bump', files: { 'a.txt': 'a\n' } })
    const asked = { ...at, title: 'Bump', head: 'bump', base: 'main', body: 'B' }
    const { data } = await world.github.octokit.rest.pulls.create(asked)
    expect((await read(data.number)).author).toEqual({ id: 41898282, login: 'github-actions[bot]' })
  })

  describe('the changes of a head', () => {
    test('T08 a force push away and back shows both times', async () => {
      const { number, branch, head } = await openPull(world)
      const ref = `heads/${branch}`
      const other = await world.repository.commit({ branch: 'other', files: { 'b.txt': 'b\n' } })
      const ada = world.as({ login: 'ada' }).octokit.rest
      for (const sha of [other, head]) {
        world.clock.advance(60_000)
        await ada.git.updateRef({ ...at, ref, sha, force: true })
      }
      const changes = await facts().heads(await read(number))
      expect(changes?.map(({ sha }) => sha)).toEqual([head, other, head])
    })

    test('a record that does not have the head yet is none', async () => {
      const { number } = await openPull(world)
      const alter = (reply: { status: number; body?: unknown }) => ({ ...reply, body: [] })
      world.hub.faults.add({ on: ACTIVITY, alter })
      expect(await facts().heads(await read(number))).toBeUndefined()
    })

    test('T01 a push after the look is among them', async () => {
      const { number, branch } = await openPull(world)
      const pull = await read(number)
      const later = await world.repository.commit({ branch, files: { 'c.txt': 'c\n' } })
      expect((await facts().heads(pull))?.at(-1)?.sha).toBe(later)
    })

    test('an error is no answer', async () => {
      const { number } = await openPull(world)
      const pull = await read(number)
      world.hub.faults.add({ on: ACTIVITY, answer: { status: 500, body: {} }, times: 99 })
      await expect(facts().heads(pull)).rejects.toThrow(GitHubError)
    })
  })

  test('a file of more than a megabyte is an error, a folder is no file', async () => {
    const commit = await world.repository.commit({
      files: { 'big.txt': 'x'.repeat(1_100_000), 'd/a.txt': 'a\n' },
    })
    await expect(facts().file(commit, 'big.txt')).rejects.toThrow(/up to 1 MB/)
    expect(await facts().file(commit, 'd')).toBeUndefined()
    expect(await facts().file(commit, 'd/a.txt')).toBe('a\n')
  })

  test('what each operation asks of GitHub', async () => {
    const { number, head } = await openPull(world)
    expect(await world.calls(() => facts().read(number))).toEqual(['graphql', COMPARE])
    expect(await world.calls(() => facts().head(number))).toEqual([PULL])
    const pull = await read(number)
    expect(await world.calls(() => facts().heads(pull))).toEqual([ACTIVITY])
    expect(await world.calls(() => facts().file(head, 'price.txt'))).toEqual([CONTENT])
  })
})
