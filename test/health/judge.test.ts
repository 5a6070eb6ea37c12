import { describe, expect, test } from 'vitest'
import { evidenceOf, judge, type JudgeState, startJudge } from '../../src/health/judge.ts'
import { combine, type Standing } from '../../src/health/judge/combine.ts'
import type { JudgedCheck } from '../../src/health/judge/judged-check.ts'
import { defaultMargins, type JudgedKind, promoteMargin } from '../../src/health/judge/margin.ts'
import type { Observation } from '../../src/health/observation.ts'

const alpha = 0.01

function check(kind: JudgedKind, mode: JudgedCheck['mode']): JudgedCheck {
  return { kind, mode, revert: defaultMargins[kind], promote: promoteMargin(kind, defaultMargins[kind]) }
}

function counted(bad: number, total: number, baseline?: readonly [number, number]): Observation {
  const candidate = { bad, total }
  return baseline
    ? { kind: 'counted', candidate, baseline: { bad: baseline[0], total: baseline[1] } }
    : { kind: 'counted', candidate }
}

function times(
  count: number,
  observation: Observation | ((index: number) => Observation),
): readonly Observation[] {
  return Array.from({ length: count }, (_, index) =>
    typeof observation === 'function' ? observation(index) : observation,
  )
}

function run(state: JudgeState, ticks: readonly Observation[]): JudgeState {
  return ticks.reduce(judge, state)
}

function standing(...states: readonly JudgeState[]): Standing {
  return combine(states.map(evidenceOf), undefined, alpha)
}

/** The tick (from 1) at which this becomes unhealthy. */
function unhealthyAt(start: JudgeState, ticks: readonly Observation[]): number | undefined {
  let state = start
  for (const [index, tick] of ticks.entries()) {
    state = judge(state, tick)
    if (standing(state).kind === 'unhealthy') return index + 1
  }
  return undefined
}

const edges = [0.05, 0.1, 0.25, 0.5, 1, Infinity]
const fast = { edges, counts: [500, 350, 120, 25, 4, 1] }
const slow = { edges, counts: [300, 350, 250, 80, 15, 5] }

describe('errors against the past', () => {
  const past = times(480, (index) => counted(index % 3 === 0 ? 2 : 1, 1500))

  test('ten times as many are unhealthy within a minute and a half', () => {
    const at = unhealthyAt(startJudge(check('ratio', 'before_after'), past), times(20, counted(14, 1500)))
    expect(at).toBeGreaterThanOrEqual(4)
    expect(at).toBeLessThanOrEqual(6)
  })

  test('as many as ever are healthy so far within ten minutes and never unhealthy', () => {
    const state = run(
      startJudge(check('ratio', 'before_after'), past),
      times(40, (index) => counted(index % 3 === 0 ? 2 : 1, 1500)),
    )
    expect(standing(state).kind).toBe('healthy_so_far')
    const long = run(
      state,
      times(2000, (index) => counted(index % 3 === 0 ? 2 : 1, 1500)),
    )
    expect(standing(long).kind).toBe('healthy_so_far')
  })

  test('a baseline in the tick is ignored: the frozen past is the reference', () => {
    const start = startJudge(check('ratio', 'before_after'), past)
    const own = run(start, times(5, counted(14, 1500)))
    const crowded = run(start, times(5, counted(14, 1500, [14, 1500])))
    expect(evidenceOf(crowded)).toEqual(evidenceOf(own))
  })

  test('M12 a past of exactly 0 errors and a new version with 2 % is unhealthy', () => {
    const clean = times(480, counted(0, 1500))
    expect(
      unhealthyAt(startJudge(check('ratio', 'before_after'), clean), times(20, counted(30, 1500))),
    ).toBeLessThanOrEqual(5)
  })

  test('M11 three requests and one error say nothing', () => {
    const quiet = times(480, (index) => counted(0, index % 5 === 0 ? 1 : 0))
    const state = run(
      startJudge(check('ratio', 'before_after'), quiet),
      times(3, (index) => counted(index === 0 ? 1 : 0, 1)),
    )
    expect(standing(state)).toMatchObject({ kind: 'undecided', reason: 'too_little_traffic' })
  })

  test('without any past nothing is measured and nothing decided', () => {
    const state = run(startJudge(check('ratio', 'before_after'), undefined), times(100, counted(500, 1000)))
    expect(evidenceOf(state)).toMatchObject({
      worse: { log: 0 },
      notWorse: { log: 0 },
      ticks: { measured: 0, unmeasured: 100 },
    })
    expect(standing(state)).toMatchObject({ kind: 'undecided', reason: 'no_data' })
  })

  test('no single tick decides, however bad', () => {
    const state = run(startJudge(check('ratio', 'before_after'), past), [counted(1500, 1500)])
    expect(standing(state).kind).toBe('undecided')
    expect(evidenceOf(state).worse.value).toBeLessThanOrEqual(4)
  })
})

