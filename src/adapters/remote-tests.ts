import type { ServiceBinding } from '../config/service-binding.ts'
import type { BoundService } from '../config/service-binding.ts'
import { UsageError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { StepContext } from '../ports/step.ts'
import type { TestRunner } from '../ports/test-runner.ts'
import type { Environment } from './child-environment.ts'
import { followBuild } from './follow-build.ts'
import { maskOf } from './mask.ts'
import type { RemoteBuilds } from './remote-builds.ts'

export interface RemoteShell {
  readonly environment: Environment
  readonly clock: Clock
  readonly log: Log
}

export interface RemoteStep<Build> {
  readonly builds: RemoteBuilds<Build>
  /** What makes two requests the same. */
  readonly about: unknown
}

/** A runner whose tests go elsewhere. What a step cannot be told (no commit, a value that is not allowed there) is a failure of it. */
export function remoteTestRunner<Build>(
  { timeoutMs, secrets }: { readonly timeoutMs: number; readonly secrets: readonly string[] },
  { clock, log }: RemoteShell,
  open: (context: StepContext) => RemoteStep<Build>,
): TestRunner {
  const mask = maskOf(secrets)
  return {
    async test(context) {
      let step: RemoteStep<Build>
      try {
        step = open(context)
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
        return { kind: 'failed', failure: { why: 'spawn', message: error.message, output: '' } }
      }
      return followBuild(step.builds, { context, about: step.about, timeoutMs, clock, log, mask })
    },
  }
}

/** Error: `UsageError` with what to set. */
export function boundService(binding: ServiceBinding): BoundService {
  if (!binding.ok) throw new UsageError(binding.message)
  return binding.service
}
