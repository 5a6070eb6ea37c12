import { describe, expect, test } from 'vitest'
import { labelByAge, labelByMerge, LABELLED_WITHIN_MS, type Landed } from '../../src/watch/label-verdict.ts'
import { changedLines, undoneBy } from '../../src/watch/undone-by.ts'
import type { Labellable } from '../../src/watch/verdict-ledger.ts'

const SHA = 'abcdef0123456789abcdef0123456789abcdef01'

const promoted: Labellable = {
  deployment: '1',
  environment: 'production',
  sha: SHA,
  verdict: 'healthy',
  reason: 'healthy',
  acted: 'promoted',
  pull: 12,
  atMs: 0,
}
const merged: Labellable = { ...promoted, verdict: 'unhealthy', acted: 'merged', revertPull: 13 }
const proposed: Labellable = { ...merged, acted: 'proposed' }

const nothing: Landed['undoes'] = { pulls: [], commits: [] }
const landed = (more: Partial<Landed>): Landed => ({
  number: 20,
  undoes: nothing,
  likeness: 'different',
  ...more,
})

describe('what a merge tells about an earlier verdict', () => {
  test.each([
    ['taken back and landed again unchanged: wrong', merged, landed({ likeness: 'same' }), 'wrong'],
    [
      'landed again unchanged by undoing our revert: wrong',
      merged,
      landed({ likeness: 'same', undoes: { pulls: [13], commits: [] } }),
      'wrong',
    ],
    ['landed again with a fix: right', merged, landed({ undoes: { pulls: [13], commits: [] } }), 'right'],
    [
      'our revert is undone by a change too large to compare: wrong, since nobody can say it was mended',
      merged,
      landed({ likeness: 'unknown', undoes: { pulls: [13], commits: [] } }),
      'wrong',
    ],
    ['a large change that says nothing of ours: nothing', merged, landed({ likeness: 'unknown' }), undefined],
    ['another change: nothing', merged, landed({}), undefined],
    [
      'the merge that was taken back itself: nothing',
      merged,
      landed({ number: 12, likeness: 'same' }),
      undefined,
    ],
    [
      'reverted by a person after it was promoted: missed',
      promoted,
      landed({ undoes: { pulls: [12], commits: [] } }),
      'missed',
    ],
    [
      'reverted by its commit, in git’s words: missed',
      promoted,
      landed({ undoes: { pulls: [], commits: [SHA.slice(0, 10)] } }),
      'missed',
    ],
    [
      'promoted, and another is reverted: nothing',
      promoted,
      landed({ undoes: { pulls: [11], commits: ['0'] } }),
      undefined,
    ],
    ['promoted, and the like lands again: nothing', promoted, landed({ likeness: 'same' }), undefined],
    ['only proposed, and the like lands: nothing', proposed, landed({ likeness: 'same' }), undefined],
  ])('%s', (_, verdict, by, label) => {
    expect(labelByMerge(verdict, by)).toBe(label)
  })
})

describe('what time alone tells', () => {
  test.each([
    ['taken back and not landed again for 14 days: right', merged, LABELLED_WITHIN_MS, 'right'],
    ['… for a moment less: nothing yet', merged, LABELLED_WITHIN_MS - 1, undefined],
    ['proposed, and nobody merged the revert: not followed', proposed, LABELLED_WITHIN_MS, 'not_followed'],
    ['promoted: never by time', promoted, LABELLED_WITHIN_MS * 100, undefined],
  ])('%s', (_, verdict, nowMs, label) => {
    expect(labelByAge(verdict, nowMs)).toBe(label)
  })
})

describe('what a text says it undoes', () => {
  const undone = (text: string) => undoneBy([text], 'acme/shop.js')

  test.each([
    ['Reverts acme/shop.js#12', [12]],
    ['Because.\n\nReverts #12\nreverts #13', [12, 13]],
    ['This Reverts acme/shop.js#12', []],
    ['Reverts acme/shopXjs#12', []],
    ['Reverts other/shop.js#12', []],
    ['Reverts the change of #12', []],
  ])('GitHub’s button: %j', (text, pulls) => {
    expect(undone(text).pulls).toEqual(pulls)
  })

  test('git’s words, in any of several texts', () => {
    const texts = [
      `Revert "x"\n\nThis reverts commit ${SHA}.`,
      'This reverts commit abc1234, reversing',
      'no',
    ]
    expect(undoneBy(texts, 'acme/shop').commits).toEqual([SHA, 'abc1234'])
  })

  test('a word that only begins like a commit names none', () => {
    expect(undone('This reverts commit abcdefgh').commits).toEqual([])
  })
})

test('the changed lines are the same beside other work, and not the same for another file or line', () => {
  const diff = (file: string, at: number, context: string, line: string) =>
    `diff --git a/${file} b/${file}\nindex 1..2 100644\n--- a/${file}\n+++ b/${file}\n@@ -${at},2 +${at},2 @@\n ${context}\n-old\n+${line}\n`
  const change = changedLines(diff('a.txt', 1, 'one', 'new'))
  expect(changedLines(diff('a.txt', 9, 'two', 'new'))).toBe(change)
  expect(changedLines(diff('b.txt', 1, 'one', 'new'))).not.toBe(change)
  expect(changedLines(diff('a.txt', 1, 'one', 'newer'))).not.toBe(change)
})
