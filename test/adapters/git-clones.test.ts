import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { findRepository } from '../../src/adapters/git-repository.ts'
import { gitVersionControl } from '../../src/adapters/git.ts'
import { maskOf } from '../../src/adapters/mask.ts'
import { processRunner } from '../../src/adapters/run-process.ts'
import { BranchTaken, RevisionUnknown } from '../../src/errors.ts'
import type { VersionControl } from '../../src/ports/version-control.ts'
import { type GitRepository, gitRepository } from '../support/git-repository.ts'
import { memoryLog } from '../support/memory-log.ts'

/* The clones and worktrees that people and actions/checkout make, and origins that do not stand still. */

const AUTHOR = 'Seamless <seamless@example.org>'

let repository: GitRepository
beforeEach(() => {
  repository = gitRepository()
})
afterEach(() => repository.remove())

function open(root: string): VersionControl {
  const run = processRunner({ mask: maskOf([]) })
  return gitVersionControl({
    root,
    remote: 'origin',
    environment: repository.environment,
    run,
    log: memoryLog(),
  })
}

/** What actions/checkout does: an empty repository into which one commit is fetched, without its history. */
function checkedOut(ref: string, options: readonly string[] = []): string {
  const root = join(repository.folder, 'workspace')
  mkdirSync(root)
  const git = (...args: readonly string[]): string => repository.git(args, { cwd: root })
  git('init', '--quiet')
  git('remote', 'add', 'origin', `file://${repository.origin}`)
  git(
    'fetch',
    '--quiet',
    '--no-tags',
    '--prune',
    '--depth=1',
    ...options,
    'origin',
    `+${ref}:refs/remotes/origin/here`,
  )
  git('checkout', '--quiet', '--force', '--detach', 'refs/remotes/origin/here')
  git('remote', 'set-url', 'origin', repository.origin)
  return root
}

function commits(count: number, what: string): void {
  for (let n = 1; n <= count; n++)
    repository.git(['commit', '--quiet', '--allow-empty', '-m', `${what} ${n}`])
}

describe('a merge base that the clone does not have', () => {
  test.each([
    ['one commit deep', []],
    ['one commit deep and without contents', ['--filter=blob:none']],
  ])('%s: history is deepened on both sides until the two lines meet', async (_what, options) => {
    repository.git(['config', 'uploadpack.allowFilter', 'true'], { cwd: repository.origin })
    repository.commit({ VERSION: '1\n' }, 'The base')
    commits(60, 'Common')
    repository.git(['checkout', '--quiet', '-b', 'feature'])
    commits(70, 'Feature')
    const feature = repository.commit({ new: 'x\n' }, 'The feature')
    repository.git(['checkout', '--quiet', 'main'])
    commits(80, 'Main')
    const main = repository.commit({ VERSION: '2\n' }, 'The newest')
    const versionControl = open(checkedOut('refs/heads/feature', options))
    expect((await versionControl.resolve('HEAD')).id).toBe(feature)
    const there = await versionControl.difference(main, feature)
    expect([there.commits.length, there.more, there.commits[0]?.subject]).toEqual([71, 0, 'The feature'])
    const back = await versionControl.difference(feature, main)
    expect([back.commits.length, back.more, back.commits[0]?.subject]).toEqual([81, 0, 'The newest'])
    expect(there.files).toEqual([
      { path: 'VERSION', added: 1, removed: 1 },
      { path: 'new', added: 1, removed: 0 },
    ])
  })

  test('lines that have nothing in common end with all that one of them has', async () => {
    const main = repository.commit({ VERSION: '1\n' }, 'Main')
    repository.git(['checkout', '--quiet', '--orphan', 'other'])
    const other = repository.commit({ VERSION: '2\n' }, 'Another beginning')
    const versionControl = open(checkedOut('refs/heads/main'))
    const { commits: found } = await versionControl.difference(main, other)
    expect(found.map(({ subject }) => subject)).toEqual(['Another beginning'])
  })
})

