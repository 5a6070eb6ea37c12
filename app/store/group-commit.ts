interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

interface Writes<Item, Result> {
  /** All of them in one transaction; one result each, in their order. */
  readonly write: (batch: readonly Item[]) => Promise<readonly Result[]>
  /** Whether an error is about what one of them holds: then each is tried alone, so that none fails for another's sake. */
  readonly isAboutOne: (error: unknown) => boolean
}

/** So that one transaction stays short, whatever came in meanwhile. */
const MOST = 100

/**
 * Writes what comes in while a write is under way in the next one, together: as many transactions as the database makes, not as
 * many as there are senders. Nobody waits for more than the write under way and their own.
 */
export function groupCommit<Item, Result>(writes: Writes<Item, Result>): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = []
  let draining = false
  const drain = async (): Promise<void> => {
    draining = true
    while (waiting.length > 0) await settle(waiting.splice(0, MOST), writes)
    draining = false
  }
  return async (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!draining) void drain()
    })
}

async function settle<Item, Result>(
  batch: readonly Waiting<Item, Result>[],
  writes: Writes<Item, Result>,
): Promise<void> {
  try {
    const results = await writes.write(batch.map(({ item }) => item))
    for (const [at, { resolve }] of batch.entries()) resolve(results[at] as Result)
  } catch (error) {
    if (batch.length > 1 && writes.isAboutOne(error)) for (const one of batch) await settle([one], writes)
    else for (const { reject } of batch) reject(error)
  }
}
