import { verdictOf } from '../health/watch-verdict.ts'
import { outcomeComment } from '../report/watch/outcome-comment.ts'
import { watchComment } from '../report/watch/watch-comment.ts'
import type { WatchPorts } from './watch-ports.ts'
import type { WatchRecord } from './watch-record.ts'

/** The kept comment of an environment on a pull request, of its operation first and then of its watch. */
export function progressKey(environment: string): string {
  return `progress/${environment}`
}

/**
 * Brings the kept comment up to date, and says once in a new one that users have a bad version which nobody takes back, because a
 * person said so. Error: `GitHubError`; telling again later says all that was missed.
 */
export async function tellWatch(
  record: WatchRecord,
  ports: Pick<WatchPorts, 'conversation' | 'clock'>,
): Promise<void> {
  const { pull, environment } = record
  if (pull === undefined || isTakenOver(record)) return
  const nowMs = ports.clock.now()
  await ports.conversation.keep(pull.number, progressKey(environment), watchComment(record, nowMs))
  const text = isBadWhilePaused(record, nowMs) ? outcomeComment(record, nowMs) : undefined
  if (text === undefined) return
  await ports.conversation.say(pull.number, `watch-paused/${record.deployment.id}`, text)
}

function isBadWhilePaused({ phase, paused, state }: WatchRecord, nowMs: number): boolean {
  if (phase !== 'watching' || paused === undefined || state === undefined) return false
  return verdictOf(state, nowMs).verdict === 'unhealthy'
}

/** The same comment is by now that of the next deployment from this pull request, or of this commit once more. */
function isTakenOver({ pull, deployment, supersededBy }: WatchRecord): boolean {
  if (supersededBy === undefined) return false
  return pull?.isMerged !== true || supersededBy.sha === deployment.sha
}
