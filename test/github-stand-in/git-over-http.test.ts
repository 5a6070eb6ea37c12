import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { git, startWorld, type World } from './stand-in.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.end())

async function clone(token: string): Promise<string> {
  await git(world.folder, 'clone', '--quiet', world.hub.cloneUrl(world.repository, token), 'clone')
  return join(world.folder, 'clone')
}

describe('git over HTTP', () => {
  test('a clone, a commit and a push with a token arrive in the bare repository', async () => {
    const work = await clone(world.token)
    await writeFile(join(work, 'c.txt'), 'c\n')
    await git(work, 'add', '.')
    await git(work, 'commit', '-qm', 'Add c')
    await git(work, 'push', '--quiet', 'origin', 'HEAD:refs/heads/add-c')

    expect(await world.repository.fileAt('add-c', 'c.txt')).toBe('c\n')
    expect(await world.repository.shaOf('add-c')).toBe(await git(work, 'rev-parse', 'HEAD'))
    const push = world.hub.events.findLast((event) => event.name === 'push')
    expect(push?.payload).toMatchObject({
      ref: 'refs/heads/add-c',
      created: true,
      commits: [{ message: 'Add c' }],
    })
  })

  test.each([
    ['no token', () => ''],
    ['a made-up token', () => 'ghp_nope'],
    [
      'a token that may only read',
      () => world.hub.token({ login: 'dev', permissions: { contents: 'read' } }),
    ],
    ['a user without write access', () => world.hub.token({ login: 'stranger' })],
  ])('a push with %s is refused and moves nothing', async (_, token) => {
    const work = await clone(world.token)
    await git(work, 'commit', '-qm', 'x', '--allow-empty')
    const url = token() ? world.hub.cloneUrl(world.repository, token()) : world.repository.cloneUrl
    await expect(git(work, 'push', '--quiet', url, 'HEAD:refs/heads/x')).rejects.toThrow(
      /401|403|could not read Username|denied|Authentication/i,
    )
    expect(await world.repository.shaOf('x')).toBeUndefined()
  })

  test('actions/checkout’s header works: basic, in any case, with the token as password', async () => {
    const basic = Buffer.from(`x-access-token:${world.token}`).toString('base64')
    const header = `http.extraheader=AUTHORIZATION: basic ${basic}`
    const work = await clone(world.token)
    await git(work, 'commit', '-qm', 'x', '--allow-empty')
    await git(work, '-c', header, 'push', '--quiet', world.repository.cloneUrl, 'HEAD:refs/heads/x')
    expect(await world.repository.shaOf('x')).toBe(await git(work, 'rev-parse', 'HEAD'))
  })

  test('a push that fails on its way can be scripted, and is in the log of requests', async () => {
    const work = await clone(world.token)
    await git(work, 'commit', '-qm', 'x', '--allow-empty')
    world.hub.faults.add({ on: 'git-receive-pack', answer: { status: 502 } })
    await expect(git(work, 'push', '--quiet', 'origin', 'HEAD:refs/heads/x')).rejects.toThrow(/502/)
    await git(work, 'push', '--quiet', 'origin', 'HEAD:refs/heads/x')
    const pushes = world.hub.requests.filter(({ operation }) => operation === 'git-receive-pack')
    expect(pushes.map(({ login, status }) => [login, status])).toEqual([
      ['dev', 502],
      ['dev', 200],
    ])
  })

  test('a history of merges is pushed, compared and counted as git does', async () => {
    const work = await clone(world.token)
    await git(work, 'checkout', '-qb', 'side')
    await git(work, 'commit', '-qm', 'side', '--allow-empty')
    await git(work, 'checkout', '-q', 'main')
    await git(work, 'commit', '-qm', 'one', '--allow-empty')
    await git(work, 'merge', '-q', '--no-ff', '-m', 'merge side', 'side')
    await git(work, 'push', '--quiet', 'origin', 'HEAD:refs/heads/merged')
    const { data } = await world.octokit.rest.repos.compareCommitsWithBasehead({
      ...world.at,
      basehead: 'main...merged',
    })
    const expected = await git(work, 'rev-list', '--reverse', '--topo-order', 'origin/main..HEAD')
    expect(data.commits.map(({ sha }) => sha)).toEqual(expected.split('\n'))
    expect([data.ahead_by, data.behind_by]).toEqual([3, 0])
  })

  test('a private repository is not there for those who may not see it', async () => {
    const secret = await world.hub.createRepository({
      owner: 'acme',
      name: 'secret',
      private: true,
      files: { a: 'a' },
    })
    const url = world.hub.cloneUrl(secret, world.token)
    await expect(git(world.folder, 'clone', '--quiet', url)).rejects.toThrow(/not found/i)
    secret.setRole('dev', 'read')
    await git(world.folder, 'clone', '--quiet', url)
  })
})
