import type { DeploymentState, NewestDeployment } from '../ports/deployments.ts'
import type { ReasonCode } from './reason.ts'
import type { EnvironmentRecord, Upgrade } from './receipt.ts'

/** The last state of a Deployment that a run was given. */
export interface FinalWord {
  readonly state: DeploymentState
  /** Begins with the reason code: that is how whoever follows the run learns why it ended. */
  readonly description: string
}

/** What the environment was left in by the one before: what was never begun there leaves it so. */
export type Before = Pick<NewestDeployment, 'state' | 'verdict'> | undefined

/**
 * What a run says at its end of the Deployment it was given; nothing where it is somebody else's by now. `success` says what
 * is live, as always, and not that it is healthy.
 */
export function finalWord(upgrade: Upgrade, environment: string, before: Before): FinalWord | undefined {
  const { reason = 'internal_error', message = '' } = upgrade
  if (reason === 'superseded') return undefined
  const known = upgrade.environments.find(({ name }) => name === environment)
  // The job of one stage: a later one of the same run has the last word.
  if (reason === 'stage_completed' && known?.state === 'untouched') return undefined
  const state = reason === 'already_live' ? 'success' : stateOf(upgrade, known, before)
  return { state, description: `${reason}: ${message}` }
}

/** … where an error ended it: `begun` tells whether anything may have been sent to the environment. */
export function lastWord(
  { reason, message, begun }: { reason: ReasonCode; message: string; begun: boolean },
  before: Before,
): FinalWord {
  return { state: begun ? 'error' : untouched(before), description: `${reason}: ${message}` }
}

function stateOf(
  { operation }: Upgrade,
  known: EnvironmentRecord | undefined,
  before: Before,
): DeploymentState {
  switch (known?.state) {
    case undefined:
    case 'untouched':
      return untouched(before)
    case 'live':
    case 'promoted':
      return 'success'
    case 'held':
      // With part of the traffic only: neither there nor taken back.
      return known.weight !== undefined && known.weight < 100 ? 'in_progress' : 'success'
    case 'rolled_back':
      return operation === 'rollback' ? 'success' : 'failure'
    case 'dirty':
    case 'unknown':
    case 'deploying':
      return 'error'
  }
}

/** Nothing was sent there: `failure` as for what was taken back, unless somebody still has to look at what was there before. */
function untouched(before: Before): DeploymentState {
  switch (before?.state) {
    case 'error':
      return 'error'
    case 'in_progress':
    case 'unknown':
      return before.verdict === 'inconclusive' ? 'failure' : 'error'
    case undefined:
    case 'success':
    case 'failure':
    case 'inactive':
      return 'failure'
  }
}
