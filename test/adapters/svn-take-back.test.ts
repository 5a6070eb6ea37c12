import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { openSvn } from '../support/open-svn.ts'
import { hasSvn, type SvnRepository, svnRepository } from '../support/svn-repository.ts'

const DAY_MS = 24 * 3_600_000

describe.skipIf(!hasSvn())('taking commits back on Subversion', () => {
  let repository: SvnRepository
  beforeEach(async () => {
    repository = await svnRepository()
    repository.commit({ VERSION: '1\n', 'src/a': 'a\nb\nc\nd\ne\nf\ng\n' }, 'One')
  })
  afterEach(() => repository.remove())

  const look = (...args: readonly string[]): string =>
    execFileSync('svnlook', [...args.slice(0, 1), repository.origin, ...args.slice(1)], { encoding: 'utf8' })
  const youngest = (): number => Number(look('youngest'))
  const open = async () => (await openSvn(repository)).reverseMerges

  test('R01 a commit is taken back by a commit of the opposite; what came after it stays', async () => {
    const bad = repository.commit({ 'src/a': 'A\nb\nc\nd\ne\nf\ng\n', 'src/new': 'x\n' }, 'Bad @ heart')
    repository.commit({ 'src/a': 'A\nb\nc\nd\ne\nf\nG\n', other: 'y\n' }, 'Later')
    const merges = await open()
    const merge = await merges.mergeOf(bad)
    expect(merge).toMatchObject({
      number: 3,
      title: 'Bad @ heart',
      base: 'trunk',
      result: bad,
      labels: [],
      forwardOnly: false,
    })
    expect(await merges.takeBack(merge!)).toEqual({ kind: 'committed', commit: repository.id(5), name: 'r5' })
    expect(look('cat', 'trunk/src/a')).toBe('a\nb\nc\nd\ne\nf\nG\n')
    expect(look('tree', '--full-paths', 'trunk').split('\n').filter(Boolean)).toEqual([
      'trunk/',
      'trunk/VERSION',
      'trunk/other',
      'trunk/src/',
      'trunk/src/a',
    ])
    expect(look('log')).toBe(
      'Revert r3: Bad @ heart\n\nTaken back by Seamless: users would have noticed.\n\n',
    )
    expect(look('propget', '--revprop', 'seamless:reverts')).toBe('3')
  })

  test('INV6 it is done once: a repetition finds what the first attempt committed, or what a person did', async () => {
    const bad = repository.commit({ VERSION: '2\n' }, 'Bad')
    const merges = await open()
    const merge = (await merges.mergeOf(bad))!
    await merges.takeBack(merge)
    expect(await merges.takeBack(merge)).toEqual({ kind: 'already', by: 'r4' })
    repository.svn(['update', '--quiet'])
    const worse = repository.commit({ extra: 'x\n' }, 'Worse')
    repository.svn(['update', '--quiet'])
    repository.svn(['merge', '--quiet', '-c', '-5', '.'])
    repository.svn(['commit', '-m', 'Out again'])
    const done = await merges.takeBack((await merges.mergeOf(worse))!)
    expect(done.kind).not.toBe('committed')
    expect(youngest()).toBe(6)
  })

  test('R02 where later commits changed the same, it is a conflict that names the files, and nothing is committed', async () => {
    const bad = repository.commit({ VERSION: '2\n', 'src/a': 'changed\n' }, 'Bad')
    repository.commit({ VERSION: '3\n' }, 'Later')
    const merges = await open()
    const merge = (await merges.mergeOf(bad))!
    expect(await merges.takeBack(merge)).toEqual({ kind: 'conflict', paths: ['VERSION'] })
    expect(youngest()).toBe(4)
    // The commands that are told do it: a person decides about the conflict.
    const [checkout, merging, commit] = merges.recipe(merge).split('\n')
    const shell = (line: string): string =>
      execFileSync('sh', ['-c', line], {
        cwd: repository.folder,
        encoding: 'utf8',
        env: repository.environment,
      })
    shell(checkout!)
    expect(shell(`${merging} --accept mine-conflict`)).toContain('src/a')
    shell(commit!)
    expect([look('cat', 'trunk/VERSION'), look('cat', 'trunk/src/a')]).toEqual([
      '3\n',
      'a\nb\nc\nd\ne\nf\ng\n',
    ])
  })

  test('a branch merged back is taken back as a whole', async () => {
    repository.svn([
      'copy',
      '--quiet',
      '-m',
      'Branch',
      `${repository.url}/trunk`,
      `${repository.url}/branches/x`,
    ])
    const at = join(repository.folder, 'x')
    repository.svn(['checkout', '--quiet', `${repository.url}/branches/x`, at])
    for (const text of ['2\n', '3\n']) {
      writeFileSync(join(at, 'VERSION'), text)
      repository.svn(['commit', '-m', `Version ${text.trim()}`], { cwd: at })
    }
    repository.svn(['update', '--quiet'])
    repository.svn(['merge', '--quiet', '^/branches/x'])
    repository.svn(['commit', '-m', 'Merge x'])
    const opened = await openSvn(repository)
    const merged = await opened.versionControl.resolve('trunk')
    expect(merged.subject).toBe('Merge x')
    const merge = (await opened.reverseMerges.mergeOf(merged.id))!
    expect(await opened.reverseMerges.takeBack(merge)).toMatchObject({ kind: 'committed' })
    expect(look('cat', 'trunk/VERSION')).toBe('1\n')
    expect(look('cat', 'branches/x/VERSION')).toBe('3\n')
  })

  test('who is to blame: the only commit between, several, or none for a branch or tag that was just made', async () => {
    const one = repository.id(2)
    const two = repository.commit({ VERSION: '2\n' }, 'Two')
    const merges = await open()
    expect(await merges.suspects(one, two)).toMatchObject({ kind: 'one', merge: { number: 3 } })
    repository.svn(['mkdir', '--quiet', '-m', 'Elsewhere', `${repository.url}/branches/far`])
    const four = repository.commit({ VERSION: '4\n' }, 'Four')
    expect(await merges.suspects(two, four)).toMatchObject({ kind: 'one', merge: { number: 5 } })
    expect(await merges.suspects(one, four)).toMatchObject({
      kind: 'several',
      merge: { number: 5 },
      others: 'r3',
    })
    expect(await merges.suspects(four, one)).toEqual({ kind: 'none' })
    for (const name of ['branches/x', 'tags/x'])
      repository.svn([
        'copy',
        '--quiet',
        '-m',
        'Copy',
        `${repository.url}/trunk`,
        `${repository.url}/${name}`,
      ])
    for (const revision of [6, 7]) {
      expect(await merges.suspects(one, repository.id(revision))).toEqual({ kind: 'none' })
      expect(await merges.mergeOf(repository.id(revision))).toBeUndefined()
    }
  })

  test('R18 a commit that says so is forward-only; our own reverts are known as such, and counted', async () => {
    const forward = repository.commit({ VERSION: '2\n' }, 'Migrate\n\nSeamless-Forward-Only: true')
    const merges = await open()
    expect(await merges.mergeOf(forward)).toMatchObject({ forwardOnly: true })
    expect(await merges.revertsSince(Date.now() - DAY_MS)).toBe(0)
    const bad = repository.commit({ extra: 'x\n' }, 'Bad')
    const taken = await merges.takeBack((await merges.mergeOf(bad))!)
    expect(await merges.revertsSince(Date.now() - DAY_MS)).toBe(1)
    expect(await merges.revertsSince(Date.now() + DAY_MS)).toBe(0)
    expect(await merges.mergeOf((taken as { commit: string }).commit)).toMatchObject({ revertOf: 4 })
  })
})
