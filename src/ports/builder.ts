import type { StepContext, StepFailure } from './step.ts'

/** What was built, by digest: this and nothing else is deployed, promoted and rolled back to. */
export interface Artifact {
  /** Path from the worktree's top with `/`, or an image's name. */
  readonly name: string
  /** `sha256:` and 64 hex digits. */
  readonly digest: string
  readonly bytes: number
  /** Whether it may be run as a program: stores and archives on the way forget the modes of files. */
  readonly executable?: boolean | undefined
}

export type BuildOutcome =
  | { readonly kind: 'built'; readonly artifacts: readonly Artifact[] }
  | { readonly kind: 'failed'; readonly failure: StepFailure }

export interface Builder {
  build(context: StepContext): Promise<BuildOutcome>
}
