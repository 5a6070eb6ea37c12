import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { patchId } from '../../src/command/patch-id.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patch-id-'))
  git(['init', '-q', '-b', 'main'])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function git(args: readonly string[], input?: string): string {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'core.autocrlf=false']
  return execFileSync('git', [...who, ...args], {
    cwd: folder,
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
  })
}

function byGit(diff: string): string | undefined {
  return git(['patch-id', '--stable'], diff).slice(0, 40) || undefined
}

type Files = Readonly<Record<string, string | Buffer>>

/** A commit with exactly these files. */
function commit(files: Files, parent?: string): string {
  git(['read-tree', '--empty'])
  for (const [path, text] of Object.entries(files)) {
    writeFileSync(join(folder, 'blob'), text)
    const blob = git(['hash-object', '-w', 'blob']).trim()
    const mode = path.endsWith('.sh') ? '100755' : '100644'
    git(['update-index', '--add', '--cacheinfo', `${mode},${blob},${path}`])
  }
  const parents = parent === undefined ? [] : ['-p', parent]
  return git(['commit-tree', git(['write-tree']).trim(), ...parents, '-m', 'x']).trim()
}

function diff(before: Files, after: Files): string {
  return git(['diff', commit(before), commit(after)])
}

const lines = (count: number, word = 'line'): string =>
  Array.from({ length: count }, (_, index) => `${word} ${index}\n`).join('')

describe('the id is the one that git gives', () => {
  const long = lines(40)
  test.each<[string, Files, Files]>([
    ['an edit', { a: long }, { a: long.replace('line 20', 'other') }],
    ['several hunks', { a: long }, { a: long.replace('line 3\n', '').replace('line 33', 'x') }],
    ['several files', { a: long, b: long }, { a: `${long}x\n`, b: `y\n${long}` }],
    ['a new file and one that is gone', { a: long }, { b: lines(3, 'new') }],
    ['an empty file', { a: long }, { a: long, b: '' }],
    ['a file of one line', { a: '1\n' }, { a: '2\n' }],
    ['no newline at the end', { a: 'one\ntwo' }, { a: 'one\ntwo\nthree' }],
    ['carriage returns', { a: 'one\r\ntwo\r\n' }, { a: 'one\r\nthree\r\n' }],
    ['a carriage return within a line', { a: 'one\rtwo\n' }, { a: 'one\rthree\n' }],
    ['another mode', { 'a.sh': long, b: 'b\n' }, { 'a.txt': long, b: 'c\n' }],
    [
      'renames alone, then an edit',
      { a: long, b: lines(9, 'b'), z: 'z\n' },
      { c: long, d: lines(9, 'b'), z: 'y\n' },
    ],
    ['a rename with an edit', { a: long }, { b: long.replace('line 20', 'other') }],
    ['bytes', { a: Buffer.from([0, 1, 2]), b: 'b\n' }, { a: Buffer.from([0, 3, 4]), b: 'c\n' }],
    ['names with spaces and umlauts', { 'ä b': 'one\n' }, { 'ä b': 'two\n' }],
    [
      'lines that look like a diff',
      { a: 'x\n' },
      { a: 'x\n--- a/y\n+++ b/y\n@@ -1 +1 @@\ndiff --git a/z b/z\n' },
    ],
    ['lines that look like one, taken away', { a: '-- a/y\nindex 1..2\nkeep\n' }, { a: 'keep\n' }],
  ])('%s', (_, before, after) => {
    const text = diff(before, after)
    expect(text).not.toBe('')
    expect(patchId(text)).toBe(byGit(text))
  })

  test('whatever is changed', () => {
    const text = fc
      .array(
        fc.constantFrom('a', 'b', '', ' c', '+d', '-e', '@@ -1 +1 @@', 'diff --git', '\t', '\\ No', '--- x'),
        {
          maxLength: 12,
        },
      )
      .map((found) => found.join('\n'))
    const files = fc.dictionary(fc.constantFrom('one', 'two', 'three.sh'), text, { noNullPrototype: true })
    fc.assert(
      fc.property(files, files, (before, after) => {
        const found = diff(before, after)
        expect(patchId(found)).toBe(found === '' ? undefined : byGit(found))
      }),
      { numRuns: 15 },
    )
  })
})

describe('the same change has the same id', () => {
  const base = { a: lines(30), b: lines(30, 'b') }
  const changed = { a: base.a.replace('line 10', 'ten'), b: base.b.replace('b 10', 'ten') }

  test('after a rebase that moves it to other lines', () => {
    const before = { ...base, a: lines(5, 'more') + base.a, c: 'c\n' }
    const after = { ...before, ...changed, a: lines(5, 'more') + changed.a }
    expect(patchId(diff(before, after))).toBe(patchId(diff(base, changed)))
  })

  test('after a squash: of two commits there is only their difference', () => {
    const first = commit(base)
    const second = commit({ ...base, a: changed.a }, first)
    const third = commit(changed, second)
    const squashed = commit(changed, first)
    expect(patchId(git(['diff', first, third]))).toBe(patchId(git(['diff', first, squashed])))
  })

  test('with the files in another order, and other white space', () => {
    const text = diff(base, changed)
    const [one = '', two = ''] = text.split(/^(?=diff )/m)
    expect(patchId(two + one)).toBe(patchId(text))
    expect(patchId(text.replaceAll('ten', 't e n'))).toBe(patchId(text))
  })

  test('another change has another', () => {
    const other = { ...changed, b: base.b.replace('b 10', 'eleven') }
    expect(patchId(diff(base, other))).not.toBe(patchId(diff(base, changed)))
    expect(patchId(diff(changed, base))).not.toBe(patchId(diff(base, changed)))
  })
})

test.each(['', '\n', 'no diff at all', '--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n'])('%j is no diff', (text) => {
  expect(patchId(text)).toBeUndefined()
})