describe('errors against the version that runs beside', () => {
  const start = startJudge(check('ratio', 'concurrent'), undefined)

  test('worse than beside is unhealthy, and says who noticed', () => {
    const state = run(start, times(30, counted(20, 300, [3, 1200])))
    expect(standing(state).kind).toBe('unhealthy')
    const { headline, noticed } = evidenceOf(state)
    expect(headline?.ratio.estimate).toBeCloseTo(600 / 9000 / (90 / 36_000), 6)
    expect(headline?.ratio.lower).toBeGreaterThan(8)
    expect(headline?.tolerated).toBeCloseTo(1.1 * 0.0025 + 0.0005, 12)
    expect(noticed?.of).toBe(9000)
    expect(noticed?.estimate).toBeCloseTo(600 - 22.5, 6)
    expect(noticed?.lower).toBeGreaterThan(500)
  })

  test('a storm that hits both arms alike is nobody’s fault', () => {
    const storm = times(120, (index) =>
      index < 40 ? counted(1, 300, [4, 1200]) : counted(60, 300, [240, 1200]),
    )
    expect(unhealthyAt(start, storm)).toBeUndefined()
  })

  test('a tick without the other arm is unmeasured', () => {
    expect(evidenceOf(run(start, [counted(1, 10), counted(1, 10, [0, 0])])).ticks).toEqual({
      measured: 0,
      unmeasured: 2,
    })
  })

  test('before/after never says who noticed: the hour may be the cause', () => {
    const past = times(480, counted(1, 1500))
    const state = run(startJudge(check('ratio', 'before_after'), past), times(30, counted(20, 1500)))
    expect(evidenceOf(state).noticed).toBeUndefined()
  })
})

describe('latency', () => {
  const past = times(480, { kind: 'buckets', candidate: fast })

  test('chooses edges from the past, thinner and thinner', () => {
    const { scale } = startJudge(check('histogram', 'before_after'), past)
    expect(scale.levels).toEqual([0.05, 0.1, 0.25, 0.5, 1])
    expect(Math.min(...scale.stretch)).toBeGreaterThan(0)
  })

  test('a slower version is unhealthy and the headline names an edge', () => {
    const state = run(
      startJudge(check('histogram', 'before_after'), past),
      times(20, { kind: 'buckets', candidate: slow }),
    )
    expect(standing(state).kind).toBe('unhealthy')
    expect(edges).toContain(evidenceOf(state).level)
  })

  test('healthy needs every edge: one far out that got worse withholds it', () => {
    const tail = { edges, counts: [500, 350, 120, 20, 4, 6] }
    const start = startJudge(check('histogram', 'before_after'), past)
    expect(standing(run(start, times(60, { kind: 'buckets', candidate: fast }))).kind).toBe('healthy_so_far')
    expect(standing(run(start, times(60, { kind: 'buckets', candidate: tail }))).kind).not.toBe(
      'healthy_so_far',
    )
  })

  test('native buckets whose resolution halves in the watch are still measured', () => {
    const merged = { edges: [0.1, 0.5, Infinity], counts: [850, 145, 5] }
    const { ticks } = evidenceOf(
      run(
        startJudge(check('histogram', 'before_after'), past),
        times(3, { kind: 'buckets', candidate: merged }),
      ),
    )
    // The edge at 1 s lies in the open last bucket now: not known, so not measured.
    expect(ticks).toEqual({ measured: 0, unmeasured: 3 })
    const finer = { edges: [0.1, 0.5, 1, Infinity], counts: [850, 145, 4, 1] }
    expect(
      evidenceOf(
        judge(startJudge(check('histogram', 'before_after'), past), { kind: 'buckets', candidate: finer }),
      ).ticks.measured,
    ).toBe(1)
  })
})

