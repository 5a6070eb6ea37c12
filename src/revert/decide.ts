import type { DeploymentVerdict } from '../ports/deployments.ts'
import type { Merge, Suspects } from '../ports/pull-requests.ts'

/** Why nothing is done in the repository; the environment may well have been rolled back. */
export const nothingReasons = [
  /** Only unhealthy takes anything back. */
  'healthy',
  'inconclusive',
  'policy_off',
  /** It would have been done. */
  'shadow',
  /** Everything that is bad now was bad before the deployment. */
  'bad_before',
  /** Somebody said `/autorevert off`. */
  'switched_off',
  /** Whether somebody did cannot be read: then nothing is done. */
  'switch_unknown',
  /** Everything else that is watched turned bad in the same minute: what they share is to blame, not one change. */
  'shared_cause',
  /** Taking something back here did not help the last time; a person decides until a version is healthy here again. */
  'breaker_open',
  /** A direct push, or a pull request that is not merged. */
  'no_merge',
  /** Reverts by machine are not reverted by machine. */
  'own_revert',
  /** The change says that going back breaks more than it mends. */
  'forward_only',
  /** Somebody labelled it `no-auto-revert`. */
  'opted_out',
  /** Merged longer ago than the age limit: too much was built on it. */
  'too_old',
] as const
export type NothingReason = (typeof nothingReasons)[number]

/** Why a revert is proposed and not merged. */
export const proposeReasons = [
  'policy_propose',
  /** No Deployment of this commit says that it went live. */
  'not_proven_live',
  'several_suspects',
  /** One check against the past: the time of day may be to blame as well. */
  'weak_evidence',
  /** A revert of ours was merged a moment ago: what it does to users is not known yet. */
  'cooldown',
  'budget_spent',
  /** What cannot be counted is held to be spent. */
  'budget_unknown',
] as const
export type ProposeReason = (typeof proposeReasons)[number]

export type RevertDecision =
  | { readonly kind: 'nothing'; readonly why: Exclude<NothingReason, 'shadow'> }
  | {
      readonly kind: 'nothing'
      readonly why: 'shadow'
      readonly would: 'propose' | 'merge'
      readonly merge: Merge
    }
  | { readonly kind: 'propose'; readonly why: ProposeReason; readonly merge: Merge; readonly others?: string }
  | { readonly kind: 'merge'; readonly merge: Merge }

/** A check that found the new version worse than is allowed. */
export interface UnhealthyCheck {
  readonly name: string
  /** Against what: the stable version at the same time, the past, or a limit. */
  readonly against: 'concurrent' | 'before_after' | 'limit'
  /** What it read, resolved: the queries and where they were asked. Two checks are independent when they share none. */
  readonly queries: readonly string[]
  /** It was as bad before the deployment: then the deployment is not to blame for it. */
  readonly wasBadBefore: boolean
}

/** What stops automation whatever the evidence. */
export interface Brakes {
  /** The kill switch: `/autorevert`. */
  readonly autoRevert: 'on' | 'off' | 'unknown'
  /** The environment's: see `breaker.ts`. */
  readonly breaker: 'closed' | 'open'
  /** All that is watched elsewhere turned bad at the same time. */
  readonly hasSharedCause: boolean
}

export const NO_BRAKES: Brakes = { autoRevert: 'on', breaker: 'closed', hasSharedCause: false }

/** What is known when the decision is made. All of it is data; nothing is asked for here. */
export interface RevertFacts {
  /** `environments.<name>.revert` of the config from before the merge. */
  readonly policy: 'auto' | 'propose' | 'off'
  readonly shadow: boolean
  readonly verdict: DeploymentVerdict
  /** Its Deployment, of this very commit, said `success`: users met it. */
  readonly provenLive: boolean
  readonly unhealthy: readonly UnhealthyCheck[]
  readonly brakes: Brakes
  readonly suspects: Suspects
  /** Reverts that Seamless merged within the last day, and within the cooldown. */
  readonly revertsOfTheDay: number | 'unknown'
  readonly revertsOfCooldown: number | 'unknown'
  readonly nowMs: number
}

