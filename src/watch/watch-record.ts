import type { Config } from '../config/schema.ts'
import type { WatchReport } from '../health/explain.ts'
import type { History, WatchState } from '../health/watch.ts'
import type { Person } from '../ports/authority.ts'
import type { Deployed, DeploymentVerdict } from '../ports/deployments.ts'
import type { WatchOrder } from '../ports/watches.ts'
import type { RevertResult } from '../revert/revert-merge.ts'
import type { RunReport } from '../upgrade/run-report.ts'

/**
 * `awaiting`: deployed, but the build-info metric does not show the commit yet. `watching`: looked at each tick. `acting`: it
 * is decided, and what follows from that is being done. `recovering`: taken back, and it is watched whether users are well
 * again. `held`: decided as "nobody knows" (or bad, and nothing may be done): it waits for people. `ended`: nothing more comes.
 */
export type WatchPhase = 'awaiting' | 'watching' | 'acting' | 'recovering' | 'held' | 'ended'

/** How a watch came out. */
export interface WatchOutcome {
  readonly verdict: DeploymentVerdict
  readonly reason: OutcomeOfWatch
  /** In one line, for people. */
  readonly line: string
  readonly atMs: number
  /** A person said so, by a command. */
  readonly by?: Person
}

export type OutcomeOfWatch =
  | 'healthy'
  | 'unhealthy'
  | 'health_no_data'
  | 'health_too_little_traffic'
  | 'health_undecided'
  | 'shadow_unhealthy'
  /** Its metric never showed the commit. */
  | 'not_live'
  /** `/promote`, `/accept`. */
  | 'promoted_by_person'
  | 'accepted_by_person'

/** What was measured when it was decided; a run that judged a traffic step by itself says the same of it. */
export type Found = Pick<
  WatchReport,
  'verdict' | 'reason' | 'line' | 'comparison' | 'watched' | 'checks' | 'noticed' | 'dashboard'
>

/** How taking the environment back went. */
export interface RollbackAct {
  /** Of the operation that does it (`watch-<deployment>`); absent where the deploying run itself did it. */
  readonly key?: string
  readonly begunAtMs: number
  /** The rollback's own Deployment, once it is made. */
  readonly deployment?: string
  /** When a run was asked for. */
  readonly dispatchedAtMs?: number
  readonly ended?: {
    readonly kind: 'rolled_back' | 'no_target' | 'failed'
    readonly to?: Deployed
    readonly message: string
    readonly atMs: number
  }
}

/** Whether users are well again once it was taken back. */
export interface Recovery {
  readonly sinceMs: number
  readonly untilMs: number
  readonly state?: WatchState
  readonly ended?: {
    readonly kind: 'recovered' | 'still_bad' | 'unknown'
    readonly line: string
    readonly atMs: number
  }
}

/** What was done about the outcome, in the order in which it is done; what stands here is not done again. */
export interface Acts {
  readonly verdictToldAtMs?: number
  readonly rollback?: RollbackAct
  readonly revert?: RevertResult & { readonly atMs: number }
  /** The new comment that it was taken back; whether that helped is told at the end. */
  readonly backToldAtMs?: number
  readonly recovery?: Recovery
  /** The new comment, and the issue where somebody must act. */
  readonly endToldAtMs?: number
  /** The environments that come after this one, and that its version was sent on to. */
  readonly onward?: { readonly environments: readonly string[]; readonly atMs: number }
}

/** The pull request that the watch tells: the merged one that brought the version, or the one of `/deploy`. */
export interface WatchPull {
  readonly number: number
  /** Login. */
  readonly author: string
  readonly isMerged: boolean
}

/**
 * One watch of one Deployment by the App, from the moment that it is live until the last of what follows from its verdict is
 * done. Plain JSON; all that a crash must not lose stands here, and it is only written by compare-and-swap.
 */
export interface WatchRecord {
  readonly schema: 1
  readonly deployment: Deployed
  readonly environment: string
  /** `owner/name`. */
  readonly repository: string
  /** The version that users had before and that a rollback returns to; absent where none was ever found healthy. */
  readonly before?: Deployed
  readonly pull?: WatchPull
  /** From before the change (`pinHealth`): what it is judged by. */
  readonly policy: { readonly revert: 'auto' | 'propose' | 'off'; readonly shadow: boolean }
  readonly sources: Config['sources']
  /** The Deployment was made (ms): the past that is compared with ends here. */
  readonly begunMs: number
  /** It was live (ms). */
  readonly liveMs: number
  /** Absent only where the deploying run has judged (`found`). */
  readonly state?: WatchState
  /** The past that `state` and the recovery are compared with. */
  readonly history?: History
  /** Where the metric that shows the commit is awaited: until then (ms). */
  readonly awaitedUntilMs?: number
  readonly phase: WatchPhase
  /** When there is something to do next (ms); absent in `held` and `ended`. */
  readonly nextMs?: number
  /** What is done about its outcome has only failed since then (ms). */
  readonly failingSinceMs?: number
  /** By `/pause`: looked at and told, but nothing is promoted or taken back. */
  readonly paused?: { readonly by: Person; readonly atMs: number }
  /** Left by a command, and taken up at the next step. */
  readonly order?: WatchOrder
  /** What the kept comment said last (`mark` of it): it is edited when that changes. */
  readonly told?: string
  readonly outcome?: WatchOutcome
  readonly found?: Found
  readonly acts: Acts
  /** A later deployment of the environment took its place. */
  readonly supersededBy?: Deployed
  /** What the deploying run said of code, tests and release. */
  readonly run?: RunReport
}
