import type { Config } from '../config/schema.ts'
import type { Authority } from '../ports/authority.ts'
import type { Clock } from '../ports/clock.ts'
import type { Conversation } from '../ports/conversation.ts'
import type { Deployments, DeploymentVerdict } from '../ports/deployments.ts'
import type { Log } from '../ports/log.ts'
import type { PullRequestFacts } from '../ports/pull-facts.ts'
import type { PullRequests } from '../ports/pull-requests.ts'
import type { Records } from '../ports/records.ts'
import type { CommitId } from '../ports/version-control.ts'
import type { Watches } from '../ports/watches.ts'
import type { Workflows } from '../ports/workflows.ts'
import type { DecidedOutcome } from './command-outcome.ts'
import type { TakenBack } from './quarantine.ts'

export type Driver = Config['driver']

/** The default branch's config at one commit: what every decision of a command is made by. */
export type TrustedConfig =
  | {
      readonly kind: 'config'
      readonly config: Config
      readonly sha: CommitId
      readonly defaultBranch: string
    }
  /** There is none; `where` it was looked for. */
  | { readonly kind: 'missing'; readonly where: string }
  /** `errors`: a line each. `driver`: as far as it can be told, so that only one shell says so. */
  | { readonly kind: 'invalid'; readonly errors: string; readonly driver?: Driver }

/** What was taken back before, by GitHub's own records. Error of all methods: `GitHubError`. */
export interface QuarantineRecords {
  /** The merges that reverts of ours undid, the newest first; with the patch of each that could be the same change as this pull request. */
  takenBack(pull: number): Promise<readonly TakenBack[]>
  /** The patch id of a pull request's difference; nothing where GitHub does not give it. */
  patchOf(pull: number): Promise<string | undefined>
  /** How users of the environment took exactly this commit the last time. */
  verdictOf(environment: string, sha: CommitId): Promise<DeploymentVerdict | undefined>
}

/** What a dry run found, as its check run says it. */
export interface PlanResult {
  readonly title: string
  /** Markdown that our own run wrote. */
  readonly summary: string
}

export interface QueuedCommand {
  readonly comment: number
  readonly pull: number
  /** As it was written: `/deploy production`. */
  readonly command: string
  readonly sinceMs: number
}

/** All that serving a command needs of the world: of one repository, on behalf of one shell. */
export interface CommandPorts {
  /** Which shell this is. */
  readonly driver: Driver
  /** Read anew for each command. Error: `GitHubError`. */
  config(): Promise<TrustedConfig>
  readonly authority: Authority
  readonly pulls: PullRequestFacts
  readonly conversation: Conversation
  readonly records: Records
  readonly deployments: Deployments
  readonly workflows: Workflows
  readonly quarantine: QuarantineRecords
  /** How a merge is taken back, for `/revert`; absent where this shell cannot. */
  readonly pullRequests?: PullRequests
  /** The App's own watches; absent where there is no server: a job watches then. */
  readonly watches?: Watches
  /** The result of the dry run that this key asked for; nothing where it wrote none. */
  planResult(environment: string, sha: CommitId, key: string): Promise<PlanResult | undefined>
  /** Keeps what was decided before it is said, so that a worker that comes again says the same. Without it a command that is served twice is decided twice. */
  readonly decided?: {
    read(key: string): Promise<DecidedOutcome | undefined>
    write(key: string, outcome: DecidedOutcome): Promise<void>
  }
  /** What waits to be worked on, where there is a queue. */
  queue?(): Promise<readonly QueuedCommand[]>
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}

/** What following and ending an operation needs of them. */
export type OperationPorts = Omit<
  CommandPorts,
  'config' | 'authority' | 'quarantine' | 'pullRequests' | 'watches' | 'planResult' | 'decided' | 'queue'
>
