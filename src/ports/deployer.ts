import type { StepContext, StepFailure } from './step.ts'

export type StepOutcome =
  | { readonly kind: 'done'; readonly output: string }
  | { readonly kind: 'failed'; readonly failure: StepFailure }

/** What an environment runs, as its deployer says. */
export type Live =
  | { readonly kind: 'live'; readonly version: string }
  /** Nothing was ever deployed there. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'unknown'; readonly why: string }

/** Brings a version into an environment and takes it back. `values` of the context name the version. */
export interface Deployer {
  deploy(context: StepContext): Promise<StepOutcome>
  /** Back to the version that the context's values name. */
  rollback(context: StepContext): Promise<StepOutcome>
  /** What is live now; an adapter that cannot say answers `unknown`. */
  status(context: StepContext): Promise<Live>
  /** The release's difference (F) as text: what `deploy` would change. */
  difference?(context: StepContext): Promise<StepOutcome>
}
