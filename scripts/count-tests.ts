import { readFileSync } from 'node:fs'
import { z } from 'zod'

/**
 * Prints `N passed, N failed` of vitest's JSON report, the file that is named. A suite that did not load counts as a
 * failed test. Exit code 1 where a test was skipped or is still to be written, and where none ran.
 */
const report = z
  .object({
    numPassedTests: z.number(),
    numFailedTests: z.number(),
    numPendingTests: z.number(),
    numTodoTests: z.number(),
    testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
  })
  .parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')))

const broken = report.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
).length
const skipped = report.numPendingTests + report.numTodoTests
if (skipped > 0) console.error(`${skipped} tests were skipped or are to be written`)
if (skipped > 0 || report.numPassedTests === 0) process.exitCode = 1
console.log(`${report.numPassedTests} passed, ${report.numFailedTests + broken} failed`)
