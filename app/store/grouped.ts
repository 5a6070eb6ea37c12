import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

export interface Together<Item, Result> {
  /** All of them in one transaction or statement; one result each, in their order. */
  readonly all: (batch: readonly Item[]) => Promise<readonly Result[]>
  /** Whether an error is about what one of them holds: then each is tried alone, so that none fails for another's sake. */
  readonly isAboutOne?: (error: unknown) => boolean
  /** Where more wait: lets as much time go by as the last ones took, at most this (ms), so that still more come along. */
  readonly mostRestMs?: number
}

/** So that one transaction stays short, whatever came in meanwhile. */
const MOST = 200

/**
 * Does together what comes in at the same time, and then what came in meanwhile: as many transactions (or statements) as the
 * database makes, not as many as there are callers. Nobody waits for more than the one under way and their own.
 */
export function grouped<Item, Result>(together: Together<Item, Result>): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = []
  let draining = false
  const drain = async (): Promise<void> => {
    draining = true
    // Who asks in the same turn of the event loop goes along.
    await turn()
    while (waiting.length > 0) {
      const beganMs = performance.now()
      await settle(waiting.splice(0, MOST), together)
      const restMs = Math.min(performance.now() - beganMs, together.mostRestMs ?? 0)
      if (restMs > 0 && waiting.length > 0) await sleep(restMs)
    }
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
  together: Together<Item, Result>,
): Promise<void> {
  try {
    const results = await together.all(batch.map(({ item }) => item))
    for (const [at, { resolve }] of batch.entries()) resolve(results[at] as Result)
  } catch (error) {
    if (batch.length > 1 && together.isAboutOne?.(error) === true)
      for (const one of batch) await settle([one], together)
    else for (const { reject } of batch) reject(error)
  }
}
