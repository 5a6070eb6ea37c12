import { describe, expect, test } from 'vitest'
import { decideGates, type GateRequest } from '../../src/command/gates.ts'
import type { CheckFact, PullFacts, ReviewFact } from '../../src/ports/pull-facts.ts'
import { parseConfig } from '../../src/config/parse.ts'

const HEAD = 'a'.repeat(40)
const OLD = 'b'.repeat(40)
const ada = { id: 7, login: 'ada' }
const grace = { id: 8, login: 'grace' }
const linus = { id: 9, login: 'linus' }

/** A pull request that nothing is wrong with. */
const good: PullFacts = {
  number: 12,
  title: 'Prices in cents',
  url: 'https://github.example/acme/shop/pull/12',
  author: ada,
  state: 'open',
  draft: false,
  head: HEAD,
  headBranch: 'cents',
  base: 'main',
  fork: false,
  labels: [],
  checks: { kind: 'known', required: [], others: [] },
  reviews: { decision: 'none', opinions: [] },
  behindBy: 0,
}

/** What a configuration requires, as it is written. */
function requires(written = '{}'): GateRequest['requires'] {
  const text = `driver: action\nenvironments: { live: { requires: ${written}, deploy: { run: { deploy: a, rollback: b } } } }`
  const parsed = parseConfig(text, 'seamless.yml')
  if (!parsed.ok) throw new Error(parsed.errors[0].message)
  return parsed.config.environments['live']!.requires
}

function failures(
  pull: Partial<PullFacts>,
  written?: string,
  more: Partial<GateRequest> = {},
): readonly { readonly reason: string; readonly text: string }[] {
  const request: GateRequest = {
    command: 'deploy',
    sha: HEAD,
    by: grace,
    requires: requires(written),
    defaultBranch: 'main',
    environments: ['staging', 'live'],
    ...more,
  }
  return decideGates({ ...good, ...pull }, request)
}

function reasons(...given: Parameters<typeof failures>): readonly string[] {
  return failures(...given).map(({ reason }) => reason)
}

function checks(required: readonly CheckFact[], others: readonly CheckFact[] = []): Partial<PullFacts> {
  return { checks: { kind: 'known', required, others } }
}

function approved(by: ReviewFact['by'], commit: string | undefined = HEAD): ReviewFact {
  return { by, state: 'approved', commit }
}

test('nothing stands in the way of a good one', () => {
  expect(failures({})).toEqual([])
})

test('everything that stands in the way is told at once', () => {
  const bad: Partial<PullFacts> = {
    state: 'closed',
    draft: true,
    fork: true,
    base: 'dev',
    behindBy: 3,
    ...checks([
      { name: 'unit', state: 'failed' },
      { name: 'e2e', state: 'pending' },
    ]),
    reviews: { decision: 'review_required', opinions: [] },
  }
  expect(reasons(bad, '{ second-person: true }', { by: ada })).toEqual([
    'pull_closed',
    'pull_fork',
    'base_not_allowed',
    'pull_draft',
    'checks_failed',
    'checks_pending',
    'review_missing',
    'own_pull',
    'not_up_to_date',
  ])
})

