import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../ports/clock.ts'

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) =>
    setTimeout(ms, undefined, { signal }).catch(() => {
      signal.throwIfAborted()
    }),
}
