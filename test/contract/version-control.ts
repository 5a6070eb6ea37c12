import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { BranchTaken, RevisionUnknown, UsageError } from '../../src/errors.ts'
import type { VersionControl } from '../../src/ports/version-control.ts'

/** A place with history, for the suite: how to make commits and branches there is the adapter's matter. */
export interface VersionControlWorld {
  readonly versionControl: VersionControl
  /** Commits files on the branch that others see, and returns the commit. */
  commit(files: Readonly<Record<string, string>>, message: string): Promise<string>
  /** The branch that `commit` commits on. */
  readonly branch: string
  /** Who commits there, as the port names people. */
  readonly author: string
  /** The text of a file on a published branch, or nothing. */
  published(branch: string, path: string): Promise<string | undefined>
  remove(): Promise<void>
}

const AUTHOR = 'Seamless <seamless@example.org>'

export function versionControlContract(open: () => Promise<VersionControlWorld>): void {
  describe('VersionControl', () => {
    let world: VersionControlWorld
    let first: string
    let second: string
    beforeEach(async () => {
      world = await open()
      first = await world.commit({ VERSION: '1.0.0\n', 'src/a.txt': 'a\n' }, 'The first')
      second = await world.commit({ VERSION: '1.1.0\n', 'src/b.txt': 'b\nb\n' }, 'The second')
    })
    afterEach(() => world.remove())

    test('a branch, HEAD and a full id mean their commit', async () => {
      const expected = { id: second, subject: 'The second' }
      for (const name of [world.branch, 'HEAD', second]) {
        const commit = await world.versionControl.resolve(name)
        expect(commit).toMatchObject(expected)
        expect(Math.abs(commit.atMs - Date.now())).toBeLessThan(60_000)
        expect(commit.author).toBe(world.author)
      }
    })

    test('a name that nobody has, and a short id, are unknown and say so', async () => {
      for (const name of ['no-such-branch', second.slice(0, 10), '0'.repeat(40)]) {
        const failure = await world.versionControl.resolve(name).catch((error: unknown) => error)
        expect(failure).toBeInstanceOf(RevisionUnknown)
        expect((failure as RevisionUnknown).revision).toBe(name)
      }
    })

    test('I02 what a command could take for an option or an expression is no revision', async () => {
      for (const name of ['-x', '--upload-pack=x', '', 'a b', 'a..b', 'HEAD~1', 'x\ny', 'a\0b']) {
        await expect(world.versionControl.resolve(name)).rejects.toBeInstanceOf(UsageError)
      }
    })

    test('a checkout has exactly its commit, in a folder of its own', async () => {
      const old = await world.versionControl.checkout(first)
      const other = await world.versionControl.checkout(first)
      expect(readFileSync(join(old.path, 'VERSION'), 'utf8')).toBe('1.0.0\n')
      expect(existsSync(join(old.path, 'src/b.txt'))).toBe(false)
      expect(await old.head()).toBe(first)
      expect(old.commit).toBe(first)
      expect(other.path).not.toBe(old.path)
    })

    test('a checkout can be read as it is now, but not out of its folder', async () => {
      const worktree = await world.versionControl.checkout(first)
      writeFileSync(join(worktree.path, 'VERSION'), 'changed')
      expect(await worktree.read('VERSION')).toBe('changed')
      expect(await worktree.read('none')).toBeUndefined()
      expect(await worktree.read('src')).toBeUndefined()
      for (const path of ['../x', '/etc/passwd', 'src/../../x']) {
        await expect(worktree.read(path)).rejects.toBeInstanceOf(UsageError)
      }
    })

    test('a removed checkout is gone, and removing it again is no error', async () => {
      const worktree = await world.versionControl.checkout(first)
      await worktree.remove()
      await worktree.remove()
      expect(existsSync(worktree.path)).toBe(false)
    })

    test('the difference has the commits and files between', async () => {
      const third = await world.commit({ 'src/a.txt': 'a\nmore\n' }, 'The third')
      const { commits, more, files } = await world.versionControl.difference(first, third)
      expect(commits.map(({ subject }) => subject)).toEqual(['The third', 'The second'])
      expect(more).toBe(0)
      expect([...files].sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
        { path: 'VERSION', added: 1, removed: 1 },
        { path: 'src/a.txt', added: 1, removed: 0 },
        { path: 'src/b.txt', added: 2, removed: 0 },
      ])
    })

    test('between a commit and itself there is nothing', async () => {
      expect(await world.versionControl.difference(first, first)).toEqual({ commits: [], more: 0, files: [] })
    })

    test('a file is read at a commit', async () => {
      expect(await world.versionControl.read(first, 'VERSION')).toBe('1.0.0\n')
      expect(await world.versionControl.read(second, 'VERSION')).toBe('1.1.0\n')
      for (const path of ['none', 'src', 'VERSION/x']) {
        expect(await world.versionControl.read(first, path)).toBeUndefined()
      }
      await expect(world.versionControl.read(first, '../x')).rejects.toBeInstanceOf(UsageError)
    })

    test('publishing makes a branch of the changes on top of the base', async () => {
      const worktree = await world.versionControl.checkout(second)
      writeFileSync(join(worktree.path, 'VERSION'), '2.0.0\n')
      writeFileSync(join(worktree.path, 'new.txt'), 'new\n')
      rmSync(join(worktree.path, 'src/a.txt'))
      const publication = { branch: 'upgrade/2.0.0', message: 'Upgrade to 2.0.0', author: AUTHOR }
      const published = await world.versionControl.publish(worktree, publication)
      expect(published.kind).toBe('pushed')
      const commit = await world.versionControl.resolve('upgrade/2.0.0')
      expect(commit).toMatchObject({
        id: (published as { commit: string }).commit,
        subject: 'Upgrade to 2.0.0',
        author: AUTHOR,
      })
      expect(await world.published('upgrade/2.0.0', 'new.txt')).toBe('new\n')
      expect(await world.published('upgrade/2.0.0', 'src/a.txt')).toBeUndefined()
      expect((await world.versionControl.difference(second, commit.id)).commits).toHaveLength(1)
    })

    test('publishing the same again finds it; nothing changed is no upgrade', async () => {
      const publication = { branch: 'upgrade/x', message: 'Upgrade', author: AUTHOR }
      const [one, again, none] = await Promise.all([1, 2, 3].map(() => world.versionControl.checkout(second)))
      writeFileSync(join(one!.path, 'VERSION'), '2.0.0\n')
      writeFileSync(join(again!.path, 'VERSION'), '2.0.0\n')
      const pushed = await world.versionControl.publish(one!, publication)
      const found = await world.versionControl.publish(again!, { ...publication, message: 'Another message' })
      expect(found).toEqual({ kind: 'found', commit: (pushed as { commit: string }).commit })
      expect(await world.versionControl.publish(none!, publication)).toEqual({ kind: 'unchanged' })
    })

    test('a branch with other content is never overwritten', async () => {
      const publication = { branch: 'upgrade/y', message: 'Upgrade', author: AUTHOR }
      const [mine, theirs] = await Promise.all([1, 2].map(() => world.versionControl.checkout(second)))
      writeFileSync(join(theirs!.path, 'VERSION'), 'theirs\n')
      writeFileSync(join(mine!.path, 'VERSION'), 'mine\n')
      await world.versionControl.publish(theirs!, publication)
      const failure = await world.versionControl.publish(mine!, publication).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(BranchTaken)
      expect((failure as BranchTaken).message).toMatch(/upgrade\/y.*never overwrites/s)
      expect(await world.published('upgrade/y', 'VERSION')).toBe('theirs\n')
    })

    test('I02 nor is it a branch to publish', async () => {
      const worktree = await world.versionControl.checkout(second)
      writeFileSync(join(worktree.path, 'VERSION'), 'x\n')
      for (const branch of ['-x', 'a..b', 'a b', '', 'x.lock', '@{']) {
        const publication = { branch, message: 'Upgrade', author: AUTHOR }
        await expect(world.versionControl.publish(worktree, publication)).rejects.toBeInstanceOf(UsageError)
      }
    })

    test('an author that is none is refused', async () => {
      const worktree = await world.versionControl.checkout(second)
      writeFileSync(join(worktree.path, 'VERSION'), 'x\n')
      await expect(
        world.versionControl.publish(worktree, { branch: 'b', message: 'm', author: 'x\n<a@b>' }),
      ).rejects.toBeInstanceOf(UsageError)
    })
  })
}