describe('what the pull request is', () => {
  test.each(['closed', 'merged'] as const)('A08 a %s one is refused', (state) => {
    expect(failures({ state })).toEqual([
      {
        reason: 'pull_closed',
        text: `This pull request is ${state}: only an open one is deployed by a command.`,
      },
    ])
  })

  test('A13 one of a fork is refused unless the configuration lets forks in', () => {
    expect(reasons({ fork: true })).toEqual(['pull_fork'])
    expect(reasons({ fork: true }, '{ same-repository: false }')).toEqual([])
  })

  test('A14 a draft is refused unless the configuration lets drafts in', () => {
    expect(reasons({ draft: true })).toEqual(['pull_draft'])
    expect(reasons({ draft: true }, '{ ready-for-review: false }')).toEqual([])
  })

  test('A17 where two people are asked for, its author does not deploy it; the number tells, not the login', () => {
    expect(reasons({}, '{ second-person: true }', { by: { id: 7, login: 'renamed' } })).toEqual(['own_pull'])
    expect(reasons({}, '{ second-person: true }', { by: { id: 8, login: 'ada' } })).toEqual([])
    expect(reasons({}, '{}', { by: ada })).toEqual([])
  })

  test('T07 retargeted to a branch with other rules: those rules count, whatever was approved before', () => {
    const approvedForDev = { decision: 'approved', opinions: [approved(grace)] } as const
    expect(reasons({ base: 'dev', reviews: approvedForDev })).toEqual(['base_not_allowed'])
    const askedForMain = { decision: 'review_required', opinions: [approved(linus, OLD)] } as const
    expect(reasons({ base: 'main', reviews: askedForMain })).toEqual(['review_missing'])
  })

  test('the branches that it may be meant for are the default branch, or those that are named', () => {
    expect(reasons({ base: 'dev' }, '{ base: [dev, main] }')).toEqual([])
    expect(reasons({ base: 'main' }, '{ base: [dev] }')).toEqual(['base_not_allowed'])
    expect(reasons({ base: 'trunk' }, '{}', { defaultBranch: 'trunk' })).toEqual([])
  })

  test('one that lacks commits of its base is refused, and one of which nobody knows it', () => {
    expect(failures({ behindBy: 1 })[0]).toEqual({
      reason: 'not_up_to_date',
      text: 'It lacks 1 commit of `main`, which its deployment could take back: bring it up to date (`requires.up-to-date: false`).',
    })
    expect(reasons({ behindBy: 'unknown' })).toEqual(['base_unknown'])
    expect(reasons({ behindBy: 'unknown' }, '{ up-to-date: false }')).toEqual([])
  })

  test('what was read of another commit than the bound one says nothing', () => {
    expect(reasons({ head: OLD })).toEqual(['ref_changed'])
  })

  test('a plan needs no checks and no reviews, but no fork either', () => {
    const pull: Partial<PullFacts> = {
      draft: true,
      behindBy: 3,
      ...checks([{ name: 'unit', state: 'pending' }]),
      reviews: { decision: 'review_required', opinions: [] },
    }
    expect(reasons(pull, '{}', { command: 'plan' })).toEqual([])
    expect(reasons({ fork: true, state: 'closed' }, '{}', { command: 'plan' })).toEqual([
      'pull_closed',
      'pull_fork',
    ])
  })
})

describe('checks', () => {
  test.each([
    ['failed', 'checks_failed'],
    ['pending', 'checks_pending'],
    ['missing', 'checks_pending'],
  ] as const)('A15 a required one that is %s keeps it out', (state, reason) => {
    expect(reasons(checks([{ name: 'unit', state }]))).toEqual([reason])
    expect(failures(checks([{ name: 'unit', state }]))[0]?.text).toContain('`unit`')
  })

  test('A15 where GitHub does not say, that is UNAVAILABLE, not "no checks"', () => {
    const unavailable: Partial<PullFacts> = { checks: { kind: 'unavailable', why: 'GitHub answered 502' } }
    expect(failures(unavailable)).toEqual([
      {
        reason: 'checks_unavailable',
        text: 'The state of its checks is UNAVAILABLE: GitHub did not say (`GitHub answered 502`). That is not "no checks".',
      },
    ])
    expect(reasons(unavailable, '{ checks: all }')).toEqual(['checks_unavailable'])
    expect(reasons(unavailable, '{ checks: none }')).toEqual([])
  })

  test('the others count where all are asked for, none where none is', () => {
    const others = checks([{ name: 'unit', state: 'passed' }], [{ name: 'lint', state: 'failed' }])
    expect(reasons(others)).toEqual([])
    expect(reasons(others, '{ checks: all }')).toEqual(['checks_failed'])
    expect(reasons(checks([{ name: 'unit', state: 'failed' }]), '{ checks: none }')).toEqual([])
  })

  test('our own verdicts are no gate for what they will be about; only those by name of an environment', () => {
    const own: CheckFact[] = [
      { name: 'seamless/live', state: 'missing' },
      { name: 'seamless/live/plan', state: 'failed' },
    ]
    expect(reasons(checks(own))).toEqual([])
    expect(reasons(checks([{ name: 'seamless/lint', state: 'failed' }]))).toEqual(['checks_failed'])
  })

  test('names from outside are inert, and not too many', () => {
    const many = Array.from({ length: 14 }, (_, index) => ({
      name: `@acme/${index} \`x\``,
      state: 'failed' as const,
    }))
    expect(failures(checks(many))[0]?.text).toMatch(/`` @acme\/0 `x` ``.* and 4 more\.$/)
  })
})

