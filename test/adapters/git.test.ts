import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { gitVersionControl } from '../../src/adapters/git.ts'
import type { Environment } from '../../src/adapters/child-environment.ts'
import { gitCommand } from '../../src/adapters/git-command.ts'
import { maskOf } from '../../src/adapters/mask.ts'
import { processRunner } from '../../src/adapters/run-process.ts'
import type { Command } from '../../src/adapters/run-process.ts'
import { RevisionUnknown, UsageError, VersionControlError } from '../../src/errors.ts'
import type { VersionControl } from '../../src/ports/version-control.ts'
import { versionControlContract } from '../contract/version-control.ts'
import { gitRepository } from '../support/git-repository.ts'
import type { GitRepository } from '../support/git-repository.ts'
import { memoryLog } from '../support/memory-log.ts'
import type { MemoryLog } from '../support/memory-log.ts'

const AUTHOR = 'Seamless <seamless@example.org>'

interface Opened {
  readonly versionControl: VersionControl
  readonly log: MemoryLog
  /** Every command that was started. */
  readonly commands: Command[]
}

function openGit(
  repository: GitRepository,
  more: { root?: string; environment?: Environment; token?: string } = {},
): Opened {
  const log = memoryLog()
  const commands: Command[] = []
  const run = processRunner({ mask: maskOf([]) })
  const versionControl = gitVersionControl({
    root: more.root ?? repository.clone,
    remote: 'origin',
    token: more.token,
    environment: more.environment ?? repository.environment,
    log,
    run: (command) => {
      commands.push(command)
      return run(command)
    },
  })
  return { versionControl, log, commands }
}

describe('git', () => {
  versionControlContract(async () => {
    const repository = gitRepository()
    return {
      versionControl: openGit(repository).versionControl,
      commit: async (files, message) => repository.commit(files, message),
      branch: 'main',
      author: 'A Developer <dev@example.org>',
      published: async (branch, path) => {
        try {
          return execFileSync('git', ['cat-file', 'blob', `refs/heads/${branch}:${path}`], {
            cwd: repository.origin,
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
          })
        } catch {
          return undefined
        }
      },
      remove: async () => repository.remove(),
    }
  })
})

let repository: GitRepository
beforeEach(() => {
  repository = gitRepository()
})
afterEach(() => repository.remove())

/** A program that leaves a mark when it runs. */
function trap(name: string): { script: string; marker: string } {
  const marker = join(repository.folder, `${name}-was-here`)
  const script = join(repository.folder, `${name}.sh`)
  writeFileSync(script, `#!/bin/sh\ntouch '${marker}'\nexec timeout 1 cat\n`)
  chmodSync(script, 0o755)
  return { script, marker }
}

async function everything(versionControl: VersionControl, branch = 'upgrade/all'): Promise<void> {
  const { id } = await versionControl.resolve('main')
  const worktree = await versionControl.checkout(id)
  await worktree.head()
  writeFileSync(join(worktree.path, 'VERSION'), 'everything\n')
  await versionControl.publish(worktree, { branch, message: 'Upgrade', author: AUTHOR })
  await versionControl.difference(id, (await versionControl.resolve(branch)).id)
  await versionControl.read(id, 'VERSION')
  await worktree.remove()
}

