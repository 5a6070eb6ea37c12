/*
 * What a Jenkins answers, each as the page shows it that stands with it. `_class` is what Jenkins adds to each object.
 */

/**
 * An item of the queue. https://stackoverflow.com/questions/24507262 (a whole answer of /queue/item/39/api/json), and
 * https://javadoc.jenkins.io/hudson/model/Queue.Item.html for its exported fields. `why` is one of core's texts:
 * https://github.com/jenkinsci/jenkins/blob/master/core/src/main/resources/hudson/model/Messages.properties (Queue.*)
 */
export function queueItem(item: {
  id: number
  url: string
  parameters: Readonly<Record<string, string>>
  why: string | null
  stuck?: boolean
}): object {
  return {
    _class: item.why === null ? 'hudson.model.Queue$LeftItem' : 'hudson.model.Queue$BuildableItem',
    actions: [parametersAction(item.parameters), causeAction],
    blocked: false,
    buildable: item.why !== null,
    id: item.id,
    inQueueSince: 1_423_993_879_845,
    params: Object.entries(item.parameters)
      .map(([name, value]) => `\n${name}=${value}`)
      .join(''),
    stuck: item.stuck ?? false,
    task: {
      _class: 'org.jenkinsci.plugins.workflow.job.WorkflowJob',
      name: 'shop',
      url: item.url,
      color: 'red',
    },
    url: `queue/item/${item.id}/`,
    why: item.why,
  }
}

/** https://stackoverflow.com/questions/24507262 */
function parametersAction(parameters: Readonly<Record<string, string>>): object {
  return {
    _class: 'hudson.model.ParametersAction',
    parameters: Object.entries(parameters).map(([name, value]) => ({
      _class: 'hudson.model.StringParameterValue',
      name,
      value,
    })),
  }
}

const causeAction = {
  _class: 'hudson.model.CauseAction',
  causes: [
    {
      _class: 'hudson.model.Cause$UserIdCause',
      shortDescription: 'Started by user Seamless',
      userId: 'seamless',
      userName: 'Seamless',
    },
  ],
}

/** https://javadoc.jenkins.io/hudson/model/Run.html; who aborted: https://javadoc.jenkins.io/jenkins/model/CauseOfInterruption.UserInterruption.html */
export function build(one: {
  number: number
  url: string
  parameters: Readonly<Record<string, string>>
  result: string | null
  abortedBy?: string
}): object {
  const interrupted = {
    _class: 'jenkins.model.InterruptedBuildAction',
    causes: [
      {
        _class: 'jenkins.model.CauseOfInterruption$UserInterruption',
        shortDescription: `Aborted by ${one.abortedBy}`,
      },
    ],
  }
  return {
    _class: 'org.jenkinsci.plugins.workflow.job.WorkflowRun',
    // Actions without exported fields are empty objects.
    actions: [
      causeAction,
      parametersAction(one.parameters),
      {},
      ...(one.abortedBy === undefined ? [] : [interrupted]),
    ],
    building: one.result === null,
    number: one.number,
    result: one.result,
    url: one.url,
  }
}

/** https://javadoc.jenkins.io/hudson/model/ParametersDefinitionProperty.html */
export function parameterProperty(names: readonly string[]): object {
  return {
    _class: 'hudson.model.ParametersDefinitionProperty',
    parameterDefinitions: names.map((name) => ({ _class: 'hudson.model.StringParameterDefinition', name })),
  }
}

/** https://www.jenkins.io/doc/book/security/csrf-protection/ */
export const crumb = {
  _class: 'hudson.security.csrf.DefaultCrumbIssuer',
  crumb: 'f4a44af38ffc911d34c1c331bf292c9d57c81b3e81761b503bde0a97544a60d8',
  crumbRequestField: 'Jenkins-Crumb',
}

/** https://www.baeldung.com/ops/jenkins-valid-crumb-request-error; the page of Jetty around it shortened */
export const noCrumb =
  '<html><head><title>Error 403 No valid crumb was included in the request</title></head><body><h2>HTTP ERROR 403 No valid crumb was included in the request</h2><table><tr><th>STATUS:</th><td>403</td></tr></table></body></html>'

/**
 * Of the JUnit plugin. https://javadoc.jenkins.io/plugin/junit/hudson/tasks/junit/CaseResult.html, and as a Jenkins
 * answered: https://github.com/jenkinsci/blueocean-plugin (TestResults.spec).
 */
export function testReport(
  cases: readonly (readonly [name: string, status: string, message?: string])[],
): object {
  const count = (status: RegExp): number => cases.filter(([, found]) => status.test(found)).length
  return {
    _class: 'hudson.tasks.junit.TestResult',
    testActions: [],
    duration: 0.008,
    empty: false,
    failCount: count(/FAILED|REGRESSION/),
    passCount: count(/PASSED|FIXED/),
    skipCount: count(/SKIPPED/),
    suites: [
      {
        cases: cases.map(([name, status, message]) => ({
          testActions: [],
          age: 0,
          className: 'shop.OrdersTest',
          duration: 0.002,
          errorDetails: message ?? null,
          errorStackTrace: message === undefined ? null : `java.lang.AssertionError: ${message}`,
          failedSince: 0,
          name,
          skipped: status === 'SKIPPED',
          skippedMessage: null,
          status,
          stderr: null,
          stdout: null,
        })),
        duration: 0.008,
        id: null,
        name: 'shop.OrdersTest',
        stderr: null,
        stdout: null,
        timestamp: null,
      },
    ],
  }
}
