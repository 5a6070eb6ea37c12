import type { DeploymentVerdict } from '../ports/deployments.ts'
import type { CommitId } from '../ports/version-control.ts'

/** A change that was taken back: a merge that a revert of ours undid. */
export interface TakenBack {
  readonly pull: number
  /** The last head of that pull request. */
  readonly head?: CommitId
  /** The patch id of its difference; absent where GitHub did not give it. */
  readonly patch?: string
}

export interface QuarantineFacts {
  readonly environment: string
  readonly sha: CommitId
  /** Of the pull request that is to be deployed; absent where GitHub did not give its difference. */
  readonly patch?: string
  readonly takenBack: readonly TakenBack[]
  /** How users of this environment took exactly this commit the last time. */
  readonly verdict?: DeploymentVerdict
  /** The lifted ones: the last part of their records' keys (`lifted/<patch or sha>`). */
  readonly lifted: readonly string[]
}

export interface Quarantine {
  readonly reason: 'quarantined'
  /** Markdown. */
  readonly text: string
  /** What `/unquarantine` lifts: a patch id or a commit, or both. */
  readonly lifts: readonly [string, ...string[]]
}

/** Whether the change was taken back before, and nobody lifted that. */
export function decideQuarantine(facts: QuarantineFacts): Quarantine | undefined {
  throw new Error('not written yet')
}

/** The key of the record that lifts one. */
export function liftedKey(lift: string): string {
  return `lifted/${lift}`
}
