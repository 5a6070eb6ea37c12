import { describe, expect, it } from 'vitest'
import { comparisonTable } from '../../demo/comparison-table.ts'
import type { Played } from '../../demo/facts.ts'
import type { Outcome } from '../../demo/load/outcome.ts'
import { tally } from '../../demo/load/tally.ts'
import type { Story } from '../../demo/play-demo.ts'
import { factsOf } from '../../demo/report.ts'
import type { Upgrade } from '../../src/upgrade/receipt.ts'

function answered(version: string, status: number, atMs: number): Outcome {
  return { version, status, atMs, latencyMs: 2 }
}

interface End {
  readonly decision?: string
  readonly reason: string
  readonly verdict: string
  readonly title: string
  readonly revert?: Played['revert']
}

function played(end: End, exitCode: number, rest: { steps: string[]; outcomes: Outcome[] }): Played {
  const judged = rest.steps.map((step) => ({ step }))
  const tests = [{ suite: 'test/api', passed: 9, newlyFailing: [] }]
  const { decision, reason, verdict, title, revert } = end
  const receipt = { tests, environments: [{ judged }], decision, reason } as unknown as Upgrade
  return { run: { exitCode, receipt }, verdict, comments: [title], revert, outcomes: rest.outcomes }
}

const promoted = {
  decision: 'completed',
  reason: 'watched_by_app',
  verdict: 'success',
  title: '### ✅ `2.0.0` in `production`: users do not notice, it is promoted',
} as const
const back = 'Users have `2.0.0` again since 12:00 UTC and are well.'
const steps = ['10%', '50%']
const aftermath = { live: '2.0.0', tree: 'aa', treeBefore: 'aa', history: ['Revert'] }

/** A story in which every claim is true. */
function trueStory(): Story {
  return {
    adopted: played(promoted, 0, { steps, outcomes: [answered('1.0.0', 200, 1)] }),
    good: played(promoted, 0, { steps, outcomes: [answered('1.0.0', 200, 1), answered('2.0.0', 200, 2)] }),
    bad: played(
      {
        decision: 'rolled_back',
        reason: 'unhealthy',
        verdict: 'failure',
        title: back,
        revert: { number: 4, isMerged: true },
      },
      1,
      {
        steps: ['10%'],
        outcomes: [answered('3.0.0', 500, 1), answered('3.0.0', 200, 2), answered('2.0.0', 200, 3)],
      },
    ),
    aftermath,
    late: played(
      { ...promoted, verdict: 'failure', title: back, revert: { number: 6, isMerged: false } },
      0,
      { steps, outcomes: [answered('4.0.0', 200, 1), answered('4.0.0', 500, 2), answered('2.0.0', 200, 3)] },
    ),
    lateAftermath: aftermath,
    naive: [answered('', 502, 1), answered('2.0.0', 200, 2)],
  }
}

function untrue(story: Story): string[] {
  return factsOf(story).flatMap(({ claim, holds }) => (holds ? [] : [claim]))
}

describe('the claims of the demo', () => {
  it('all hold in a story that went as told', () => {
    expect(untrue(trueStory())).toEqual([])
  })

  const lies: [string, (story: Story) => Story, string][] = [
    [
      'a request that failed while version 2 came',
      (story) => ({
        ...story,
        good: { ...story.good, outcomes: [answered('', 0, 0), ...story.good.outcomes] },
      }),
      'no request failed',
    ],
    [
      'a request without an answer while version 1 was watched',
      (story) => ({ ...story, adopted: { ...story.adopted, outcomes: [answered('', 0, 0)] } }),
      'meanwhile no request failed',
    ],
    [
      'version 2 held instead of promoted',
      (story) => ({
        ...story,
        good: { ...story.good, verdict: 'neutral' },
      }),
      'the App watched version 2 and promoted it',
    ],
    [
      'a pull request on which nothing was said',
      (story) => ({ ...story, good: { ...story.good, comments: [] } }),
      'its pull request says so',
    ],
    [
      'a failure of version 2 beside those of version 3',
      (story) => ({
        ...story,
        bad: { ...story.bad, outcomes: [answered('2.0.0', 502, 0), ...story.bad.outcomes] },
      }),
      'nobody else',
    ],
    [
      'a failure after the rollback',
      (story) => ({
        ...story,
        bad: { ...story.bad, outcomes: [...story.bad.outcomes, answered('2.0.0', 502, 9)] },
      }),
      'version 2 answers again, and fails nobody',
    ],
    [
      'version 3 caught late',
      (story) => ({
        ...story,
        bad: {
          ...story.bad,
          run: { ...story.bad.run, receipt: { ...story.bad.run.receipt!, environments: [] } },
        },
      }),
      'its first step of traffic was its last',
    ],
    [
      'a revert that nobody merged',
      (story) => ({
        ...story,
        bad: { ...story.bad, revert: { number: 4, isMerged: false } },
      }),
      'the App reverted its merge by a merged pull request',
    ],
    [
      'version 4 still there',
      (story) => ({ ...story, lateAftermath: { ...story.lateAftermath, live: '4.0.0' } }),
      'and had version 2 brought back, which fails nobody',
    ],
    [
      'a verdict that nobody reached on version 4',
      (story) => ({ ...story, late: { ...story.late, verdict: 'neutral' } }),
      'the App found it',
    ],
    [
      'a revert of version 4 that nobody proposed',
      (story) => ({ ...story, late: { ...story.late, revert: undefined } }),
      'it proposed the revert, and left it to a person',
    ],
    [
      'users of whom nothing is known since',
      (story) => ({ ...story, late: { ...story.late, comments: ['### ↩️ back'] } }),
      'its pull request says so, and how users are since',
    ],
    [
      'a main that differs',
      (story) => ({ ...story, aftermath: { ...story.aftermath, tree: 'bb' } }),
      'main has exactly the files from before it',
    ],
    [
      'a naive way that works',
      (story) => ({ ...story, naive: [answered('', 200, 1)] }),
      'naive-deploy.sh fails users',
    ],
  ]

  it.each(lies)('do not hold with %s', (_what, change, claim) => {
    expect(untrue(change(trueStory()))).toContain(claim)
  })
})

describe('the counts', () => {
  it('stand side by side', () => {
    const outcomes = [
      ...Array.from({ length: 1234 }, (_, i) => answered('1.0.0', 200, i)),
      answered('', 0, 1300),
      answered('', 502, 1800),
      answered('1.0.0', 500, 1900),
    ]
    expect(
      comparisonTable(
        new Map([
          ['a', tally(outcomes)],
          ['none', tally([])],
        ]),
      ),
    ).toEqual([
      '                                      a     none',
      'requests                          1 237        0',
      'failed                                3        0',
      '  of these: no answer                 1        0',
      '  of these: 500 by the service        1        0',
      '  of these: 502 by the ingress        1        0',
      'longest without a good answer    0.60 s   0.00 s',
      'latency, median                  2.0 ms        -',
      'latency, 99 of 100               2.0 ms        -',
      'latency, slowest                 2.0 ms        -',
    ])
  })
})
