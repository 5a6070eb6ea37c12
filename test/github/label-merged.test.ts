import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { verdictLedger } from '../../app/store/verdict-ledger.ts'
import { githubChanges, readMergedPull } from '../../src/github/merged-pull.ts'
import { githubPullRequests } from '../../src/github/pull-requests.ts'
import { labelMerged } from '../../src/watch/label-merged.ts'
import type { VerdictLedger } from '../../src/watch/verdict-ledger.ts'
import { folderHome, type OpenedStore, type StoreHome } from '../support/app-store.ts'
import {
  type GitHubWorld,
  mergeByPerson,
  openByPerson,
  type PersonsChange,
  startGitHubWorld,
} from './github-world.ts'

const at = { owner: 'acme', repo: 'shop' }
const PULL = 'GET /repos/{owner}/{repo}/pulls/{pull_number}'
const COMMITS = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits'
const CHANGE = { 'price.txt': 'one\nTWO\nthree\nfour\nfive\n', 'cents.txt': '1\n' }

describe('verdicts are labelled by what is merged later', () => {
  let home: StoreHome
  let opened: OpenedStore
  let world: GitHubWorld
  let ledger: VerdictLedger
  let repositoryId = 0
  beforeAll(async () => {
    home = folderHome()
    opened = await home.open()
  })
  afterAll(async () => {
    await opened.store.close()
    await home.remove()
  })
  beforeEach(async () => {
    world = await startGitHubWorld()
    repositoryId += 1
    ledger = verdictLedger(opened.store, { repositoryId, installationId: 1 })
  })
  afterEach(() => world.close())

  /** Tells of a merge as the delivery does. */
  const tell = async (number: number) => {
    const { data } = await world.github.octokit.rest.pulls.get({ ...at, pull_number: number })
    const pull = readMergedPull(data)
    if (pull === undefined) return 'no merge'
    const { github, clock } = world
    return labelMerged(pull, { ledger, repository: 'acme/shop', clock, ...githubChanges(github) })
  }
  const land = async (
    title: string,
    files: PersonsChange['commits'][number],
    how: PersonsChange['how'] = 'squash',
  ) => {
    const merged = await mergeByPerson(world, { title, commits: [files], how })
    world.clock.advance(60_000)
    return merged
  }
  const promote = async ({ number, result }: { number: number; result: string }) => {
    const { clock } = world
    await ledger.note({
      deployment: `d${number}`,
      environment: 'production',
      sha: result,
      verdict: 'healthy',
      reason: 'healthy',
      acted: 'promoted',
      pull: number,
      atMs: clock.now(),
    })
    clock.advance(60_000)
  }
  /** A change that was merged, found bad, and whose revert we merged, or only proposed. */
  const takeBack = async (how: PersonsChange['how'] = 'squash', merge = true) => {
    const { number, result } = await land('Prices', CHANGE, how)
    const pulls = githubPullRequests(world.github)
    const outcome = await pulls.revert((await pulls.mergeOf(result))!, { body: 'Errors rose.', merge })
    if (outcome.kind !== 'merged' && outcome.kind !== 'proposed') throw new Error(outcome.kind)
    await ledger.note({
      deployment: `d${number}`,
      environment: 'production',
      sha: result,
      verdict: 'unhealthy',
      reason: 'unhealthy',
      acted: outcome.kind,
      pull: number,
      revertPull: outcome.pullRequest.number,
      atMs: world.clock.now(),
    })
    world.clock.advance(60_000)
    return { number, revert: outcome.pullRequest.number }
  }

  test.each(['merge', 'squash', 'rebase'] as const)(
    'a change that was merged by %s, taken back and landed again unchanged: the verdict was wrong',
    async (how) => {
      await takeBack(how)
      const again = await land('Prices, once more', CHANGE)
      expect(await world.calls(() => tell(again.number))).toEqual([PULL, PULL, PULL])
      expect(await ledger.counts()).toEqual({ right: 0, wrong: 1, missed: 0, open: 0 })
    },
  )

  test('telling of the same merge again labels nothing again', async () => {
    await takeBack()
    const again = await land('Prices, once more', CHANGE)
    expect(await tell(again.number)).toEqual(['wrong'])
    expect(await tell(again.number)).toEqual([])
  })

  test('beside work that came meanwhile it is the same change', async () => {
    await takeBack()
    await land('Next door', { 'price.txt': 'one\ntwo\nTHREE\nfour\nfive\n' })
    const again = await land('Prices', { 'price.txt': 'one\nTWO\nTHREE\nfour\nfive\n', 'cents.txt': '1\n' })
    expect(await tell(again.number)).toEqual(['wrong'])
  })

  test('landed again with a fix, by undoing our revert: it was right', async () => {
    const { revert } = await takeBack()
    const { number } = await openByPerson(world, {
      title: 'Prices, mended',
      commits: [{ ...CHANGE, 'cents.txt': '2\n' }],
      how: 'squash',
    })
    const { rest } = world.as({ login: 'ada' }).octokit
    await rest.pulls.update({ ...at, pull_number: number, body: `Reverts acme/shop#${revert}\n\nwith a fix` })
    await rest.pulls.merge({ ...at, pull_number: number })
    expect(await tell(number)).toEqual(['right'])
  })

  test('other changes tell nothing', async () => {
    await takeBack()
    expect(await tell((await land('Fine', { 'b.txt': 'b\n' })).number)).toEqual([])
    expect(await ledger.counts()).toMatchObject({ open: 1 })
  })

  test('a revert that we proposed and a person merged is taken back from then on', async () => {
    const { revert } = await takeBack('squash', false)
    await world.as({ login: 'ada' }).octokit.rest.pulls.merge({ ...at, pull_number: revert })
    expect(await tell(revert)).toEqual([])
    expect(await ledger.unlabelled(0)).toMatchObject([{ acted: 'merged', revertPull: revert }])
    world.clock.advance(60_000)
    expect(await tell((await land('Prices, once more', CHANGE)).number)).toEqual(['wrong'])
  })

  test('what a person reverts with GitHub’s button after we promoted it was missed', async () => {
    const promoted = await land('Prices', CHANGE)
    await promote(promoted)
    const { number } = await openByPerson(world, {
      title: 'Revert "Prices"',
      commits: [{ 'price.txt': 'one\ntwo\nthree\nfour\nfive\n', 'cents.txt': null }],
      how: 'merge',
    })
    const { rest } = world.as({ login: 'ada' }).octokit
    await rest.pulls.update({ ...at, pull_number: number, body: `Reverts acme/shop#${promoted.number}` })
    await rest.pulls.merge({ ...at, pull_number: number })
    expect(await world.calls(() => tell(number))).toEqual([PULL])
    expect(await ledger.counts()).toMatchObject({ missed: 1 })
  })

  test('… also by git revert, whose words stand in a commit alone', async () => {
    const promoted = await land('Prices', CHANGE)
    await promote(promoted)
    const { number } = await mergeByPerson(world, {
      title: 'Revert "Prices"',
      commits: [{ 'price.txt': 'one\ntwo\nthree\nfour\nfive\n', 'cents.txt': null }],
      messages: [`Revert "Prices"\n\nThis reverts commit ${promoted.result}.\n`],
      how: 'merge',
    })
    expect(await world.calls(() => tell(number))).toEqual([PULL, COMMITS])
    expect(await ledger.counts()).toMatchObject({ missed: 1 })
  })

  test('our own revert, for another environment, is no person’s', async () => {
    const promoted = await land('Prices', CHANGE)
    await promote(promoted)
    const pulls = githubPullRequests(world.github)
    const outcome = await pulls.revert((await pulls.mergeOf(promoted.result))!, { body: 'B', merge: true })
    if (outcome.kind !== 'merged') throw new Error(outcome.kind)
    expect(await tell(outcome.pullRequest.number)).toEqual([])
    expect(await ledger.counts()).toMatchObject({ missed: 0 })
  })

  test('an ordinary merge where nothing is taken back asks GitHub nothing', async () => {
    await promote(await land('Prices', CHANGE))
    const { number } = await land('Fine', { 'b.txt': 'b\n' })
    // The one call is the test's own.
    expect(await world.calls(() => tell(number))).toEqual([PULL])
  })

  test('a pull request that was closed, or merged elsewhere, is no merge', async () => {
    const { number } = await openByPerson(world, { title: 'No', commits: [{ 'b.txt': 'b\n' }], how: 'merge' })
    const { rest } = world.as({ login: 'ada' }).octokit
    await rest.pulls.update({ ...at, pull_number: number, state: 'closed' })
    expect(await tell(number)).toBe('no merge')
    await world.repository.commit({ branch: 'release', files: { 'r.txt': 'r\n' }, by: 'ada' })
    await world.repository.commit({ branch: 'fix', files: { 'f.txt': 'f\n' }, by: 'ada' })
    const made = await rest.pulls.create({ ...at, title: 'Fix', head: 'fix', base: 'release', body: 'B' })
    await rest.pulls.merge({ ...at, pull_number: made.data.number })
    expect(await tell(made.data.number)).toBe('no merge')
  })
})
