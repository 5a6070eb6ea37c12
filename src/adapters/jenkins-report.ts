import { z } from 'zod'
import type { TestCase } from '../ports/test-runner.ts'

/** As `testReport/api/json` of the JUnit plugin exports it (hudson.tasks.junit.CaseResult); its status is a word of an open list. */
const caseResult = z.object({
  className: z.string().nullish(),
  name: z.string().nullish(),
  status: z.string(),
  duration: z.number().nullish(),
  errorDetails: z.string().nullish(),
  errorStackTrace: z.string().nullish(),
})
const suites = z.array(z.object({ name: z.string().nullish(), cases: z.array(caseResult) }))

/** A matrix or Maven job has reports of its parts. */
export const testReport = z.object({
  suites: suites.optional(),
  childReports: z.array(z.object({ result: z.object({ suites: suites.optional() }) })).optional(),
})

const CASE = 'className,name,status,duration,errorDetails,errorStackTrace'
const SUITES = `suites[name,cases[${CASE}]]`

/** Only what is read: what tests printed may be many megabytes. */
export const REPORT_TREE = `${SUITES},childReports[result[${SUITES}]]`

const MESSAGE_MAX = 4096

/** In the report's order. A status that is not known counts as failed: nothing unknown passes. */
export function casesOf({ suites: own = [], childReports = [] }: z.output<typeof testReport>): TestCase[] {
  const all = [...own, ...childReports.flatMap(({ result }) => result.suites ?? [])]
  return all.flatMap(({ name: suite, cases }) => cases.map((one) => caseOf(suite ?? '', one)))
}

function caseOf(suite: string, found: z.output<typeof caseResult>): TestCase {
  const group = found.className ?? ''
  const name = [group === '' ? suite : group, found.name ?? ''].filter((part) => part !== '').join(' › ')
  const result = resultOf(found.status)
  const details = found.errorDetails ?? ''
  const message = details === '' ? (found.errorStackTrace ?? '') : details
  return {
    name,
    result,
    ...(result === 'failed' && message !== '' && { message: message.slice(0, MESSAGE_MAX) }),
    ...(typeof found.duration === 'number' && { seconds: found.duration }),
  }
}

/** `FIXED` passes and failed before, `REGRESSION` fails and passed before. */
function resultOf(status: string): TestCase['result'] {
  if (status === 'PASSED' || status === 'FIXED') return 'passed'
  return status === 'SKIPPED' ? 'skipped' : 'failed'
}
