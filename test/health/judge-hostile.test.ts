import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evidenceOf, judge, type JudgeState, startJudge } from '../../src/health/judge.ts'
import { combine } from '../../src/health/judge/combine.ts'
import { defaultMargins, type JudgedKind, promoteMargin } from '../../src/health/judge/margin.ts'
import type { JudgedCheck } from '../../src/health/judge/judged-check.ts'
import type { Observation } from '../../src/health/observation.ts'

/** What a broken exporter sends. */
const evil = fc.oneof(
  fc.constantFrom(
    Number.NaN,
    Infinity,
    -Infinity,
    -1,
    -0,
    0,
    1e300,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
    0.5,
    1e12,
  ),
  fc.double(),
  fc.integer({ min: 0, max: 2000 }),
)
const counts = fc.record({ bad: evil, total: evil })
const buckets = fc.record({
  edges: fc.array(evil, { maxLength: 6 }),
  counts: fc.array(evil, { maxLength: 6 }),
})
const saneBuckets = fc
  .array(fc.integer({ min: 0, max: 500 }), { minLength: 5, maxLength: 5 })
  .map((values) => ({ edges: [0.1, 0.25, 0.5, 1, Infinity], counts: values }))
const samples = fc.array(evil, { maxLength: 5 })

function optional<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<{ candidate: T; baseline?: T }> {
  return fc.oneof(
    fc.record({ candidate: arbitrary }),
    fc.record({ candidate: arbitrary, baseline: arbitrary }),
  )
}

const observation: fc.Arbitrary<Observation> = fc.oneof(
  optional(counts).map((arms): Observation => Object.assign({ kind: 'counted' as const }, arms)),
  optional(fc.oneof(buckets, saneBuckets)).map((arms): Observation =>
    Object.assign({ kind: 'buckets' as const }, arms),
  ),
  optional(samples).map((arms): Observation => Object.assign({ kind: 'samples' as const }, arms)),
  fc.constantFrom<Observation>({ kind: 'unmeasured', why: 'invalid', detail: '' }),
)
const kinds = ['ratio', 'histogram', 'gauge', 'traffic', 'probe'] as const

function check(kind: JudgedKind, mode: JudgedCheck['mode']): JudgedCheck {
  return { kind, mode, revert: defaultMargins[kind], promote: promoteMargin(kind, defaultMargins[kind]) }
}

const subject = fc.record({
  kind: fc.constantFrom(...kinds),
  mode: fc.constantFrom('before_after' as const, 'concurrent' as const),
  history: fc.option(fc.array(observation, { maxLength: 60 }), { nil: undefined }),
  ticks: fc.array(observation, { maxLength: 40 }),
})

function play(start: JudgeState, ticks: readonly Observation[]): readonly JudgeState[] {
  const states = [start]
  for (const tick of ticks) states.push(judge(states.at(-1)!, tick))
  return states
}

describe('whatever a source sends', () => {
  test('the judge never throws, and every number of its evidence is a number', () => {
    fc.assert(
      fc.property(subject, ({ kind, mode, history, ticks }) => {
        for (const state of play(startJudge(check(kind, mode), history), ticks)) {
          const { worse, notWorse, headline } = evidenceOf(state)
          for (const value of [
            worse.log,
            notWorse.log,
            headline?.worse ?? 0,
            headline?.notWorse ?? 0,
            headline?.noise ?? 0,
          ]) {
            expect(Number.isFinite(value)).toBe(true)
          }
          expect(JSON.parse(JSON.stringify(state))).toEqual(state)
        }
      }),
      { numRuns: 600 },
    )
  })

  test('one tick never adds more than log 4, and unmeasured ticks add nothing', () => {
    fc.assert(
      fc.property(subject, ({ kind, mode, history, ticks }) => {
        const states = play(startJudge(check(kind, mode), history), ticks)
        for (const [index, state] of states.entries()) {
          const last = states[index - 1]
          if (!last) continue
          const [before, after] = [evidenceOf(last), evidenceOf(state)]
          expect(after.worse.log).toBeLessThanOrEqual(before.worse.log + Math.log(4) + 1e-9)
          const grown = state.measured === last.measured ? after.worse.log - before.worse.log : 0
          expect(grown).toBe(0)
        }
      }),
      { numRuns: 400 },
    )
  })

  test('never healthy without measured traffic', () => {
    fc.assert(
      fc.property(subject, ({ kind, mode, history, ticks }) => {
        const silent = ticks.map((tick): Observation =>
          tick.kind === 'counted'
            ? { ...tick, candidate: { bad: 0, total: 0 } }
            : { kind: 'unmeasured', why: 'no_traffic', detail: '' },
        )
        const last = play(startJudge(check(kind, mode), history), silent).at(-1)!
        expect(combine([evidenceOf(last)], undefined, 0.01).kind).not.toBe('healthy_so_far')
      }),
      { numRuns: 400 },
    )
  })

  test('never unhealthy without evidence: a candidate without a bad request is never worse', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ candidate: fc.integer({ min: 0, max: 1e6 }), baseline: counts }), {
          maxLength: 60,
        }),
        fc.constantFrom('before_after' as const, 'concurrent' as const),
        fc.array(counts, { maxLength: 60 }),
        (ticks, mode, past) => {
          const history = past.map((candidate): Observation => ({ kind: 'counted', candidate }))
          const watched = ticks.map(({ candidate, baseline }): Observation => ({
            kind: 'counted',
            candidate: { bad: 0, total: candidate },
            baseline,
          }))
          const last = play(startJudge(check('ratio', mode), history), watched).at(-1)!
          expect(evidenceOf(last).worse.log).toBeLessThanOrEqual(1e-9)
        },
      ),
      { numRuns: 400 },
    )
  })

  test('bad beyond total, NaN and negatives are unmeasured, not zero', () => {
    const start = startJudge(check('ratio', 'concurrent'), undefined)
    const baseline = { bad: 1, total: 100 }
    for (const candidate of [
      { bad: 5, total: 3 },
      { bad: Number.NaN, total: 3 },
      { bad: 0, total: Infinity },
      { bad: -1, total: 3 },
      { bad: 0, total: -3 },
      { bad: 0, total: 0 },
    ]) {
      expect(judge(start, { kind: 'counted', candidate, baseline })).toMatchObject({
        measured: 0,
        unmeasured: 1,
      })
    }
  })
})
