import { describe, expect, test } from 'vitest'

import type { Merge, RevertOutcome } from '../../src/ports/pull-requests.ts'
import { proposeReasons, type RevertDecision } from '../../src/revert/decide.ts'
import { revertBody, type RevertEvidence } from '../../src/revert/revert-body.ts'
import { resultOf } from '../../src/revert/revert-merge.ts'

const merge: Merge = {
  number: 7,
  title: 'Price in cents',
  author: 'ada',
  result: 'b'.repeat(40),
  before: 'a'.repeat(40),
  base: 'main',
  shape: 'squash',
  mergedAtMs: 0,
  labels: [],
  forwardOnly: false,
}
const merging: RevertDecision = { kind: 'merge', merge }
const proposing: RevertDecision = { kind: 'propose', why: 'weak_evidence', merge }
const pullRequest = { number: 9, url: 'https://github.test/acme/shop/pull/9', head: 'c'.repeat(40) }

describe('the result of a revert', () => {
  test.each<[RevertOutcome, object]>([
    [
      { kind: 'merged', pullRequest, commit: 'd'.repeat(40) },
      { outcome: 'merged', reason: 'merged', message: `#7 was taken back by #9 (${'d'.repeat(40)}).` },
    ],
    [
      { kind: 'proposed', pullRequest, reason: 'review_required', why: '`main` needs a review' },
      {
        outcome: 'proposed',
        reason: 'review_required',
        message: '#9 would take #7 back and waits for a person: `main` needs a review.',
      },
    ],
    [
      { kind: 'already_reverted', by: 'commit abc' },
      {
        outcome: 'already_reverted',
        reason: 'already_reverted',
        message: '#7 is reverted already: commit abc.',
      },
    ],
    [
      { kind: 'declined', pullRequest },
      {
        outcome: 'not_done',
        reason: 'declined',
        message: '#7 was not taken back: a person closed the revert, #9.',
      },
    ],
    [
      { kind: 'conflict', recipe: 'By hand.' },
      { outcome: 'conflict', reason: 'conflict', message: 'By hand.' },
    ],
    [
      { kind: 'refused', why: 'no permission', recipe: 'Give it.' },
      { outcome: 'failed', reason: 'refused', message: '#7 was not taken back: no permission.\n\nGive it.' },
    ],
  ])('%j', (outcome, result) => {
    const { number, url } = pullRequest
    const has = {
      ...('pullRequest' in outcome && { pullRequest: { number, url } }),
      ...('commit' in outcome && { commit: outcome.commit }),
    }
    expect(resultOf(outcome, merging)).toEqual({ ...result, suspect: 7, ...has })
  })

  test('one that was only to be proposed says why that was, not that nobody asked for more', () => {
    const outcome: RevertOutcome = { kind: 'proposed', pullRequest, reason: 'asked', why: 'a person decides' }
    expect(resultOf(outcome, proposing)).toMatchObject({
      reason: 'weak_evidence',
      message: expect.stringContaining('one check, not compared with the old version at the same time'),
    })
    const theirs: RevertOutcome = {
      ...outcome,
      reason: 'opened_by_person',
      why: '`ada` has opened #8 for it already',
    }
    expect(resultOf(theirs, proposing)).toMatchObject({ reason: 'opened_by_person' })
  })
})

const evidence: RevertEvidence = {
  environment: 'production',
  deployed: { id: '1', sha: 'b'.repeat(40), version: '2.0.0' },
  lastHealthy: { id: '0', sha: 'a'.repeat(40), version: '1.0.0' },
  line: 'Errors rose from 0.1 % to 4 %.',
  checks: [
    {
      name: 'errors',
      verdict: 'unhealthy',
      before: '0.1 %',
      after: '4 %',
      change: '+3.9 % (+3.1 to +4.8)',
      allowed: '+0.05 %',
      coverage: { measured: 12, expected: 12 },
      queries: ['main: rate(http_requests_total{code=~"4..|5.."}[1m])'],
    },
    {
      name: 'latency',
      verdict: 'healthy',
      before: '80 ms',
      after: '81 ms',
      change: '+1 ms',
      allowed: '+8 ms',
      coverage: { measured: 12, expected: 12 },
      queries: ['main: latency'],
    },
  ],
  reportUrl: 'https://ci.example/1',
}

describe('the text of a revert', () => {
  test('R01 holds the evidence: queries, samples, baseline, commits', () => {
    expect(revertBody({ kind: 'merge', merge }, evidence)).toBe(
      [
        `#7 came to \`production\` with \`2.0.0\` (${'b'.repeat(40)}) and users would notice, and \`1.0.0\` (${'a'.repeat(40)}) was healthy before it.`,
        '> `Errors rose from 0.1 % to 4 %.`',
        '| check | before | now | change | allowed | looks with an answer |\n|---|---|---|---|---|---|\n| `errors` | `0.1 %` | `4 %` | `+3.9 % (+3.1 to +4.8)` | `+0.05 %` | `12 of 12` |',
        '<details><summary>What was asked</summary>\n\n```\nerrors: main: rate(http_requests_total{code=~"4..|5.."}[1m])\n```\n\n</details>',
        'Seamless merges this as soon as the repository allows it.',
        'The whole report: https://ci.example/1',
        'What was merged since then stays: only this one change is taken out. If this is a false alarm, close this pull request; it is not opened again.',
      ].join('\n\n'),
    )
  })

  test('each reason for only proposing is said in words, with the other suspects', () => {
    const texts = proposeReasons.map((why) =>
      revertBody({ kind: 'propose', why, merge, others: '3 more commits' }, evidence),
    )
    expect(new Set(texts).size).toBe(proposeReasons.length)
    for (const text of texts) {
      expect(text).toContain('Seamless does not merge this by itself: ')
      expect(text).toContain('Just as well to blame may be 3 more commits.')
    }
  })

  test('O01 O02 names and queries from outside stay text', () => {
    const hostile = '@acme/all #1 <img src=//evil> ``` | [x](javascript:1)'
    const checks = evidence.checks.map((check) => ({
      ...check,
      name: hostile,
      after: hostile,
      queries: [hostile],
    }))
    const body = revertBody(
      { kind: 'merge', merge },
      { ...evidence, environment: hostile, line: hostile, checks },
    )
    const outside = body
      .replaceAll(/^(`{4,})\n[\s\S]*?\n\1$/gm, '')
      .replaceAll(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '')
    expect(outside).not.toContain('@acme')
    expect(outside).not.toContain('<img')
    expect(outside).not.toContain('javascript')
    for (const row of body.split('\n').filter((line) => line.startsWith('| '))) {
      expect(row.match(/(?:\\.|[^|])+/g)).toHaveLength(6)
    }
  })
})
