import { contestants } from './contestants.ts'
import type { Metric } from './peers/minute.ts'
import { seeded } from './random.ts'
import { type Degradation, type Mode, type NoiseKind, record, type Scenario, tickSeconds } from './service.ts'
import { waldMinutes } from './wald.ts'
import { type CheckName, checkNames, checkOf, watch } from './watch.ts'

/** One way to get worse, and the prototype's median minutes at 100 requests a second (before/after, canary). */
export interface Row {
  readonly name: string
  readonly check: Metric
  readonly errorRate: number
  readonly degradation: Degradation
  readonly prototype: readonly [number, number]
}

export const rows: readonly Row[] = [
  {
    name: 'errors 0.1 → 1 %',
    check: 'errors',
    errorRate: 0.001,
    degradation: { errors: 10 },
    prototype: [1, 1.5],
  },
  {
    name: 'errors 0.5 → 5 %',
    check: 'errors',
    errorRate: 0.005,
    degradation: { errors: 10 },
    prototype: [0.75, 1],
  },
  {
    name: 'errors 0.1 → 0.3 %',
    check: 'errors',
    errorRate: 0.001,
    degradation: { errors: 3 },
    prototype: [3.75, 14.5],
  },
  {
    name: 'p99 +20 %',
    check: 'latency',
    errorRate: 0.001,
    degradation: { slower: 1.2 },
    prototype: [1.25, 3],
  },
  { name: 'p99 +100 %', check: 'latency', errorRate: 0.001, degradation: { slower: 2 }, prototype: [1, 1] },
  {
    name: '3 % of requests 4 times slower',
    check: 'latency',
    errorRate: 0.001,
    degradation: { fourTimesSlower: 0.03 },
    prototype: [1.25, 3],
  },
]

/** Delays in minutes; Infinity where it was never seen. */
export interface Delay {
  readonly median: number
  /** Mean over the watches that saw it. */
  readonly mean: number
  /** Share of watches that saw it. */
  readonly seen: number
}

export interface Detection {
  readonly row: Row
  readonly mode: Mode
  readonly noise: NoiseKind
  readonly rate: number
  readonly delays: Readonly<Record<string, Delay>>
  readonly wald: number
}

export function detect(
  row: Row,
  model: Pick<Scenario, 'mode' | 'noise' | 'rate'>,
  watches: number,
): Detection {
  const scenario = {
    ...model,
    errorRate: row.errorRate,
    baselineTicks: 480,
    watchTicks: 120,
    degradation: row.degradation,
  }
  const ticks: Record<string, (number | undefined)[]> = {}
  for (let seed = 0; seed < watches; seed++) {
    const recording = record(scenario, seeded(2_000_000 + seed))
    for (const [name, decide] of Object.entries(contestants)) {
      ;(ticks[name] ??= []).push(decide(recording, model.mode, row.check))
    }
  }
  const delays = Object.fromEntries(Object.entries(ticks).map(([name, at]) => [name, delayOf(at)]))
  return { row, ...model, delays, wald: waldMinutes(scenario, row.check, row.degradation) }
}

/** Four checks under one alpha: only ours has that. */
export interface Together {
  readonly name: string
  readonly degradation: Degradation
  readonly errorRate: number
}

export const together: readonly Together[] = [
  { name: 'errors 0.2 → 1 %', errorRate: 0.002, degradation: { errors: 5 } },
  { name: 'p99 doubled', errorRate: 0.002, degradation: { slower: 2 } },
  { name: 'CPU doubled', errorRate: 0.002, degradation: { cpu: 2 } },
  { name: 'a crash without requests', errorRate: 0.002, degradation: { traffic: 0 } },
]

export function detectTogether(
  { degradation, errorRate }: Together,
  model: Pick<Scenario, 'mode' | 'noise' | 'rate'>,
  watches: number,
): Delay {
  const checks = checkNames.map((name: CheckName) => checkOf(name, model.mode))
  const at = Array.from({ length: watches }, (_, seed) => {
    const scenario = { ...model, errorRate, baselineTicks: 480, watchTicks: 120, degradation }
    return watch(record(scenario, seeded(3_000_000 + seed)), checkNames, checks).reverted
  })
  return delayOf(at)
}

function delayOf(ticks: readonly (number | undefined)[]): Delay {
  const minutes = ticks.map((tick) => (tick === undefined ? Infinity : (tick * tickSeconds) / 60))
  const seen = minutes.filter(Number.isFinite)
  return {
    median: minutes.toSorted((a, b) => a - b)[Math.floor(minutes.length / 2)] ?? Infinity,
    mean: seen.reduce((sum, one) => sum + one, 0) / seen.length,
    seen: seen.length / minutes.length,
  }
}