describe('names are literal', () => {
  test.each([
    'a$(touch${IFS}pwn)',
    'a`touch${IFS}x`',
    'a;touch${IFS}x\'"|cat',
    'ü/ñ/漢字',
    'a"b',
    'a&b<c>d(e)',
    'pull/7/head',
  ])('I01 a branch called %j goes to the remote and back as it is', async (branch) => {
    repository.commit({ VERSION: '1\n' })
    const { versionControl } = openGit(repository)
    await everything(versionControl, branch)
    const names = repository.git(['for-each-ref', '--format=%(refname)', 'refs/heads'], {
      cwd: repository.origin,
    })
    expect(names.split('\n')).toContain(`refs/heads/${branch}`)
    expect(existsSync('pwn')).toBe(false)
    expect(readdirSync(repository.clone).sort()).toEqual(['.git', '.seamless', 'VERSION'])
  })

  test('I02 a ref that starts with a dash is refused before anything is started', async () => {
    repository.commit({ VERSION: '1\n' })
    const marker = join(repository.folder, 'pwn')
    const { versionControl, commands } = openGit(repository)
    await versionControl.resolve('HEAD')
    const before = commands.length
    for (const name of ['-x', '--upload-pack=touch ' + marker, '--output=' + marker, '-']) {
      await expect(versionControl.resolve(name)).rejects.toBeInstanceOf(RevisionUnknown)
      await expect(versionControl.checkout(name)).rejects.toBeInstanceOf(RevisionUnknown)
      await expect(versionControl.difference(name, name)).rejects.toBeInstanceOf(RevisionUnknown)
      await expect(versionControl.read(name, 'VERSION')).rejects.toBeInstanceOf(RevisionUnknown)
    }
    expect(commands.length).toBe(before)
    expect(existsSync(marker)).toBe(false)
  })

  test('a pull request is resolved by its full ref', async () => {
    const first = repository.commit({ VERSION: '1\n' })
    repository.git(['push', '--quiet', 'origin', 'HEAD:refs/pull/7/head'])
    repository.commit({ VERSION: '2\n' })
    const { versionControl } = openGit(repository)
    expect((await versionControl.resolve('refs/pull/7/head')).id).toBe(first)
    await expect(versionControl.resolve('pull/7/head')).rejects.toBeInstanceOf(RevisionUnknown)
  })

  test('a tag means its commit, also an annotated one; a name that is both branch and tag is ambiguous', async () => {
    const first = repository.commit({ VERSION: '1\n' })
    repository.git(['tag', '-a', '-m', 'one', 'v1'])
    repository.git(['tag', 'main-like'])
    repository.git(['tag', 'main'])
    repository.git(['push', '--quiet', 'origin', 'refs/tags/v1', 'refs/tags/main', 'refs/tags/main-like'])
    repository.commit({ VERSION: '2\n' })
    const { versionControl } = openGit(repository)
    expect((await versionControl.resolve('v1')).id).toBe(first)
    expect((await versionControl.resolve('main-like')).id).toBe(first)
    await expect(versionControl.resolve('main')).rejects.toThrow(/refs\/heads\/main or refs\/tags\/main/)
    expect((await versionControl.resolve('refs/tags/main')).id).toBe(first)
  })

  test('a branch is asked of the remote, not of the clone', async () => {
    repository.commit({ VERSION: '1\n' })
    const other = join(repository.folder, 'other')
    repository.git(['clone', '--quiet', repository.origin, other], { cwd: repository.folder })
    writeFileSync(join(other, 'VERSION'), '2\n')
    repository.git(['commit', '--quiet', '-am', 'Newer'], { cwd: other })
    repository.git(['push', '--quiet', 'origin', 'HEAD:main'], { cwd: other })
    const newer = repository.git(['rev-parse', 'HEAD'], { cwd: other })
    const { versionControl } = openGit(repository)
    expect((await versionControl.resolve('main')).id).toBe(newer)
    const worktree = await versionControl.checkout(newer)
    expect(readFileSync(join(worktree.path, 'VERSION'), 'utf8')).toBe('2\n')
  })

  test('files with odd names are read, compared and published as they are', async () => {
    const paths = [
      ':(top)x',
      ' lead',
      'new\nline',
      'tab\tx',
      'q"uote',
      'ü',
      '-dash',
      'star*',
      'a/../b'.replace('/../', '/..x/'),
    ]
    const first = repository.commit({ VERSION: '1\n' })
    const second = repository.commit(Object.fromEntries(paths.map((path) => [path, `${path}\n`])))
    const { versionControl } = openGit(repository)
    for (const path of paths) expect(await versionControl.read(second, path)).toBe(`${path}\n`)
    const { files } = await versionControl.difference(first, second)
    expect(files.map(({ path }) => path).sort()).toEqual([...paths].sort())
  })
})

