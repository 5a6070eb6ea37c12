import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { patchId } from '../../src/command/patch-id.ts'
import { GitHubError } from '../../src/errors.ts'
import { githubDeployments } from '../../src/github/deployments.ts'
import { githubPullRequests } from '../../src/github/pull-requests.ts'
import { diffOf, githubQuarantine } from '../../src/github/quarantine.ts'
import { ACTIONS_APP_ID } from '../../src/github/verdict-check.ts'
import { type GitHubWorld, mergeByPerson, openByPerson, startGitHubWorld } from './github-world.ts'

const at = { owner: 'acme', repo: 'shop' }
const PULL = 'GET /repos/{owner}/{repo}/pulls/{pull_number}'
const CHANGE = { 'price.txt': 'one\nTWO\nthree\nfour\nfive\n', 'cents.txt': '1\n' }

describe('what was taken back, by GitHub', () => {
  let world: GitHubWorld
  beforeEach(async () => {
    world = await startGitHubWorld()
  })
  afterEach(() => world.close())

  const records = () => githubQuarantine(world.github, { appId: ACTIONS_APP_ID })
  const headOf = async (pull: number) =>
    (await world.github.octokit.rest.pulls.get({ ...at, pull_number: pull })).data.head.sha
  const open = async (files: Record<string, string>) =>
    (await openByPerson(world, { title: 'Prices', commits: [files], how: 'merge' })).number
  /** A change that was merged and reverted by us. */
  const revertedChange = async (how: 'merge' | 'squash' | 'rebase' = 'squash', files = CHANGE) => {
    const { number, result } = await mergeByPerson(world, { title: 'Prices', commits: [files], how })
    const pulls = githubPullRequests(world.github)
    const merge = await pulls.mergeOf(result)
    if (merge === undefined) throw new Error('The merge was not found.')
    const outcome = await pulls.revert(merge, { body: 'Errors rose.', merge: true })
    expect(outcome.kind).toBe('merged')
    return number
  }

  test('where nothing was reverted, nothing was taken back, and one call says so', async () => {
    await mergeByPerson(world, { title: 'Fine', commits: [{ 'a.txt': 'a\n' }], how: 'merge' })
    const pull = await open(CHANGE)
    expect(await world.calls(() => records().takenBack(pull))).toEqual(['graphql'])
    expect(await records().takenBack(pull)).toEqual([])
  })

  test.each(['merge', 'squash', 'rebase'] as const)(
    'the same change again is known by its patch, though the first was merged by %s and its commit is another',
    async (how) => {
      const first = await revertedChange(how)
      const again = await open(CHANGE)
      const patch = await records().patchOf(again)
      expect(patch).toMatch(/^[0-9a-f]{40}$/)
      expect(await records().takenBack(again)).toEqual([{ pull: first, head: await headOf(first), patch }])
      expect(await headOf(again)).not.toBe(await headOf(first))
    },
  )

  test('of another change nobody reads the difference: one of another size cannot be the same', async () => {
    const first = await revertedChange()
    const other = await open({ 'other.txt': 'x\n' })
    expect(await world.calls(() => records().takenBack(other))).toEqual(['graphql', 'graphql'])
    expect(await records().takenBack(other)).toEqual([{ pull: first, head: await headOf(first) }])
  })

  test('a change of the same size has another patch', async () => {
    await revertedChange()
    const other = await open({ 'price.txt': 'one\ntwo\nTHREE\nfour\nfive\n', 'cents.txt': '2\n' })
    const [found] = await records().takenBack(other)
    expect(found?.patch).toMatch(/^[0-9a-f]{40}$/)
    expect(found?.patch).not.toBe(await records().patchOf(other))
  })

  test('a revert that was proposed and not merged took nothing back', async () => {
    const { result } = await mergeByPerson(world, { title: 'Prices', commits: [CHANGE], how: 'merge' })
    const pulls = githubPullRequests(world.github)
    const merge = await pulls.mergeOf(result)
    await pulls.revert(merge!, { body: 'Errors rose.', merge: false })
    expect(await records().takenBack(await open({ 'x.txt': 'x\n' }))).toEqual([])
  })

  test("a fork's branch that is called like a revert of ours is none, and one of nothing is nothing", async () => {
    const fork = await world.repository.fork('mallory')
    const name = `revert/pr-1-${'a'.repeat(12)}`
    await fork.commit({ branch: name, files: { 'm.txt': 'm\n' }, by: 'mallory' })
    const mallory = world.as({ login: 'mallory' }).octokit.rest
    const asked = { ...at, title: 'Fix', head: `mallory:${name}`, base: 'main', body: 'B' }
    const { number } = (await mallory.pulls.create(asked)).data
    await world.as({ login: 'ada' }).octokit.rest.pulls.merge({ ...at, pull_number: number })
    await mergeByPerson(world, {
      title: 'No revert of anything',
      commits: [{ 'n.txt': 'n\n' }],
      how: 'merge',
      branch: `revert/pr-999-${'b'.repeat(12)}`,
    })
    expect(await records().takenBack(await open({ 'x.txt': 'x\n' }))).toEqual([])
  })

  test('reverts are found behind a page of merges', async () => {
    const first = await revertedChange()
    for (let at = 0; at < 101; at += 1) {
      world.clock.advance(1000)
      await mergeByPerson(world, { title: 'Fine', commits: [{ 'a.txt': `${at}\n` }], how: 'squash' })
    }
    expect(await records().takenBack(await open({ 'x.txt': 'x\n' }))).toMatchObject([{ pull: first }])
  }, 180_000)

  test('the difference is as git tells it', async () => {
    const pull = await open(CHANGE)
    const diff = (await diffOf(world.github, pull)) ?? ''
    expect(diff).toMatch(/^diff --git a\/cents\.txt b\/cents\.txt\n/)
    const byGit = execFileSync('git', ['patch-id', '--stable'], { input: diff, encoding: 'utf8' })
    expect(await records().patchOf(pull)).toBe(byGit.slice(0, 40))
    expect(patchId(diff)).toBe(byGit.slice(0, 40))
    expect(await world.calls(() => records().patchOf(pull))).toEqual([PULL])
  })

  test('a difference that is too large for GitHub has no patch', async () => {
    const pull = await open(CHANGE)
    const refusal = { message: 'Sorry, the diff exceeded the maximum number of lines (20000)' }
    world.hub.faults.add({ on: PULL, answer: { status: 406, body: refusal } })
    expect(await records().patchOf(pull)).toBeUndefined()
  })

  test('a missing permission is an error, never "nothing was taken back"', async () => {
    const pull = await open(CHANGE)
    const reader = world.as({ login: 'seamless[bot]', permissions: { contents: 'read', metadata: 'read' } })
    await expect(githubQuarantine(reader, { appId: 1 }).takenBack(pull)).rejects.toThrow(GitHubError)
  })

  describe('the verdict of a commit', () => {
    const judge = async (sha: string, verdict: 'healthy' | 'unhealthy', key: string) => {
      const deployments = githubDeployments(world.github, { appId: ACTIONS_APP_ID })
      const { id } = await deployments.begin({ environment: 'production', sha, version: '1', key })
      await deployments.setVerdict(id, verdict, { title: verdict, text: 'Why.' })
    }

    test('is the newest of its deployments there', async () => {
      const sha = await world.repository.commit({ files: { VERSION: '1\n' } })
      expect(await records().verdictOf('production', sha)).toBeUndefined()
      await judge(sha, 'healthy', 'first')
      await judge(sha, 'unhealthy', 'second')
      expect(await records().verdictOf('production', sha)).toBe('unhealthy')
      expect(await records().verdictOf('staging', sha)).toBeUndefined()
      expect(await world.calls(() => records().verdictOf('production', sha))).toHaveLength(1)
    })

    test('is believed of our app only', async () => {
      const sha = await world.repository.commit({ files: { VERSION: '1\n' } })
      await judge(sha, 'unhealthy', 'first')
      const other = githubQuarantine(world.github, { appId: 4711 })
      expect(await other.verdictOf('production', sha)).toBeUndefined()
    })
  })
})
