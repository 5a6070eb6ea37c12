import type { Person } from './authority.ts'
import type { Deployed, DeploymentVerdict } from './deployments.ts'

/** What a command leaves for a watch. */
export interface WatchOrder {
  readonly kind: 'pause' | 'continue' | 'promote' | 'accept'
  readonly by: Person
  readonly atMs: number
}

/** How a watch stands, for commands and their answers. */
export interface WatchStanding {
  readonly deployment: Deployed
  readonly environment: string
  /** `open`: it looks, or acts. `held`: it waits for people. `ended`: nothing more comes of it. */
  readonly state: 'open' | 'held' | 'ended'
  readonly paused: boolean
  /** In one line: how it looks now, or how it ended. */
  readonly line: string
  readonly verdict?: DeploymentVerdict
  /** When it is decided, as it looks now (ms). */
  readonly endsMs?: number
}

/** How often verdicts were right, as it turned out. */
export interface VerdictCounts {
  /** Taken back, and rightly: re-landed with a fix, or abandoned. */
  readonly right: number
  /** Taken back, and landed again unchanged. */
  readonly wrong: number
  /** Promoted, and reverted by a person. */
  readonly missed: number
  /** Nobody knows yet. */
  readonly open: number
}

/** The App's watches of one repository, as commands see them. Without a server there are none: a job watches. Errors: the database's. */
export interface Watches {
  /** The newest watch of the environment. */
  current(environment: string): Promise<WatchStanding | undefined>
  /** `over`: the watch of this deployment has ended, or is another's by now. The order is carried out within moments. */
  order(deployment: string, order: WatchOrder): Promise<'taken' | 'over'>
  /** Brings the kept comments of all open watches up to date. */
  refresh(): Promise<void>
  counts(): Promise<VerdictCounts>
}
