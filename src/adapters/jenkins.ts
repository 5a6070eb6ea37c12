import type { JenkinsTest } from '../config/jenkins.ts'
import { bindJenkins } from '../config/service-binding.ts'
import type { TestRunner } from '../ports/test-runner.ts'
import { fillValues } from './build-values.ts'
import { jenkinsBuilds } from './jenkins-builds.ts'
import { boundService, type RemoteShell, remoteTestRunner } from './remote-tests.ts'

export interface JenkinsStep {
  readonly jenkins: JenkinsTest
  readonly timeoutMs: number
}

/** Tests by a build of a Jenkins job; its JUnit report says how each test went. Error: `UsageError` where no Jenkins is named. */
export function jenkinsTestRunner({ jenkins, timeoutMs }: JenkinsStep, shell: RemoteShell): TestRunner {
  const service = boundService(bindJenkins(shell.environment))
  return remoteTestRunner({ timeoutMs, secrets: [service.token] }, shell, (context) => {
    const values = fillValues(jenkins.parameters, context)
    return { builds: jenkinsBuilds(jenkins, values, service), about: [jenkins.job, values] }
  })
}
