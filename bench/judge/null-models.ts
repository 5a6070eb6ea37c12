import { contestants } from './contestants.ts'
import { seeded } from './random.ts'
import { type Mode, type NoiseKind, record } from './service.ts'
import { checkNames, checkOf, outcomeOf, trace } from './watch.ts'

export const noises: readonly NoiseKind[] = ['poisson', 'gamma', 'ar1', 'drift', 'bursts']
export const modes: readonly Mode[] = ['before_after', 'concurrent']
export const rates = [1, 10, 100, 1000] as const

/** Unchanged services of one kind: how many of `watches` each contestant took back. */
export interface Cell {
  readonly check: string
  readonly mode: Mode
  readonly noise: NoiseKind
  readonly rate: number
  readonly watches: number
  readonly reverted: Readonly<Record<string, number>>
}

const ours = 'Seamless'
/** An unchanged service judged without any margin is exactly at the edge of the null: the hardest case there is. */
const noMargin = { worseBy: 0, atLeast: 0 }
export const atEdge = 'no margin, errors'

/** Every noise × mode × rate × check, each check alone and all four together under one alpha. */
export function nullModels(watches: number, progress: (text: string) => void): readonly Cell[] {
  const cells: Cell[] = []
  for (const mode of modes) {
    for (const noise of noises) {
      for (const rate of rates) {
        cells.push(...cellsOf({ mode, noise, rate }, watches))
        progress(`unchanged services: ${mode}, ${noise}, ${rate}/s`)
      }
    }
  }
  return cells
}

interface Model {
  readonly mode: Mode
  readonly noise: NoiseKind
  readonly rate: number
}

function cellsOf(model: Model, watches: number): readonly Cell[] {
  const tallies = new Map<string, Record<string, number>>()
  const tally = (check: string): Record<string, number> => {
    const found = tallies.get(check) ?? {}
    tallies.set(check, found)
    return found
  }
  const { mode } = model
  for (let seed = 0; seed < watches; seed++) {
    for (const errorRate of [0.001, 0.005]) {
      const scenario = { ...model, errorRate, baselineTicks: 480, watchTicks: 120 }
      const recording = record(scenario, seeded(1 + seed + (errorRate > 0.001 ? 500_000 : 0)))
      const names = errorRate === 0.001 ? checkNames : (['errors'] as const)
      const traces = names.map((name) => trace(recording, name, checkOf(name, mode)))
      for (const [index, name] of names.entries()) {
        const to = tally(name === 'errors' ? `errors ${errorRate * 100} %` : name)
        count(to, ours, outcomeOf([traces[index] ?? []]))
        if (name !== 'errors' && name !== 'latency') continue
        for (const [peer, decide] of Object.entries(contestants)) {
          if (peer !== ours) count(to, peer, { reverted: decide(recording, mode, name) })
        }
      }
      if (names.length === checkNames.length) count(tally('all four'), ours, outcomeOf(traces))
      const strict = trace(recording, 'errors', checkOf('errors', mode, noMargin))
      count(tally(`${atEdge} ${errorRate * 100} %`), ours, outcomeOf([strict]))
    }
  }
  return [...tallies].map(([check, reverted]) => ({ check, ...model, watches, reverted }))
}

function count(
  to: Record<string, number>,
  who: string,
  { reverted }: { readonly reverted?: number | undefined },
): void {
  to[who] = (to[who] ?? 0) + (reverted === undefined ? 0 : 1)
}
