import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { githubPullRequests } from '../../src/github/pull-requests.ts'
import { type GitHubWorld, mergeByPerson, openByPerson, startGitHubWorld } from './github-world.ts'

let world: GitHubWorld
beforeEach(async () => {
  world = await startGitHubWorld()
})
afterEach(() => world.close())

const at = { owner: 'acme', repo: 'shop' }
const mergeOf = (commit: string) => githubPullRequests(world.github).mergeOf(commit)
const push = (to: string) =>
  world.as({ login: 'ada' }).octokit.rest.git.updateRef({ ...at, ref: 'heads/main', sha: to })
const suspects = (from: string, to: string) => githubPullRequests(world.github).suspects(from, to)
const read = async (number: number) =>
  (await world.github.octokit.rest.pulls.get({ ...at, pull_number: number })).data

describe('which merge brought a commit', () => {
  test('each of the commits that a rebase copied belongs to the one merge', async () => {
    const before = await world.repository.shaOf('main')
    const commits = [{ 'a.txt': '1' }, { 'b.txt': '2' }, { 'c.txt': '3' }]
    const { result } = await mergeByPerson(world, { title: 'Three', commits, how: 'rebase' })
    const whole = await mergeOf(result)
    expect(whole).toMatchObject({ shape: 'rebase', before })
    expect(await mergeOf((await world.repository.shaOf('main~1'))!)).toEqual(whole)
    expect(await mergeOf((await world.repository.shaOf('main~2'))!)).toEqual(whole)
    expect(await mergeOf(before!)).toBeUndefined()
  })

  test('a branch’s own commits came by a merge commit, but not by a squash', async () => {
    const merged = await openByPerson(world, { title: 'Merged', commits: [{ 'a.txt': '1' }], how: 'merge' })
    const squashed = await openByPerson(world, {
      title: 'Squashed',
      commits: [{ 'b.txt': '1' }, { 'b.txt': '2' }],
      how: 'squash',
    })
    const ofMerged = (await world.repository.shaOf(merged.branch))!
    const ofSquashed = (await world.repository.shaOf(squashed.branch))!
    const ada = world.as({ login: 'ada' }).octokit.rest.pulls
    await ada.merge({ ...at, pull_number: merged.number, merge_method: 'merge' })
    await ada.merge({ ...at, pull_number: squashed.number, merge_method: 'squash' })
    expect(await mergeOf(ofMerged)).toMatchObject({ number: merged.number, shape: 'merge' })
    expect(await mergeOf(ofSquashed)).toBeUndefined()
  })

  test('R15 a commit that was picked onto main before the rebase is not taken for one of its copies', async () => {
    // Main already holds a copy of the first commit: same author, date and message. The rebase leaves that commit out.
    const change = {
      title: 'Two',
      commits: [{ 'a.txt': '1' }, { 'b.txt': '2' }],
      messages: ['One\n', 'Two\n'],
      how: 'rebase',
    } as const
    const { number, branch } = await openByPerson(world, change)
    const { rest } = world.as({ login: 'ada' }).octokit
    const first = await rest.git.getCommit({
      ...at,
      commit_sha: (await world.repository.shaOf(`${branch}~1`))!,
    })
    const main = (await world.repository.shaOf('main'))!
    const { message, author, tree } = first.data
    const picked = await rest.git.createCommit({ ...at, message, author, tree: tree.sha, parents: [main] })
    await rest.git.updateRef({ ...at, ref: 'heads/main', sha: picked.data.sha })
    world.clock.advance(3_600_000)
    const { data } = await rest.pulls.merge({ ...at, pull_number: number, merge_method: 'rebase' })
    expect(await world.repository.shaOf('main~1')).toBe(picked.data.sha)
    expect(await mergeOf(data.sha)).toMatchObject({ shape: 'rebase', before: picked.data.sha })
  })

  test('labels and the author come with it', async () => {
    const change = {
      title: 'Labelled',
      commits: [{ 'a.txt': '1' }],
      labels: ['no-auto-revert'],
      how: 'squash',
    } as const
    const { result } = await mergeByPerson(world, change)
    expect(await mergeOf(result)).toMatchObject({
      labels: ['no-auto-revert'],
      author: 'ada',
      title: 'Labelled',
    })
  })

  test('a fork’s branch that is named like a revert of ours is none', async () => {
    const fork = await world.repository.fork('mallory')
    await fork.commit({ branch: 'revert/pr-1-0123456789ab', files: { 'a.txt': '1' }, by: 'mallory' })
    const { rest } = world.as({ login: 'mallory' }).octokit
    const { data } = await rest.pulls.create({
      ...at,
      title: 'Evade',
      head: 'mallory:revert/pr-1-0123456789ab',
      base: 'main',
    })
    const merged = await world
      .as({ login: 'ada' })
      .octokit.rest.pulls.merge({ ...at, pull_number: data.number, merge_method: 'squash' })
    const merge = await mergeOf(merged.data.sha)
    expect(merge).toMatchObject({ number: data.number, author: 'mallory' })
    expect(merge).not.toHaveProperty('revertOf')
  })

  test('what it asks of GitHub', async () => {
    const { result } = await mergeByPerson(world, {
      title: 'One',
      commits: [{ 'a.txt': '1' }],
      how: 'squash',
    })
    expect(await world.calls(() => mergeOf(result))).toEqual([
      'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
      'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits',
      'GET /repos/{owner}/{repo}/commits',
    ])
  })
})

