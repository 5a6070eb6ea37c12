import type { EnvironmentConfig } from '../config/schema.ts'
import type { Artifact, Builder } from '../ports/builder.ts'
import type { Clock } from '../ports/clock.ts'
import type { Deployer } from '../ports/deployer.ts'
import type { Deployments } from '../ports/deployments.ts'
import type { HealthSource } from '../ports/health-source.ts'
import type { Log } from '../ports/log.ts'
import type { PullRequests } from '../ports/pull-requests.ts'
import type { Records } from '../ports/records.ts'
import type { ReverseMerges } from '../ports/reverse-merges.ts'
import type { TestRunner } from '../ports/test-runner.ts'
import type { Traffic } from '../ports/traffic.ts'
import type { VersionControl } from '../ports/version-control.ts'
import type { UpgradeEvent } from './event.ts'
import type { VerdictReport } from './facts.ts'
import type { Journal } from './journal.ts'
import type { BuildStep, TestStep } from './plan.ts'
import type { Upgrade } from './receipt.ts'

/** All that a run needs of the world; a shell composes it once. */
export interface Ports {
  readonly versionControl: VersionControl
  readonly deployments: Deployments
  /** Absent without a token: then no pull request is opened and no merge reverted. */
  readonly pullRequests?: PullRequests
  /** Where commits are taken back without pull requests: Subversion. */
  readonly reverseMerges?: ReverseMerges
  /** What people switched by commands (`/autorevert`); absent where there are none. */
  readonly records?: Pick<Records, 'read'>
  readonly adapters: Adapters
  readonly artifacts: ArtifactStore
  readonly journal: Journal
  /** Receipts of earlier upgrades by their commit. */
  readonly receipts: Receipts
  readonly clock: Clock
  readonly log: Log
  /** `driver: app`, and GitHub keeps the record: the App watches what is live and judges it, this run its traffic steps only. */
  readonly appWatches: boolean
  /** Takes secrets out of a text that is kept or shown. */
  readonly mask: (text: string) => string

  /** Sees the health of an environment at each tick. */
  readonly watchTick?: (environment: string, report: VerdictReport) => void
  /** Sees each event as it happens: the live display. */
  readonly watchEvent?: (event: UpgradeEvent, upgrade: Upgrade) => void
}

/** Adapters are made when a step needs them, so that what is not used is not loaded. */
export interface Adapters {
  builder(step: BuildStep | Command): Promise<Builder>
  testRunner(step: TestStep): Promise<TestRunner>
  deployer(environment: EnvironmentConfig): Promise<Deployer>
  traffic(environment: EnvironmentConfig): Promise<Traffic>
  source(name: string): Promise<HealthSource>
}

/** A command of the user with what it may see; `artifacts` are what it makes. */
export type Command = Pick<
  Extract<BuildStep, { adapter: 'run' }>,
  'run' | 'artifacts' | 'env' | 'secrets' | 'timeoutMs'
>

/** What was built, kept by digest. */
export interface ArtifactStore {
  /** Puts the artefacts at their places below a folder, the very bytes of their digests. Error: `ArtifactMismatch`. */
  restore(artifacts: readonly Artifact[], directory: string): Promise<void>
}

export interface Receipts {
  /** The last one, of this folder or brought here from another job's. */
  last(): Promise<Upgrade | undefined>
  save(upgrade: Upgrade): Promise<string>
  ofCommit(sha: string): Promise<Upgrade | undefined>
}
