import type { DeploymentVerdict } from '../ports/deployments.ts'
import type { CommitId } from '../ports/version-control.ts'
import { code } from '../report/markdown.ts'

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

/**
 * Whether the change was taken back before, and nobody lifted that. It is known again by what it changes (its patch), since a
 * squash or a rebase gives it another commit; and by its commit, where GitHub gives no difference to compare.
 */
export function decideQuarantine(facts: QuarantineFacts): Quarantine | undefined {
  const { sha, patch, takenBack, lifted } = facts
  if (lifted.includes(sha) || (patch !== undefined && lifted.includes(patch))) return undefined
  const lifts: readonly [string, ...string[]] = patch === undefined ? [sha] : [patch, sha]
  const same = takenBack.find((one) => one.head === sha || (patch !== undefined && one.patch === patch))
  if (same !== undefined)
    return quarantined(`It changes what #${same.pull} changed, which was reverted.`, lifts)
  if (facts.verdict !== 'unhealthy') return undefined
  const found = `Users of ${code(facts.environment)} would have noticed ${code(sha)} the last time, and it was taken back.`
  return quarantined(found, lifts)
}

function quarantined(found: string, lifts: readonly [string, ...string[]]): Quarantine {
  const text = `${found} ${code('/unquarantine')} lets it be deployed again.`
  return { reason: 'quarantined', text, lifts }
}

/** The key of the record that lifts one. */
export function liftedKey(lift: string): string {
  return `lifted/${lift}`
}
