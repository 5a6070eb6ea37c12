import type { ActionLogs } from './action-log.ts'

/** What an entry of the Action runs in. */
export interface ActionShell {
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly logs: ActionLogs
}