describe('pushes instead of merges', () => {
  test('a branch that was pushed onto main as it is came by its pull request, from the first of its commits', async () => {
    const before = await world.repository.shaOf('main')
    const { number, branch } = await openByPerson(world, {
      title: 'Pushed',
      commits: [{ 'a.txt': '1' }, { 'b.txt': '2' }],
      how: 'rebase',
    })
    const head = (await world.repository.shaOf(branch))!
    await push(head)
    expect(await mergeOf(head)).toMatchObject({ number, before, result: head })
  })

  test('one that ends in a merge of main does not say what was there before it, so there is no merge to revert', async () => {
    const { number, branch } = await openByPerson(world, {
      title: 'Pushed',
      commits: [{ 'a.txt': '1' }],
      how: 'rebase',
    })
    await world.repository.commit({ files: { 'later.txt': 'x' } })
    await world.as({ login: 'ada' }).octokit.rest.pulls.updateBranch({ ...at, pull_number: number })
    const head = (await world.repository.shaOf(branch))!
    await push(head)
    expect(await mergeOf(head)).toBeUndefined()
  })
})

describe('suspects', () => {
  test('a healthy commit in the middle of a rebase leaves that merge alone to blame', async () => {
    const { number, result } = await mergeByPerson(world, {
      title: 'Two',
      commits: [{ 'a.txt': '1' }, { 'b.txt': '2' }],
      how: 'rebase',
    })
    expect(await suspects((await world.repository.shaOf('main~1'))!, result)).toMatchObject({
      kind: 'one',
      merge: { number },
    })
  })

  test('a healthy commit that was deployed from a branch proves nothing of main', async () => {
    const branch = await world.repository.commit({ branch: 'hotfix', files: { 'fix.txt': 'x' } })
    const { number, result } = await mergeByPerson(world, {
      title: 'One',
      commits: [{ 'a.txt': '1' }],
      how: 'squash',
    })
    expect(await suspects(branch, result)).toMatchObject({
      kind: 'several',
      merge: { number },
      others: expect.stringContaining('another line'),
    })
  })

  test('what they ask of GitHub where one merge is the suspect: nothing more than which merge it was', async () => {
    const healthy = (await world.repository.shaOf('main'))!
    const { result } = await mergeByPerson(world, {
      title: 'One',
      commits: [{ 'a.txt': '1' }],
      how: 'squash',
    })
    expect(await world.calls(() => suspects(healthy, result))).toHaveLength(3)
  })
})

describe('opening a pull request', () => {
  const request = {
    branch: 'upgrade/2',
    base: 'main',
    title: 'Upgrade to 2',
    body: 'Made by Seamless.',
    draft: false,
  }
  const open = (more = {}) => githubPullRequests(world.github).open({ ...request, ...more })

  beforeEach(async () => {
    await world.repository.commit({ branch: 'upgrade/2', files: { VERSION: '2\n' } })
  })

  test('its text is brought up to date, and left alone when it is the same', async () => {
    const { number } = await open()
    await open({ title: 'Upgrade to 2.0', body: 'Made again.' })
    expect(await read(number)).toMatchObject({
      title: 'Upgrade to 2.0',
      body: 'Made again.\n\n<!-- seamless:upgrade -->',
    })
    const calls = await world.calls(() => open({ title: 'Upgrade to 2.0', body: 'Made again.' }))
    expect(calls).toEqual(['GET /repos/{owner}/{repo}/pulls'])
  })

  test('O07 the text of a person’s own pull request of that branch is not touched', async () => {
    const mine = {
      ...at,
      title: 'My words',
      head: 'upgrade/2',
      base: 'main',
      body: 'quoting <!-- seamless:upgrade --> as it were',
    }
    const { data } = await world.as({ login: 'ada' }).octokit.rest.pulls.create(mine)
    expect(await open()).toMatchObject({ number: data.number })
    expect(await read(data.number)).toMatchObject({ title: 'My words', body: mine.body })
  })

  test('L08 a 502 after it was opened leaves exactly one', async () => {
    world.hub.faults.add({
      on: 'POST /repos/{owner}/{repo}/pulls',
      when: 'after',
      answer: { status: 502, body: {} },
    })
    const { number } = await open()
    const { data } = await world.github.octokit.rest.pulls.list({ ...at, state: 'all' })
    expect(data.map((pull) => pull.number)).toEqual([number])
  })

  test('O04 a body of 200 KB is cut to what GitHub takes', async () => {
    const { number } = await open({ body: `\`\`\`\n${'output\n'.repeat(30_000)}` })
    expect((await read(number)).body).toMatch(/\n```\n\n… cut here\n\n<!-- seamless:upgrade -->$/)
  })
})
