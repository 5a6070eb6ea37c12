import { realpath } from 'node:fs/promises'

import { UsageError } from '../errors.ts'
import type { Log } from '../ports/log.ts'
import type { StepContext, StepFailure } from '../ports/step.ts'
import { childEnvironment } from './child-environment.ts'
import type { Environment } from './child-environment.ts'
import { isBelow } from './path-inside.ts'
import type { ProcessEnd, RunProcess } from './run-process.ts'

/** A command line of the user, as the config has it. */
export interface ShellLine {
  readonly run: string
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Names of the environment variables with secrets that it may see. */
  readonly secrets?: readonly string[] | undefined
  readonly timeoutMs: number
}

/** With what user's lines are run: the shell's own environment, the runner and the log. */
export interface StepShell {
  readonly environment: Environment
  readonly run: RunProcess
  readonly log: Log
}

export interface ShellOptions {
  readonly captureBytes?: number
  readonly background?: 'end' | 'keep'
}

/**
 * Runs a line of the user by `bash -eo pipefail -c`. Nothing is pasted into the line: values reach it as environment
 * variables only. Never rejects: a folder that a link leads out of the worktree, a declared secret that is missing, are
 * failures of kind `spawn` that name them.
 */
export async function runShell(
  shell: StepShell,
  line: ShellLine,
  context: StepContext,
  options: ShellOptions = {},
): Promise<ProcessEnd> {
  const { step, directory, signal } = context
  let environment: Record<string, string>
  try {
    await assertInside(context)
    environment = childEnvironment(shell.environment, { ...line, step, values: context.values })
  } catch (error) {
    return notStarted((error as Error).message)
  }
  return shell.run({
    file: 'bash',
    args: ['--noprofile', '--norc', '-eo', 'pipefail', '-c', line.run],
    title: `${step}: ${line.run.trim()}`,
    directory,
    environment,
    secrets: (line.secrets ?? []).flatMap((name) => environment[name] ?? []),
    signal,
    timeoutMs: line.timeoutMs,
    onLine: (text) => shell.log.output(step, text),
    ...options,
  })
}

/**
 * An earlier step, or the commit itself, may have put a link where the folder was. Error: `UsageError` where it leads out of
 * the checkout or does not exist.
 */
export async function assertInside({ step, root, directory }: StepContext): Promise<void> {
  const top = await realpath(root)
  const real = await realpath(directory).catch((cause: unknown) => {
    throw new UsageError(`${step}: its folder ${directory} does not exist. Correct "working" of the step.`, {
      cause,
    })
  })
  if (!isBelow(top, real)) {
    throw new UsageError(
      `${step}: its folder ${directory} leads out of the checkout ${root}. Correct "working" of the step.`,
    )
  }
}

function notStarted(message: string): ProcessEnd {
  const failure: StepFailure = { why: 'spawn', message, output: '', isUntouched: true }
  return { kind: 'failed', failure, stdout: '', truncated: false, output: '' }
}
