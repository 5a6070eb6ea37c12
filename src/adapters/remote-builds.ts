import type { TestCase } from '../ports/test-runner.ts'

/**
 * One step's builds at a server elsewhere, as `followBuild` needs them. `Build` is how the server's adapter knows one.
 * Errors of all methods: `RemoteFault`, or the signal's reason.
 */
export interface RemoteBuilds<Build> {
  /** What people call the server: `Jenkins`. */
  readonly service: string
  /** What is built there: `the job team/shop`. */
  readonly what: string
  /** How often it is asked for news, ms. */
  readonly pollMs: number
  /** How long a build that was asked for may take until it can be found, ms. */
  readonly settleMs: number
  /** Whether all that a build needs is there, before one is asked for. Answers with what was seen, for people. */
  check(signal: AbortSignal): Promise<string>
  /** The builds that were asked for under keys that begin so; the server's last hundred are looked through. */
  find(prefix: string, signal: AbortSignal): Promise<FoundBuilds<Build>>
  /** Asks for one, once. Answers with it where the server names it at once. */
  trigger(key: string, signal: AbortSignal): Promise<Build | undefined>
  look(build: Build, signal: AbortSignal): Promise<BuildState<Build>>
  /** What its log has that was not told before. */
  news(build: Build, tell: (text: string) => void, signal: AbortSignal): Promise<void>
  report(build: Build, signal: AbortSignal): Promise<TestReport>
  /** Stops it or takes it out of the queue; one that is over stays as it is. */
  cancel(build: Build, signal: AbortSignal): Promise<void>
}

export interface FoundBuilds<Build> {
  readonly requests: readonly FoundBuild<Build>[]
  /** The server has work that it has not looked at yet, so one that is not found may still come. */
  readonly isUnclear?: boolean
}

export interface FoundBuild<Build> {
  readonly key: string
  readonly build: Build
  readonly isOver: boolean
}

export type BuildState<Build> =
  | { readonly phase: 'waiting'; readonly build: Build; readonly why: string }
  | { readonly phase: 'running'; readonly build: Build; readonly url: string }
  | {
      readonly phase: 'ended'
      readonly build: Build
      readonly url: string
      readonly result: 'passed' | 'failed' | 'aborted'
      /** The server's own words: `UNSTABLE`, `Aborted by ada`. */
      readonly said: string
    }

export type TestReport =
  | { readonly kind: 'report'; readonly cases: readonly TestCase[] }
  /** None is expected: the result alone speaks. */
  | { readonly kind: 'none' }
  | { readonly kind: 'missing'; readonly why: string }
