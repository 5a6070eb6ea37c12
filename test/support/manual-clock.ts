import type { Clock } from '../../src/ports/clock.ts'

export interface ManualClock extends Clock {
  /** Every wait that was asked for, in ms. */
  readonly waits: number[]
  advance(ms: number): void
}

/** A clock that stands still but for its sleepers: each sleep is over at once, and by then its time has passed. */
export function manualClock(startMs = Date.UTC(2026, 10, 23, 12)): ManualClock {
  let nowMs = startMs
  const waits: number[] = []
  return {
    waits,
    now: () => nowMs,
    advance: (ms) => void (nowMs += ms),
    async sleep(ms, signal) {
      signal.throwIfAborted()
      waits.push(ms)
      nowMs += ms
      // A turn of the loop, so that whoever is waited for gets on.
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}