/** After a day so much was built on a change that only people can weigh taking it out. */
export const MAX_AGE_MS = 24 * 3_600_000
/** So long after a revert of ours nobody knows yet whether it helped. */
export const COOLDOWN_MS = 30 * 60_000
/** More reverts than this in a day mean that something else is wrong, Seamless perhaps. */
export const REVERTS_A_DAY = 3

const OPT_OUT_LABEL = 'no-auto-revert'
const FORWARD_ONLY_LABEL = 'forward-only'

/** Whether a merge is taken back, proposed to be, or left alone. Never on missing data, and in doubt the milder of two. */
export function decideRevert(facts: RevertFacts): RevertDecision {
  if (facts.verdict !== 'unhealthy') return { kind: 'nothing', why: facts.verdict }
  if (facts.policy === 'off') return { kind: 'nothing', why: 'policy_off' }
  const evidence = facts.unhealthy.filter(({ wasBadBefore }) => !wasBadBefore)
  if (evidence.length === 0) return { kind: 'nothing', why: 'bad_before' }
  const stopped = whyStopped(facts.brakes)
  if (stopped !== undefined) return { kind: 'nothing', why: stopped }
  if (facts.suspects.kind === 'none') return { kind: 'nothing', why: 'no_merge' }
  const { merge } = facts.suspects
  const untouchable = whyUntouchable(merge, facts.nowMs)
  if (untouchable !== undefined) return { kind: 'nothing', why: untouchable }
  const why = whyPropose(facts, evidence)
  if (facts.shadow)
    return { kind: 'nothing', why: 'shadow', would: why === undefined ? 'merge' : 'propose', merge }
  if (why === undefined) return { kind: 'merge', merge }
  const { suspects } = facts
  return { kind: 'propose', why, merge, ...(suspects.kind === 'several' && { others: suspects.others }) }
}

/** The one that people pulled comes first: it is what they expect to read. */
function whyStopped(brakes: Brakes): Exclude<NothingReason, 'shadow'> | undefined {
  if (brakes.autoRevert === 'off') return 'switched_off'
  if (brakes.autoRevert === 'unknown') return 'switch_unknown'
  if (brakes.hasSharedCause) return 'shared_cause'
  return brakes.breaker === 'open' ? 'breaker_open' : undefined
}

function whyUntouchable(merge: Merge, nowMs: number): Exclude<NothingReason, 'shadow'> | undefined {
  if (merge.revertOf !== undefined) return 'own_revert'
  if (merge.forwardOnly || merge.labels.includes(FORWARD_ONLY_LABEL)) return 'forward_only'
  if (merge.labels.includes(OPT_OUT_LABEL)) return 'opted_out'
  // NaN, a date that could not be read, is not young.
  return nowMs - merge.mergedAtMs <= MAX_AGE_MS ? undefined : 'too_old'
}

function whyPropose(facts: RevertFacts, evidence: readonly UnhealthyCheck[]): ProposeReason | undefined {
  if (facts.policy === 'propose') return 'policy_propose'
  if (!facts.provenLive) return 'not_proven_live'
  if (facts.suspects.kind === 'several') return 'several_suspects'
  if (!isStrong(evidence)) return 'weak_evidence'
  if (facts.revertsOfTheDay === 'unknown' || facts.revertsOfCooldown === 'unknown') return 'budget_unknown'
  if (facts.revertsOfTheDay >= REVERTS_A_DAY) return 'budget_spent'
  return facts.revertsOfCooldown > 0 ? 'cooldown' : undefined
}

/** A comparison with the stable version at the same time, or two checks that agree and read nothing in common. */
function isStrong(evidence: readonly UnhealthyCheck[]): boolean {
  if (evidence.some(({ against }) => against === 'concurrent')) return true
  return evidence.some((one, at) => evidence.slice(at + 1).some((other) => areIndependent(one, other)))
}

function areIndependent(one: UnhealthyCheck, other: UnhealthyCheck): boolean {
  // A check that does not say what it reads is not known to be independent of any.
  if (one.queries.length === 0 || other.queries.length === 0) return false
  return !one.queries.some((query) => other.queries.includes(query))
}
