import type { StepContext, StepFailure } from './step.ts'

/** What was built, by digest: this and nothing else is deployed, promoted and rolled back to. */
export interface Artifact {
  /** What is in a registry under that digest rather than a file; absent for a file, which the artifact store keeps. */
  readonly kind?: 'image' | undefined
  /** Path from the worktree's top with `/`; of an image its repository without a tag, `registry:5000/shop/api`. */
  readonly name: string
  /** `sha256:` and 64 hex digits; of an image that of its manifest, as the registry answers for it. */
  readonly digest: string
  /** Of an image: unpacked. */
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