describe('what a repository may not make git do', () => {
  test('I03 a remote that is no https, ssh or path is refused even where a global configuration allows every protocol', async () => {
    const marker = join(repository.folder, 'MARK')
    repository.commit({ VERSION: '1\n' })
    const names = ['ext', 'file', 'fd', 'git', 'http', 'x']
    const allow = names.map((name) => `[protocol "${name}"]\n\tallow = always\n`).join('')
    writeFileSync(join(repository.home, '.gitconfig'), `[protocol]\n\tallow = always\n${allow}`)
    for (const url of [
      `ext::sh -c "touch ${marker}"`,
      'fd::7',
      'file:///etc',
      'http://169.254.169.254/x',
      'git://example.org/x',
      'ssh://-oProxyCommand=x/y',
      '-oProxyCommand=x:y',
      'x::y',
      'ftp://example.org/x',
    ]) {
      repository.git(['config', 'remote.origin.url', url])
      const { versionControl, commands } = openGit(repository)
      const failure = await versionControl.resolve('main').catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(VersionControlError)
      expect((failure as Error).message).toMatch(/refused: Seamless speaks to git over https, ssh/)
      expect(commands.some(({ args }) => args.includes('ls-remote') || args.includes('fetch'))).toBe(false)
    }
    expect(existsSync(marker)).toBe(false)
    // The trap works: git itself would step into it.
    repository.git(['config', 'remote.origin.url', `ext::sh -c touch% ${marker}`])
    expect(() => repository.git(['fetch', '--quiet'])).toThrow(/Command failed/)
    expect(existsSync(marker)).toBe(true)
  })

  test('I03 a rewriting of addresses cannot bring a refused protocol in', async () => {
    const marker = join(repository.folder, 'MARK')
    repository.commit({ VERSION: '1\n' })
    const config = `[protocol "ext"]\n\tallow = always\n[url "ext::sh -c \\"touch ${marker}\\" "]\n\tinsteadOf = https://example.org/\n`
    writeFileSync(join(repository.home, '.gitconfig'), config)
    repository.git(['config', 'remote.origin.url', 'https://example.org/x'])
    await expect(openGit(repository).versionControl.resolve('main')).rejects.toThrow(/refused/)
    expect(existsSync(marker)).toBe(false)
  })

  test('I03 git itself refuses a protocol that is not allowed, whatever a configuration allows', async () => {
    const marker = join(repository.folder, 'MARK')
    const allow = `[protocol]\n\tallow = always\n[protocol "ext"]\n\tallow = always\n[protocol "file"]\n\tallow = always\n`
    writeFileSync(join(repository.home, '.gitconfig'), allow)
    const run = processRunner({ mask: maskOf([]) })
    const shell = { run, environment: repository.environment, signal: new AbortController().signal }
    for (const protocols of [undefined, 'https:ssh']) {
      const place = { directory: repository.clone, ...(protocols !== undefined && { protocols }) }
      for (const url of [`ext::sh -c touch% ${marker}`, repository.origin]) {
        await expect(gitCommand(shell, place)(['ls-remote', url])).rejects.toThrow(
          /transport '(?:ext|file)' not allowed/,
        )
      }
    }
    expect(existsSync(marker)).toBe(false)
  })

  test('I04 submodules are not initialised, hooks do not run, a link out of the tree is refused', async () => {
    const hook = trap('hook')
    const module = trap('module')
    writeFileSync(
      join(repository.clone, '.gitmodules'),
      `[submodule "m"]\n\tpath = m\n\turl = ext::${module.script}\n\tupdate = !${module.script}\n`,
    )
    const first = repository.commit({ VERSION: '1\n' })
    repository.git(['update-index', '--add', '--cacheinfo', `160000,${first},m`])
    repository.git(['commit', '--quiet', '-m', 'With a submodule'])
    repository.git(['push', '--quiet', 'origin', 'HEAD'])
    const hooks = join(repository.clone, '.git', 'hooks')
    mkdirSync(hooks, { recursive: true })
    const templates = join(repository.home, 'templates', 'hooks')
    mkdirSync(templates, { recursive: true })
    for (const name of [
      'post-checkout',
      'pre-commit',
      'pre-push',
      'reference-transaction',
      'post-index-change',
      'prepare-commit-msg',
    ]) {
      for (const folder of [hooks, templates]) symlinkSync(hook.script, join(folder, name))
    }
    const config = `[init]\n\ttemplateDir = ${join(repository.home, 'templates')}\n[submodule]\n\trecurse = true\n`
    writeFileSync(join(repository.home, '.gitconfig'), config)
    repository.git(['config', 'core.hooksPath', hooks])
    // The trap works: git itself steps into it.
    repository.git(['commit', '--quiet', '--allow-empty', '-m', 'x'])
    expect(existsSync(hook.marker)).toBe(true)
    rmSync(hook.marker)
    await everything(openGit(repository).versionControl)
    expect([hook.marker, module.marker].map((path) => existsSync(path))).toEqual([false, false])
  })

  test.each([
    ['an absolute link', { evil: '/etc/passwd' }],
    ['a relative one', { 'a/evil': '../../x' }],
    ['one by way of another', { 'd1/d2/up': '../..', evil: 'd1/d2/up/..' }],
  ])('I04 %s that leads out of the repository is not checked out', async (_what, links) => {
    for (const [path, target] of Object.entries(links)) {
      mkdirSync(join(repository.clone, path, '..'), { recursive: true })
      symlinkSync(target, join(repository.clone, path))
    }
    const commit = repository.commit({ VERSION: '1\n' })
    const { versionControl } = openGit(repository)
    await expect(versionControl.checkout(commit)).rejects.toThrow(
      /links that lead out of the repository.*"(?:a\/)?evil"/,
    )
    expect(readdirSync(join(repository.clone, '.seamless'))).not.toContain('work')
  })

  test('links within the repository are checked out as links', async () => {
    mkdirSync(join(repository.clone, 'docs'))
    symlinkSync('../VERSION', join(repository.clone, 'docs/v'))
    symlinkSync('round', join(repository.clone, 'round'))
    const commit = repository.commit({ VERSION: '1\n' })
    const worktree = await openGit(repository).versionControl.checkout(commit)
    expect(readFileSync(join(worktree.path, 'docs/v'), 'utf8')).toBe('1\n')
    expect(await worktree.read('docs/v')).toBe('1\n')
  })

  test("I05 nothing that the repository's own configuration names is executed", async () => {
    const traps = Object.fromEntries(
      [
        'fsmonitor',
        'ssh',
        'clean',
        'smudge',
        'process',
        'upload',
        'diff',
        'textconv',
        'helper',
        'pager',
        'proxy',
        'gpg',
        'alias',
        'refs',
      ].map((name) => [name, trap(name)]),
    )
    const script = (name: string): string => traps[name]!.script
    repository.commit({
      VERSION: '1\n',
      '.gitattributes': '* filter=evil diff=evil merge=evil\n',
      'a.txt': 'a\n',
    })
    const settings = {
      'core.fsmonitor': script('fsmonitor'),
      'core.sshCommand': script('ssh'),
      'core.pager': script('pager'),
      'core.gitProxy': script('proxy'),
      'core.alternateRefsCommand': script('refs'),
      'filter.evil.clean': script('clean'),
      'filter.evil.smudge': script('smudge'),
      'filter.evil.process': script('process'),
      'filter.evil.required': 'true',
      'diff.external': script('diff'),
      'diff.evil.textconv': script('textconv'),
      'diff.evil.command': script('diff'),
      'remote.origin.uploadpack': script('upload'),
      'remote.origin.receivepack': script('upload'),
      'credential.helper': `!${script('helper')}`,
      'gpg.program': script('gpg'),
      'commit.gpgSign': 'true',
      'log.showSignature': 'true',
      'alias.rev-list': `!${script('alias')}`,
    }
    for (const [key, value] of Object.entries(settings)) repository.git(['config', key, value])
    const executed = (): string[] => Object.keys(traps).filter((name) => existsSync(traps[name]!.marker))
    // The traps work: git itself steps into them.
    writeFileSync(join(repository.clone, 'a.txt'), 'changed\n')
    for (const line of ['status', 'diff', 'checkout --quiet a.txt', 'fetch --quiet']) {
      try {
        repository.git(line.split(' '))
      } catch {
        // Some of them break the command.
      }
    }
    expect(executed()).toEqual(expect.arrayContaining(['fsmonitor', 'process', 'upload']))
    for (const { marker } of Object.values(traps)) rmSync(marker, { force: true })
    await everything(openGit(repository).versionControl)
    expect(executed()).toEqual([])
  })

  test('I05 a .git that a step puts into the checkout is not read', async () => {
    const evil = trap('evil')
    repository.commit({ VERSION: '1\n' })
    const { versionControl } = openGit(repository)
    const worktree = await versionControl.checkout((await versionControl.resolve('main')).id)
    rmSync(join(worktree.path, '.git'))
    repository.git(['init', '--quiet'], { cwd: worktree.path })
    repository.git(['config', 'core.fsmonitor', evil.script], { cwd: worktree.path })
    writeFileSync(join(worktree.path, 'VERSION'), '2\n')
    expect(await worktree.head()).toBe(worktree.commit)
    const published = await versionControl.publish(worktree, { branch: 'b', message: 'm', author: AUTHOR })
    expect(published.kind).toBe('pushed')
    expect(existsSync(evil.marker)).toBe(false)
  })

  test("the user's repository is not touched: no worktree, no ref, no configuration, nothing to commit", async () => {
    repository.commit({ VERSION: '1\n' })
    writeFileSync(join(repository.clone, 'VERSION'), 'half-done work\n')
    const look = (): string =>
      ['for-each-ref', 'worktree list', 'config --local --list', 'status --porcelain', 'count-objects -v']
        .map((line) => repository.git(line.split(' ')))
        .join('\n')
    const before = look()
    await everything(openGit(repository).versionControl)
    expect(look()).toBe(before)
    expect(readFileSync(join(repository.clone, '.seamless/.gitignore'), 'utf8')).toBe('*\n')
    expect(readFileSync(join(repository.clone, 'VERSION'), 'utf8')).toBe('half-done work\n')
  })
})

