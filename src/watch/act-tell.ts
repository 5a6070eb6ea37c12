import { GitHubError } from '../errors.ts'
import { closeBreaker, openBreaker } from '../revert/breaker.ts'
import { code } from '../report/markdown.ts'
import { escalationOf } from '../report/watch/escalation-of.ts'
import { outcomeComment } from '../report/watch/outcome-comment.ts'
import { watchCheck } from '../report/watch/watch-check.ts'
import { type Failure, isFailure, isPassing } from './failing.ts'
import { inTime, TooLate } from './in-time.ts'
import type { LedgerEntry, WatchPorts } from './watch-ports.ts'
import type { WatchOutcome, WatchRecord } from './watch-record.ts'

const CHECK_WITHIN_MS = 10_000
/** GitHub that refuses for longer than this is not asked again: what it keeps from being said is in the log. */
const TRIED_FOR_MS = 30 * 60_000

/**
 * The verdict, where everybody looks it up: the check run of the commit, and the ledger. Users who have a bad version do not wait for
 * it: where GitHub does not take it, it is said at the end. Error: `GitHubError` of any other verdict, and the database's.
 */
export async function tellVerdict(record: WatchRecord, ports: WatchPorts): Promise<WatchRecord> {
  const nowMs = ports.clock.now()
  const outcome = outcomeOf(record)
  const isUrgent = outcome.reason === 'unhealthy'
  const [failure] = await failuresOf([
    async () => (isUrgent ? setVerdictSoon : setVerdict)(record, outcome, ports),
  ])
  if (failure !== undefined) {
    if (outcome.verdict !== 'unhealthy' && isPassing(record, nowMs, TRIED_FOR_MS)) throw failure
    ports.log.warning(`The check of ${record.environment} could not be written: ${failure.message}`)
  }
  await ports.note(entryOf(record, outcome))
  return { ...record, nextMs: nowMs, acts: { ...record.acts, verdictToldAtMs: nowMs } }
}

/** That it was taken back, and what became of the merge. The end tells it again, so GitHub that does not take it keeps nothing waiting. */
export async function tellBack(record: WatchRecord, ports: WatchPorts): Promise<WatchRecord> {
  const nowMs = ports.clock.now()
  const key = `watch-back/${record.deployment.id}`
  const [failure] = await failuresOf([async () => void (await say(record, key, ports))])
  if (failure !== undefined)
    ports.log.warning(`It is told later that ${record.environment} was taken back: ${failure.message}`)
  return { ...record, nextMs: nowMs, acts: { ...record.acts, backToldAtMs: nowMs } }
}

/**
 * The end of it, once all that follows is done: the breaker, one new comment, the issue where a person is needed, the ledger.
 * One of them that fails keeps none of the others. Error: `GitHubError`, and the database's.
 */
export async function tellEnd(record: WatchRecord, ports: WatchPorts): Promise<WatchRecord> {
  const nowMs = ports.clock.now()
  const outcome = outcomeOf(record)
  await switchBreaker(record, outcome, ports)
  await ports.note(entryOf(record, outcome))
  let url: string | undefined
  const failures = await failuresOf([
    // How it was taken back is known only now.
    async () => (outcome.verdict === 'unhealthy' ? setVerdict(record, outcome, ports) : undefined),
    async () => {
      url = await say(record, endKey(record, outcome), ports)
    },
    async () => callPeople(record, { outcome, url }, ports),
  ])
  const [first] = failures
  if (first !== undefined && isPassing(record, nowMs, TRIED_FOR_MS)) throw first
  for (const { message } of failures)
    ports.log.error(`The end of the watch of ${record.environment} is not told in full: ${message}`)
  return { ...record, nextMs: nowMs, acts: { ...record.acts, endToldAtMs: nowMs } }
}

async function failuresOf(parts: readonly (() => Promise<void>)[]): Promise<readonly Failure[]> {
  const failures: Failure[] = []
  for (const part of parts) {
    try {
      await part()
    } catch (error) {
      if (!isFailure(error)) throw error
      failures.push(error)
    }
  }
  return failures
}

async function setVerdict(
  record: WatchRecord,
  { verdict }: WatchOutcome,
  { deployments, clock }: WatchPorts,
): Promise<void> {
  await deployments.setVerdict(record.deployment.id, verdict, watchCheck(record, clock.now()))
}

/** … while users have what was found bad: for no longer than some seconds, for GitHub's limits last minutes. Error: `GitHubError`. */
async function setVerdictSoon(record: WatchRecord, outcome: WatchOutcome, ports: WatchPorts): Promise<void> {
  try {
    await inTime(ports, CHECK_WITHIN_MS, async () => setVerdict(record, outcome, ports))
  } catch (error) {
    throw error instanceof TooLate ? new GitHubError(0, error.message, { cause: error }) : error
  }
}

async function say(
  record: WatchRecord,
  key: string,
  { clock, conversation }: WatchPorts,
): Promise<string | undefined> {
  const text = outcomeComment(record, clock.now())
  if (record.pull === undefined || text === undefined) return undefined
  return (await conversation.say(record.pull.number, key, text)).url
}

async function callPeople(
  record: WatchRecord,
  { outcome, url }: { readonly outcome: WatchOutcome; readonly url: string | undefined },
  { clock, escalation }: WatchPorts,
): Promise<void> {
  const { environment, deployment } = record
  if (outcome.verdict === 'healthy') {
    await escalation.settle(environment, `${code(deployment.version)} is healthy in ${code(environment)}.`)
    return
  }
  const escalated = escalationOf(record, clock.now())
  if (escalated === undefined) return
  await escalation.raise(endKey(record, outcome), { ...escalated, ...(url !== undefined && { url }) })
}

/** Taking it back did not help: the next one is a person's. A version that users take well ends that. */
async function switchBreaker(
  { environment, deployment, acts }: WatchRecord,
  { verdict }: WatchOutcome,
  { records, clock }: WatchPorts,
): Promise<void> {
  if (verdict === 'healthy') {
    await closeBreaker(records, environment)
    return
  }
  const end = acts.recovery?.ended
  if (end?.kind !== 'still_bad') return
  await openBreaker(records, environment, {
    deployment: deployment.id,
    why: end.line,
    atMs: clock.now(),
  })
}

/** What a person decided of a watch that was held is a second outcome of it, and said as one. */
function endKey({ deployment }: WatchRecord, { by }: WatchOutcome): string {
  return `watch-end/${deployment.id}${by === undefined ? '' : '/by-person'}`
}

function entryOf(record: WatchRecord, { verdict, reason, atMs }: WatchOutcome): LedgerEntry {
  const { deployment, environment, pull, acts } = record
  const { revert } = acts
  const about = revert?.suspect ?? (pull?.isMerged === true ? pull.number : undefined)
  return {
    deployment: deployment.id,
    environment,
    sha: deployment.sha,
    verdict,
    reason,
    acted: verdict === 'healthy' ? 'promoted' : actedOf(revert),
    ...(about !== undefined && { pull: about }),
    ...(revert?.pullRequest !== undefined && { revertPull: revert.pullRequest.number }),
    atMs,
  }
}

function actedOf(revert: WatchRecord['acts']['revert']): LedgerEntry['acted'] {
  return revert?.outcome === 'merged' || revert?.outcome === 'proposed' ? revert.outcome : 'nothing'
}

function outcomeOf({ outcome, environment }: WatchRecord): WatchOutcome {
  if (outcome === undefined) throw new Error(`the watch of ${environment} is not decided yet`)
  return outcome
}
