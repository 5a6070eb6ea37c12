import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parse.ts'
import { digestOf } from '../../src/upgrade/digest.ts'
import { type UpgradeEvent, upgradeEvent } from '../../src/upgrade/event.ts'
import { environmentState } from '../../src/upgrade/facts.ts'
import { decideGate, decideSuperseded, type GateFacts } from '../../src/upgrade/gate.ts'
import { type PlanFacts, planUpgrade } from '../../src/upgrade/plan.ts'
import { decisions, reasonCodes } from '../../src/upgrade/reason.ts'
import { receipt, type Upgrade } from '../../src/upgrade/receipt.ts'
import { decideBeginning, leftOpen } from '../../src/upgrade/resume.ts'
import { compareOwnTests } from '../../src/upgrade/test-difference.ts'
import { unfinished } from '../../src/upgrade/unfinished.ts'
import { next } from '../../src/upgrade/upgrade.ts'
import { deployByScripts } from '../support/upgrade-world.ts'

const sha = (digit: string): string => digit.repeat(40)
const names = ['staging', 'production'] as const
const started: UpgradeEvent = {
  type: 'started',
  atMs: 0,
  id: 'x',
  repository: 'r',
  operation: 'run',
  planDigest: 'd',
  made: false,
  candidate: { sha: sha('b'), name: '2' },
  environments: [...names],
}

const report = (verdict: 'healthy' | 'unhealthy' | 'inconclusive') => ({
  step: 'watch',
  verdict,
  reason: 'r',
  line: 'l',
  startedAtMs: 0,
  endedAtMs: 1,
  comparison: 'none' as const,
  watched: 0,
  checks: [],
  evidence: {},
})
const environment = fc.constantFrom(...names)
const steps = ['build/one', 'test/one', 'deploy/production/apply', 'rollback/staging', 'monitor/production']
const anyEvent: fc.Arbitrary<UpgradeEvent> = fc.oneof(
  fc.record({
    type: fc.constant('resumed' as const),
    atMs: fc.nat(),
    forgotten: fc.subarray(steps),
    environments: fc.subarray([...names, 'late']),
  }),
  fc.record({
    type: fc.constant('step_started' as const),
    atMs: fc.nat(),
    step: fc.constantFrom(...steps),
    stage: fc.constantFrom('build' as const, 'deploy' as const),
  }),
  fc.record({
    type: fc.constant('step_ended' as const),
    atMs: fc.nat(),
    step: fc.constantFrom(...steps),
    result: fc.constantFrom('done' as const, 'failed' as const, 'skipped' as const, 'held' as const),
  }),
  fc.record({
    type: fc.constant('built' as const),
    atMs: fc.nat(),
    artifacts: fc.array(
      fc.record({ name: fc.string(), digest: fc.constant(`sha256:${'0'.repeat(64)}`), bytes: fc.nat() }),
    ),
  }),
  fc.record({
    type: fc.constant('deployment_begun' as const),
    atMs: fc.nat(),
    environment,
    deployment: fc.constant('1'),
  }),
  fc.record({ type: fc.constant('weight_set' as const), atMs: fc.nat(), environment, percent: fc.nat(100) }),
  fc.record({
    type: fc.constant('judged' as const),
    atMs: fc.nat(),
    environment,
    report: fc.constantFrom(report('healthy'), report('unhealthy')),
  }),
  fc.record({
    type: fc.constant('environment_ended' as const),
    atMs: fc.nat(),
    environment,
    state: fc.constantFrom(...environmentState.options),
    message: fc.string(),
  }),
  fc.record({
    type: fc.constant('ended' as const),
    atMs: fc.nat(),
    decision: fc.constantFrom(...decisions),
    reason: fc.constantFrom(...reasonCodes),
    message: fc.string(),
  }),
)
const anyUpgrade = fc
  .array(anyEvent, { maxLength: 30 })
  .map((events) => [started, ...events].reduce<Upgrade | undefined>(next, undefined) as Upgrade)

const config = (text: string) => {
  const parsed = parseConfig(text, 'x')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return parsed.config
}
const two = config(`driver: action
build: [{ name: one, run: "true" }]
environments:
  production:
    after: [staging]
${deployByScripts}  staging:
${deployByScripts}`)

const facts: PlanFacts = {
  config: two,
  configDigest: 'c',
  repository: 'r',
  stage: 'all',
  head: { kind: 'given', version: { sha: sha('b'), name: '2' } },
  previous: {},
}

