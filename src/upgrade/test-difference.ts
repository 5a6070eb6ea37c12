import type { TestCase } from '../ports/test-runner.ts'
import type { SuiteResult } from './facts.ts'

/** How the base's results were had, and what they were. */
export type BaseResults =
  | { readonly against: 'receipt' | 'base_run'; readonly names: SuiteResult['names'] }
  | { readonly against: 'not_needed' | 'unknown' | 'first_upgrade' }

/**
 * The test difference (T) of version n+1's own tests. A failure is held against the upgrade unless the base is known to
 * fail the same test; where the base's result is not known every failure counts.
 */
export function compareOwnTests(suite: string, cases: readonly TestCase[], base: BaseResults): SuiteResult {
  const before = new Map('names' in base ? base.names.map(({ name, result }) => [name, result]) : [])
  const failed = cases.filter(({ result }) => result === 'failed')
  const now = new Set(cases.map(({ name }) => name))
  return {
    ...counted(suite, cases),
    kind: 'own',
    against: base.against,
    newlyFailing: failed.filter(({ name }) => before.get(name) !== 'failed').map(copy),
    known: failed.filter(({ name }) => before.get(name) === 'failed').map(({ name }) => name),
    newlyPassing: cases
      .filter(({ name, result }) => result === 'passed' && before.get(name) === 'failed')
      .map(({ name }) => name),
    added: 'names' in base ? [...now].filter((name) => !before.has(name)) : [],
    removed: [...before.keys()].filter((name) => !now.has(name)),
    accepted: [],
    unused: [],
  }
}

/** What version n's own tests say of version n+1: a failure is a break for its users, unless it is meant. */
export function comparePreviousTests(
  suite: string,
  cases: readonly TestCase[],
  accepts: readonly string[],
): SuiteResult {
  const failed = cases.filter(({ result }) => result === 'failed')
  const names = new Set(failed.map(({ name }) => name))
  return {
    ...counted(suite, cases),
    kind: 'previous',
    against: 'not_needed',
    newlyFailing: failed.filter(({ name }) => !accepts.includes(name)).map(copy),
    known: [],
    newlyPassing: [],
    added: [],
    removed: [],
    accepted: accepts.filter((name) => names.has(name)),
    unused: accepts.filter((name) => !names.has(name)),
  }
}

/** The failures of the base that this suite would be excused by are needed only where something failed. */
export function needsBase(cases: readonly TestCase[]): boolean {
  return cases.some(({ result }) => result === 'failed')
}

function counted(
  suite: string,
  cases: readonly TestCase[],
): Pick<SuiteResult, 'suite' | 'passed' | 'failed' | 'skipped' | 'names'> {
  const count = (wanted: TestCase['result']): number => cases.filter(({ result }) => result === wanted).length
  return {
    suite,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    names: cases.map(({ name, result }) => ({ name, result })),
  }
}

function copy(testCase: TestCase): SuiteResult['newlyFailing'][number] {
  return { ...testCase }
}
