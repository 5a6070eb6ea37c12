/** Where and with what a step of the user runs. */
export interface StepContext {
  /** What the output and the errors call it, e.g. `build/bundle`. */
  readonly step: string
  /** The worktree's top folder; the step must not leave it. */
  readonly root: string
  /** The folder it runs in: inside a worktree at the approved commit. */
  readonly directory: string
  /** The full id of the commit that the worktree is a checkout of, where it is known. */
  readonly commit?: string
  /** `SEAMLESS_…` values: outside text reaches a command as environment variables only. */
  readonly values: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** How a command of the user ended when not well. */
export interface StepFailure {
  readonly why: 'exit' | 'signal' | 'timeout' | 'cancelled' | 'spawn' | 'report'
  /** What, where and what to do; one paragraph for people. */
  readonly message: string
  /** The last lines of its output, masked and bounded (64 lines, 16 KiB). */
  readonly output: string
  /** Set where it is known that nothing outside was changed: then there is nothing to take back. */
  readonly isUntouched?: true
}
