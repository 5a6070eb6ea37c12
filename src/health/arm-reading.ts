import type { Check } from '../config/health.ts'
import type { Measurement, Sample } from '../ports/health-source.ts'
import { bucketTotals, counterReadings, type Invalid, isInvalid, toBuckets } from './counter-reading.ts'
import {
  type CounterMemory,
  countIncrements,
  type Increments,
  NOTHING_SEEN,
  type Totals,
} from './increments.ts'
import { addBuckets } from './latency.ts'
import type { Buckets, Counts, Unmeasured } from './observation.ts'
import { absentMeansNone } from './absent.ts'

/** What one arm of a check showed in one tick. */
export type ArmValue =
  | { readonly kind: 'counted'; readonly counts: Counts }
  | { readonly kind: 'buckets'; readonly buckets: Buckets }
  | { readonly kind: 'samples'; readonly values: readonly number[] }

/** `waiting`: the source works but has nothing newer yet, or this is the first look at running totals. */
export type ArmTick =
  | { readonly kind: 'value'; readonly value: ArmValue }
  | { readonly kind: 'waiting'; readonly why: 'first' | 'repeated' }
  | { readonly kind: 'unmeasured'; readonly why: Unmeasured; readonly detail: string }

/** What one arm remembers from tick to tick, one memory per query. Plain JSON. */
export interface ArmMemory {
  readonly counters: readonly CounterMemory[]
  /** The newest gauge or probe sample that was used (ms). */
  readonly newestMs: number
}

export const NO_MEMORY: ArmMemory = { counters: [], newestMs: -1 }

export interface ArmReading {
  readonly memory: ArmMemory
  readonly tick: ArmTick
}

/** When the tick is, and when the version under test came: what is older never counts as new. */
export interface TickTime {
  readonly nowMs: number
  readonly sinceMs: number
  /** The arm's labels name the version that came then: none of its series is older, so one that was missing and appears was born in the watch. */
  readonly isNew: boolean
}

/** A source's clock may be ahead of ours by this much; a sample from further ahead would make all later ones look old. */
const CLOCK_SKEW_MS = 300_000

/** The answers to a check's queries → what one arm showed. All of an arm's totals move on together or not at all, so that they always cover the same time. */
export function readArm(
  check: Check,
  memory: ArmMemory,
  measurements: readonly Measurement[],
  time: TickTime,
): ArmReading {
  const stay = (tick: ArmTick): ArmReading => ({ memory, tick })
  const answers = check.kind === 'ratio' ? absentMeansNone(check, measurements) : measurements
  const samples: (readonly Sample[])[] = []
  for (const answer of answers) {
    if (answer.kind !== 'ok')
      return {
        memory: time.isNew ? noteAbsence(memory, answers) : memory,
        tick: unmeasured(answer.kind, answer.why),
      }
    const late = answer.samples.find(({ atMs }) => !(atMs <= time.nowMs + CLOCK_SKEW_MS))
    if (late !== undefined) return stay(unmeasured('invalid', `a sample is from the future (${late.atMs})`))
    samples.push(answer.samples)
  }
  if (samples.length === 0) return stay(unmeasured('no_data', 'nothing was asked'))
  if (check.kind === 'gauge') return readGauge(memory, samples[0] ?? [], time)
  if (check.kind === 'probe') return readProbe(memory, samples[0] ?? [], time)
  return readCounters(check, memory, samples, time)
}

/** An answer that nothing matches is an answer too. */
function noteAbsence(memory: ArmMemory, answers: readonly Measurement[]): ArmMemory {
  if (!answers.every(({ kind }) => kind === 'no_data')) return memory
  const counters = answers.map((_, index) => ({
    ...(memory.counters[index] ?? NOTHING_SEEN),
    answered: true,
  }))
  return { ...memory, counters }
}

function readCounters(
  check: Exclude<Check, { kind: 'gauge' | 'probe' }>,
  memory: ArmMemory,
  samples: readonly (readonly Sample[])[],
  time: TickTime,
): ArmReading {
  const read = check.kind === 'histogram' ? bucketTotals : counterReadings
  const steps = []
  for (const [index, series] of samples.entries()) {
    const readings = read(series)
    if (isInvalid(readings)) return { memory, tick: unmeasured('invalid', readings.invalid) }
    steps.push(countIncrements(memory.counters[index] ?? NOTHING_SEEN, readings, time.sinceMs))
  }
  const next: ArmMemory = { ...memory, counters: steps.map((step) => step.memory) }
  if (steps.every(({ counted }) => counted.length === 0)) {
    const isFirst = memory.counters.every(({ series }) => Object.keys(series).length === 0)
    return { memory: next, tick: { kind: 'waiting', why: isFirst ? 'first' : 'repeated' } }
  }
  const value = check.kind === 'histogram' ? bucketValue(steps[0]?.counted ?? []) : countValue(steps)
  return {
    memory: next,
    tick: isInvalid(value) ? unmeasured('invalid', value.invalid) : { kind: 'value', value },
  }
}

