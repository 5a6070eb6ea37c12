import type { Clock } from '../../../src/ports/clock.ts'

export interface HeldClock extends Clock {
  /** Whoever sleeps until then wakes, in order. */
  advance(ms: number): void
}

/** A clock that only a test moves: a sleeper sleeps until it is advanced past its end. */
export function heldClock(startMs: number): HeldClock {
  let nowMs = startMs
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>()
  return {
    now: () => nowMs,
    advance(ms) {
      nowMs += ms
      for (const sleeper of [...sleepers].sort((one, other) => one.untilMs - other.untilMs)) {
        if (sleeper.untilMs > nowMs) continue
        sleepers.delete(sleeper)
        sleeper.wake()
      }
    },
    sleep: async (ms, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted()
        const sleeper = { untilMs: nowMs + ms, wake: resolve }
        sleepers.add(sleeper)
        const leave = (): void => {
          sleepers.delete(sleeper)
          reject(signal.reason as Error)
        }
        signal.addEventListener('abort', leave, { once: true })
      }),
  }
}
