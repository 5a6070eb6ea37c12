import type { Delivery } from '../inbox.ts'

/** Deliveries that this process has just stored, so that working them off need not read them back. */
export interface RecentDeliveries {
  remember(delivery: Delivery): void
  /** Takes it out; nothing where it was never here, or is forgotten. */
  take(id: string): Delivery | undefined
}

/** In characters of their payloads: a thousand of the usual size. */
const MOST = 16_000_000

/** The oldest are forgotten first: they are in the database all the same. */
export function recentDeliveries(): RecentDeliveries {
  const kept = new Map<string, Delivery>()
  let size = 0
  const take = (id: string): Delivery | undefined => {
    const found = kept.get(id)
    if (found === undefined) return undefined
    kept.delete(id)
    size -= found.payload.length
    return found
  }
  return {
    take,
    remember(delivery) {
      take(delivery.id)
      kept.set(delivery.id, delivery)
      size += delivery.payload.length
      for (const id of kept.keys()) {
        if (size <= MOST) break
        take(id)
      }
    },
  }
}
