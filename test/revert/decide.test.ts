import { describe, expect, test } from 'vitest'

import type { Merge, Suspects } from '../../src/ports/pull-requests.ts'
import {
  type Brakes,
  decideRevert,
  MAX_AGE_MS,
  NO_BRAKES,
  nothingReasons,
  proposeReasons,
  REVERTS_A_DAY,
  type RevertFacts,
  type UnhealthyCheck,
} from '../../src/revert/decide.ts'

const NOW = Date.UTC(2026, 10, 23, 12)

const merge: Merge = {
  number: 7,
  title: 'Price in cents',
  author: 'ada',
  result: 'b'.repeat(40),
  before: 'a'.repeat(40),
  base: 'main',
  shape: 'squash',
  mergedAtMs: NOW - 600_000,
  labels: [],
  forwardOnly: false,
}
const one = (more: Partial<Merge> = {}): Suspects => ({ kind: 'one', merge: { ...merge, ...more } })

const errors: UnhealthyCheck = {
  name: 'errors',
  against: 'concurrent',
  queries: ['main: http_requests_total{code=~"5.."}', 'main: http_requests_total'],
  wasBadBefore: false,
}
const latency: UnhealthyCheck = {
  name: 'latency',
  against: 'before_after',
  queries: ['main: http_request_duration_seconds'],
  wasBadBefore: false,
}

/** Everything that a merged revert needs. */
const clear: RevertFacts = {
  policy: 'auto',
  shadow: false,
  verdict: 'unhealthy',
  provenLive: true,
  unhealthy: [errors],
  brakes: NO_BRAKES,
  suspects: one(),
  revertsOfTheDay: 0,
  revertsOfCooldown: 0,
  nowMs: NOW,
}
const decide = (more: Partial<RevertFacts>) => decideRevert({ ...clear, ...more })
const braked = (more: Partial<Brakes>): Partial<RevertFacts> => ({ brakes: { ...NO_BRAKES, ...more } })
const alone = (more: Partial<UnhealthyCheck>): Partial<RevertFacts> => ({
  unhealthy: [{ ...errors, ...more }],
})

describe('merges', () => {
  test('a proven change with one suspect and a concurrent comparison', () => {
    expect(decideRevert(clear)).toEqual({ kind: 'merge', merge })
  })

  test.each<[string, Partial<RevertFacts>]>([
    [
      'R14 two independent checks against the past agree',
      { unhealthy: [{ ...errors, against: 'before_after' }, latency] },
    ],
    [
      'R14 the limits of two independent checks are broken',
      {
        unhealthy: [
          { ...errors, against: 'limit' },
          { ...latency, against: 'limit' },
        ],
      },
    ],
    ['R07 the last of the daily budget is left', { revertsOfTheDay: REVERTS_A_DAY - 1 }],
    ['the age limit is just kept', { suspects: one({ mergedAtMs: NOW - MAX_AGE_MS }) }],
    [
      'R10 one of two checks was bad before, the other is concurrent evidence of its own',
      { unhealthy: [{ ...latency, wasBadBefore: true }, errors] },
    ],
    ['a label that means something else', { suspects: one({ labels: ['enhancement'] }) }],
  ])('when %s', (_, facts) => {
    expect(decide(facts).kind).toBe('merge')
  })
})

const proposals: [(typeof proposeReasons)[number], string, Partial<RevertFacts>][] = [
  ['policy_propose', 'R01 the policy says propose', { policy: 'propose' }],
  ['not_proven_live', 'its deployment never said that it was live', { provenLive: false }],
  [
    'several_suspects',
    'several merges came since the last healthy version',
    { suspects: { kind: 'several', merge, others: '3 more commits' } },
  ],
  ['weak_evidence', 'R14 one check against the past', alone({ against: 'before_after' })],
  ['weak_evidence', 'R14 one broken limit', alone({ against: 'limit' })],
  [
    'weak_evidence',
    'R14 two checks that read the same are one witness',
    {
      unhealthy: [
        { ...errors, against: 'before_after' },
        { ...errors, name: 'also errors', against: 'limit' },
      ],
    },
  ],
  [
    'weak_evidence',
    'two checks that do not say what they read',
    {
      unhealthy: [
        { ...errors, against: 'limit', queries: [] },
        { ...latency, queries: [] },
      ],
    },
  ],
  [
    'weak_evidence',
    'R10 of two checks one was bad before the deployment',
    {
      unhealthy: [
        { ...errors, against: 'before_after' },
        { ...latency, wasBadBefore: true },
      ],
    },
  ],
  ['cooldown', 'R07 another revert was merged a moment ago', { revertsOfTheDay: 1, revertsOfCooldown: 1 }],
  [
    'budget_unknown',
    'R07 nobody could count the reverts of the cooldown',
    { revertsOfTheDay: 1, revertsOfCooldown: 'unknown' },
  ],
  ['budget_spent', 'R07 the reverts of the day are used up', { revertsOfTheDay: REVERTS_A_DAY }],
  ['budget_unknown', 'R07 nobody could count the reverts of the day', { revertsOfTheDay: 'unknown' }],
]

