import { describe, expect, it } from 'vitest'

import { reportOf } from '../../src/health/explain.ts'
import {
  changeText,
  countText,
  evidenceText,
  levelText,
  shareText,
  shortNumber,
  spanText,
} from '../../src/health/number-text.ts'
import { recompute } from '../../src/health/recompute.ts'
import { sparkline } from '../../src/health/sparkline.ts'
import { extendTrail, NO_TRAIL, type Trail } from '../../src/health/trail.ts'
import { begin, requests, run, sample, service } from './service.ts'

const errors = { bad: 'requests{code=~"5.."}', total: 'requests', max: '1%' }
const memory = { gauge: 'memory_bytes', max: '512MiB' }

function report(badPerTick: number, ticks: number): ReturnType<typeof reportOf> {
  const world = service((at) => [
    ...requests('v2', 1500, badPerTick, at),
    sample({ __name__: 'memory_bytes' }, 300 * 1024 ** 2, at),
  ])
  const { watch, nowMs } = run(begin({ checks: { errors, memory } }), world, ticks)
  return reportOf(watch, nowMs)
}

describe('the line for people', () => {
  it.each([
    [3, 41, 'Healthy after 10 min: errors, memory within the limits; 60 000 requests watched.'],
    [3, 21, 'Healthy so far after 5 min: errors, memory within the limits; 30 000 requests watched.'],
    [
      150,
      4,
      'Unhealthy after 45 s: errors: 10 % (450 of 4 500 requests); beyond its limit 3 times in a row.',
    ],
    [
      150,
      40,
      'Unhealthy after 45 s: errors: 10 % (5 850 of 58 500 requests); beyond its limit 3 times in a row.',
    ],
    [3, 1, 'Inconclusive after 0 s: errors: too early to say; memory: too early to say; 300 MiB.'],
  ])('with %d bad of 1500 per tick after %d ticks', (bad, ticks, line) => {
    expect(report(bad, ticks).line).toBe(line)
  })

  it('says what the source said when it said nothing', () => {
    const { watch, nowMs } = run(
      begin({ checks: { errors } }),
      () => ({ kind: 'error', why: 'connection refused' }),
      82,
    )
    expect(reportOf(watch, nowMs).line).toBe(
      'Inconclusive after 20 min 15 s: errors: the source could not be read: connection refused.',
    )
  })
})

describe('a row of the table', () => {
  it('shows old, new, change, allowed, coverage, a line of blocks and the queries', () => {
    expect(report(3, 41).checks[1]).toEqual({
      name: 'memory',
      verdict: 'healthy',
      reason: 'within_limit',
      before: '',
      after: '300 MiB',
      change: '',
      allowed: 'max 512 MiB',
      coverage: { measured: 40, expected: 40 },
      sparkline: '▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁',
      line: 'memory: 300 MiB; within its limit',
      queries: ['memory_bytes'],
      wasBadBefore: false,
    })
  })
})

describe('a limit that is broken', () => {
  const arms = { candidate: { version: '{version}' }, baseline: { version: '{previous}' } }
  const broken = (badBefore: number): boolean | undefined => {
    const world = service((at) => [...requests('v2', 1500, 150, at), ...requests('v1', 1500, badBefore, at)])
    const { watch, nowMs } = run(begin({ ...arms, checks: { errors } }), world, 10)
    const [row] = reportOf(watch, nowMs).checks
    expect(row?.verdict).toBe('unhealthy')
    return row?.wasBadBefore
  }

  it('by the version before as well is not the new one’s doing', () => expect(broken(140)).toBe(true))
  it('by the new version alone is', () => expect(broken(3)).toBe(false))
})

