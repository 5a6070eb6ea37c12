import type { Log } from '../../src/ports/log.ts'
import type { Worker } from './engine.ts'

/** The key of a recurring queue's only job. */
export const EVERY = 'every'

interface Recurring {
  readonly everyMs: number
  readonly run: (signal: AbortSignal) => Promise<void>
  readonly log: Log
}

/** The chain must not end: whatever one turn throws, the next one comes. */
export function recurring({ everyMs, run, log }: Recurring): Worker<object> {
  return async ({ queue, signal }) => {
    try {
      await run(signal)
    } catch (error) {
      log.error(`${queue.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
    return { kind: 'again', afterMs: everyMs }
  }
}
