import { GitHubError, VersionControlError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Deployed } from '../ports/deployments.ts'
import type { Log } from '../ports/log.ts'
import type { PullRequests, Suspects } from '../ports/pull-requests.ts'
import { type Brakes, COOLDOWN_MS, NO_BRAKES, type RevertFacts } from './decide.ts'

/** What the run knows by itself. */
export interface KnownFacts extends Pick<
  RevertFacts,
  'policy' | 'shadow' | 'verdict' | 'provenLive' | 'unhealthy'
> {
  readonly deployed: Deployed
  /** The last version that was healthy in this environment before; absent where none ever was. */
  readonly lastHealthy?: Deployed
}

export interface RevertPorts {
  /** Where what was merged is asked of: GitHub, or a repository that has no pull requests. */
  readonly pullRequests: Pick<PullRequests, 'suspects' | 'mergeOf' | 'revertsSince'>
  /** What may stop it; absent where nobody could have. Errors: those of the records. */
  readonly brakes?: () => Promise<Brakes>
  readonly clock: Clock
  readonly log: Log
}

const DAY_MS = 24 * 3_600_000

/** Completes the facts of a decision. GitHub is asked only for what the decision can turn on. Errors: `GitHubError`, `VersionControlError`, those of the brakes. */
export async function gatherRevertFacts(known: KnownFacts, ports: RevertPorts): Promise<RevertFacts> {
  const { policy, shadow, verdict, provenLive, unhealthy } = known
  const nowMs = ports.clock.now()
  const isBlamed = unhealthy.some(({ wasBadBefore }) => !wasBadBefore)
  const matters = verdict === 'unhealthy' && policy !== 'off' && isBlamed
  const brakes = matters && ports.brakes !== undefined ? await ports.brakes() : NO_BRAKES
  const suspects: Suspects =
    matters && isReleased(brakes) ? await suspectsOf(known, ports.pullRequests) : { kind: 'none' }
  const wouldMerge = policy === 'auto' && suspects.kind === 'one'
  const reverts = wouldMerge ? await countReverts(ports, nowMs) : NO_REVERTS
  return { policy, shadow, verdict, provenLive, unhealthy, brakes, suspects, ...reverts, nowMs }
}

function isReleased({ autoRevert, breaker, hasSharedCause }: Brakes): boolean {
  return autoRevert === 'on' && breaker === 'closed' && !hasSharedCause
}

const NO_REVERTS = { revertsOfTheDay: 0, revertsOfCooldown: 0 }
type Reverts = Pick<RevertFacts, 'revertsOfTheDay' | 'revertsOfCooldown'>

async function suspectsOf(
  { deployed, lastHealthy }: KnownFacts,
  pullRequests: RevertPorts['pullRequests'],
): Promise<Suspects> {
  if (lastHealthy !== undefined) return pullRequests.suspects(lastHealthy.sha, deployed.sha)
  const merge = await pullRequests.mergeOf(deployed.sha)
  if (merge === undefined) return { kind: 'none' }
  return {
    kind: 'several',
    merge,
    others: 'everything before it, since no version was ever found healthy here',
  }
}

async function countReverts({ pullRequests, log }: RevertPorts, nowMs: number): Promise<Reverts> {
  try {
    const revertsOfTheDay = await pullRequests.revertsSince(nowMs - DAY_MS)
    if (revertsOfTheDay === 0) return NO_REVERTS
    return { revertsOfTheDay, revertsOfCooldown: await pullRequests.revertsSince(nowMs - COOLDOWN_MS) }
  } catch (error) {
    if (!(error instanceof GitHubError || error instanceof VersionControlError)) throw error
    log.warning(`The reverts of the last day could not be counted, so none is merged: ${error.message}`)
    return { revertsOfTheDay: 'unknown', revertsOfCooldown: 'unknown' }
  }
}
