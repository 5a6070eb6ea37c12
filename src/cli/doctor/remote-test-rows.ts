import { jenkinsBuilds } from '../../adapters/jenkins-builds.ts'
import { RemoteFault } from '../../adapters/remote-fault.ts'
import { travisBuilds } from '../../adapters/travis-builds.ts'
import { workflowBuilds } from '../../adapters/workflow-tests-builds.ts'
import type { OpenRepository } from '../../adapters/workflow-tests.ts'
import type { Environment } from '../../adapters/child-environment.ts'
import type { Config } from '../../config/schema.ts'
import {
  bindJenkins,
  bindTravis,
  type BoundService,
  type ServiceBinding,
} from '../../config/service-binding.ts'
import { missing, ok, type Row, warning } from './row.ts'

export interface RemoteTestShell {
  readonly environment: Environment
  readonly signal: AbortSignal
  /** `owner/name` of this repository, where it is known. */
  readonly repository: string
  /** Where there is a token for GitHub. */
  readonly github?: OpenRepository | undefined
}

/** Whether the servers that test for us are named, answer, and have what the steps ask for. Nothing is started. */
export async function remoteTestRows({ test }: Pick<Config, 'test'>, shell: RemoteTestShell): Promise<Row[]> {
  const rows = test.map((step): Promise<Row> | undefined => {
    switch (step.adapter) {
      case 'jenkins':
        return withService('Jenkins', bindJenkins(shell.environment), async (service) =>
          jenkinsBuilds(step.jenkins, {}, service).check(shell.signal),
        )
      case 'travis': {
        const { repository = shell.repository } = step.travis
        const request = { repository, sha: '', variables: [] }
        return withService('Travis CI', bindTravis(shell.environment), async (service) =>
          travisBuilds(request, service).check(shell.signal),
        )
      }
      case 'workflow':
        return workflowRow(step, shell)
      case 'run':
      case 'previous':
      case 'openapi':
        return undefined
    }
  })
  return Promise.all(rows.filter((row) => row !== undefined))
}

async function withService(
  what: string,
  binding: ServiceBinding,
  check: (service: BoundService) => Promise<string>,
): Promise<Row> {
  if (!binding.ok) return missing(what, binding.message, 'Set it here, and in the workflow under env.')
  return checked(what, async () => check(binding.service))
}

async function workflowRow(
  step: Parameters<typeof workflowBuilds>[0],
  { github, signal }: RemoteTestShell,
): Promise<Row> {
  const what = `workflow ${step.workflow}`
  if (github !== undefined) {
    return checked(what, async () => workflowBuilds(step, {}, github).check(signal))
  }
  return warning(
    what,
    'Whether it is there was not asked: there is no token for GitHub here.',
    'Set GITHUB_TOKEN; in the workflow give the job "actions: write".',
  )
}

async function checked(what: string, check: () => Promise<string>): Promise<Row> {
  try {
    return ok(what, await check())
  } catch (error) {
    if (!(error instanceof RemoteFault)) throw error
    const todo = error.isPassing
      ? 'See that it is reachable from here, and that its address is right.'
      : 'Without it the tests of this step fail.'
    return missing(what, error.message, todo)
  }
}
