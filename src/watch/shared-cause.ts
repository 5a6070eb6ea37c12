import type { OtherWatch } from './watch-ports.ts'
import type { WatchRecord } from './watch-record.ts'

/** Deployments of different changes do not turn bad within a minute of each other by themselves. */
const WITHIN_MS = 60_000

/**
 * Whether all else that was watched turned bad with this one: other repositories and other commits, for watches of the same commit
 * have the same change in common. One that did not is enough to doubt a shared cause.
 */
export function hasSharedCause(
  { repository, deployment, outcome }: WatchRecord,
  others: readonly OtherWatch[],
): boolean {
  const foreign = others.filter((other) => other.repository !== repository || other.sha !== deployment.sha)
  const foundMs = outcome?.atMs
  if (foundMs === undefined || foreign.length === 0) return false
  return foreign.every(({ badAtMs }) => badAtMs !== undefined && Math.abs(badAtMs - foundMs) <= WITHIN_MS)
}
