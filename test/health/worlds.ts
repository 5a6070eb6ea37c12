import type { HealthSource, HistoryStep, Query, Sample } from '../../src/ports/health-source.ts'
import { binomial, random, sample, service, START, type World } from './service.ts'

/** The length of a tick (ms). */
export const EVERY = 15_000

export interface Version {
  readonly version: string
  readonly perTick: number
  /** Chance of a failed request. */
  readonly failing: number
  /** Times slower than usual. */
  readonly slower?: number
  readonly born?: number
}

/** Counters of versions under random traffic; the same for the same seed whenever they are asked. */
export function traffic(versions: readonly Version[], seed: number): World {
  const totals = new Map<string, Sample[]>()
  const uniform = random(seed)
  const running = versions.map(() => ({ good: 0, bad: 0, buckets: [0, 0, 0, 0, 0] }))
  let simulatedTo = START - 100 * EVERY
  return service((at) => {
    for (; simulatedTo < at; simulatedTo += EVERY) {
      for (const [index, version] of versions.entries()) addTick(running[index]!, version, uniform)
    }
    const known = totals.get(String(at))
    if (known !== undefined) return known
    const samples = versions.flatMap((version, index) => expose(version, running[index]!, at))
    totals.set(String(at), samples)
    return samples
  })
}

export function addTick(
  state: { good: number; bad: number; buckets: number[] },
  { perTick, failing, slower = 1 }: Version,
  uniform: () => number,
): void {
  const total = binomial(perTick * 2, 0.5, uniform)
  const bad = binomial(total, failing, uniform)
  state.bad += bad
  state.good += total - bad
  let left = total
  let below = 0
  for (const [slot, edge] of [0.05, 0.1, 0.2, 0.4, Infinity].entries()) {
    const cumulative = 1 - Math.exp(-edge / (0.05 * slower))
    const count = edge === Infinity ? left : binomial(left, (cumulative - below) / (1 - below), uniform)
    state.buckets[slot] = (state.buckets[slot] ?? 0) + count
    left -= count
    below = cumulative
  }
}

export function expose(
  { version }: Version,
  state: { good: number; bad: number; buckets: number[] },
  at: number,
): Sample[] {
  let sum = 0
  const buckets = ['0.05', '0.1', '0.2', '0.4', '+Inf'].map((le, index) => {
    sum += state.buckets[index] ?? 0
    return sample({ __name__: 'latency_seconds_bucket', version, le }, sum, at)
  })
  return [
    sample({ __name__: 'requests', version, code: '200' }, state.good, at),
    sample({ __name__: 'requests', version, code: '500' }, state.bad, at),
    ...buckets,
  ]
}

/** A source that remembers: the world, asked at past times. */
export function remembering(world: World, sinceMs = -Infinity): HealthSource {
  return {
    name: 'main',
    read: () => Promise.reject(new Error('not asked here')),
    history: (queries: readonly Query[], { fromMs, toMs, stepMs }) => {
      const steps: HistoryStep[] = []
      for (let atMs = fromMs; atMs <= toMs; atMs += stepMs) {
        steps.push({
          atMs,
          measurements: queries.map((query) =>
            atMs < sinceMs ? { kind: 'no_data', why: 'not yet' } : world(query, atMs),
          ),
        })
      }
      return Promise.resolve(steps)
    },
  }
}
