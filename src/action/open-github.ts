import { maskOf } from '../adapters/mask.ts'
import { secretValues } from '../adapters/child-environment.ts'
import { systemClock } from '../adapters/system-clock.ts'
import { checksAppId } from '../composition.ts'
import { UsageError } from '../errors.ts'
import { openGitHub } from '../github/client.ts'
import type { ActionShell } from './action-shell.ts'
import type { ActionSide } from './command-ports.ts'
import type { Inputs } from './inputs.ts'
import type { WorkflowContext } from './workflow-context.ts'

/** GitHub alone, for a job without a checkout. Error: `UsageError` without a token. */
export function openGitHubSide(
  { environment, signal, logs }: ActionShell,
  { token, operation }: Inputs,
  { apiUrl, repository }: WorkflowContext,
): ActionSide {
  if (token === undefined) {
    throw new UsageError(
      `operation: ${operation} is nothing without a github-token: leave it at its default.`,
    )
  }
  const log = logs.masked(maskOf([...secretValues(environment), token]))
  const github = openGitHub(
    { token, apiUrl, repository },
    { clock: systemClock, log, signal, fetch: globalThis.fetch },
  )
  return { github, appId: checksAppId(environment) }
}
