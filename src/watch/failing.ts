import { GitHubError, UsageError } from '../errors.ts'
import type { WatchRecord } from './watch-record.ts'

/** What GitHub refuses or does not know (any more): somebody deleted the Deployment. Neither may keep users at a bad version. */
export type Failure = GitHubError | UsageError

export function isFailure(error: unknown): error is Failure {
  return error instanceof GitHubError || error instanceof UsageError
}

/** Whether nothing has succeeded for less than so long: then it is asked again. What was decided long before says nothing of that. */
export function isPassing(
  { failingSinceMs }: Pick<WatchRecord, 'failingSinceMs'>,
  nowMs: number,
  forMs: number,
): boolean {
  return nowMs - (failingSinceMs ?? nowMs) < forMs
}

/** The same once more in a moment, and since when that is tried. */
export function onceMore(record: WatchRecord, nowMs: number, afterMs: number): WatchRecord {
  return { ...record, failingSinceMs: record.failingSinceMs ?? nowMs, nextMs: nowMs + afterMs }
}

export function succeeded({ failingSinceMs: _, ...record }: WatchRecord): WatchRecord {
  return record
}

/** An outage or a limit, and no refusal. */
export function isWorthAnother(failure: Failure): boolean {
  const { status = 404 } = failure as Partial<GitHubError>
  return status < 400 || status === 429 || status >= 500
}
