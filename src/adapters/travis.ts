import { bindTravis } from '../config/service-binding.ts'
import { fillText } from '../config/template.ts'
import type { TravisTest } from '../config/travis.ts'
import { UsageError } from '../errors.ts'
import type { StepContext } from '../ports/step.ts'
import type { TestRunner } from '../ports/test-runner.ts'
import { commitOfStep, fillValues, valuesOfStep } from './build-values.ts'
import { boundService, type RemoteShell, remoteTestRunner } from './remote-tests.ts'
import { travisBuilds, type TravisRequest } from './travis-builds.ts'

export interface TravisStep {
  readonly travis: TravisTest
  readonly timeoutMs: number
}

/** Tests by a build of the commit at Travis CI; each of its jobs is a test. Error: `UsageError` where no token is set. */
export function travisTestRunner({ travis, timeoutMs }: TravisStep, shell: RemoteShell): TestRunner {
  const service = boundService(bindTravis(shell.environment))
  return remoteTestRunner({ timeoutMs, secrets: [service.token] }, shell, (context) => {
    const request = requestOf(travis, context)
    return { builds: travisBuilds(request, service), about: request }
  })
}

function requestOf(travis: TravisTest, context: StepContext): TravisRequest {
  const repository = travis.repository ?? context.values['SEAMLESS_REPOSITORY'] ?? ''
  if (!repository.includes('/')) {
    throw new UsageError(`${context.step}: "repository" under travis is needed here: owner/name.`)
  }
  const { branch } = travis
  const values = valuesOfStep(context)
  const isKnown = branch !== undefined && (values.branch !== undefined || !branch.includes('{branch}'))
  return {
    repository,
    sha: commitOfStep(context),
    ...(isKnown && { branch: fillText(branch, values) }),
    variables: travisVariables(fillValues(travis.variables, context), context.step),
  }
}

/** What a variable of Travis CI may hold: it exports `NAME=value` in a shell, so nothing that means something to one. */
const HARMLESS = /^[\w.,:/@%+=-]*$/

/** Error: `UsageError` for a value that Travis CI's shell would not take literally. */
function travisVariables(values: Readonly<Record<string, string>>, step: string): string[] {
  return Object.entries(values).map(([name, value]) => {
    if (HARMLESS.test(value)) return `${name}=${value}`
    throw new UsageError(
      `${step}: the variable ${name} would hold ${JSON.stringify(value.slice(0, 80))}, which a shell at Travis CI would read as code. Only letters, digits and . , : / @ % + = _ - go there.`,
    )
  })
}
