import type { Check } from '../config/health.ts'
import type { ArmTick, ArmValue } from './arm-reading.ts'
import { addToFigure, bucketsIn, type Figure, storeBuckets } from './figure.ts'
import type { Counts, Observation } from './observation.ts'

/** What one tick of the past showed; plain JSON (the edge +Infinity is left out). */
export type PastTick =
  | ({ readonly kind: 'counted' } & Counts)
  | Extract<Figure, { kind: 'buckets' }>
  | { readonly kind: 'samples'; readonly values: readonly number[] }
  | Extract<ArmTick, { kind: 'unmeasured' }>

/** The past of one check, at the watch's own tick length. Plain JSON. */
export interface Past {
  /** Oldest first. */
  readonly ticks: readonly PastTick[]
  /** With `same-time`: what all windows together showed at the n-th tick after the deployment's clock time; null where none did. */
  readonly slots?: readonly (PastTick | null)[]
}

/** Undefined where the source had nothing newer: the next tick covers it. */
export function pastTick(tick: ArmTick): PastTick | undefined {
  if (tick.kind === 'waiting') return undefined
  if (tick.kind === 'unmeasured') return tick
  const { value } = tick
  if (value.kind === 'counted') return { kind: 'counted', ...value.counts }
  if (value.kind === 'buckets') return storeBuckets(value.buckets)
  return value
}

/** The tick as a judge reads it: the version that ran then stands in `candidate`. */
export function pastObservation(tick: PastTick): Observation {
  if (tick.kind === 'counted') return { kind: 'counted', candidate: { bad: tick.bad, total: tick.total } }
  if (tick.kind === 'buckets') return { kind: 'buckets', candidate: bucketsIn(tick) }
  if (tick.kind === 'samples') return { kind: 'samples', candidate: tick.values }
  return tick
}

/** All that the ticks showed together. */
export function sumUp(ticks: readonly PastTick[]): Figure | undefined {
  let figure: Figure | undefined
  for (const tick of ticks) {
    const value = valueOf(tick)
    if (value !== undefined) figure = addToFigure(figure, value)
  }
  return figure
}

/** Several windows, tick by tick on top of each other. Requests a tick are a mean, or four days would look like four times the traffic. */
export function overlay(
  check: Check,
  windows: readonly (readonly (PastTick | undefined)[])[],
): (PastTick | null)[] {
  const length = Math.max(0, ...windows.map((window) => window.length))
  return Array.from({ length }, (_, slot) => {
    const ticks = windows.flatMap((window) => window[slot] ?? []).filter(({ kind }) => kind !== 'unmeasured')
    return ticks.length === 0 ? null : mergeTicks(check, ticks)
  })
}

/** The slots from one to another as one tick of the other arm. A gauge has its newest only. */
export function slotsTick(slots: NonNullable<Past['slots']>, from: number, to: number): ArmTick {
  const passed = slots.slice(from, to + 1).filter((slot) => slot !== null)
  const [last] = passed.slice(-1)
  const value = last?.kind === 'samples' ? valueOf(last) : valueOfFigure(sumUp(passed))
  if (value === undefined)
    return { kind: 'unmeasured', why: 'no_data', detail: 'nothing is known of that time of day' }
  return { kind: 'value', value }
}

/** Samples that are kept of a gauge with many instances, per slot. */
const MOST_SAMPLES = 16

function mergeTicks(check: Check, ticks: readonly PastTick[]): PastTick | null {
  const samples = ticks.flatMap((tick) => (tick.kind === 'samples' ? tick.values : []))
  if (samples.length > 0) return { kind: 'samples', values: samples.slice(0, MOST_SAMPLES) }
  const figure = sumUp(ticks)
  if (figure?.kind === 'buckets') return figure
  if (figure?.kind !== 'counted') return null
  const days = check.kind === 'traffic' ? ticks.length : 1
  return { kind: 'counted', bad: figure.bad / days, total: figure.total / days }
}

function valueOf(tick: PastTick): ArmValue | undefined {
  if (tick.kind === 'counted') return { kind: 'counted', counts: { bad: tick.bad, total: tick.total } }
  if (tick.kind === 'buckets') return { kind: 'buckets', buckets: bucketsIn(tick) }
  return tick.kind === 'samples' ? tick : undefined
}

function valueOfFigure(figure: Figure | undefined): ArmValue | undefined {
  if (figure?.kind === 'counted') return { kind: 'counted', counts: { bad: figure.bad, total: figure.total } }
  return figure?.kind === 'buckets' ? { kind: 'buckets', buckets: bucketsIn(figure) } : undefined
}
