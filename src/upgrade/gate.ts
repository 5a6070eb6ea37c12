import type { NewestDeployment } from '../ports/deployments.ts'
import type { Ending } from './run.ts'

/** What is known of an environment before anything is done to it. */
export interface GateFacts {
  readonly environment: string
  readonly sha: string
  readonly newest: NewestDeployment | undefined
  /** Its health is configured; else live is all that there is to be. */
  readonly watched: boolean
  /** This very upgrade began it and was cut off. */
  readonly ours: boolean
  /** The environments that must have this commit first. */
  readonly earlier: readonly EarlierEnvironment[]
}

export interface EarlierEnvironment {
  readonly name: string
  readonly watched: boolean
  readonly newest: NewestDeployment | undefined
}

/**
 * Whether an environment may be deployed to. Only the newest deployment of an earlier environment counts, at exactly this
 * commit: an older success says nothing about what runs there now.
 */
export function decideGate(facts: GateFacts): Ending | undefined {
  return facts.earlier.map((earlier) => earlierGate(facts, earlier)).find(Boolean) ?? ownGate(facts)
}

function earlierGate({ environment, sha }: GateFacts, earlier: EarlierEnvironment): Ending | undefined {
  const { newest, watched, name } = earlier
  const right = newest?.sha === sha && newest.state === 'success'
  if (right && (!watched || newest.verdict === 'healthy')) return undefined
  const found =
    newest === undefined
      ? 'has no deployment'
      : newest.sha === sha
        ? `has it as ${newest.state}, ${newest.verdict ?? 'not judged'}`
        : `has ${newest.version} (${newest.sha.slice(0, 12)}) instead`
  return {
    decision: 'held',
    reason: 'earlier_environment_not_healthy',
    message: `${environment} comes after ${name}, which must have this commit ${watched ? 'and be healthy' : 'live'} first: it ${found}.`,
  }
}

function ownGate({ environment, sha, newest, ours, watched }: GateFacts): Ending | undefined {
  if (newest === undefined || ours) return undefined
  const back = `"seamless rollback --environment ${environment}" brings its last healthy version back`
  switch (newest.state) {
    case 'error':
      return {
        decision: 'failed',
        reason: 'environment_dirty',
        message: `${environment} is half done since the deployment of ${newest.version}: nothing is deployed on top of that. Look at it; ${back}.`,
      }
    case 'in_progress':
    case 'unknown':
      // Held at a step of its traffic: it ended, and whatever comes next may replace it.
      if (newest.verdict === 'inconclusive') return undefined
      return {
        decision: 'failed',
        reason: 'environment_unknown',
        message: `A deployment of ${newest.version} to ${environment} began and never said how it ended. If it still runs, wait for it; if not, ${back}.`,
      }
    case 'success':
      return newest.sha === sha && (!watched || newest.verdict === 'healthy')
        ? {
            decision: 'nothing_to_do',
            reason: 'already_live',
            message: `Nothing to do: ${environment} runs ${newest.version} (${sha.slice(0, 12)}) already${watched ? ', and it is healthy' : ''}.`,
          }
        : undefined
    case 'failure':
    case 'inactive':
      return undefined
  }
}

/**
 * Whether something else has happened to an environment since our deployment: another deployment, or a rollback on
 * somebody's word. Then it is theirs: nothing more is sent there, promoted, taken back or blamed.
 */
export function decideSuperseded(
  environment: string,
  deployment: string,
  newest: NewestDeployment | undefined,
): Ending | undefined {
  if (newest === undefined) return undefined
  if (newest.id !== deployment) {
    return superseded(
      `Another deployment, of ${newest.version}, came to ${environment} after this one: what it runs is up to that one. Nothing more was done here.`,
    )
  }
  if (newest.state !== 'failure' && newest.state !== 'error' && newest.state !== 'inactive') return undefined
  return superseded(
    `Somebody else took ${newest.version} back from ${environment}, or closed its deployment, while this run was under way. Nothing more was done here.`,
  )
}

function superseded(message: string): Ending {
  return { decision: 'cancelled', reason: 'superseded', message }
}
