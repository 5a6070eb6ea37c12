import { z } from 'zod'
import { command } from './command.ts'
import { docker, withBuildSecrets } from './docker.ts'
import { inMilliseconds } from './in-milliseconds.ts'
import { jenkins } from './jenkins.ts'
import { openapi } from './openapi.ts'
import { duration } from './quantity.ts'
import { repositoryGlob, repositoryPath } from './repository-path.ts'
import { template } from './template.ts'
import { travis } from './travis.ts'
import { variableName } from './variable-name.ts'
import { variant } from './variant.ts'
import { workflowFields } from './workflow-test.ts'

const text = z.string({ error: 'expected text; a number goes in quotes' })

/** What every command of the user may be given. */
export const stepFields = {
  working: repositoryPath.prefault('.').describe('The folder within the repository that it runs in.'),
  env: z
    .record(variableName, text, { error: 'expected a mapping from variables' })
    .prefault({})
    .describe('Plain values of your own.'),
  secrets: z
    .array(variableName, { error: 'expected a list of variables' })
    .prefault([])
    .describe('The environment variables with secrets that it may see; it sees no others.'),
}

const name = template(['version', 'previous', 'repository'])
  .refine((found) => /^[^\s/\\:]+$/.test(found), { error: 'expected a name without spaces, /, \\ and :' })
  .describe('What reports call it; once per stage.')

const timeout = duration.prefault('30m').describe('Stopped after this.')
const junit = z
  .array(repositoryGlob, { error: 'expected a list of patterns such as reports/*.xml' })
  .prefault([])
  .describe('Its JUnit reports: which tests failed, and whether they failed on the base too.')

const runBuild = z
  .strictObject({
    name,
    run: command.describe('The command.'),
    artifacts: z
      .array(repositoryGlob, { error: 'expected a list of patterns such as dist/**' })
      .prefault([])
      .describe('What it makes: digested, and deployed by digest.'),
    undo: command.optional().describe('Run when a later stage fails; undos run in reverse order.'),
    ...stepFields,
    timeout,
  })
  .transform(inMilliseconds)

const dockerBuild = z
  .strictObject({
    name,
    docker: docker.describe('An image, built by `docker` and pushed to its registry.'),
    ...stepFields,
    timeout,
  })
  .transform((step) => withBuildSecrets(inMilliseconds(step)))

const accepts = z
  .array(z.string({ error: 'expected the name of a test' }).min(1), { error: 'expected a list of tests' })
  .prefault([])

const runTest = z
  .strictObject({
    name,
    run: command.describe('The command.'),
    junit,
    base: command
      .optional()
      .describe(
        'Prepares a checkout of the base commit, where a failing test is run again to tell known failures apart.',
      ),
    ...stepFields,
    timeout,
  })
  .transform(inMilliseconds)

const previousTest = z
  .strictObject({
    name,
    previous: command.describe(
      "Version n's own black-box tests, from its own checkout, against the new build.",
    ),
    junit,
    accepts: accepts.describe('Tests by name (`suite › case`) whose breaking is meant.'),
    ...stepFields,
    timeout,
  })
  .transform(inMilliseconds)

const openapiTest = z.strictObject({
  name,
  openapi: openapi.describe("The API's description, held against version n's: what it breaks for users."),
  accepts: accepts.describe('Breaking changes by name (`openapi › GET /orders: …`) that are meant.'),
})

const jenkinsTest = z
  .strictObject({ name, jenkins: jenkins.describe('A job of your Jenkins, and its JUnit report.'), timeout })
  .transform(inMilliseconds)

const travisTest = z
  .strictObject({
    name,
    travis: travis.describe('A build of the commit at Travis CI; each job is a test.'),
    timeout,
  })
  .transform(inMilliseconds)

const workflowTest = z
  .strictObject({ name, ...workflowFields, timeout })
  .refine(({ artifact, junit }) => artifact !== undefined || junit === undefined, {
    error: 'does nothing without "artifact", which names where the reports are',
    path: ['junit'],
  })
  .transform(({ junit = ['**/*.xml'], ...step }) => inMilliseconds({ ...step, junit }))

export const buildStep = variant('adapter', { run: runBuild, docker: dockerBuild })
export const testStep = variant('adapter', {
  run: runTest,
  previous: previousTest,
  openapi: openapiTest,
  jenkins: jenkinsTest,
  travis: travisTest,
  workflow: workflowTest,
})