describe('checkouts', () => {
  test('T03 a step that moves HEAD is seen', async () => {
    const first = repository.commit({ VERSION: '1\n' })
    const second = repository.commit({ VERSION: '2\n' })
    const worktree = await openGit(repository).versionControl.checkout(first)
    repository.git(['checkout', '--quiet', second], { cwd: worktree.path })
    expect(await worktree.head()).toBe(second)
  })

  test('git describe works in a checkout, and its origin has no password', async () => {
    const first = repository.commit({ VERSION: '1\n' })
    repository.git(['tag', 'v1'])
    const { versionControl } = openGit(repository)
    const worktree = await versionControl.checkout(first)
    expect(repository.git(['describe', '--tags'], { cwd: worktree.path })).toBe('v1')
    repository.git(['config', 'remote.origin.url', 'https://me:hunter22@example.org/o/r.git'])
    await openGit(repository).versionControl.read(first, 'VERSION')
    expect(repository.git(['remote', 'get-url', 'origin'], { cwd: worktree.path })).toBe(
      'https://example.org/o/r.git',
    )
  })

  test('what a killed run left behind is removed by the next; what another living run uses is not', async () => {
    const first = repository.commit({ VERSION: '1\n' })
    const abandoned = await openGit(repository).versionControl.checkout(first)
    const used = await openGit(repository).versionControl.checkout(first)
    const dead = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim()
    writeFileSync(`${abandoned.path}.pid`, dead)
    const { versionControl, log } = openGit(repository)
    const worktree = await versionControl.checkout(first)
    expect(existsSync(used.path)).toBe(true)
    expect(worktree.path).toBe(abandoned.path)
    expect(log.lines).toEqual([`info Removed what an earlier run left behind: ${first.slice(0, 12)}-1.`])
    expect(await used.head()).toBe(first)
  })

  test('ten checkouts at once have ten folders', async () => {
    const first = repository.commit({ VERSION: '1\n' })
    const { versionControl } = openGit(repository)
    const worktrees = await Promise.all(Array.from({ length: 10 }, () => versionControl.checkout(first)))
    expect(new Set(worktrees.map(({ path }) => path)).size).toBe(10)
    for (const { path } of worktrees) expect(readFileSync(join(path, 'VERSION'), 'utf8')).toBe('1\n')
    expect(repository.git(['status', '--porcelain'], { cwd: worktrees[3]!.path })).toBe('')
    await Promise.all([
      ...worktrees.map((one) => one.remove()),
      ...worktrees.map(() => versionControl.checkout(first)),
    ])
  })

  test('a checkout of a removed repository root still ends as an error of version control', async () => {
    const { versionControl } = openGit(repository, { root: repository.home })
    await expect(versionControl.resolve('HEAD')).rejects.toThrow(/is not a git repository/)
  })

  test('a repository without a commit, and one without a remote, say what to do', async () => {
    await expect(openGit(repository).versionControl.resolve('HEAD')).rejects.toThrow(/no commit yet/)
    repository.commit({ VERSION: '1\n' })
    repository.git(['remote', 'remove', 'origin'])
    const { versionControl } = openGit(repository)
    expect((await versionControl.resolve('HEAD')).subject).toBe('Change')
    await expect(versionControl.resolve('main')).rejects.toThrow(/git remote add origin/)
  })

  test('a repository of SHA-256 ids works the same', async () => {
    repository.remove()
    repository = gitRepository({ init: ['--object-format=sha256'] })
    const id = repository.commit({ VERSION: '1\n' })
    expect(id).toHaveLength(64)
    const { versionControl } = openGit(repository)
    await everything(versionControl)
    expect((await versionControl.resolve(id)).id).toBe(id)
  })
})

