import type { Logger } from 'pino'
import type { Probot } from 'probot'
import type { Clock } from '../src/ports/clock.ts'
import type { Engine } from './engine/engine.ts'
import type { InstallationTokens } from './installation-tokens.ts'
import type { Metrics } from './metrics.ts'
import type { Octokits } from './octokits.ts'
import type { AppOctokit } from './probot.ts'
import type { KnownComments } from './comment-ids.ts'
import type { DeploymentMemories } from './deployment-memories.ts'
import type { Settings } from './settings.ts'
import type { Sources } from './sources/open-sources.ts'
import type { DatabaseInbox } from './store/database-inbox.ts'
import type { Store } from './store/store.ts'

/** What the jobs work with: everything that is opened once per process. */
export interface Services {
  readonly settings: Settings
  readonly store: Store
  readonly engine: Engine
  readonly inbox: DatabaseInbox
  readonly probot: Probot
  /** The App itself, by JWT. */
  readonly app: AppOctokit
  readonly tokens: InstallationTokens
  readonly octokits: Octokits
  readonly sources: Sources
  readonly memories: DeploymentMemories
  readonly comments: KnownComments
  readonly metrics: Metrics
  readonly clock: Clock
  readonly log: Logger
  /** Aborted when the process has waited long enough for what is under way. */
  readonly signal: AbortSignal
}
