import { modes, noises, rates } from './null-models.ts'
import { seeded } from './random.ts'
import { type Degradation, type Mode, type NoiseKind, record } from './service.ts'
import { type CheckName, checkNames, checkOf, outcomeOf, trace } from './watch.ts'

/** How many of `watches` were `healthy so far` at any time from the fifth minute on. */
export interface HealthyCell {
  readonly what: string
  readonly mode: Mode
  readonly noise: NoiseKind
  readonly rate: number
  readonly watches: number
  readonly healthy: number
}

type Model = Pick<HealthyCell, 'mode' | 'noise' | 'rate' | 'watches'>

/** Versions that change nothing: the more are called healthy the better. Each check alone, and all four. */
export function unchangedHealthy(watches: number, progress: (text: string) => void): readonly HealthyCell[] {
  return models(rates, watches).flatMap((model) => {
    progress(`healthy, unchanged: ${model.mode}, ${model.noise}, ${model.rate}/s`)
    return unchangedCells(model)
  })
}

function unchangedCells(model: Model): readonly HealthyCell[] {
  const healthy: Record<string, number> = {}
  for (let seed = 0; seed < model.watches; seed++) {
    const recording = recordingOf(model, 1 + seed, { errorRate: 0.001 })
    const traces = checkNames.map((name) => trace(recording, name, checkOf(name, model.mode)))
    const often = recordingOf(model, 500_001 + seed, { errorRate: 0.005 })
    const called = {
      ...Object.fromEntries(checkNames.map((name, index) => [label(name), [traces[index] ?? []]])),
      'all four': traces,
      'errors 0.5 %': [trace(often, 'errors', checkOf('errors', model.mode))],
    }
    for (const [what, all] of Object.entries(called)) {
      healthy[what] = (healthy[what] ?? 0) + (outcomeOf(all).healthy === undefined ? 0 : 1)
    }
  }
  return Object.entries(healthy).map(([what, count]) => ({ what, ...model, healthy: count }))
}

function label(name: CheckName): string {
  return name === 'errors' ? 'errors 0.1 %' : name
}

/** One way to be worse; `promote` where the promote margin is not the check's own. */
interface Worse {
  readonly what: string
  readonly check: 'errors' | 'latency'
  readonly errorRate: number
  readonly degradation: Degradation
  readonly promote?: { readonly worseBy: number; readonly atLeast: number }
}

const margin = { worseBy: 0.2, atLeast: 0 }

/** All but the last are worse than what `healthy` promises, or exactly at its edge. */
const worse: readonly Worse[] = [
  { what: 'p99 +20 %', check: 'latency', errorRate: 0.001, degradation: { slower: 1.2 } },
  { what: 'p99 +50 %', check: 'latency', errorRate: 0.001, degradation: { slower: 1.5 } },
  {
    what: '3 % of requests 4 times slower',
    check: 'latency',
    errorRate: 0.001,
    degradation: { fourTimesSlower: 0.03 },
  },
  { what: 'errors 0.5 → 1 %', check: 'errors', errorRate: 0.005, degradation: { errors: 2 } },
  {
    what: 'errors 0.5 → 0.6 %, promote margin 20 % + 0: its very edge',
    check: 'errors',
    errorRate: 0.005,
    degradation: { errors: 1.2 },
    promote: margin,
  },
  {
    what: 'errors 15 → 18 %, promote margin 20 % + 0: its very edge',
    check: 'errors',
    errorRate: 0.15,
    degradation: { errors: 1.2 },
    promote: margin,
  },
  {
    what: 'errors 0.1 → 0.2 %: within the promote margin (0.32 %)',
    check: 'errors',
    errorRate: 0.001,
    degradation: { errors: 2 },
  },
]

/** Versions that are worse: called healthy at any time, even where they are called unhealthy before or after. */
export function worseHealthy(watches: number, progress: (text: string) => void): readonly HealthyCell[] {
  return worse.flatMap((one) =>
    models([100, 1000], watches).map((model) => {
      progress(`healthy, ${one.what}: ${model.mode}, ${model.noise}, ${model.rate}/s`)
      const { what, check, promote } = one
      const judged = { ...checkOf(check, model.mode), ...(promote && { promote }) }
      let healthy = 0
      for (let seed = 0; seed < watches; seed++) {
        const recording = recordingOf(model, 4_000_001 + seed, one)
        if (outcomeOf([trace(recording, check, judged)], 0).healthy !== undefined) healthy++
      }
      return { what, ...model, healthy }
    }),
  )
}

function models(perSecond: readonly number[], watches: number): readonly Model[] {
  return modes.flatMap((mode) =>
    noises.flatMap((noise) => perSecond.map((rate) => ({ mode, noise, rate, watches }))),
  )
}

function recordingOf(
  { mode, noise, rate }: Model,
  seed: number,
  { errorRate, degradation = {} }: { readonly errorRate: number; readonly degradation?: Degradation },
): ReturnType<typeof record> {
  const scenario = { mode, noise, rate, errorRate, degradation, baselineTicks: 480, watchTicks: 120 }
  return record(scenario, seeded(seed))
}