describe('a report made again from its evidence', () => {
  const stored = JSON.parse(
    JSON.stringify({ step: '10%', startedAtMs: 1, ...report(150, 10) }),
  ) as ReturnType<typeof report>

  it('is the same', () => {
    expect(recompute(stored)).toEqual([])
  })

  it('weighs the same however many instances there are', () => {
    const evidence = (instances: number): number => {
      const world = service((at) =>
        Array.from({ length: instances }, (_, pod) =>
          requests(`v2-${pod}`, 1500 / instances, 150 / instances, at),
        ).flat(),
      )
      const { watch, nowMs } = run(begin({ checks: { errors } }), world, 10)
      expect(JSON.stringify(watch).length).toBeGreaterThan(100 * instances)
      const made = reportOf(watch, nowMs)
      expect(recompute(made)).toEqual([])
      return JSON.stringify(made.evidence).length
    }
    expect(evidence(50)).toBe(evidence(1))
  })

  it.each([
    [
      'a verdict that was changed',
      { ...stored, verdict: 'healthy' },
      'verdict: the report says "healthy", its evidence "unhealthy"',
    ],
    ['a count that was changed', { ...stored, watched: 3 }, 'watched: the report says 3, its evidence 13500'],
    [
      'a row that was changed',
      { ...stored, checks: [{ ...stored.checks[0], after: '0 %' }, stored.checks[1]] },
      'checks.0.after: the report says "0 %", its evidence "10 %"',
    ],
    [
      'a row that was removed',
      { ...stored, checks: [stored.checks[0]] },
      'checks.1: the report says undefined',
    ],
    ['no evidence', { ...stored, evidence: undefined }, 'there is no evidence'],
    [
      'evidence of another version',
      { ...stored, evidence: { version: 2 } },
      'there is no evidence of this version',
    ],
    [
      'evidence that is damaged',
      {
        ...stored,
        evidence: { ...stored.evidence, watch: { ...stored.evidence.watch, checks: { errors: null } } },
      },
      'the evidence is damaged',
    ],
  ])('shows %s', (_, changed, difference) => {
    expect(recompute(changed)[0]).toContain(difference)
  })
})

describe('numbers in words', () => {
  it.each([
    [shareText(0.009), '0.9 %'],
    [shareText(0.1234), '12 %'],
    [shareText(0.000021), '0.0021 %'],
    [shareText(0), '0 %'],
    [countText(45_780), '45 780'],
    [countText(1_234_567), '1 234 567'],
    [countText(3.456), '3.5'],
    [spanText(135_000), '2 min 15 s'],
    [spanText(5_400_000), '1 h 30 min'],
    [spanText(86_400_000 * 3), '3 d'],
    [spanText(350), '350 ms'],
    [changeText(1.12), '+12 %'],
    [changeText(0.97), '−3 %'],
    [changeText(11), '11 times'],
    [changeText(1), '±0 %'],
    [changeText(Number.NaN), ''],
    [evidenceText(Math.log(12)), '12'],
    [evidenceText(Math.log(3e7)), '3·10⁷'],
    [levelText(0.312, { unit: 'seconds', perBase: 1 }), '312 ms'],
    [levelText(1500, { unit: 'seconds', perBase: 1000 }), '1.5 s'],
    [levelText(536_870_912, { unit: 'bytes', perBase: 1 }), '512 MiB'],
    [levelText(42, { unit: 'none', perBase: 1 }), '42'],
    [levelText(123_456, { unit: 'none', perBase: 1 }), '123 456'],
    [shortNumber(-0.000123), '-0.00012'],
    [shortNumber(999.6), '1000'],
  ])('%s', (text, wanted) => expect(text).toBe(wanted))
})

const trailOf = (values: readonly (number | undefined)[]): Trail =>
  values.reduce<Trail>(
    (trail, value) => extendTrail(trail, value === undefined ? undefined : { value, weight: 1 }),
    NO_TRAIL,
  )

describe('a sparkline', () => {
  it.each([
    [[0, 1, 2, 3, 4, 5, 6, 7], '▁▂▃▄▅▆▇█'],
    [[1, undefined, 8], '▁·█'],
    [[5, 5, 5], '▁▁▁'],
    [[], ''],
  ])('of %j is %s', (values, line) => expect(sparkline(trailOf(values))).toBe(line))

  it('never is longer than told, and keeps a peak', () => {
    const long = trailOf(Array.from({ length: 5000 }, (_, index) => (index === 2500 ? 1e6 : 1)))
    expect(long.points.length).toBeLessThanOrEqual(48)
    expect(sparkline(long)).toHaveLength(sparkline(long).replaceAll(/[▂▃▄▅▆▇]/g, '').length)
    expect(sparkline(long)).toContain('█')
    expect(sparkline(long).length).toBeLessThanOrEqual(24)
  })
})