describe('a worktree of git', () => {
  test.each(['whole', 'shallow'])(
    'of a %s clone serves as the clone itself does, and is left as it was',
    async (kind) => {
      repository.commit({ VERSION: '1\n' })
      const last = repository.commit({ VERSION: '2\n' })
      const clone = kind === 'whole' ? repository.clone : checkedOut('refs/heads/main')
      const linked = join(repository.folder, 'linked')
      repository.git(['worktree', 'add', '--quiet', '--detach', linked], { cwd: clone })
      const listed = repository.git(['worktree', 'list', '--porcelain'], { cwd: clone })
      const shell = {
        run: processRunner({ mask: maskOf([]) }),
        environment: repository.environment,
        signal: new AbortController().signal,
        remote: 'origin',
      }
      expect(await findRepository(linked, shell)).toMatchObject({ root: linked, name: repository.origin })
      const versionControl = open(linked)
      expect((await versionControl.resolve('HEAD')).id).toBe(last)
      const worktree = await versionControl.checkout(last)
      expect(worktree.path.startsWith(join(linked, '.seamless'))).toBe(true)
      writeFileSync(join(worktree.path, 'VERSION'), '3\n')
      const published = await versionControl.publish(worktree, { branch: 'b', message: 'm', author: AUTHOR })
      expect(published.kind).toBe('pushed')
      await worktree.remove()
      expect(repository.git(['worktree', 'list', '--porcelain'], { cwd: clone })).toBe(listed)
      expect(repository.git(['status', '--porcelain'], { cwd: linked })).toBe('')
    },
  )

  test('stands where it stands, not where the clone does', async () => {
    const first = repository.commit({ VERSION: '1\n' })
    const second = repository.commit({ VERSION: '2\n' })
    const linked = join(repository.folder, 'linked')
    repository.git(['worktree', 'add', '--quiet', '--detach', linked, first])
    expect((await open(linked).resolve('HEAD')).id).toBe(first)
    expect((await open(repository.clone).resolve('HEAD')).id).toBe(second)
  })
})

