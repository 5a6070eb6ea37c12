import type { Observation } from '../observation.ts'

/** The other arm's first ticks, as if they were its past. */
export interface Gathering {
  readonly ticks: readonly Observation[]
  readonly enough: boolean
}

/** A minute of 15 s ticks: enough requests to see where the tail is, little enough to lose. */
const wanted = 4
/** A gauge of more samples a tick is cut: the state must stay small, and quantiles need no more. */
const mostSamples = 256

export const startGathering: Gathering = { ticks: [], enough: false }

/** Keeps what a tick says of the baseline arm. Ticks without it teach nothing. */
export function gather(gathering: Gathering, tick: Observation): Gathering {
  const past = asPast(tick)
  if (!past) return gathering
  const ticks = [...gathering.ticks, past]
  return { ticks, enough: ticks.length >= wanted }
}

function asPast(tick: Observation): Observation | undefined {
  if (tick.kind === 'buckets' && tick.baseline) return { kind: 'buckets', candidate: tick.baseline }
  if (tick.kind === 'samples' && tick.baseline) {
    const candidate = tick.baseline.filter(Number.isFinite).slice(0, mostSamples)
    return candidate.length > 0 ? { kind: 'samples', candidate } : undefined
  }
  return undefined
}
