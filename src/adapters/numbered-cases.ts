import type { TestCase } from '../ports/test-runner.ts'

/** Cases of one name (a parameterised test, the same suite on two browsers) are told apart by their order. */
export function numberedCases(cases: readonly TestCase[]): TestCase[] {
  const seen = new Map<string, number>()
  return cases.map((one) => {
    const count = (seen.get(one.name) ?? 0) + 1
    seen.set(one.name, count)
    return count === 1 ? one : { ...one, name: `${one.name} (${count})` }
  })
}