describe('reviews', () => {
  const outdated = { decision: 'approved', opinions: [approved(grace, OLD)] } as const

  test('A16 an approval of an earlier commit does not count, though GitHub counts it', () => {
    expect(failures({ reviews: outdated })).toEqual([
      {
        reason: 'review_outdated',
        text: `It was approved by \`grace\` at an earlier commit, not at \`${HEAD}\`: 1 must approve this one.`,
      },
    ])
    const ofNobodyKnows = {
      decision: 'approved',
      opinions: [{ ...approved(grace), commit: undefined }],
    } as const
    expect(reasons({ reviews: ofNobodyKnows })).toEqual(['review_outdated'])
  })

  test('as the branch asks: nothing where it asks for nothing, an approval of this commit where it does', () => {
    expect(reasons({ reviews: { decision: 'none', opinions: [approved(grace, OLD)] } })).toEqual([])
    expect(reasons({ reviews: { decision: 'approved', opinions: [approved(grace)] } })).toEqual([])
    expect(reasons({ reviews: { decision: 'review_required', opinions: [approved(grace)] } })).toEqual([
      'review_missing',
    ])
    expect(reasons({ reviews: { decision: 'approved', opinions: [] } })).toEqual(['review_missing'])
  })

  test('changes that are requested keep it out', () => {
    const against: ReviewFact = { by: linus, state: 'changes_requested', commit: OLD }
    expect(failures({ reviews: { decision: 'changes_requested', opinions: [against] } })).toEqual([
      { reason: 'changes_requested', text: 'Changes are requested by `linus`.' },
    ])
    const both = { decision: 'none', opinions: [approved(grace), against] } as const
    expect(reasons({ reviews: both }, '{ reviews: 1 }')).toEqual(['changes_requested'])
  })

  test('as many as the configuration says, of different people, of this commit', () => {
    const one = { decision: 'none', opinions: [approved(grace)] } as const
    const two = { decision: 'none', opinions: [approved(grace), approved(linus)] } as const
    const twice = { decision: 'none', opinions: [approved(grace), approved(grace)] } as const
    const half = { decision: 'none', opinions: [approved(grace), approved(linus, OLD)] } as const
    expect(reasons({ reviews: one }, '{ reviews: 2 }')).toEqual(['review_missing'])
    expect(reasons({ reviews: two }, '{ reviews: 2 }')).toEqual([])
    expect(reasons({ reviews: twice }, '{ reviews: 2 }')).toEqual(['review_missing'])
    expect(reasons({ reviews: half }, '{ reviews: 2 }')).toEqual(['review_outdated'])
    expect(reasons({ reviews: outdated }, '{ reviews: 0 }')).toEqual([])
  })

  test('an app is nobody of those whom a number asks for; where the branch asks, GitHub judges', () => {
    const app = { id: 41898282, login: 'github-actions[bot]' }
    const byApp = [approved(grace), approved(app)]
    expect(reasons({ reviews: { decision: 'none', opinions: byApp } }, '{ reviews: 2 }')).toEqual([
      'review_missing',
    ])
    expect(reasons({ reviews: { decision: 'approved', opinions: [approved(app)] } })).toEqual([])
  })
})
