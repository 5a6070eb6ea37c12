import { expect, it } from 'vitest'
import { type CheckWords, describeCheck } from '../../src/health/check-text.ts'
import { startCheck } from '../../src/health/check-watch.ts'
import { startComparison } from '../../src/health/comparison.ts'
import type { Figure } from '../../src/health/figure.ts'
import type { Evidence } from '../../src/health/judge.ts'
import { config } from './service.ts'

const checks = {
  errors: { bad: 'requests{code=~"5.."}', total: 'requests', max: '1%' },
  latency: { histogram: 'request_seconds' },
  memory: { gauge: 'memory_bytes' },
  calls: { traffic: 'requests' },
}
type Name = keyof typeof checks

interface Compared {
  readonly new: [bad: number, total: number]
  readonly old: [bad: number, total: number]
  readonly times: [lower: number, upper: number]
  readonly level?: number
  readonly mode?: Evidence['mode']
}

function words(name: Name, { new: own, old, times, level, mode = 'concurrent' }: Compared): CheckWords {
  const check = config({ baseline: { before: '2h' }, checks }).checks[name]!
  const counts = ([bad, total]: [number, number]): { bad: number; total: number } => ({ bad, total })
  const figure = ([bad, total]: [number, number]): Figure => ({ kind: 'counted', bad, total, ticks: 40 })
  const nothing = { log: 0, value: 1 }
  const estimate = old[0] > 0 ? own[0] / own[1] / (old[0] / old[1]) : 1
  const evidence: Evidence = {
    kind: check.kind === 'probe' ? 'ratio' : check.kind,
    mode,
    worse: nothing,
    notWorse: nothing,
    ticks: { measured: 40, unmeasured: 0 },
    headline: {
      worse: 0,
      notWorse: 0,
      ratio: { estimate, lower: times[0], upper: times[1] },
      candidate: counts(own),
      baseline: counts(old),
      tolerated: (old[0] / old[1]) * 1.1 + 0.0005,
      noise: 0,
    },
    ...(level !== undefined && { level }),
  }
  const state = startCheck(startComparison(check, 'concurrent', undefined))
  const isGone = mode === 'before_after'
  const figures = { candidate: figure(own), ...(isGone ? {} : { baseline: figure(old) }) }
  return describeCheck(check, { ...state, measured: { watch: 40, step: 40 }, figures }, evidence)
}

const NONE: [number, number] = [0, 10_000]

it.each<[string, Name, Compared, string, string]>([
  [
    'more failures than before',
    'errors',
    { new: [90, 10_000], old: [10, 10_000], times: [4.2, 11] },
    '9 times (4.2–11 times)',
    '0.9 % against 0.1 % on stable (90 of 10 000 requests), 4.2–11 times with 99 % confidence, tolerated 0.16 %',
  ],
  [
    'failures where there were none: no number of times, and no ±0 %',
    'errors',
    { new: [900, 10_000], old: NONE, times: [13, Infinity] },
    'from none to 9 % (at least 13 times)',
    '9 % against 0 % on stable (900 of 10 000 requests), at least 13 times with 99 % confidence, tolerated 0.05 %',
  ],
  [
    'no failures at all',
    'errors',
    { new: NONE, old: NONE, times: [0, Infinity] },
    '±0 % (no failures)',
    '0 % against 0 % on stable (0 of 10 000 requests), no failures to compare',
  ],
  [
    'too few of them',
    'errors',
    { new: [3, 10_000], old: NONE, times: [0.074, Infinity] },
    'from none to 0.03 % (too few failures)',
    '0.03 % against 0 % on stable (3 of 10 000 requests), too few failures to say how many times, tolerated 0.05 %',
  ],
  [
    'surely no more than before',
    'errors',
    { new: NONE, old: [100, 10_000], times: [0, 1.01] },
    '−100 % (at most as many)',
    '0 % against 1 % on stable (0 of 10 000 requests), at most as many with 99 % confidence, tolerated 1.2 %',
  ],
  [
    'surely as many',
    'errors',
    { new: [150, 10_000], old: [100, 10_000], times: [1.04, Infinity] },
    '+50 % (at least as many)',
    '1.5 % against 1 % on stable (150 of 10 000 requests), at least as many with 99 % confidence, tolerated 1.2 %',
  ],
])('%s', (_, ...[name, compared, change, summary]) => {
  expect(words(name, compared)).toMatchObject({ change, summary })
})

it.each<[string, Name, Compared, string]>([
  [
    'slow requests where none were slow',
    'latency',
    { new: [40, 10_000], old: NONE, times: [3, Infinity], level: 0.3 },
    'from none to 0.4 % (at least 3 times as many above 300 ms)',
  ],
  [
    'none slow in either',
    'latency',
    { new: NONE, old: NONE, times: [0, Infinity], level: 0.3 },
    '±0 % (none above 300 ms)',
  ],
  [
    'few slow ones',
    'latency',
    { new: [1, 10_000], old: [1, 10_000], times: [0, Infinity], level: 0.3 },
    '±0 % (too few above 300 ms)',
  ],
  [
    'no more slow ones',
    'latency',
    { new: [1, 10_000], old: [100, 10_000], times: [0, 1], level: 0.3 },
    '−99 % (at most as many above 300 ms)',
  ],
  [
    'a higher gauge',
    'memory',
    { new: [40, 100], old: [5, 100], times: [2, 20], level: 1024 ** 3 },
    '8 times (2–20 times as often above 1 GiB)',
  ],
  [
    'requests where there were none',
    'calls',
    { new: [40, 100], old: [0, 100], times: [2, Infinity] },
    'from none (at least 2 times)',
  ],
])('%s', (_, name, compared, change) => {
  expect(words(name, compared).change).toBe(change)
})

it('with the stable version gone it says against what of its past', () => {
  const compared = words('errors', {
    new: [500, 10_000],
    old: [10, 10_000],
    times: [13, Infinity],
    mode: 'before_after',
  })
  expect(compared.before).toBe('0.1 %')
  expect(compared.summary).toMatch(/^5 % against 0\.1 % before \(500 of 10 000 requests\), at least 13 times/)
})