describe('an origin that moved meanwhile', () => {
  test('a base branch that went on, or was rewritten, changes nothing of an upgrade that began', async () => {
    const base = repository.commit({ VERSION: '1\n' })
    const versionControl = open(repository.clone)
    expect((await versionControl.resolve('main')).id).toBe(base)
    const worktree = await versionControl.checkout(base)
    writeFileSync(join(worktree.path, 'VERSION'), '2\n')
    repository.git(['commit', '--quiet', '--amend', '-m', 'Rewritten'])
    repository.git(['push', '--quiet', '--force', 'origin', 'main'])
    expect((await versionControl.resolve('main')).subject).toBe('Rewritten')
    const published = await versionControl.publish(worktree, { branch: 'b', message: 'm', author: AUTHOR })
    const { commit } = published as { commit: string }
    expect(repository.git(['rev-parse', `${commit}^`], { cwd: repository.origin })).toBe(base)
  })

  test('a commit that a rewriting took away, and that the clone does not have, is unknown and says so', async () => {
    repository.commit({ VERSION: '1\n' })
    const gone = repository.commit({ VERSION: '2\n' }, 'Gone')
    repository.git(['reset', '--quiet', '--hard', 'HEAD~1'])
    repository.git(['push', '--quiet', '--force', 'origin', 'main'])
    repository.git(['reflog', 'expire', '--expire=now', '--all'], { cwd: repository.origin })
    repository.git(['gc', '--quiet', '--prune=now'], { cwd: repository.origin })
    const versionControl = open(checkedOut('refs/heads/main'))
    const failure = await versionControl.checkout(gone).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(RevisionUnknown)
    expect((failure as Error).message).toMatch(
      /^No commit [0-9a-f]{40} is here or at the remote "origin"\. git fetch/,
    )
  })

  test('a branch that was deleted is unknown; one that was made under that name since is not overwritten', async () => {
    const base = repository.commit({ VERSION: '1\n' })
    repository.git(['push', '--quiet', 'origin', 'HEAD:refs/heads/next'])
    const versionControl = open(repository.clone)
    expect((await versionControl.resolve('next')).id).toBe(base)
    repository.git(['push', '--quiet', 'origin', ':refs/heads/next'])
    await expect(versionControl.resolve('next')).rejects.toBeInstanceOf(RevisionUnknown)
    const worktree = await versionControl.checkout(base)
    writeFileSync(join(worktree.path, 'VERSION'), '2\n')
    repository.git(['push', '--quiet', 'origin', 'HEAD:refs/heads/next'])
    await expect(
      versionControl.publish(worktree, { branch: 'next', message: 'm', author: AUTHOR }),
    ).rejects.toBeInstanceOf(BranchTaken)
  })

  test('an origin at another address is asked there from the next run on', async () => {
    repository.commit({ VERSION: '1\n' })
    await open(repository.clone).resolve('main')
    const moved = join(repository.folder, 'moved.git')
    repository.git(['clone', '--quiet', '--bare', repository.origin, moved])
    repository.git(['remote', 'set-url', 'origin', moved])
    const newer = repository.commit({ VERSION: '2\n' })
    const versionControl = open(repository.clone)
    expect((await versionControl.resolve('main')).id).toBe(newer)
    const worktree = await versionControl.checkout(newer)
    expect(repository.git(['remote', 'get-url', 'origin'], { cwd: worktree.path })).toBe(moved)
    writeFileSync(join(worktree.path, 'VERSION'), '3\n')
    await versionControl.publish(worktree, { branch: 'b', message: 'm', author: AUTHOR })
    expect(repository.git(['show', 'b:VERSION'], { cwd: moved })).toBe('3')
    expect(() => repository.git(['show', 'b:VERSION'], { cwd: repository.origin })).toThrow(
      /invalid object name/,
    )
  })
})

describe('tags of semantic versions', () => {
  test.each(['v1.2.3', '2.0.0-rc.1', 'v2.0.0-alpha.1+build.7', 'api/v1.2.3', 'api@1.2.3'])(
    '%s means its commit, annotated or not, also from a clone without tags',
    async (tag) => {
      const first = repository.commit({ VERSION: '1\n' })
      repository.git(['tag', '-a', '-m', 'released', tag])
      repository.git(['tag', `${tag}-light`])
      repository.git(['push', '--quiet', 'origin', '--tags'])
      repository.commit({ VERSION: '2\n' })
      const versionControl = open(checkedOut('refs/heads/main'))
      for (const name of [tag, `${tag}-light`, `refs/tags/${tag}`]) {
        expect((await versionControl.resolve(name)).id).toBe(first)
      }
      const worktree = await versionControl.checkout(first)
      expect(readFileSync(join(worktree.path, 'VERSION'), 'utf8')).toBe('1\n')
    },
  )

  test('a tag that was moved means what it means now; the commit that was resolved before stays what it is', async () => {
    const first = repository.commit({ VERSION: '1\n' })
    repository.git(['tag', 'v1'])
    repository.git(['push', '--quiet', 'origin', 'v1'])
    const versionControl = open(repository.clone)
    expect((await versionControl.resolve('v1')).id).toBe(first)
    const second = repository.commit({ VERSION: '2\n' })
    repository.git(['push', '--quiet', '--force', 'origin', `${second}:refs/tags/v1`])
    expect((await versionControl.resolve('v1')).id).toBe(second)
    expect(await versionControl.read(first, 'VERSION')).toBe('1\n')
    expect(existsSync(join(repository.clone, '.git/refs/tags/v1'))).toBe(true)
    expect(repository.git(['rev-parse', 'v1'])).toBe(first)
  })
})