function bucketValue(counted: readonly Totals[]): ArmValue | Invalid {
  const [first, ...others] = counted.map(toBuckets)
  const buckets = others.reduce(addBuckets, first ?? { edges: [], counts: [] })
  const isWhole = buckets.edges.length > 1 && buckets.edges.at(-1) === Infinity
  return isWhole ? { kind: 'buckets', buckets } : { invalid: 'the instances share no bucket edge' }
}

/** A ratio counts bad and total; traffic only total. */
function countValue(steps: readonly Increments[]): ArmValue | Invalid {
  const [first = 0, second] = steps.map(({ counted }) =>
    counted.reduce((sum, totals) => sum + (totals[''] ?? 0), 0),
  )
  const counts = second === undefined ? { bad: 0, total: first } : { bad: first, total: second }
  if (counts.bad > counts.total) return { invalid: `${counts.bad} bad of only ${counts.total}` }
  return { kind: 'counted', counts }
}

function readGauge(memory: ArmMemory, samples: readonly Sample[], time: TickTime): ArmReading {
  const fresh = freshSamples(memory, samples, time)
  if (fresh.tick !== undefined) return { memory, tick: fresh.tick }
  const values = fresh.samples.map(({ value }) => value)
  return {
    memory: { ...memory, newestMs: fresh.newestMs },
    tick: { kind: 'value', value: { kind: 'samples', values } },
  }
}

/** A probe's answer is `probe_success`, 0 or 1, once per address or alert rule; any failed one is a failed probe. */
function readProbe(memory: ArmMemory, samples: readonly Sample[], time: TickTime): ArmReading {
  const early = samples.find(
    ({ labels, value }) => labels['__name__'] === FIRING_SINCE && value * 1000 < time.sinceMs,
  )
  if (early !== undefined) {
    const rule = early.labels['rule'] ?? ''
    const detail = `"${rule}" has been firing since before the deployment, and says nothing of it`
    return { memory, tick: unmeasured('no_data', detail) }
  }
  const successes = samples.filter(({ labels }) => labels['__name__'] === 'probe_success')
  if (successes.length === 0) return { memory, tick: unmeasured('invalid', 'no probe_success in the answer') }
  const fresh = freshSamples(memory, successes, time)
  if (fresh.tick !== undefined) return { memory, tick: fresh.tick }
  const odd = fresh.samples.find(({ value }) => value !== 0 && value !== 1)
  if (odd !== undefined) return { memory, tick: unmeasured('invalid', `probe_success is ${odd.value}`) }
  const bad = fresh.samples.some(({ value }) => value === 0) ? 1 : 0
  return {
    memory: { ...memory, newestMs: fresh.newestMs },
    tick: { kind: 'value', value: { kind: 'counted', counts: { bad, total: 1 } } },
  }
}

/** When an alert began to fire, as a Grafana source says it. */
const FIRING_SINCE = 'grafana_alert_firing_since_seconds'

type Fresh =
  | { readonly tick: ArmTick }
  | { readonly tick: undefined; readonly samples: readonly Sample[]; readonly newestMs: number }

/** The samples since the deployment, if one of them is newer than all that were used. One that is no number makes the whole tick invalid: that instance is unknown, and unknown is not good. */
function freshSamples(memory: ArmMemory, samples: readonly Sample[], { sinceMs }: TickTime): Fresh {
  const odd = samples.find(({ value }) => !Number.isFinite(value))
  if (odd !== undefined) return { tick: unmeasured('invalid', `a sample is ${odd.value}`) }
  const current = samples.filter(({ atMs }) => atMs >= sinceMs)
  if (current.length === 0)
    return { tick: unmeasured('no_data', 'every sample is older than the deployment') }
  const newestMs = Math.max(...current.map(({ atMs }) => atMs))
  if (newestMs <= memory.newestMs) return { tick: { kind: 'waiting', why: 'repeated' } }
  return { tick: undefined, samples: current, newestMs }
}

function unmeasured(why: Unmeasured, detail: string): ArmTick {
  return { kind: 'unmeasured', why, detail }
}
