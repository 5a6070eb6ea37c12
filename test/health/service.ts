import { health, type Health } from '../../src/config/health.ts'
import type { TemplateValues } from '../../src/config/label-template.ts'
import { parseSelector } from '../../src/config/selector.ts'
import type { Measurement, Query, Sample } from '../../src/ports/health-source.ts'
import { queriesOf } from '../../src/health/query-plan.ts'
import { type History, startWatch, tick, type WatchState } from '../../src/health/watch.ts'

/** 2026-01-01, on a full tick. */
export const START = Date.UTC(2026, 0, 1)

export const VALUES: TemplateValues = { version: 'v2', previous: 'v1' }

/** What the sources say at one moment. */
export type World = (query: Query, atMs: number) => Measurement

export interface Run {
  readonly watch: WatchState
  readonly nowMs: number
}

export function config(value: Record<string, unknown>): Health {
  return health.parse({ source: 'main', every: '15s', grace: '0s', hold: '5m', watch: '10m', ...value })
}

/** Ticks a watch from `fromMs` on, for `ticks` ticks, and stores and loads its state each time, as the App does. */
export function run(
  watch: WatchState,
  world: World,
  ticks: number,
  fromMs: number = watch.lastTickMs ?? watch.startedMs - watch.health.everyMs,
): Run {
  let state = watch
  let nowMs = fromMs
  const batches = queriesOf(state.health, state.values)
  for (let index = 0; index < ticks; index += 1) {
    nowMs += state.health.everyMs
    const answers = batches.map(({ queries }) => queries.map((query) => world(query, nowMs)))
    state = JSON.parse(JSON.stringify(tick(state, answers, nowMs))) as WatchState
  }
  return { watch: state, nowMs }
}

export function begin(value: Record<string, unknown>, history?: History): WatchState {
  return startWatch(config(value), VALUES, START, history)
}

/** A world of one service whose series are these, by selector semantics. */
export function service(series: (atMs: number) => readonly Sample[]): World {
  return (query, atMs) => {
    if (query.kind !== 'select') return { kind: 'invalid', why: 'selectors only' }
    const { metric, matchers } = parseSelector(query.selector)
    const matched = series(atMs).filter(
      ({ labels }) =>
        (metric === undefined || labels['__name__'] === metric) &&
        matchers.every(({ label, operator, value }) => {
          const actual = labels[label] ?? ''
          const matches = operator.endsWith('~')
            ? new RegExp(`^(?:${value})$`).test(actual)
            : actual === value
          return operator.startsWith('!') ? !matches : matches
        }),
    )
    const [first, ...others] = matched
    return first === undefined
      ? { kind: 'no_data', why: 'an empty vector' }
      : { kind: 'ok', samples: [first, ...others] }
  }
}

export function sample(labels: Record<string, string>, value: number, atMs: number): Sample {
  return { labels, value, atMs }
}

/** Request counters of one version: `perTick` requests, of them `badPerTick` failed, growing since ever. */
export function requests(version: string, perTick: number, badPerTick: number, atMs: number): Sample[] {
  const ticks = (atMs - START) / 15_000 + 1000
  return [
    sample({ __name__: 'requests', code: '200', version }, (perTick - badPerTick) * ticks, atMs),
    sample({ __name__: 'requests', code: '500', version }, badPerTick * ticks, atMs),
  ]
}

/** An integer from 0 to 2^32, from a seed: mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** How many of `n` happen that have chance `p`: inverse transform where the mean is small, else a rounded normal. */
export function binomial(n: number, p: number, uniform: () => number): number {
  const mean = n * p
  if (mean > 30) {
    const normal = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
    return Math.min(n, Math.max(0, Math.round(mean + normal * Math.sqrt(mean * (1 - p)))))
  }
  let count = 0
  for (let sum = -Math.log(1 - uniform()); sum < mean; sum -= Math.log(1 - uniform())) count += 1
  return Math.min(n, count)
}
