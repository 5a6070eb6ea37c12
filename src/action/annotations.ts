import { error } from '@actions/core'
import type { Upgrade } from '../upgrade/receipt.ts'

/** GitHub shows ten annotations of a kind per step; more would push the first ones out. */
const MAX = 10

/** Newly failing tests at their lines. */
export function annotateFailures(upgrade: Upgrade): void {
  const failures = upgrade.tests.flatMap(({ suite, newlyFailing }) =>
    newlyFailing.map((test) => ({ suite, test })),
  )
  for (const { suite, test } of failures.slice(0, MAX)) {
    const { file } = test
    error(test.message ?? 'The test failed.', {
      title: `${suite}: ${test.name}`.slice(0, 200),
      ...(file !== undefined && { file }),
      ...(file !== undefined && test.line !== undefined && { startLine: test.line }),
    })
  }
}