describe('publishing', () => {
  test('commits that a step made itself become one commit on the base, and ignored files stay out', async () => {
    const first = repository.commit({ VERSION: '1\n', '.gitignore': 'node_modules\n' })
    const { versionControl } = openGit(repository)
    const worktree = await versionControl.checkout(first)
    mkdirSync(join(worktree.path, 'node_modules'))
    writeFileSync(join(worktree.path, 'node_modules/x'), 'x')
    writeFileSync(join(worktree.path, 'VERSION'), '2\n')
    repository.git(['commit', '--quiet', '-am', 'By the step'], { cwd: worktree.path })
    await versionControl.publish(worktree, { branch: 'b', message: 'By Seamless\n\nBody.', author: AUTHOR })
    const shown = repository.git(['log', '--format=%an <%ae>|%cn|%P|%B', '-1', 'refs/heads/b'], {
      cwd: repository.origin,
    })
    expect(shown).toBe(`${AUTHOR}|Seamless|${first}|By Seamless\n\nBody.`)
    expect(repository.git(['ls-tree', '-r', '--name-only', 'refs/heads/b'], { cwd: repository.origin })).toBe(
      '.gitignore\nVERSION',
    )
  })

  test('a branch that appears between the look and the push is not moved, not even forward', async () => {
    const first = repository.commit({ VERSION: '1\n' })
    const log = memoryLog()
    const run = processRunner({ mask: maskOf([]) })
    const versionControl = gitVersionControl({
      root: repository.clone,
      remote: 'origin',
      environment: repository.environment,
      log,
      run: (command) => {
        // Somebody is faster: a plain push would move their branch, since ours is ahead of it.
        if (command.args.includes('push'))
          repository.git(['push', '--quiet', 'origin', `${first}:refs/heads/b`])
        return run(command)
      },
    })
    const worktree = await versionControl.checkout(first)
    writeFileSync(join(worktree.path, 'VERSION'), '2\n')
    const publication = { branch: 'b', message: 'm', author: AUTHOR }
    await expect(versionControl.publish(worktree, publication)).rejects.toThrow(/already has a branch "b"/)
    expect(repository.git(['rev-parse', 'refs/heads/b'], { cwd: repository.origin })).toBe(first)
  })

  test('a refusal of the remote is told with its words', async () => {
    const first = repository.commit({ VERSION: '1\n' })
    const hook = join(repository.origin, 'hooks', 'pre-receive')
    mkdirSync(join(hook, '..'), { recursive: true })
    writeFileSync(hook, '#!/bin/sh\necho "protected: ask the release team" >&2\nexit 1\n')
    chmodSync(hook, 0o755)
    const { versionControl } = openGit(repository)
    const worktree = await versionControl.checkout(first)
    writeFileSync(join(worktree.path, 'VERSION'), '2\n')
    const failure = await versionControl
      .publish(worktree, { branch: 'b', message: 'm', author: AUTHOR })
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(VersionControlError)
    expect((failure as Error).message).toMatch(/git push .*failed \(exit 1\).*ask the release team/s)
  })

  test('a repository within the change is refused, since its files would be lost', async () => {
    const first = repository.commit({ VERSION: '1\n' })
    const { versionControl } = openGit(repository)
    const worktree = await versionControl.checkout(first)
    const nested = join(worktree.path, 'nested')
    mkdirSync(nested)
    repository.git(['init', '--quiet'], { cwd: nested })
    repository.git(['commit', '--quiet', '--allow-empty', '-m', 'x'], { cwd: nested })
    await expect(
      versionControl.publish(worktree, { branch: 'b', message: 'm', author: AUTHOR }),
    ).rejects.toThrow(/"nested"/)
  })
})

