import type { StepContext, StepFailure } from './step.ts'

/** One test by its stable name (`suite › case`), as its report gave it. */
export interface TestCase {
  readonly name: string
  readonly result: 'passed' | 'failed' | 'skipped'
  /** Of a failure: its message, bounded to 4 KiB. */
  readonly message?: string
  /** Where, if the report says: a path from the worktree's top with `/`, and a line from 1. */
  readonly file?: string
  readonly line?: number
  readonly seconds?: number
}

export type TestOutcome =
  /** The tests ran and said how each went; some may have failed. */
  | { readonly kind: 'ran'; readonly cases: readonly TestCase[] }
  /** The command failed without a report that says why. */
  | { readonly kind: 'failed'; readonly failure: StepFailure }

export interface TestRunner {
  test(context: StepContext): Promise<TestOutcome>
}