describe('proposes', () => {
  test.each(proposals)('%s: %s', (why, _, facts) => {
    expect(decide(facts)).toMatchObject({ kind: 'propose', why, merge: { number: 7 } })
  })

  test('several suspects are named, not one of them blamed as if it were proven', () => {
    const suspects = { kind: 'several', merge, others: '3 more commits' } as const
    expect(decide({ suspects })).toEqual({
      kind: 'propose',
      why: 'several_suspects',
      merge,
      others: '3 more commits',
    })
    expect(decide({ suspects, policy: 'propose' })).toMatchObject({
      why: 'policy_propose',
      others: '3 more commits',
    })
  })
})

const holds: [(typeof nothingReasons)[number], string, Partial<RevertFacts>][] = [
  ['healthy', 'nothing is wrong', { verdict: 'healthy' }],
  ['inconclusive', 'R08 not knowing is not bad', { verdict: 'inconclusive' }],
  ['policy_off', 'the policy says off', { policy: 'off' }],
  ['shadow', 'shadow mode', { shadow: true }],
  ['bad_before', 'R10 what is bad was bad before the deployment', alone({ wasBadBefore: true })],
  ['bad_before', 'R10 no check is to blame the deployment with', { unhealthy: [] }],
  ['switched_off', 'R13 somebody pulled the kill switch', braked({ autoRevert: 'off' })],
  ['switch_unknown', 'R13 the kill switch cannot be read', braked({ autoRevert: 'unknown' })],
  ['shared_cause', 'R09 everything turned bad in the same minute', braked({ hasSharedCause: true })],
  ['breaker_open', 'R06 taking back did not help the last time', braked({ breaker: 'open' })],
  ['no_merge', 'a direct push', { suspects: { kind: 'none' } }],
  ['own_revert', 'R06 a revert that Seamless made', { suspects: one({ revertOf: 3 }) }],
  ['forward_only', 'R18 a commit declares itself forward-only', { suspects: one({ forwardOnly: true }) }],
  ['forward_only', 'R18 labelled forward-only', { suspects: one({ labels: ['forward-only'] }) }],
  ['opted_out', 'R18 labelled no-auto-revert', { suspects: one({ labels: ['bug', 'no-auto-revert'] }) }],
  ['too_old', 'merged more than a day ago', { suspects: one({ mergedAtMs: NOW - MAX_AGE_MS - 1 }) }],
  ['too_old', 'a time of merge that cannot be read', { suspects: one({ mergedAtMs: Number.NaN }) }],
]

describe('does nothing', () => {
  test.each(holds)('%s: %s', (why, _, facts) => {
    expect(decide(facts)).toMatchObject({ kind: 'nothing', why })
  })

  test('shadow mode says what would have been done', () => {
    expect(decide({ shadow: true })).toMatchObject({ would: 'merge', merge: { number: 7 } })
    expect(decide({ shadow: true, policy: 'propose' })).toMatchObject({ would: 'propose' })
    expect(decide({ shadow: true, ...alone({ against: 'limit' }) })).toMatchObject({ would: 'propose' })
  })

  test('R18 holds whatever the policy, the evidence and the budget', () => {
    for (const policy of ['auto', 'propose'] as const) {
      for (const shadow of [true, false]) {
        const decision = decide({ policy, shadow, suspects: one({ forwardOnly: true }) })
        expect(decision).toEqual({ kind: 'nothing', why: 'forward_only' })
      }
    }
  })

  test('R13 the switch is what is told, whatever else would stop it, and in shadow mode too', () => {
    const all = { autoRevert: 'off', breaker: 'open', hasSharedCause: true } as const
    expect(decide({ brakes: all, shadow: true })).toEqual({ kind: 'nothing', why: 'switched_off' })
    expect(decide({ brakes: all, policy: 'propose' })).toEqual({ kind: 'nothing', why: 'switched_off' })
  })

  test('several suspects do not weaken the newest one’s own no', () => {
    const suspects = { kind: 'several', merge: { ...merge, labels: ['no-auto-revert'] }, others: '' } as const
    expect(decide({ suspects })).toEqual({ kind: 'nothing', why: 'opted_out' })
  })
})

test('every reason has a case above', () => {
  expect([...new Set(holds.map(([why]) => why))].sort()).toEqual([...nothingReasons].sort())
  expect([...new Set(proposals.map(([why]) => why))].sort()).toEqual([...proposeReasons].sort())
})

test('R08 no facts whatever merge a revert of what is not unhealthy', () => {
  for (const verdict of ['healthy', 'inconclusive'] as const) {
    for (const policy of ['auto', 'propose', 'off'] as const) {
      expect(decide({ verdict, policy })).toEqual({ kind: 'nothing', why: verdict })
    }
  }
})
