import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { client, startWorld, type World } from './stand-in.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.end())

async function openPull(files: Record<string, string>, branch = 'feature'): Promise<number> {
  const { octokit, at, repository } = world
  const sha = await repository.shaOf('main')
  await octokit.rest.git.createRef({ ...at, ref: `refs/heads/${branch}`, sha: sha! })
  await repository.commit({ branch, files, message: `Change on ${branch}\n`, by: 'dev' })
  const { data } = await octokit.rest.pulls.create({
    ...at,
    title: `Add ${branch}`,
    head: branch,
    base: 'main',
  })
  return data.number
}

describe('pull requests', () => {
  test('the head follows pushes to its branch', async () => {
    const { octokit, at, repository } = world
    const pull_number = await openPull({ 'c.txt': 'c\n' })
    const later = await repository.commit({ branch: 'feature', files: { 'd.txt': 'd\n' } })

    const { data } = await octokit.rest.pulls.get({ ...at, pull_number })
    expect(data).toMatchObject({
      head: { sha: later },
      commits: 2,
      changed_files: 2,
      state: 'open',
      merged: false,
    })
    const files = await octokit.rest.pulls.listFiles({ ...at, pull_number })
    expect(files.data.map((file) => [file.filename, file.status, file.patch])).toEqual([
      ['c.txt', 'added', '@@ -0,0 +1 @@\n+c'],
      ['d.txt', 'added', '@@ -0,0 +1 @@\n+d'],
    ])
    const commits = await octokit.rest.pulls.listCommits({ ...at, pull_number })
    expect(commits.data.map(({ sha }) => sha).at(-1)).toBe(later)
  })

  test('mergeable is null on the first read, and again after the base moved', async () => {
    const { octokit, at, repository } = world
    const pull_number = await openPull({ 'c.txt': 'c\n' })
    const read = async (): Promise<unknown> => {
      const { data } = await octokit.rest.pulls.get({ ...at, pull_number })
      return [data.mergeable, data.mergeable_state]
    }
    await repository.commit({ files: { 'b.txt': 'later\n' } })
    expect(await read()).toEqual([null, 'unknown'])
    expect(await read()).toEqual([true, 'clean'])
    await repository.commit({ files: { 'c.txt': 'other\n' } })
    expect(await read()).toEqual([null, 'unknown'])
    expect(await read()).toEqual([false, 'dirty'])
  })

  test.each(['merge', 'squash', 'rebase'] as const)(
    'a merge by %s keeps what landed on main meanwhile',
    async (merge_method) => {
      const { octokit, at, repository } = world
      const pull_number = await openPull({ 'a.txt': 'a1 changed\na2\na3\n' })
      await repository.commit({ branch: 'feature', files: { 'c.txt': 'c\n' }, message: 'Second\n' })
      const before = await repository.commit({
        files: { 'a.txt': 'a1\na2\na3 later\n', 'late.txt': 'late\n' },
        message: 'Later work\n',
      })

      const { data } = await octokit.rest.pulls.merge({ ...at, pull_number, merge_method })
      expect(data).toMatchObject({ merged: true, sha: await repository.shaOf('main') })
      expect(await repository.fileAt('main', 'a.txt')).toBe('a1 changed\na2\na3 later\n')
      expect(await repository.fileAt('main', 'late.txt')).toBe('late\n')
      expect(await repository.fileAt('main', 'c.txt')).toBe('c\n')

      const commit = await octokit.rest.repos.getCommit({ ...at, ref: data.sha })
      expect(commit.data.parents.map(({ sha }) => sha)).toHaveLength(merge_method === 'merge' ? 2 : 1)
      const between = await octokit.rest.repos.compareCommitsWithBasehead({
        ...at,
        basehead: `${before}...main`,
      })
      expect(between.data).toMatchObject({
        status: 'ahead',
        ahead_by: { merge: 3, squash: 1, rebase: 2 }[merge_method],
      })
      const pull = await octokit.rest.pulls.get({ ...at, pull_number })
      expect(pull.data).toMatchObject({
        merged: true,
        state: 'closed',
        merge_commit_sha: data.sha,
        merged_by: { login: 'dev' },
      })
      const pulls = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({
        ...at,
        commit_sha: data.sha,
      })
      expect(pulls.data.map(({ number }) => number)).toEqual([pull_number])
    },
  )

  test('a conflict is 405 and changes nothing', async () => {
    const { octokit, at, repository } = world
    const pull_number = await openPull({ 'b.txt': 'mine\n' })
    const main = await repository.commit({ files: { 'b.txt': 'theirs\n' } })
    for (const merge_method of ['merge', 'squash', 'rebase'] as const)
      await expect(octokit.rest.pulls.merge({ ...at, pull_number, merge_method })).rejects.toMatchObject({
        status: 405,
      })
    expect(await repository.shaOf('main')).toBe(main)
  })

  test('a merge that names a stale head is 409', async () => {
    const { octokit, at, repository } = world
    const pull_number = await openPull({ 'c.txt': 'c\n' })
    const stale = await repository.shaOf('feature')
    await repository.commit({ branch: 'feature', files: { 'd.txt': 'd\n' } })
    await expect(octokit.rest.pulls.merge({ ...at, pull_number, sha: stale! })).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('Head branch was modified') as string,
    })
  })

  test('a merge kind that the repository does not allow is 405', async () => {
    const { octokit, hub } = world
    const spec = {
      owner: 'acme',
      name: 'squash-only',
      mergeMethods: ['squash' as const],
      collaborators: { dev: 'write' as const },
    }
    const repository = await hub.createRepository({ ...spec, files: { a: 'a' } })
    await repository.commit({ branch: 'feature', files: { c: 'c' } })
    const at = { owner: 'acme', repo: 'squash-only' }
    const { data } = await octokit.rest.pulls.create({ ...at, title: 't', head: 'feature', base: 'main' })
    const merge = octokit.rest.pulls.merge({ ...at, pull_number: data.number, merge_method: 'merge' })
    await expect(merge).rejects.toThrow(/Merge commits are not allowed on this repository/)
  })

  test('reverting by a commit on the merge result with the tree from before keeps later work', async () => {
    const { octokit, at, repository } = world
    const before = await repository.shaOf('main')
    const pull_number = await openPull({ 'a.txt': 'a1 bad\na2\na3\n' })
    const merge = await octokit.rest.pulls.merge({ ...at, pull_number, merge_method: 'squash' })
    await repository.commit({ files: { 'a.txt': 'a1 bad\na2\na3 later\n' }, message: 'Later work\n' })

    const { data: good } = await octokit.rest.git.getCommit({ ...at, commit_sha: before! })
    const { data: revert } = await octokit.rest.git.createCommit({
      ...at,
      message: 'Revert "Add feature"',
      tree: good.tree.sha,
      parents: [merge.data.sha],
    })
    await octokit.rest.git.createRef({ ...at, ref: 'refs/heads/revert-1', sha: revert.sha })
    const { data: pull } = await octokit.rest.pulls.create({
      ...at,
      title: 'Revert',
      head: 'revert-1',
      base: 'main',
    })
    await octokit.rest.pulls.merge({ ...at, pull_number: pull.number, sha: revert.sha })
    expect(await repository.fileAt('main', 'a.txt')).toBe('a1\na2\na3 later\n')
  })

  test('GitHub refuses a second pull request of the same branch, one without commits, and one of nothing', async () => {
    const { octokit, at, repository } = world
    await openPull({ 'c.txt': 'c\n' })
    const create = (head: string): Promise<unknown> =>
      octokit.rest.pulls.create({ ...at, title: 't', head, base: 'main' })
    await expect(create('feature')).rejects.toThrow(/already exists/)
    await octokit.rest.git.createRef({
      ...at,
      ref: 'refs/heads/same',
      sha: (await repository.shaOf('main'))!,
    })
    await expect(create('same')).rejects.toThrow(/No commits between/)
    await expect(create('nothing')).rejects.toMatchObject({ status: 422 })
  })

  test('GITHUB_TOKEN opens and approves nothing where the repository does not let Actions', async () => {
    const { hub, octokit } = world
    const at = { owner: 'acme', repo: 'strict' }
    const repository = await hub.createRepository({
      owner: 'acme',
      name: 'strict',
      files: { a: 'a' },
      actionsMayOpenPulls: false,
      collaborators: { dev: 'write' },
    })
    await repository.commit({ branch: 'feature', files: { c: 'c' } })
    const permissions = { contents: 'write', pull_requests: 'write' } as const
    const bot = client(hub, hub.token({ login: 'github-actions[bot]', permissions }))
    const asked = { ...at, title: 't', head: 'feature', base: 'main' }
    await expect(bot.rest.pulls.create(asked)).rejects.toThrow(/GitHub Actions is not permitted/)
    const { data } = await octokit.rest.pulls.create(asked)
    const approving = bot.rest.pulls.createReview({ ...at, pull_number: data.number, event: 'APPROVE' })
    await expect(approving).rejects.toThrow(/GitHub Actions is not permitted/)
  })

  test('a pull request of a fork follows the fork and merges', async () => {
    const { octokit, at, repository } = world
    const fork = await repository.fork('stranger')
    await fork.commit({ files: { 'idea.txt': 'i\n' } })
    const { data } = await octokit.rest.pulls.create({
      ...at,
      title: 'Idea',
      head: 'stranger:main',
      base: 'main',
    })
    expect(data.head.repo?.full_name).toBe('stranger/shop')
    const later = await fork.commit({ files: { 'more.txt': 'm\n' } })
    await octokit.rest.pulls.merge({ ...at, pull_number: data.number, sha: later })
    expect(await repository.fileAt('main', 'more.txt')).toBe('m\n')
  })

  test('a commit pushed to main that holds the head marks the pull request merged', async () => {
    const { octokit, at, repository } = world
    const pull_number = await openPull({ 'c.txt': 'c\n' })
    const sha = (await repository.shaOf('feature'))!
    await octokit.rest.git.updateRef({ ...at, ref: 'heads/main', sha })
    const { data } = await octokit.rest.pulls.get({ ...at, pull_number })
    expect(data).toMatchObject({ merged: true, merge_commit_sha: sha })
  })
})