describe('next', () => {
  it('is total: whatever comes in whatever order, the receipt is one by its schema', () => {
    fc.assert(
      fc.property(anyUpgrade, (upgrade) => {
        expect(receipt.safeParse(JSON.parse(JSON.stringify(upgrade))).success).toBe(true)
      }),
    )
  })

  it('changes nothing that it was given', () => {
    fc.assert(
      fc.property(anyUpgrade, anyEvent, (upgrade, event) => {
        const before = structuredClone(upgrade)
        next(upgrade, event)
        expect(upgrade).toEqual(before)
      }),
    )
  })

  it('has each step once, however often it was begun', () => {
    fc.assert(
      fc.property(anyUpgrade, ({ steps: known }) => {
        expect(new Set(known.map(({ step }) => step)).size).toBe(known.length)
      }),
    )
  })

  it('goes on from a receipt as from its events', () => {
    fc.assert(
      fc.property(anyUpgrade, (upgrade) => {
        const event = upgradeEvent.parse(JSON.parse(JSON.stringify({ type: 'received', atMs: 1, upgrade })))
        expect(next(undefined, event)).toEqual(JSON.parse(JSON.stringify(upgrade)))
      }),
    )
  })
})

describe('where a run begins', () => {
  const plan = { ...planUpgrade(facts), id: 'x' }

  it('is never fresh over an environment that another upgrade left in between', () => {
    fc.assert(
      fc.property(anyUpgrade, (upgrade) => {
        const other = decideBeginning(upgrade, { ...plan, id: 'other' }, two)
        expect(other.kind).toBe(leftOpen(upgrade, two).length > 0 ? 'refuse' : 'fresh')
      }),
    )
  })

  it('never goes on with what ended', () => {
    fc.assert(
      fc.property(anyUpgrade, (upgrade) => {
        const { kind } = decideBeginning(upgrade, plan, two)
        expect(kind).toBe(upgrade.decision === undefined || upgrade.decision === 'held' ? 'resume' : 'fresh')
      }),
    )
  })

  it('never deploys again where something had been found bad: it is taken back, or ended', () => {
    fc.assert(
      fc.property(anyUpgrade, (upgrade) => {
        for (const known of upgrade.environments) {
          const left = unfinished(upgrade, known, { shadow: false })
          const isBad = known.judged.at(-1)?.verdict === 'unhealthy'
          const isOpen = known.state === 'deploying' || known.state === 'live'
          const isOver = ['rolled_back', 'dirty', 'unknown'].includes(known.state)
          expect(left?.kind).toBe(isOver ? 'end' : isOpen && isBad ? 'take_back' : left?.kind)
          expect(isOver || isOpen || left === undefined).toBe(true)
        }
      }),
    )
  })

  it.each(['build_failed', 'tests_failed', 'users_tests_failed'] as const)(
    'a job that deploys refuses after %s',
    (reason) => {
      const ended = next(next(undefined, started), {
        type: 'ended',
        atMs: 1,
        decision: 'failed',
        reason,
        message: 'm',
      })
      expect(decideBeginning(ended, { ...plan, stage: 'deploy' }, two)).toMatchObject({
        kind: 'refuse',
        ending: { decision: 'failed', reason },
      })
      expect(decideBeginning(ended, plan, two)).toEqual({ kind: 'fresh' })
    },
  )
})

