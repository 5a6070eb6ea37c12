import type { EngineMeter } from '../../app/engine/engine.ts'

/** What the engine's meter was told. */
export interface CountingMeter {
  readonly meter: EngineMeter
  /** How each attempt ended. */
  readonly ended: Parameters<EngineMeter['ended']>[1][]
  /** How late each began (s). */
  readonly lags: number[]
}

export function countingMeter(): CountingMeter {
  const ended: CountingMeter['ended'] = []
  const lags: number[] = []
  return {
    ended,
    lags,
    meter: {
      began: (_queue, lagSeconds) => void lags.push(lagSeconds),
      ended: (_queue, how) => void ended.push(how),
    },
  }
}
