import type { Buckets, Counts, Observation } from '../observation.ts'
import type { JudgedCheck } from './judged-check.ts'
import type { Scale } from './scale.ts'
import { badAbove, isBuckets } from './tail.ts'

/** One comparison of one tick: `bad` events in `total` exposure of each arm. For traffic: requests in ticks. */
export interface Reading {
  readonly candidate: Counts
  /** Bad events of the candidate by the wider measure of the promote margin, where it is not the same event (gauge). */
  readonly lenient?: number
  readonly baseline?: Counts
}

/** What one observation says at each level, or undefined where it says nothing that can be trusted. Before/after looks at the candidate only. */
export function readingsOf(
  check: JudgedCheck,
  scale: Scale,
  tick: Observation,
): readonly Reading[] | undefined {
  if (scale.levels.length === 0) return undefined
  const readings = readingsAt(check, scale, tick)
  return check.mode === 'before_after' ? readings?.map(alone) : readings
}

function alone({ candidate, lenient }: Reading): Reading {
  return lenient === undefined ? { candidate } : { candidate, lenient }
}

/** What a tick of the past says, as the reference it is: no margin moves its levels. */
export function pastReadings(check: JudgedCheck, scale: Scale, tick: Observation): readonly Counts[] {
  if (tick.kind === 'unmeasured' || scale.levels.length === 0) return []
  const readings = readingsAt({ ...check, expectedShare: 1 }, scale, asBaseline(tick))
  return readings?.flatMap(({ baseline }) => baseline ?? []) ?? []
}

function asBaseline(tick: Exclude<Observation, { readonly kind: 'unmeasured' }>): Observation {
  switch (tick.kind) {
    case 'counted':
      return { kind: 'counted', candidate: tick.candidate, baseline: tick.candidate }
    case 'buckets':
      return { kind: 'buckets', candidate: tick.candidate, baseline: tick.candidate }
    default:
      return { kind: 'samples', candidate: tick.candidate, baseline: tick.candidate }
  }
}

function readingsAt(check: JudgedCheck, scale: Scale, tick: Observation): readonly Reading[] | undefined {
  if (tick.kind === 'unmeasured') return undefined
  switch (check.kind) {
    case 'ratio':
    case 'probe':
      return tick.kind === 'counted' ? pair(counts(tick.candidate), tick.baseline, counts) : undefined
    case 'traffic':
      return trafficReading(check, tick)
    case 'histogram':
      return tick.kind === 'buckets' ? bucketReadings(scale, tick) : undefined
    default:
      return tick.kind === 'samples' ? gaugeReadings(check, scale, tick) : undefined
  }
}

/** A level raised by a relative margin, away from good, whatever its sign. */
export function raised(level: number, worseBy: number): number {
  return level + Math.abs(level) * worseBy
}

function pair<T>(
  candidate: Counts | undefined,
  raw: T | undefined,
  read: (raw: T) => Counts | undefined,
): readonly Reading[] | undefined {
  if (!candidate) return undefined
  if (raw === undefined) return [{ candidate }]
  const baseline = read(raw)
  return baseline ? [{ candidate, baseline }] : undefined
}

function counts(raw: Counts): Counts | undefined {
  const sane = isCount(raw.bad) && isCount(raw.total) && raw.bad <= raw.total && raw.total >= leastCount
  return sane ? { bad: raw.bad, total: raw.total } : undefined
}

/** Larger than any tick of any service; beyond it doubles lose single requests. */
const largestCount = 1e12
/** Increments may be fractions, but less than this of a request is none. */
const leastCount = 1e-3

function isCount(value: number): boolean {
  return Number.isFinite(value) && value >= 0 && value <= largestCount
}

function trafficReading(check: JudgedCheck, tick: Observation): readonly Reading[] | undefined {
  if (tick.kind !== 'counted' || !isCount(tick.candidate.total)) return undefined
  const share = check.mode === 'concurrent' ? (check.expectedShare ?? 1) : 1
  const candidate = { bad: tick.candidate.total, total: share }
  return pair(candidate, tick.baseline, (raw) =>
    isCount(raw.total) && raw.total >= leastCount ? { bad: raw.total, total: 1 } : undefined,
  )
}

function bucketReadings(
  scale: Scale,
  tick: { readonly candidate: Buckets; readonly baseline?: Buckets },
): readonly Reading[] | undefined {
  const { candidate, baseline } = tick
  if (!isBuckets(candidate) || (baseline && !isBuckets(baseline))) return undefined
  const readings = scale.levels.flatMap(
    (level) => pair(badAbove(candidate, level), baseline, (raw) => badAbove(raw, level)) ?? [],
  )
  return readings.length === scale.levels.length ? readings : undefined
}

function gaugeReadings(
  check: JudgedCheck,
  scale: Scale,
  tick: { readonly candidate: readonly number[]; readonly baseline?: readonly number[] },
): readonly Reading[] | undefined {
  const candidate = tick.candidate.filter(Number.isFinite)
  const baseline = tick.baseline?.filter(Number.isFinite)
  if (candidate.length === 0 || baseline?.length === 0) return undefined
  return scale.levels.map((level) => ({
    candidate: above(candidate, raised(level, check.revert.worseBy)),
    lenient: above(candidate, raised(level, check.promote.worseBy)).bad,
    ...(baseline && { baseline: above(baseline, level) }),
  }))
}

function above(samples: readonly number[], level: number): Counts {
  return { bad: samples.filter((sample) => sample > level).length, total: samples.length }
}
