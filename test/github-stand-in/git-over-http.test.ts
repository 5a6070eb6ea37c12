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
