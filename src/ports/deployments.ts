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
}

/** GitHub's words for a Deployment's state; `success` means live, not healthy. */
export type DeploymentState = 'in_progress' | 'success' | 'failure' | 'error' | 'inactive'

export type DeploymentVerdict = 'healthy' | 'unhealthy' | 'inconclusive'

/** The state of record of what each environment runs: GitHub's Deployments where a token is there, else a local file. */
export interface Deployments {
  /** Finds the deployment of the same key, or makes it. */
  begin(deployment: NewDeployment): Promise<Deployed>
  setState(id: string, state: DeploymentState, description: string): Promise<void>
  /** Records how users took it: on GitHub, the check run `seamless/<environment>` on the deployed commit. */
  setVerdict(id: string, verdict: DeploymentVerdict, summary: { title: string; text: string }): Promise<void>
  /** The newest deployment of the environment, with its state and verdict, or nothing. */
  newest(
    environment: string,
  ): Promise<(Deployed & { state: DeploymentState | 'unknown'; verdict?: DeploymentVerdict }) | undefined>
  /** The newest one whose verdict is healthy: what a rollback returns to. */
  lastHealthy(environment: string): Promise<Deployed | undefined>
}