describe('gauges, traffic and probes', () => {
  test('memory that doubles is unhealthy; memory as ever is not', () => {
    const past = times(480, (index) => ({
      kind: 'samples',
      candidate: [100 + (index % 7), 101 + (index % 5)],
    }))
    const start = startJudge(check('gauge', 'before_after'), past)
    expect(unhealthyAt(start, times(60, { kind: 'samples', candidate: [200, 205] }))).toBeLessThanOrEqual(12)
    expect(
      unhealthyAt(
        start,
        times(120, (index) => ({ kind: 'samples', candidate: [100 + (index % 7)] })),
      ),
    ).toBeUndefined()
  })

  test('a crashed service has no errors because it has no requests: the traffic check sees it', () => {
    const past = times(480, (index) => counted(0, 1400 + (index % 200)))
    const start = startJudge(check('traffic', 'before_after'), past)
    expect(unhealthyAt(start, times(20, counted(0, 0)))).toBeLessThanOrEqual(5)
    expect(unhealthyAt(start, times(120, counted(0, 600)))).toBeUndefined()
  })

  test('a canary is expected to get its share of the traffic, not all of it', () => {
    const canary = { ...check('traffic', 'concurrent'), expectedShare: 0.25 }
    const start = startJudge(canary, undefined)
    expect(standing(run(start, times(60, counted(0, 300, [0, 1200])))).kind).toBe('healthy_so_far')
    expect(unhealthyAt(start, times(60, counted(0, 10, [0, 1200])))).toBeLessThan(20)
  })

  test('failed probes are a ratio', () => {
    const past = times(480, counted(0, 1))
    expect(
      unhealthyAt(startJudge(check('probe', 'before_after'), past), times(20, counted(1, 1))),
    ).toBeLessThanOrEqual(8)
  })
})

function size(state: JudgeState): number {
  return JSON.stringify(state).length
}

describe('the state', () => {
  const past = times(480, (index): Observation => ({
    kind: 'buckets',
    candidate: { edges, counts: fast.counts.map((count) => count + (index % 3)) },
  }))
  const ticks = times(200, (index): Observation =>
    index % 17 === 0
      ? { kind: 'unmeasured', why: 'no_data', detail: 'empty vector' }
      : {
          kind: 'buckets',
          candidate: { edges, counts: slow.counts.map((count) => Math.round(count / 3) + (index % 2)) },
          baseline: { edges, counts: fast.counts.map((count) => count + (index % 5)) },
        },
  )

  test.each(['before_after', 'concurrent'] as const)(
    '%s: goes through JSON at every tick and comes out the same bit for bit',
    (mode) => {
      let straight = startJudge(check('histogram', mode), past)
      let restarted = straight
      for (const tick of ticks) {
        straight = judge(straight, tick)
        restarted = judge(JSON.parse(JSON.stringify(restarted)) as JudgeState, tick)
      }
      expect(restarted).toStrictEqual(straight)
      expect(evidenceOf(restarted)).toStrictEqual(evidenceOf(straight))
    },
  )

  test('a replay gives the same verdict', () => {
    const once = run(startJudge(check('histogram', 'concurrent'), past), ticks)
    expect(run(startJudge(check('histogram', 'concurrent'), past), ticks)).toStrictEqual(once)
  })

  test('does not grow with the watch', () => {
    const early = run(startJudge(check('histogram', 'concurrent'), past), ticks)
    const late = run(early, times(3000, ticks[1]!))
    expect(size(late)).toBeLessThan(1.2 * size(early))
    expect(size(late)).toBeLessThan(60_000)
  })

  test('an unmeasured tick changes nothing but its own count', () => {
    const before = run(startJudge(check('histogram', 'concurrent'), past), ticks)
    const after = judge(before, { kind: 'unmeasured', why: 'error', detail: 'timeout' })
    expect(after).toEqual({ ...before, unmeasured: before.unmeasured + 1 })
  })
})

describe('several checks under one alpha', () => {
  const bad = run(startJudge(check('ratio', 'concurrent'), undefined), times(8, counted(20, 300, [3, 1200])))
  const good = run(
    startJudge(check('ratio', 'concurrent'), undefined),
    times(200, counted(1, 300, [4, 1200])),
  )
  const unseen = startJudge(check('ratio', 'concurrent'), undefined)

  test('the watch’s evidence is the weighted mean of the checks’', () => {
    const [one, two] = [evidenceOf(bad), evidenceOf(good)]
    expect(combine([one, two], undefined, alpha).worse.value).toBeCloseTo(
      (one.worse.value + two.worse.value) / 2,
      6,
    )
    expect(combine([one, two], [3, 1], alpha).worse.value).toBeCloseTo(
      (3 * one.worse.value + two.worse.value) / 4,
      6,
    )
  })

  test('M08 healthy checks and one without data are not healthy', () => {
    expect(standing(good).kind).toBe('healthy_so_far')
    expect(standing(good, good, unseen)).toMatchObject({ kind: 'undecided', reason: 'no_data' })
  })

  test('M09 one unhealthy check decides though another has no data', () => {
    const worse = run(bad, times(30, counted(20, 300, [3, 1200])))
    expect(standing(worse, unseen).kind).toBe('unhealthy')
  })

  test('no checks at all decide nothing', () => {
    expect(combine([], undefined, alpha)).toMatchObject({ kind: 'undecided', reason: 'no_data' })
  })
})
