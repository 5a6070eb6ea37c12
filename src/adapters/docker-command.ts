import type { Clock } from '../ports/clock.ts'
import type { StepContext, StepFailure } from '../ports/step.ts'
import { childEnvironment } from './child-environment.ts'
import { mayPass, withAdvice } from './docker-advice.ts'
import type { ProcessEnd } from './run-process.ts'
import { assertInside, type StepShell } from './run-shell.ts'

/** A `docker` command did not go well; what it means for the step is its failure. */
export class DockerFailed extends Error {
  override readonly name = 'DockerFailed'
  readonly failure: StepFailure
  constructor(failure: StepFailure) {
    super(failure.message)
    this.failure = failure
  }
}

export interface DockerOptions {
  /** Of standard output, to be read; default 0. */
  readonly captureBytes?: number
  readonly timeoutMs?: number
  /** Whether its output is for us only. */
  readonly isQuiet?: boolean
  readonly environment?: Readonly<Record<string, string>>
}

/** `docker` in the step's folder and environment, until the step's time is up. */
export interface Docker {
  /** What it sees. */
  readonly environment: Readonly<Record<string, string>>
  /** How the command ended, whatever that is. */
  run(args: readonly string[], options?: DockerOptions): Promise<ProcessEnd>
  /** What it printed. Error: `DockerFailed` with what to do. */
  must(args: readonly string[], options?: DockerOptions): Promise<string>
  /** The same, tried again while the registry cannot be reached. */
  persist(args: readonly string[], options?: DockerOptions): Promise<ProcessEnd>
}

export interface DockerStep {
  readonly image: string
  readonly env: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  readonly timeoutMs: number
}

export interface DockerShell extends StepShell {
  readonly clock: Clock
}

/** Between two tries. The engine itself tries a layer five times before it gives a push up. */
const PAUSES_MS = [1000, 3000, 9000]

/** Errors: `UsageError` for a folder that leads out, a declared secret that is missing. */
export async function openDocker(
  shell: DockerShell,
  step: DockerStep,
  context: StepContext,
): Promise<Docker> {
  await assertInside(context)
  const { directory, signal } = context
  const environment = childEnvironment(shell.environment, {
    ...step,
    step: context.step,
    values: context.values,
  })
  const secrets = step.secrets.flatMap((name) => environment[name] ?? [])
  const until = shell.clock.now() + step.timeoutMs
  const run: Docker['run'] = (args, options = {}) =>
    shell.run({
      file: 'docker',
      args,
      title: `${context.step}: docker ${args.join(' ')}`,
      directory,
      environment: { ...PLAIN, ...environment, ...options.environment },
      secrets,
      signal,
      // What is left of it, so that the timeout is the step's and not each command's.
      timeoutMs: Math.max(1, Math.min(options.timeoutMs ?? Infinity, until - shell.clock.now())),
      captureBytes: options.captureBytes ?? 0,
      ...(options.isQuiet !== true && { onLine: (line) => shell.log.output(context.step, line) }),
    })
  const persist: Docker['persist'] = async (args, options) => {
    for (const pauseMs of PAUSES_MS) {
      const end = await run(args, options)
      if (end.kind === 'done' || !mayPass(end.failure)) return end
      shell.log.warning(`${end.failure.message} Trying again in ${pauseMs / 1000} s.`)
      await shell.clock.sleep(pauseMs, signal)
    }
    return run(args, options)
  }
  return {
    environment,
    run,
    persist,
    must: async (args, options) => printed(await run(args, options), step.image),
  }
}

/** What a command printed. Error: `DockerFailed` with what to do. */
export function printed(end: ProcessEnd, image: string): string {
  if (end.kind === 'failed') throw new DockerFailed(withAdvice(end.failure, image))
  return end.stdout
}

/** Its output goes to a log, not to a terminal. */
const PLAIN = { BUILDKIT_PROGRESS: 'plain', DOCKER_CLI_HINTS: 'false', DOCKER_SCAN_SUGGEST: 'false' }
