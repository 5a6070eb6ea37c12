import type { Job } from './engine.ts'
import type { Queue } from './queue.ts'

/** Counts in this process how many of each tenant are at work. */
export interface TenantSlots {
  /** Gives the slot back when called; `undefined` where the tenant has all of its own. */
  take(job: Pick<Job<object>, 'tenant' | 'urgency'>): (() => void) | undefined
}

/**
 * pg-boss counts a tenant's running jobs in the database, where two lanes that claim at the same moment both find room: a burst of
 * one tenant could have every lane. What is claimed beyond the limit is found here, and put back. Not for batches: their jobs
 * take milliseconds, and putting one back as long.
 */
export function tenantSlots({ perTenant, batch = 1 }: Queue<object>): TenantSlots {
  const running = new Map<number, number>()
  return {
    take({ tenant, urgency }) {
      if (tenant === undefined || perTenant === undefined || batch > 1) return free
      const before = running.get(tenant) ?? 0
      if (before >= (urgency === 'safety' ? 2 * perTenant : perTenant)) return undefined
      running.set(tenant, before + 1)
      return () => leave(running, tenant)
    },
  }
}

function free(): void {}

function leave(running: Map<number, number>, tenant: number): void {
  const left = (running.get(tenant) ?? 1) - 1
  if (left === 0) running.delete(tenant)
  else running.set(tenant, left)
}
