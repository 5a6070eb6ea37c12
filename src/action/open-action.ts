import { realpath } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { systemClock } from '../adapters/system-clock.ts'
import { checksAppId, type Opened, openRepository } from '../composition.ts'
import { UsageError } from '../errors.ts'
import type { ActionShell } from './action-shell.ts'
import type { Inputs } from './inputs.ts'
import type { WorkflowContext } from './workflow-context.ts'

export interface ActionParts extends ActionShell {
  readonly inputs: Inputs
  readonly context: WorkflowContext
}

export async function openAction(parts: ActionParts): Promise<Opened> {
  const { inputs, context, environment, signal, logs } = parts
  const folder = await realpath(join(context.workspace, inputs.workingDirectory)).catch((cause: unknown) => {
    throw new UsageError(
      `The working-directory ${JSON.stringify(inputs.workingDirectory)} does not exist. Does "actions/checkout" run before this step?`,
      { cause },
    )
  })
  if (relative(await realpath(context.workspace), folder).startsWith('..')) {
    throw new UsageError(
      `The working-directory ${JSON.stringify(inputs.workingDirectory)} leaves the workspace.`,
    )
  }
  return openRepository({
    folder,
    environment,
    signal,
    clock: systemClock,
    log: logs.masked,
    ...(inputs.token !== undefined && {
      github: {
        token: inputs.token,
        apiUrl: context.apiUrl,
        repository: context.repository,
        appId: checksAppId(environment),
        logUrl: context.runUrl,
      },
    }),
  })
}