describe('the gate', () => {
  const gate = (more: Partial<GateFacts>): string | undefined =>
    decideGate({
      environment: 'production',
      sha: sha('b'),
      newest: undefined,
      watched: true,
      ours: false,
      earlier: [],
      ...more,
    })?.reason
  const newest = (state: string, more: object = {}) =>
    ({ id: '1', key: 'k', sha: sha('a'), version: '1', state, ...more }) as NonNullable<GateFacts['newest']>

  it.each([
    ['nothing was ever there', undefined, undefined],
    ['the version before is live', newest('success', { verdict: 'healthy' }), undefined],
    [
      'this one is live and healthy',
      newest('success', { sha: sha('b'), verdict: 'healthy' }),
      'already_live',
    ],
    ['this one is live, and nobody knows how it is', newest('success', { sha: sha('b') }), undefined],
    ['this one was found unhealthy', newest('failure', { sha: sha('b'), verdict: 'unhealthy' }), undefined],
    ['the one before was taken back', newest('failure'), undefined],
    ['it is half done', newest('error'), 'environment_dirty'],
    ['another one is on its way', newest('in_progress'), 'environment_unknown'],
    ['another one never said how it ended', newest('unknown'), 'environment_unknown'],
    ['another one is held at a step', newest('in_progress', { verdict: 'inconclusive' }), undefined],
  ] as const)('%s', (_, found, reason) => {
    expect(gate({ newest: found })).toBe(reason)
  })

  it.each([
    ['nothing', undefined, true, 'earlier_environment_not_healthy'],
    ['another commit', newest('success', { verdict: 'healthy' }), true, 'earlier_environment_not_healthy'],
    ['this one, healthy', newest('success', { sha: sha('b'), verdict: 'healthy' }), true, undefined],
    ['this one, not judged', newest('success', { sha: sha('b') }), true, 'earlier_environment_not_healthy'],
    ['this one, where nobody watches', newest('success', { sha: sha('b') }), false, undefined],
    [
      'L17 this one, but its newest deployment failed',
      newest('failure', { sha: sha('b') }),
      false,
      'earlier_environment_not_healthy',
    ],
  ] as const)('after an environment that has %s', (_, found, watched, reason) => {
    expect(gate({ earlier: [{ name: 'staging', watched, newest: found }] })).toBe(reason)
  })

  it('knows whose an environment is by its newest deployment and its state', () => {
    expect(decideSuperseded('production', '1', undefined)).toBeUndefined()
    for (const state of ['success', 'in_progress', 'unknown']) {
      expect(decideSuperseded('production', '1', newest(state))).toBeUndefined()
    }
    for (const [id, state] of [
      ['2', 'success'],
      ['1', 'failure'],
      ['1', 'error'],
      ['1', 'inactive'],
    ] as const) {
      expect(decideSuperseded('production', id, newest(state))?.reason).toBe('superseded')
    }
  })
})

describe('a plan', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, inner]) => [key, shuffled(inner)]),
    )
  }

  it('has the same digest whatever the order of its keys, whenever and over whatever it is made', () => {
    expect(digestOf(shuffled(facts))).toBe(digestOf(facts))
    const { digest } = planUpgrade(facts)
    expect(planUpgrade(facts).digest).toBe(digest)
    expect(
      planUpgrade({ ...facts, base: { name: '0.9' }, previous: { staging: { name: '0.9' } } }).digest,
    ).toBe(digest)
  })

  it('has another digest for another commit, stage, environment, config or command', () => {
    const changed: PlanFacts[] = [
      { ...facts, head: { kind: 'given', version: { sha: sha('c'), name: '2' } } },
      { ...facts, stage: 'deploy' },
      { ...facts, environment: 'staging' },
      { ...facts, configDigest: 'other' },
    ]
    const digests = [facts, ...changed].map((one) => planUpgrade(one).digest)
    expect(new Set(digests).size).toBe(digests.length)
  })

  it('orders environments by after, and names each step once', () => {
    const { environments, steps: planned } = planUpgrade(facts)
    expect(environments).toEqual(['staging', 'production'])
    expect(new Set(planned.map(({ id }) => id)).size).toBe(planned.length)
  })
})

describe('the difference of tests', () => {
  const cases = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      result: fc.constantFrom('passed' as const, 'failed' as const, 'skipped' as const),
    }),
    { selector: ({ name }) => name },
  )

  it('holds each failure against the upgrade once, or excuses it by the base, and loses none', () => {
    fc.assert(
      fc.property(cases, cases, (now, before) => {
        const found = compareOwnTests('s', now, { against: 'base_run', names: before })
        const failed = now.filter(({ result }) => result === 'failed').map(({ name }) => name)
        expect([...found.newlyFailing.map(({ name }) => name), ...found.known].toSorted()).toEqual(
          failed.toSorted(),
        )
        const brokenBefore = new Set<string>(
          before.filter(({ result }) => result === 'failed').map(({ name }) => name),
        )
        expect(found.known.every((name) => brokenBefore.has(name))).toBe(true)
        expect(found.passed + found.failed + found.skipped).toBe(now.length)
      }),
    )
  })

  it('excuses nothing where the base is not known', () => {
    fc.assert(
      fc.property(
        cases,
        fc.constantFrom('unknown' as const, 'first_upgrade' as const, 'not_needed' as const),
        (now, against) => {
          const found = compareOwnTests('s', now, { against })
          expect(found.known).toEqual([])
          expect(found.newlyFailing).toHaveLength(found.failed)
        },
      ),
    )
  })
})
