import type { Artifact } from './builder.ts'
import type { CommitId } from './version-control.ts'

/** A version as an environment runs it. */
export interface Deployed {
  readonly id: string
  readonly sha: CommitId
  readonly version: string
}

export interface NewDeployment {
  readonly environment: string
  readonly sha: CommitId
  readonly version: string
  /** Makes a repeated request find the first one's deployment instead of making a second. */
  readonly key: string
  /** Nobody can have asked for it before, so that it need not be looked for first; after a lost answer it is all the same. */
  readonly isFirst?: boolean
  /** A rollback's is of a version that was live before, and nothing new comes with it. */
  readonly operation?: 'rollback'
  /** A deployment that somebody made for this run (`deployment-id`): taken over instead of making one, whatever its key. */
  readonly adopt?: string
}

/** GitHub's words for a Deployment's state; `success` means live, not healthy. */
export type DeploymentState = 'in_progress' | 'success' | 'failure' | 'error' | 'inactive'

export type DeploymentVerdict = 'healthy' | 'unhealthy' | 'inconclusive'

/** How users took it, for people. All three are Markdown whose outside values are already inert; they are cut to what fits. */
export interface VerdictSummary {
  readonly title: string
  readonly text: string
  /** Digests, queries: what is folded away below the text. */
  readonly details?: string
}

/**
 * The state of record of what each environment runs: GitHub's Deployments where a token is there, else a local file.
 * Errors of all methods: `DeploymentUnknown` where there is no such id, `GitHubError`, `UsageError` (an unreadable file).
 */
export interface Deployments {
  /** Finds the deployment of the same key, or makes it. Error: `DeploymentMismatch` where it is of another commit or environment. */
  begin(deployment: NewDeployment): Promise<Deployed>
  /** `logUrl`: the page of the run that works on it, where whoever says this is not that run. */
  setState(id: string, state: DeploymentState, description: string, logUrl?: string): Promise<void>
  /** Records how users took it: on GitHub, the check run `seamless/<environment>` on the deployed commit. A later verdict replaces an earlier one. Where somebody else judges, it is what this run reports to them. */
  setVerdict(id: string, verdict: DeploymentVerdict, summary: VerdictSummary): Promise<void>
  /**
   * Says meanwhile how it looks, where somebody watches it from outside its run: the same check run, in progress until
   * `setVerdict`. What is judged already stays so.
   */
  watching?(id: string, summary: VerdictSummary): Promise<void>
  /**
   * The newest deployment of the environment (in this state, where one is named; other than the one of the id `except`), with
   * its state and verdict, or nothing.
   */
  newest(environment: string, state?: DeploymentState, except?: string): Promise<NewestDeployment | undefined>
  /** The newest one whose verdict is healthy, of another commit than `except`: what a rollback returns to. */
  lastHealthy(environment: string, except?: CommitId): Promise<Deployed | undefined>
  /**
   * What was deployed with a commit there, by digest, as a verdict on it says: what a rollback on a machine that did not
   * build it brings back. Empty where no verdict names any.
   */
  builtOf(environment: string, sha: CommitId): Promise<readonly Artifact[]>
  /** One deployment as it stands now, with the words of its newest state. */
  read(id: string): Promise<ReadDeployment>
  /** The words of its newest state alone, whoever said them; absent where people cannot say anything there: a file. */
  said?(id: string): Promise<SaidState | undefined>
  /** What was deployed there before, newest first, at most `limit`: for trying a health config on the past. */
  past(environment: string, limit: number): Promise<readonly PastDeployment[]>
}

export interface SaidState {
  readonly state: DeploymentState | 'unknown'
  readonly description: string
  /** When it was said (ms, the record's clock). */
  readonly atMs: number
}

export interface PastDeployment extends Deployed {
  /** When it began (ms since the epoch). */
  readonly atMs: number
  /** How users took it, where that was found out: a later one is not compared with a version that was taken back. */
  readonly verdict?: DeploymentVerdict
}

export interface NewestDeployment extends Deployed {
  /** As `begin` was given it: whose attempt it is. */
  readonly key: string
  /** `unknown`: nobody said yet, or in a word that is not ours. */
  readonly state: DeploymentState | 'unknown'
  readonly verdict?: DeploymentVerdict
}

/** What became of one deployment; its newest state's own words are of whoever works on it. */
export interface ReadDeployment extends NewestDeployment {
  readonly environment: string
  readonly operation?: 'rollback'
  /** When it was made, and when its newest state was said (ms, the record's clock). */
  readonly createdAtMs: number
  readonly stateAtMs?: number
  /** As `setState` was given it: `tests_failed: 2 tests fail that …`; absent where nobody said anything yet. */
  readonly description?: string
  /** Where the output of whoever said so can be read: the page of its run. */
  readonly logUrl?: string
}
