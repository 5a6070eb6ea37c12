import { GitHubError } from '../errors.ts'
import { readAutoRevert } from '../revert/auto-revert.ts'
import { readBreaker } from '../revert/breaker.ts'
import { type Brakes, decideRevert, type UnhealthyCheck } from '../revert/decide.ts'
import { gatherRevertFacts, type KnownFacts } from '../revert/gather-facts.ts'
import { type RevertResult, revertMerge } from '../revert/revert-merge.ts'
import { code } from '../report/markdown.ts'
import { lookOn } from './look-on.ts'
import { hasSharedCause } from './shared-cause.ts'
import type { WatchPorts } from './watch-ports.ts'
import type { Found, WatchRecord } from './watch-record.ts'

/** GitHub that fails for longer than this is told to people; until then it is asked again. */
const TRIED_FOR_MS = 10 * 60_000
const AGAIN_MS = 30_000

/**
 * Decides about the merge that brought what was found bad, and carries it out. A second call finds the first one's pull request.
 * The environment was taken back before, so what GitHub does not let us do is a result for people. Error: the database's.
 */
export async function revert(judged: WatchRecord, ports: WatchPorts): Promise<WatchRecord> {
  const found = await lookOn(judged, ports)
  const record = { ...judged, ...(found !== undefined && { found }) }
  const atMs = ports.clock.now()
  const sinceMs = record.acts.rollback?.ended?.atMs ?? record.outcome?.atMs ?? atMs
  const result = await takeBack(record, ports).catch(githubFailed)
  if (result.reason === 'github_failed' && atMs - sinceMs < TRIED_FOR_MS) {
    ports.log.warning(`The merge is taken back in a moment: ${result.message}`)
    return { ...record, nextMs: atMs + AGAIN_MS }
  }
  return { ...record, nextMs: atMs, acts: { ...record.acts, revert: { ...result, atMs } } }
}

function githubFailed(error: unknown): RevertResult {
  if (!(error instanceof GitHubError)) throw error
  const message = `The merge could not be taken back: ${code(error.message, 700)}`
  return { outcome: 'failed', reason: 'github_failed', message }
}

async function takeBack(record: WatchRecord, ports: WatchPorts): Promise<RevertResult> {
  const { pullRequests, clock, log } = ports
  const brakes = async (): Promise<Brakes> => brakesOf(record, ports)
  const facts = await gatherRevertFacts(knownFacts(record), { pullRequests, brakes, clock, log })
  const decision = decideRevert(facts)
  const { environment, deployment, before, found } = record
  const evidence = {
    environment,
    deployed: deployment,
    line: found?.line ?? record.outcome?.line ?? '',
    checks: found?.checks ?? [],
    ...(before !== undefined && { lastHealthy: before }),
  }
  return revertMerge(decision, evidence, pullRequests)
}

async function brakesOf(record: WatchRecord, { records, others }: WatchPorts): Promise<Brakes> {
  const { state: autoRevert } = await readAutoRevert(records)
  const breaker = await readBreaker(records, record.environment)
  return {
    autoRevert,
    breaker: breaker.state === 'closed' ? 'closed' : 'open',
    hasSharedCause: hasSharedCause(record, await others()),
  }
}

function knownFacts({ policy, outcome, deployment, before, found }: WatchRecord): KnownFacts {
  return {
    policy: policy.revert,
    shadow: policy.shadow,
    verdict: outcome?.verdict ?? 'inconclusive',
    // A watch begins when its Deployment says that all users, or those of a traffic step, have it.
    provenLive: true,
    unhealthy: found === undefined ? [] : unhealthyOf(found),
    deployed: deployment,
    ...(before !== undefined && { lastHealthy: before }),
  }
}

function unhealthyOf({ checks, comparison }: Found): readonly UnhealthyCheck[] {
  return checks
    .filter(({ verdict }) => verdict === 'unhealthy')
    .map(({ name, reason, queries, wasBadBefore }) => ({
      name,
      against: reason === 'limit_exceeded' || comparison === 'none' ? 'limit' : comparison,
      queries,
      wasBadBefore,
    }))
}
