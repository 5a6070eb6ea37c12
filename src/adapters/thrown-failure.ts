import { UsageError } from '../errors.ts'
import type { StepFailure } from '../ports/step.ts'

/** What a deployer throws as the failure of its step. A `UsageError` is thrown only by what is read before anything is changed. */
export function thrownFailure(error: unknown): StepFailure {
  const failure = { why: 'spawn' as const, message: (error as Error).message, output: '' }
  return error instanceof UsageError ? { ...failure, isUntouched: true } : failure
}
