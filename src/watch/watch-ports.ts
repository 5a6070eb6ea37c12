import type { OperationPorts, TrustedConfig } from '../command/command-ports.ts'
import type { Config } from '../config/schema.ts'
import type { Escalation } from '../ports/escalation.ts'
import type { HealthSource } from '../ports/health-source.ts'
import type { Merge, PullRequests } from '../ports/pull-requests.ts'
import type { RunReport } from '../upgrade/run-report.ts'
import type { WatchRecord } from './watch-record.ts'

/** Another watch that was open at the same time, anywhere in the installation. */
export interface OtherWatch {
  readonly repository: string
  readonly environment: string
  readonly sha: string
  /** When it was found bad (ms); absent while it is not. */
  readonly badAtMs?: number
}

/** A verdict for the ledger of how right we are. */
export interface LedgerEntry {
  readonly deployment: string
  readonly environment: string
  readonly sha: string
  readonly verdict: 'healthy' | 'unhealthy' | 'inconclusive'
  readonly reason: string
  /** What was done in the repository about it. */
  readonly acted: 'promoted' | 'merged' | 'proposed' | 'nothing'
  /** The pull request that the verdict is about. */
  readonly pull?: number
  /** The pull request that takes it back. */
  readonly revertPull?: number
  readonly atMs: number
}

/** All that a watch needs of the world: of one repository, on behalf of the App. */
export interface WatchPorts extends OperationPorts {
  /** `owner/name`. */
  readonly repository: string
  /** The config of the default branch now. Error: `GitHubError`. */
  config(): Promise<TrustedConfig>
  /** … as it was at a commit. */
  configAt(sha: string): Promise<TrustedConfig>
  /** Opens the sources of these names, as the operator binds them for this repository. Error: `UsageError` that names what to bind. */
  sources(
    names: readonly string[],
    config: Pick<Config, 'sources'>,
  ): Promise<ReadonlyMap<string, HealthSource>>
  readonly pullRequests: PullRequests
  /** The merge that brought a commit. */
  mergeOf(sha: string): Promise<Merge | undefined>
  /** What the run that deployed this commit there left for us; nothing where it left nothing. */
  runReport(environment: string, sha: string): Promise<RunReport | undefined>
  readonly escalation: Escalation
  /** Every other watch of the installation that is open, or was within the last ten minutes. */
  others(): Promise<readonly OtherWatch[]>
  /** Notes a verdict, or what came of it; of one deployment there is one entry. */
  note(entry: LedgerEntry): Promise<void>
  /** What is known of a pull request that a `/deploy` was written on, by the key of its Deployment. */
  pullOf(key: string): Promise<{ readonly number: number; readonly author: string } | undefined>
}

/** What one step made of a watch; without `nextMs` in the record nothing more is to be done by itself. */
export interface WatchStep {
  readonly record: WatchRecord
  /** A rollback is at stake: before all other work. */
  readonly isUrgent: boolean
}