function shallow(depth = 1): string {
  const path = join(repository.folder, 'shallow')
  repository.git(['clone', '--quiet', `--depth=${depth}`, `file://${repository.origin}`, path], {
    cwd: repository.folder,
  })
  repository.git(['remote', 'set-url', 'origin', repository.origin], { cwd: path })
  return path
}

describe('shallow clones, as actions/checkout makes them', () => {
  test('the base is fetched and history is deepened as far as the difference needs', async () => {
    const first = repository.commit({ VERSION: '1\n' })
    for (let n = 2; n <= 70; n++) repository.git(['commit', '--quiet', '--allow-empty', '-m', `Change ${n}`])
    const last = repository.commit({ VERSION: '2\n' }, 'The last')
    const root = shallow()
    const { versionControl } = openGit(repository, { root })
    expect(await versionControl.read(first, 'VERSION')).toBe('1\n')
    const { commits, more, files } = await versionControl.difference(first, last)
    expect(commits).toHaveLength(70)
    expect(more).toBe(0)
    expect(commits[0]!.subject).toBe('The last')
    expect(files).toEqual([{ path: 'VERSION', added: 1, removed: 1 }])
    expect(repository.git(['rev-parse', '--is-shallow-repository'], { cwd: root })).toBe('true')
    expect(repository.git(['rev-list', '--count', 'HEAD'], { cwd: root })).toBe('1')
  })

  test('of more than 250 commits the newest 250 are listed and the rest are counted', async () => {
    const first = repository.commit({ VERSION: '1\n' })
    const stream = Array.from(
      { length: 300 },
      (_, n) =>
        `commit refs/heads/main\ncommitter A <a@b> ${1_700_000_000 + n} +0000\ndata 2\nc\n${n === 0 ? `from ${first}\n` : ''}\n`,
    )
    repository.git(['fast-import', '--quiet', '--force'], { cwd: repository.origin, input: stream.join('') })
    const last = repository.git(['rev-parse', 'refs/heads/main'], { cwd: repository.origin })
    const { versionControl } = openGit(repository, { root: shallow() })
    const { commits, more } = await versionControl.difference(first, last)
    expect([commits.length, more]).toEqual([250, 50])
    expect(commits[0]!.id).toBe(last)
  })

  test('publishing from one pushes the change alone and finds it again', async () => {
    repository.commit({ VERSION: '1\n' })
    const last = repository.commit({ VERSION: '2\n' })
    const { versionControl } = openGit(repository, { root: shallow() })
    const publication = { branch: 'b', message: 'm', author: AUTHOR }
    for (const kind of ['pushed', 'found']) {
      const worktree = await versionControl.checkout(last)
      writeFileSync(join(worktree.path, 'VERSION'), '3\n')
      expect((await versionControl.publish(worktree, publication)).kind).toBe(kind)
    }
  })

  test('a partial clone is not borrowed from: what is missing is fetched', async () => {
    const first = repository.commit({ VERSION: '1\n' })
    const last = repository.commit({ VERSION: '2\n' })
    repository.git(['config', 'uploadpack.allowFilter', 'true'], { cwd: repository.origin })
    const root = join(repository.folder, 'partial')
    repository.git(
      ['clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${repository.origin}`, root],
      { cwd: repository.folder },
    )
    repository.git(['remote', 'set-url', 'origin', repository.origin], { cwd: root })
    const { versionControl } = openGit(repository, { root })
    const worktree = await versionControl.checkout(first)
    expect(readFileSync(join(worktree.path, 'VERSION'), 'utf8')).toBe('1\n')
    expect((await versionControl.difference(first, last)).commits).toHaveLength(1)
  })
})

test('a root that is not absolute is an error of whoever composes', () => {
  expect(() => openGit(repository, { root: 'somewhere' })).toThrow(UsageError)
})
