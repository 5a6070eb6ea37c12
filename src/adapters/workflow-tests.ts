import type { Template } from '../config/template.ts'
import { UsageError } from '../errors.ts'
import type { GitHubRepository } from '../github/client.ts'
import type { TestRunner } from '../ports/test-runner.ts'
import { fillValues } from './build-values.ts'
import { type RemoteShell, remoteTestRunner } from './remote-tests.ts'
import { workflowBuilds } from './workflow-tests-builds.ts'

export interface WorkflowStep {
  /** The workflow's file in `.github/workflows`. */
  readonly workflow: string
  readonly inputs: Readonly<Record<string, Template>>
  /** The artifact with its JUnit reports. */
  readonly artifact?: string | undefined
  /** Which of the artifact's files are reports. */
  readonly junit: readonly string[]
  readonly timeoutMs: number
}

/** The repository on GitHub with the run's token, for work until this signal; nothing where there is no token. */
export type OpenRepository = (signal: AbortSignal) => Promise<GitHubRepository | undefined>

export interface WorkflowShell extends RemoteShell {
  readonly github?: OpenRepository
}

/**
 * Tests by a run of another workflow of the repository: by the JUnit reports of its artifact, else each of its jobs is a
 * test. Error: `UsageError` where there is no token for GitHub.
 */
export function workflowTestRunner(step: WorkflowStep, { github, ...shell }: WorkflowShell): TestRunner {
  if (github === undefined) {
    throw new UsageError(
      `The workflow ${step.workflow} cannot be started: there is no token for GitHub. Set GITHUB_TOKEN and GITHUB_REPOSITORY.`,
    )
  }
  return remoteTestRunner({ timeoutMs: step.timeoutMs, secrets: [] }, shell, (context) => {
    const inputs = fillValues(step.inputs, context)
    return { builds: workflowBuilds(step, inputs, github), about: [step.workflow, inputs] }
  })
}
