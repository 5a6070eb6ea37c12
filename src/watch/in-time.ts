import type { Clock } from '../ports/clock.ts'

/** There was no answer in time. */
export class TooLate extends Error {
  override readonly name = 'TooLate'
}

/**
 * What `work` gives if it ends in time. Rejects with its error, with the reason of `signal`, or with `TooLate`, which says how long
 * it was waited for; then nobody waits for `work` any more, whether it heeds its own signal or not.
 */
export async function inTime<Result>(
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  withinMs: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted()
  const over = new AbortController()
  const cancel = (): void => over.abort(signal.reason)
  signal.addEventListener('abort', cancel, { once: true })
  const late = async (): Promise<never> => {
    await clock.sleep(withinMs, over.signal)
    throw new TooLate(`it gave no answer within ${withinMs / 1000} s`)
  }
  try {
    return await Promise.race([work(over.signal), late()])
  } finally {
    over.abort()
    signal.removeEventListener('abort', cancel)
  }
}
