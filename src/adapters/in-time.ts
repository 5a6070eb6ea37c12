export interface Deadline {
  readonly timeoutMs: number
  /** Of the caller; its reason is what the whole rejects with. */
  readonly signal: AbortSignal
}

/** What `work` gives, if it ends in time; else what `explain` makes of the error, `late` where the time was up. */
export async function inTime<Result>(
  { timeoutMs, signal }: Deadline,
  work: (end: AbortSignal) => Promise<Result>,
  explain: (error: unknown, late: boolean) => Error,
): Promise<Result> {
  signal.throwIfAborted()
  // One signal of our own, left by the caller's in the end: AbortSignal.any() would stay with it for the days of a watch.
  const end = new AbortController()
  const cancel = (): void => end.abort()
  const timer = setTimeout(cancel, timeoutMs)
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return await work(end.signal)
  } catch (error) {
    signal.throwIfAborted()
    throw explain(error, end.signal.aborted)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', cancel)
  }
}
