import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { afterEach, expect, test } from 'vitest'
import { parseConfig } from '../../src/config/parse.ts'
import { contractOf } from '../../scripts/misuses.ts'
import { lintWorkflow } from '../../scripts/lint-workflow.ts'
import { startGitHub } from '../support/github/start-github.ts'
import {
  JOB,
  type JenkinsStandIn,
  startJenkins,
  TOKEN as JENKINS_TOKEN,
  USER,
} from '../support/ci/jenkins.ts'
import { startTravis, TOKEN as TRAVIS_TOKEN, type TravisStandIn } from '../support/ci/travis.ts'
import { manualClock } from '../support/manual-clock.ts'
import { basicConfig, type UpgradeWorld, upgradeWorld } from '../support/upgrade-world.ts'

/* The examples of docs/jenkins.md, docs/travis.md and docs/workflow-tests.md, through the whole loop. */
const top = join(import.meta.dirname, '../..')
const example = (name: string): string => readFileSync(join(top, 'examples', name), 'utf8')

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function jenkinsWorld(config: string): Promise<{ world: UpgradeWorld; jenkins: JenkinsStandIn }> {
  const jenkins = await startJenkins()
  const world = await upgradeWorld({
    config,
    clock: manualClock(),
    environment: {
      SEAMLESS_JENKINS_URL: jenkins.url,
      SEAMLESS_JENKINS_USER: USER,
      SEAMLESS_JENKINS_TOKEN: JENKINS_TOKEN,
    },
  })
  closing.push(
    () => jenkins.close(),
    () => world.remove(),
  )
  return { world, jenkins }
}

/** The example's job under the stand-in's name. */
const jenkinsConfig = example('jenkins/seamless.yml').replace('team/shop-integration', JOB)

test("a Jenkins job's tests decide: what fails newly ends the upgrade before anything is deployed", async () => {
  const { world, jenkins } = await jenkinsWorld(jenkinsConfig)
  expect(await world.run()).toMatchObject({ decision: 'completed' })
  expect(world.read('live')).toBe('1.0.0')
  const sha = world.repository.commit({ VERSION: '1.1.0\n' }, 'Version 1.1.0')
  jenkins.behave = ({ COMMIT }) => (COMMIT === sha ? 'fails' : 'passes')
  const ended = await world.run()
  expect(ended).toMatchObject({ decision: 'failed', reason: 'tests_failed' })
  expect(ended.tests).toMatchObject([
    {
      suite: 'test/integration',
      newlyFailing: [{ name: 'shop.OrdersTest › adds an order', message: 'expected 201, got 500' }],
    },
  ])
  expect(jenkins.builds.map(({ parameters }) => parameters['VERSION'])).toEqual(['1.0.0', '1.1.0'])
  expect(world.read('live')).toBe('1.0.0')
})

test('what fails on version n as well is known: Jenkins is asked for a build of that very commit', async () => {
  const { world, jenkins } = await jenkinsWorld(basicConfig)
  await world.run()
  const first = (await world.run()).candidate?.sha
  jenkins.behave = () => 'fails'
  const sha = world.repository.commit(
    { VERSION: '1.1.0\n', '.github/seamless.yml': jenkinsConfig },
    'Version 1.1.0',
  )
  const ended = await world.run()
  expect(ended).toMatchObject({ decision: 'completed' })
  expect(ended.tests).toMatchObject([{ newlyFailing: [], known: [expect.anything()] }])
  expect(jenkins.builds.map(({ parameters }) => parameters['COMMIT'])).toEqual([sha, first])
  expect(world.read('live')).toBe('1.1.0')
})

test('without a Jenkins in the environment the upgrade says what to set', async () => {
  const world = await upgradeWorld({ config: jenkinsConfig })
  closing.push(() => world.remove())
  expect(await world.run()).toMatchObject({
    decision: 'failed',
    reason: 'usage',
    message:
      'SEAMLESS_JENKINS_URL is not set: set it to where the server is, such as https://jenkins.example.org.',
  })
})

async function travisWorld(): Promise<{ world: UpgradeWorld; travis: TravisStandIn }> {
  const travis = await startTravis()
  const world = await upgradeWorld({
    config: example('travis/seamless.yml').replace(
      '    travis:\n',
      '    travis:\n      repository: acme/shop\n',
    ),
    clock: manualClock(),
    environment: { SEAMLESS_TRAVIS_URL: travis.url, SEAMLESS_TRAVIS_TOKEN: TRAVIS_TOKEN },
  })
  closing.push(
    () => travis.close(),
    () => world.remove(),
  )
  return { world, travis }
}

test('a build at Travis CI decides, of the very commit', async () => {
  const { world, travis } = await travisWorld()
  const ended = await world.run()
  expect(ended).toMatchObject({ decision: 'completed', tests: [{ suite: 'test/platforms', failed: 0 }] })
  expect(travis.made.map(({ asked }) => asked)).toMatchObject([
    { sha: ended.candidate?.sha, config: { env: { global: ['SHOP_VERSION=1.0.0'] } } },
  ])
})

test('another workflow decides, by the reports that it uploads', async () => {
  const hub = await startGitHub()
  closing.push(() => hub.close())
  const repository = await hub.createRepository({
    owner: 'acme',
    name: 'shop',
    files: { '.github/workflows/browsers.yml': example('browsers/browsers.yml') },
    collaborators: { 'github-actions[bot]': 'write' },
  })
  hub.onDispatch(async () => ({
    conclusion: 'failure',
    artifacts: [
      {
        name: 'reports',
        content: '<testsuite><testcase classname="c" name="opens"><failure/></testcase></testsuite>',
      },
    ],
  }))
  const permissions = {
    actions: 'write',
    metadata: 'read',
    deployments: 'write',
    contents: 'read',
    checks: 'write',
  } as const
  const token = hub.token({ login: 'github-actions[bot]', permissions })
  const config = example('browsers/seamless.yml').replace(
    'artifact: reports',
    'artifact: reports\n    junit: [reports]',
  )
  const world = await upgradeWorld({
    config,
    clock: manualClock(),
    environment: {},
    github: async () => ({ token, apiUrl: hub.apiUrl, repository: 'acme/shop', appId: 15_368 }),
  })
  closing.push(() => world.remove())
  const ended = await world.run({ stage: 'test' })
  expect(ended).toMatchObject({ decision: 'failed', reason: 'tests_failed' })
  expect(ended.tests).toMatchObject([{ newlyFailing: [{ name: 'c › opens' }] }])
  expect(await repository.shaOf('main')).toBeDefined()
})

test.each(['jenkins', 'travis', 'browsers'])('the configuration of examples/%s can be read', (name) => {
  const read = parseConfig(example(`${name}/seamless.yml`), 'seamless.yml')
  expect(read.ok ? [] : read.errors).toEqual([])
})

test('the workflow of the example is a sound one', async () => {
  const contract = contractOf(load(readFileSync(join(top, 'action.yml'), 'utf8')))
  const file = 'examples/browsers/browsers.yml'
  expect(await lintWorkflow(file, example('browsers/browsers.yml'), contract)).toEqual([])
})
