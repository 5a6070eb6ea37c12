import type { Deployed } from '../ports/deployments.ts'
import type { WatchPorts } from './watch-ports.ts'
import type { WatchRecord } from './watch-record.ts'

/** What a Deployment's newest state means for its watch. */
export type Began =
  | { readonly kind: 'watch'; readonly record: WatchRecord }
  /** The environment is back on an earlier version: an open watch of it is over, unless this is its own rollback (`key`). */
  | {
      readonly kind: 'rollback_live'
      readonly environment: string
      readonly deployment: Deployed
      readonly key: string
    }
  /** Nothing is to be watched; `why` for the log. */
  | { readonly kind: 'nothing'; readonly why: string }

export async function beginWatch(_deploymentId: string, _ports: WatchPorts): Promise<Began> {
  throw new Error('not yet')
}
