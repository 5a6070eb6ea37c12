import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { BranchTaken, RevisionUnknown, UsageError, VersionControlError } from '../../src/errors.ts'
import { versionControlContract } from '../contract/version-control.ts'
import { openSvn } from '../support/open-svn.ts'
import { ACCOUNT, hasSvn, type SvnRepository, svnRepository } from '../support/svn-repository.ts'

const AUTHOR = 'Seamless <seamless@example.org>'

describe.skipIf(!hasSvn()).each([
  { where: 'file://', served: false },
  { where: 'svnserve with an account', served: true },
])('svn by $where', ({ served }) => {
  versionControlContract(async () => {
    const repository = await svnRepository({ served })
    const { versionControl } = await openSvn(repository)
    return {
      versionControl,
      branch: 'trunk',
      author: served ? ACCOUNT.SEAMLESS_SVN_USERNAME : userInfo().username,
      commit: async (files, message) => repository.commit(files, message),
      published: async (branch, path) => textOn(repository, `branches/${branch}/${path}`),
      remove: async () => repository.remove(),
    }
  })
})

function textOn(repository: SvnRepository, path: string): string | undefined {
  try {
    const environment = { ...repository.environment, LC_ALL: 'C.UTF-8' }
    return execFileSync('svnlook', ['cat', repository.origin, path], {
      encoding: 'utf8',
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    return undefined
  }
}

describe.skipIf(!hasSvn())('on a Subversion repository', () => {
  let repository: SvnRepository
  beforeEach(async () => {
    repository = await svnRepository()
  })
  afterEach(() => repository.remove())

  const address = (path: string): string => `${repository.url}/${path}`
  const copy = (from: string, to: string): void =>
    void repository.svn(['copy', '--quiet', '--parents', '-m', `Make ${to}`, address(from), address(to)])

  describe('a version is a line at the revision that changed it', () => {
    test('INV2 its id is the revision and the UUID of the repository, of 40 digits, and of another repository is unknown', async () => {
      const first = repository.commit({ VERSION: '1\n' })
      expect(first).toMatch(/^00000002[0-9a-f]{32}$/)
      const { versionControl } = await openSvn(repository)
      expect((await versionControl.resolve('trunk')).id).toBe(first)
      const foreign = first.slice(0, 8) + '0'.repeat(32)
      const failure = await versionControl.resolve(foreign).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(RevisionUnknown)
      expect((failure as Error).message).toMatch(/is of another repository than this one, whose UUID is /)
      const future = `00000099${first.slice(8)}`
      await expect(versionControl.resolve(future)).rejects.toThrow('The repository has no r99 in ^/.')
      await expect(versionControl.checkout('r2')).rejects.toThrow(
        /"r2" is no commit id of a Subversion revision/,
      )
      await expect(versionControl.resolve('2')).rejects.toThrow(/A commit is named by its full id/)
    })

    test('HEAD is the newest that the working copy has, also where a commit left the rest of it older', async () => {
      repository.commit({ VERSION: '1\n', other: 'x\n' })
      const second = repository.commit({ VERSION: '2\n' })
      const { versionControl } = await openSvn(repository)
      expect(repository.svn(['info', '--show-item', 'revision'])).not.toBe('3')
      expect((await versionControl.resolve('HEAD')).id).toBe(second)
    })

    test('branches, nested ones, tags; a name that is both is ambiguous; what is no line is unknown', async () => {
      repository.commit({ VERSION: '1\n' })
      copy('trunk', 'branches/next')
      copy('trunk', 'branches/team/a/next')
      copy('trunk', 'tags/1.0')
      copy('trunk', 'tags/next')
      const { versionControl } = await openSvn(repository)
      expect((await versionControl.resolve('branches/next')).id).toBe(repository.id(3))
      expect((await versionControl.resolve('team/a/next')).id).toBe(repository.id(4))
      expect((await versionControl.resolve('1.0')).id).toBe(repository.id(5))
      await expect(versionControl.resolve('next')).rejects.toThrow(/Say branches\/next or tags\/next/)
      for (const revision of [4, 5]) {
        expect(await versionControl.read(repository.id(revision), 'VERSION')).toBe('1\n')
      }
      await expect(versionControl.resolve(repository.id(1))).resolves.toMatchObject({ subject: 'Layout' })
      await expect(versionControl.resolve('trunk/VERSION')).rejects.toBeInstanceOf(RevisionUnknown)
    })

    test('a revision of one file in a nested branch, and one that removed a file, are versions of that branch', async () => {
      repository.commit({ VERSION: '1\n', 'src/a': 'a\n', 'src/b': 'b\n' })
      copy('trunk', 'branches/team/next')
      const at = join(repository.folder, 'next')
      repository.svn(['checkout', '--quiet', address('branches/team/next'), at])
      writeFileSync(join(at, 'src/a'), 'changed\n')
      repository.svn(['commit', '-m', 'Change'], { cwd: at })
      repository.svn(['delete', '--quiet', 'src/b'], { cwd: at })
      repository.svn(['commit', '-m', 'Remove'], { cwd: at })
      const { versionControl } = await openSvn(repository)
      expect(await versionControl.read(repository.id(4), 'src/a')).toBe('changed\n')
      expect(await versionControl.read(repository.id(5), 'VERSION')).toBe('1\n')
      expect(await versionControl.read(repository.id(5), 'src/b')).toBeUndefined()
      repository.svn(['delete', '--quiet', '-m', 'Gone', address('branches/team/next')])
      await expect(versionControl.resolve('team/next')).rejects.toBeInstanceOf(RevisionUnknown)
      expect(await versionControl.read(repository.id(4), 'src/a')).toBe('changed\n')
    })

    test('a revision of trunk and a branch is a version of trunk; one of two branches is a version of none', async () => {
      repository.commit({ VERSION: '1\n' })
      copy('trunk', 'branches/a')
      copy('trunk', 'branches/b')
      const all = join(repository.folder, 'all')
      repository.svn(['checkout', '--quiet', repository.url, all])
      const change = (...paths: readonly string[]): string => {
        for (const path of paths) writeFileSync(join(all, path, 'VERSION'), `${paths.join()}\n`)
        const [, revision] =
          /Committed revision (\d+)/.exec(repository.svn(['commit', '-m', 'Both'], { cwd: all })) ?? []
        return repository.id(Number(revision))
      }
      const { versionControl } = await openSvn(repository)
      expect(await versionControl.read(change('trunk', 'branches/a'), 'VERSION')).toBe('trunk,branches/a\n')
      await expect(versionControl.resolve('branches/a')).rejects.toThrow(
        /The last change of \^\/branches\/a, r5, is a version of \^\/trunk: it changed both/,
      )
      await expect(versionControl.resolve(change('branches/a', 'branches/b'))).rejects.toThrow(
        /r6 changed no line of development alone, so it is no version: .*branches\/a\/VERSION/,
      )
    })

    test('several projects in one repository are apart, and so is a service in a folder of its line', async () => {
      repository.svn([
        'mkdir',
        '--quiet',
        '--parents',
        '-m',
        'Projects',
        ...['a', 'b'].flatMap((name) =>
          ['trunk/api', 'branches', 'tags'].map((part) => address(`${name}/${part}`)),
        ),
      ])
      const a = join(repository.folder, 'a')
      repository.svn(['checkout', '--quiet', address('a'), a])
      writeFileSync(join(a, 'trunk/api/VERSION'), '1\n')
      repository.svn(['add', '--quiet', 'trunk/api/VERSION'], { cwd: a })
      repository.svn(['commit', '-m', 'One'], { cwd: a })
      repository.svn(['mkdir', '--quiet', '-m', 'Elsewhere', address('b/trunk/x')])
      const opened = await openSvn(repository, { folder: join(a, 'trunk/api') })
      expect(opened.root).toBe(join(a, 'trunk'))
      expect(opened.name).toBe(address('a'))
      const { id } = await opened.versionControl.resolve('trunk')
      expect(id).toBe(repository.id(3))
      expect(await opened.versionControl.read(id, 'api/VERSION')).toBe('1\n')
      await expect(opened.versionControl.resolve(repository.id(4))).rejects.toBeInstanceOf(RevisionUnknown)
    })

    test('a folder outside of trunk, branches and tags, a part of a line, and no working copy: each says what to do', async () => {
      repository.commit({ 'api/VERSION': '1\n' })
      repository.svn(['mkdir', '--quiet', '-m', 'Odd', address('odd')])
      const [odd, part] = [join(repository.folder, 'odd'), join(repository.folder, 'part')]
      repository.svn(['checkout', '--quiet', address('odd'), odd])
      repository.svn(['checkout', '--quiet', address('trunk/api'), part])
      const refused = async (folder: string): Promise<string> => {
        const failure = await openSvn(repository, { folder }).catch((error: unknown) => error)
        expect(failure).toBeInstanceOf(UsageError)
        return (failure as Error).message
      }
      expect(await refused(odd)).toBe(
        '^/odd is not within trunk, a branch or a tag. Seamless needs the usual layout of a Subversion project: trunk, branches and tags beside each other.',
      )
      expect(await refused(part)).toBe(
        `${part} is a checkout of a part of ^/trunk, and a version is all of it. Check that out: svn checkout ${address('trunk')}`,
      )
      expect(await refused(repository.home)).toBe(
        `${repository.home} is not in a Subversion working copy. Run Seamless in a checkout of the project's trunk.`,
      )
    })

    test('how many files are changed and not committed', async () => {
      repository.commit({ VERSION: '1\n', other: 'x\n' })
      const { uncommitted } = await openSvn(repository)
      expect(await uncommitted()).toBe(0)
      writeFileSync(join(repository.clone, 'VERSION'), '2\n')
      writeFileSync(join(repository.clone, 'new'), 'not known to svn\n')
      expect(await uncommitted()).toBe(1)
    })
  })

  describe('names are literal', () => {
    test.each([
      'a$(touch${IFS}pwn)',
      'a;touch${IFS}x\'"|cat',
      'ü/ñ/漢字',
      'a@b',
      'x@3',
      'a%20b',
      'a&b<c>d',
      '#7',
    ])('I01 a branch called %j goes to the repository and back as it is', async (branch) => {
      const base = repository.commit({ VERSION: '1\n' })
      const { versionControl } = await openSvn(repository)
      const worktree = await versionControl.checkout(base)
      writeFileSync(join(worktree.path, 'VERSION'), '2\n')
      const published = await versionControl.publish(worktree, { branch, message: 'Two', author: AUTHOR })
      expect(await versionControl.resolve(branch)).toMatchObject({
        id: (published as { commit: string }).commit,
      })
      expect(textOn(repository, `branches/${branch}/VERSION`)).toBe('2\n')
      expect(existsSync(join(repository.clone, 'pwn'))).toBe(false)
    })

    test('I02 a name that starts with a dash is refused before anything is started', async () => {
      repository.commit({ VERSION: '1\n' })
      const { versionControl, commands } = await openSvn(repository)
      const before = commands.length
      for (const name of ['-x', '--config-option=config:tunnels:x=touch', '--diff-cmd=touch', '-']) {
        await expect(versionControl.resolve(name)).rejects.toBeInstanceOf(RevisionUnknown)
        await expect(versionControl.checkout(name)).rejects.toBeInstanceOf(RevisionUnknown)
        await expect(versionControl.difference(name, name)).rejects.toBeInstanceOf(RevisionUnknown)
        await expect(versionControl.read(name, 'VERSION')).rejects.toBeInstanceOf(RevisionUnknown)
      }
      expect(commands.length).toBe(before)
    })

    test('files with odd names are read, compared and published as they are', async () => {
      const names = [
        'a@b',
        'x@3',
        '@',
        ' lead',
        'ü',
        '-dash',
        'star*',
        'q"uote',
        'p%20c',
        '#',
        'a&b',
        'd@1/e@2',
      ]
      const first = repository.commit({ VERSION: '1\n' })
      const second = repository.commit(Object.fromEntries(names.map((name) => [name, `${name}\n`])))
      const { versionControl } = await openSvn(repository)
      for (const name of names) expect(await versionControl.read(second, name)).toBe(`${name}\n`)
      const { files } = await versionControl.difference(first, second)
      expect(files.map(({ path, added }) => `${added} ${path}`).sort()).toEqual(
        names.map((name) => `1 ${name}`).sort(),
      )
      const worktree = await versionControl.checkout(first)
      for (const name of names) {
        mkdirSync(join(worktree.path, name, '..'), { recursive: true })
        writeFileSync(join(worktree.path, name), `${name}\n`)
      }
      rmSync(join(worktree.path, 'VERSION'))
      await versionControl.publish(worktree, { branch: 'odd', message: '-m', author: AUTHOR })
      for (const name of names) expect(textOn(repository, `branches/odd/${name}`)).toBe(`${name}\n`)
      expect(textOn(repository, 'branches/odd/VERSION')).toBeUndefined()
    })

    test('a file removed that is called like a peg revision, and a message of several lines, arrive as they are', async () => {
      const base = repository.commit({ VERSION: '1\n', 'old@1': 'x\n' })
      const { versionControl } = await openSvn(repository)
      const worktree = await versionControl.checkout(base)
      rmSync(join(worktree.path, 'old@1'))
      const message = '--file=/etc/passwd\r\n\r\nA body\nwith <ümlauts> & more'
      const published = await versionControl.publish(worktree, { branch: 'x', message, author: AUTHOR })
      expect(published.kind).toBe('pushed')
      expect(textOn(repository, 'branches/x/old@1')).toBeUndefined()
      expect((await versionControl.resolve('x')).subject).toBe('--file=/etc/passwd')
      expect(repository.svn(['propget', '--revprop', '-r', '3', 'svn:log'])).toBe(
        '--file=/etc/passwd\n\nA body\nwith <ümlauts> & more',
      )
    })
  })

  describe('what a repository may not make svn do', () => {
    test.each(['svn+evil://127.0.0.1/x', 'http://169.254.169.254/x', 'file://elsewhere/x'])(
      'I03 %s is refused before anything talks to it',
      async (url) => {
        repository.commit({ VERSION: '1\n' })
        const database = join(repository.clone, '.svn/wc.db')
        // What svn relocate would do, but for asking the new address first.
        const { DatabaseSync } = await import('node:sqlite')
        const open = new DatabaseSync(database)
        open.prepare('UPDATE repository SET root = ?').run(url)
        open.close()
        const marker = join(repository.folder, 'MARK')
        mkdirSync(join(repository.home, '.subversion'), { recursive: true })
        writeFileSync(join(repository.home, '.subversion/config'), `[tunnels]\nevil = touch ${marker}\n`)
        const failure = await openSvn(repository).catch((error: unknown) => error)
        expect(failure).toBeInstanceOf(VersionControlError)
        expect((failure as Error).message).toMatch(
          /is refused: Seamless speaks to Subversion over https, svn\+ssh, svn, or file\.$/,
        )
        expect(existsSync(marker)).toBe(false)
      },
    )

    test('I03 an address with a password in it is refused, and not shown', async () => {
      repository.commit({ VERSION: '1\n' })
      const { DatabaseSync } = await import('node:sqlite')
      const open = new DatabaseSync(join(repository.clone, '.svn/wc.db'))
      open.prepare('UPDATE repository SET root = ?').run('svn://ci:hunter2hunter2@127.0.0.1/x')
      open.close()
      const failure = await openSvn(repository).catch((error: unknown) => error)
      expect((failure as Error).message).toMatch(/has a password in it.*SEAMLESS_SVN_PASSWORD/)
      expect((failure as Error).message).not.toContain('hunter2')
    })

    test('I04 externals are not fetched, by a checkout or a publication', async () => {
      repository.commit({ VERSION: '1\n' })
      repository.svn(['mkdir', '--quiet', '-m', 'Far', address('far')])
      repository.svn(['update', '--quiet'])
      repository.svn(['propset', '--quiet', 'svn:externals', `${address('far')} ext`, '.'])
      const base = repository.commit({ VERSION: '2\n' })
      const { versionControl } = await openSvn(repository)
      const worktree = await versionControl.checkout(base)
      expect(existsSync(join(worktree.path, 'ext'))).toBe(false)
      writeFileSync(join(worktree.path, 'VERSION'), '3\n')
      await versionControl.publish(worktree, { branch: 'x', message: 'x', author: AUTHOR })
      expect(repository.svn(['list', address('branches/x')])).toBe('VERSION')
      // The trap works: svn itself steps into it.
      repository.svn(['update', '--quiet'])
      expect(existsSync(join(repository.clone, 'ext'))).toBe(true)
    })

    test.each([
      ['an absolute link', { evil: '/etc/passwd' }],
      ['a relative one', { 'a/evil': '../../x' }],
      ['one by way of another', { 'd1/d2/up': '../..', evil: 'd1/d2/up/..' }],
    ])('I04 %s that leads out of the repository is not checked out', async (_what, links) => {
      for (const [path, target] of Object.entries(links)) {
        mkdirSync(join(repository.clone, path, '..'), { recursive: true })
        symlinkSync(target, join(repository.clone, path))
        repository.svn(['add', '--quiet', '--parents', path])
      }
      const commit = repository.commit({ VERSION: '1\n' })
      const { versionControl } = await openSvn(repository)
      await expect(versionControl.checkout(commit)).rejects.toThrow(
        /links that lead out of the repository.*"(?:a\/)?evil"/,
      )
      expect(readdirSync(join(repository.clone, '.seamless/work'))).toEqual([])
      expect(await versionControl.read(commit, Object.keys(links)[0]!)).toBeUndefined()
    })

    test('links within the repository, and what is executable, are published as what they are', async () => {
      const base = repository.commit({ VERSION: '1\n' })
      const { versionControl } = await openSvn(repository)
      const worktree = await versionControl.checkout(base)
      symlinkSync('VERSION', join(worktree.path, 'link'))
      writeFileSync(join(worktree.path, 'run.sh'), '#!/bin/sh\n')
      chmodSync(join(worktree.path, 'run.sh'), 0o755)
      const published = await versionControl.publish(worktree, { branch: 'x', message: 'x', author: AUTHOR })
      const again = await versionControl.checkout((published as { commit: string }).commit)
      expect(readFileSync(join(again.path, 'link'), 'utf8')).toBe('1\n')
      expect(
        execFileSync('sh', ['-c', 'test -x run.sh && test -L link && echo well'], {
          cwd: again.path,
          encoding: 'utf8',
        }),
      ).toBe('well\n')
    })

    test('I05 nothing that a configuration names is executed: editor, diff and merge programs', async () => {
      const marker = join(repository.folder, 'MARK')
      const script = join(repository.folder, 'evil.sh')
      writeFileSync(script, `#!/bin/sh\ntouch ${marker}\nexit 255\n`, { mode: 0o755 })
      mkdirSync(join(repository.home, '.subversion'), { recursive: true })
      writeFileSync(
        join(repository.home, '.subversion/config'),
        `[helpers]\n${['editor-cmd', 'diff-cmd', 'diff3-cmd', 'merge-tool-cmd'].map((name) => `${name} = ${script}\n`).join('')}`,
      )
      const environment = { ...repository.environment, SVN_EDITOR: script, EDITOR: script, SVN_MERGE: script }
      const first = repository.commit({ VERSION: '1\n', long: 'a\nb\nc\nd\ne\nf\n' })
      const second = repository.commit({ VERSION: '2\n', long: 'A\nb\nc\nd\ne\nf\n' })
      repository.commit({ long: 'A\nb\nc\nd\ne\nF\n' })
      // The traps work: svn itself steps into them.
      expect(() => repository.svn(['diff', '-c', '3', address('trunk')])).toThrow(/E200012/)
      expect(existsSync(marker)).toBe(true)
      rmSync(marker)
      repository.svn(['update', '--quiet'])
      expect(() => repository.svn(['merge', '--quiet', '-c', '-3', '.'])).toThrow(/E200012/)
      expect(existsSync(marker)).toBe(true)
      rmSync(marker)
      const { versionControl, reverseMerges } = await openSvn(repository, { environment })
      const worktree = await versionControl.checkout(first)
      writeFileSync(join(worktree.path, 'VERSION'), '3\n')
      await versionControl.publish(worktree, { branch: 'x', message: 'x', author: AUTHOR })
      await versionControl.difference(first, second)
      const merge = await reverseMerges.mergeOf(second)
      expect(await reverseMerges.takeBack(merge!)).toMatchObject({ kind: 'committed' })
      expect(existsSync(marker)).toBe(false)
    })

    test('a working copy that a step switched, or put into the checkout, is not committed from', async () => {
      const base = repository.commit({ VERSION: '1\n' })
      copy('trunk', 'branches/other')
      const { versionControl } = await openSvn(repository)
      const worktree = await versionControl.checkout(base)
      repository.svn(['switch', '--quiet', address('branches/other')], { cwd: worktree.path })
      await expect(worktree.head()).rejects.toThrow(
        /is of \^\/branches\/other now, not of \^\/trunk: a step switched it/,
      )
      writeFileSync(join(worktree.path, 'VERSION'), '2\n')
      await versionControl.publish(worktree, { branch: 'mine', message: 'x', author: AUTHOR })
      expect(textOn(repository, 'branches/other/VERSION')).toBe('1\n')
      expect(textOn(repository, 'branches/mine/VERSION')).toBe('2\n')
      repository.svn(['checkout', '--quiet', address('trunk'), join(worktree.path, 'nested')])
      await expect(
        versionControl.publish(worktree, { branch: 'nested', message: 'x', author: AUTHOR }),
      ).rejects.toThrow(
        'The change has a checkout of its own at "nested", whose files would be lost. Remove its .svn or make it elsewhere.',
      )
    })
  })

  describe('checkouts', () => {
    test('T03 a step that updates the checkout is seen', async () => {
      const first = repository.commit({ VERSION: '1\n' })
      const second = repository.commit({ VERSION: '2\n' })
      const { versionControl } = await openSvn(repository)
      const worktree = await versionControl.checkout(first)
      expect(await worktree.head()).toBe(first)
      repository.svn(['update', '--quiet'], { cwd: worktree.path })
      expect(await worktree.head()).toBe(second)
    })

    test('what a killed run left behind is removed by the next; what another living run uses is not', async () => {
      const base = repository.commit({ VERSION: '1\n' })
      const work = join(repository.clone, '.seamless/work')
      const gone = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim()
      for (const name of [`${gone}-abcdef`, `${process.pid}-abcdef`])
        mkdirSync(join(work, name), { recursive: true })
      const { versionControl, log } = await openSvn(repository)
      const worktree = await versionControl.checkout(base)
      expect(existsSync(join(work, `${gone}-abcdef`))).toBe(false)
      expect(existsSync(join(work, `${process.pid}-abcdef`))).toBe(true)
      expect(log.lines).toContain(`info Removed what an earlier run left behind: ${gone}-abcdef.`)
      await worktree.remove()
    })
  })

  describe('publishing', () => {
    const change = async (base: string, text: string) => {
      const opened = await openSvn(repository)
      const worktree = await opened.versionControl.checkout(base)
      writeFileSync(join(worktree.path, 'VERSION'), text)
      return { ...opened, worktree }
    }

    test('the branch is one revision, a copy of its base, and what svn ignores stays out', async () => {
      repository.commit({ VERSION: '1\n' })
      repository.svn(['update', '--quiet'])
      repository.svn(['propset', '--quiet', 'svn:ignore', 'dist', '.'])
      const base = repository.commit({ VERSION: '1.1\n' })
      const { versionControl, worktree } = await change(base, '2\n')
      mkdirSync(join(worktree.path, 'dist'))
      writeFileSync(join(worktree.path, 'dist/x'), 'made')
      await versionControl.publish(worktree, { branch: 'upgrade/2', message: 'Two', author: AUTHOR })
      const log = repository.svn(['log', '-v', '-q', '--stop-on-copy', address('branches/upgrade/2')])
      expect(log).toMatch(
        /A \/branches\/upgrade\n {3}A \/branches\/upgrade\/2 \(from \/trunk:3\)\n {3}M \/branches\/upgrade\/2\/VERSION\n-+$/,
      )
    })

    test('keywords and ends of lines, which svn writes differently in each checkout, are no change', async () => {
      repository.commit({ VERSION: '$Rev$\n$URL$\n' })
      repository.svn(['propset', '--quiet', 'svn:keywords', 'Rev URL', 'VERSION'])
      const base = repository.commit({ other: 'x\n' })
      const { versionControl } = await openSvn(repository)
      const publication = { branch: 'x', message: 'x', author: AUTHOR }
      const worktree = await versionControl.checkout(base)
      expect(await worktree.read('VERSION')).toContain('$Rev: 3 $')
      expect(await versionControl.publish(worktree, publication)).toEqual({ kind: 'unchanged' })
      writeFileSync(join(worktree.path, 'new'), 'new\n')
      const pushed = await versionControl.publish(worktree, publication)
      expect(await versionControl.publish(worktree, publication)).toEqual({ ...pushed, kind: 'found' })
    })

    test('the same content on another base is another branch', async () => {
      const first = repository.commit({ VERSION: '1\n', other: 'x\n' })
      const second = repository.commit({ VERSION: '1.1\n' })
      const one = await change(first, '2\n')
      await one.versionControl.publish(one.worktree, { branch: 'x', message: 'x', author: AUTHOR })
      const two = await change(second, '2\n')
      await expect(
        two.versionControl.publish(two.worktree, { branch: 'x', message: 'x', author: AUTHOR }),
      ).rejects.toBeInstanceOf(BranchTaken)
    })

    test('INV7 of two that publish the same branch at once one wins, and nothing is copied into its branch', async () => {
      const base = repository.commit({ VERSION: '1\n' })
      const made = await Promise.all(['a\n', 'b\n', 'c\n'].map((text) => change(base, text)))
      const ends = await Promise.allSettled(
        made.map(({ versionControl, worktree }) =>
          versionControl.publish(worktree, { branch: 'race', message: 'x', author: AUTHOR }),
        ),
      )
      expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const losers = ends.filter((end) => end.status === 'rejected')
      for (const { reason } of losers) expect(reason).toBeInstanceOf(BranchTaken)
      expect(repository.svn(['list', '-R', address('branches')])).toBe('race/\nrace/VERSION')
    })

    test('below a branch there is no branch, and trunk is none to publish', async () => {
      const base = repository.commit({ VERSION: '1\n' })
      copy('trunk', 'branches/upgrade')
      const { versionControl, worktree } = await change(base, '2\n')
      for (const branch of ['upgrade/2', 'trunk']) {
        await expect(
          versionControl.publish(worktree, { branch, message: 'x', author: AUTHOR }),
        ).rejects.toBeInstanceOf(BranchTaken)
      }
      expect(repository.svn(['list', '-R', address('branches')])).toBe('upgrade/\nupgrade/VERSION')
    })

    test('a file that becomes a folder is an error that says so, and nothing is published', async () => {
      const base = repository.commit({ VERSION: '1\n', thing: 'x\n' })
      const { versionControl, worktree } = await change(base, '2\n')
      rmSync(join(worktree.path, 'thing'))
      mkdirSync(join(worktree.path, 'thing'))
      writeFileSync(join(worktree.path, 'thing/x'), 'x\n')
      await expect(
        versionControl.publish(worktree, { branch: 'x', message: 'x', author: AUTHOR }),
      ).rejects.toThrow(/The change makes "thing" another kind of thing/)
      expect(repository.svn(['list', address('branches')])).toBe('')
    })
  })

  describe('the difference', () => {
    test('between trunk and a branch it is what one has and the other has not, from where the branch was made', async () => {
      repository.commit({ VERSION: '1\n' }, 'One')
      copy('trunk', 'branches/x')
      const trunk = repository.commit({ VERSION: '2\n' }, 'Two, on trunk')
      const at = join(repository.folder, 'x')
      repository.svn(['checkout', '--quiet', address('branches/x'), at])
      writeFileSync(join(at, 'new'), 'a\nb\n')
      repository.svn(['add', '--quiet', 'new'], { cwd: at })
      repository.svn(['commit', '-m', 'On the branch'], { cwd: at })
      const { versionControl } = await openSvn(repository)
      const branch = (await versionControl.resolve('x')).id
      const there = await versionControl.difference(trunk, branch)
      expect(there.commits.map(({ subject }) => subject)).toEqual(['On the branch', 'Make branches/x'])
      expect(there.files).toEqual([
        { path: 'VERSION', added: 1, removed: 1 },
        { path: 'new', added: 2, removed: 0 },
      ])
      const back = await versionControl.difference(branch, trunk)
      expect(back.commits.map(({ subject }) => subject)).toEqual(['Two, on trunk'])
      expect(back.files.find(({ path }) => path === 'new')).toEqual({ path: 'new', added: 0, removed: 2 })
    })

    test('lines that look like a diff of their own, binary files, and files without an end of line are counted right', async () => {
      const first = repository.commit({ a: 'x\n', bin: 'x\n', end: 'x' })
      repository.svn(['propset', '--quiet', 'svn:mime-type', 'application/octet-stream', 'bin'])
      const second = repository.commit({
        a: 'Index: evil\n+++ b\n@@ -1 +1,9 @@\n--- c\nx\n',
        bin: '\u0000\u0001',
        end: 'y',
        empty: '',
      })
      const { versionControl } = await openSvn(repository)
      const { files } = await versionControl.difference(first, second)
      expect([...files].sort((x, y) => (x.path < y.path ? -1 : 1))).toEqual([
        { path: 'a', added: 4, removed: 0 },
        { path: 'bin', added: 0, removed: 0 },
        { path: 'empty', added: 0, removed: 0 },
        { path: 'end', added: 1, removed: 1 },
      ])
    })

    test('of more than 250 commits the newest are shown and the others counted', async () => {
      const first = repository.commit({ VERSION: '0\n' })
      const dump = Array.from({ length: 260 }, (_, at) => revision(at + 3, `Change ${at}`)).join('')
      execFileSync(
        'svnadmin',
        ['load', '--quiet', '--ignore-uuid', '--no-flush-to-disk', repository.origin],
        {
          input: `SVN-fs-dump-format-version: 3\n\n${dump}`,
        },
      )
      const { versionControl } = await openSvn(repository)
      const { id } = await versionControl.resolve('trunk')
      const { commits, more } = await versionControl.difference(first, id)
      expect(commits).toHaveLength(250)
      expect([commits[0]?.subject, commits.at(-1)?.subject, more]).toEqual(['Change 259', 'Change 10', 10])
    }, 120_000)
  })
})

/** One revision of a dump that changes trunk/VERSION: much quicker than to commit it. */
function revision(number: number, message: string): string {
  const text = `${number}\n`
  const properties = `K 7\nsvn:log\nV ${message.length}\n${message}\nK 8\nsvn:date\nV 27\n2026-11-23T00:00:00.000000Z\nPROPS-END\n`
  const head = `Revision-number: ${number}\nProp-content-length: ${properties.length}\nContent-length: ${properties.length}\n\n`
  const node = `Node-path: trunk/VERSION\nNode-kind: file\nNode-action: change\nText-content-length: ${text.length}\nContent-length: ${text.length}\n\n${text}\n\n`
  return `${head}${properties}\n${node}`
}
