import type { Found } from './facts.ts'

/** How a project is built and tested. */
export interface Toolchain {
  readonly build?: BuildCommand
  readonly test?: TestCommand
  readonly found: readonly Found[]
  readonly todo: readonly string[]
  /** What the runner needs beyond what it has. */
  readonly setup?: 'node' | 'python'
}

export interface BuildCommand {
  readonly name: string
  readonly run: string
  readonly artifacts: readonly string[]
}

export interface TestCommand {
  readonly run: string
  readonly junit: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Prepares a checkout of the base commit. */
  readonly base?: string
}

/** Without a report Seamless knows only that the tests failed, not which. */
export const NO_REPORT =
  'The tests write no JUnit report: with one (`junit`), failures are named, and known ones are told from new ones.'
