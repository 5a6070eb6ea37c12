import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RemoteTestShell, remoteTestRows } from '../../src/cli/doctor/remote-test-rows.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { type GitHubWorld, startGitHubWorld } from '../github/github-world.ts'
import { type JenkinsStandIn, startJenkins, TOKEN as JENKINS_TOKEN, USER } from '../support/ci/jenkins.ts'
import { startTravis, TOKEN as TRAVIS_TOKEN, type TravisStandIn } from '../support/ci/travis.ts'

const CONFIG = `
driver: action
test:
  - { name: unit, run: npm test }
  - { name: integration, jenkins: { job: team/shop, parameters: { COMMIT: '{sha}' } } }
  - { name: platforms, travis: {} }
  - { name: browsers, workflow: browsers.yml, inputs: { commit: '{sha}' } }
environments: { live: { deploy: { run: { deploy: a, rollback: b } } } }
`

let jenkins: JenkinsStandIn
let travis: TravisStandIn
let world: GitHubWorld
beforeEach(async () => {
  ;[jenkins, travis, world] = await Promise.all([
    startJenkins(),
    startTravis(),
    startGitHubWorld({ files: { '.github/workflows/browsers.yml': 'on: workflow_dispatch\njobs: {}\n' } }),
  ])
})
afterEach(() => Promise.all([jenkins.close(), travis.close(), world.close()]))

async function rows(more: Partial<RemoteTestShell> = {}) {
  const read = parseConfig(CONFIG, 'seamless.yml')
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  return remoteTestRows(read.config, {
    environment: {
      SEAMLESS_JENKINS_URL: jenkins.url,
      SEAMLESS_JENKINS_USER: USER,
      SEAMLESS_JENKINS_TOKEN: JENKINS_TOKEN,
      SEAMLESS_TRAVIS_URL: travis.url,
      SEAMLESS_TRAVIS_TOKEN: TRAVIS_TOKEN,
    },
    repository: 'acme/shop',
    signal: new AbortController().signal,
    github: async () => world.as({ login: 'ada', permissions: { actions: 'read', metadata: 'read' } }),
    ...more,
  })
}

test('servers that answer and have what is asked for are well, and nothing is started there', async () => {
  expect(await rows()).toEqual([
    { what: 'Jenkins', state: 'ok', why: 'It has the job team/shop with its parameters.' },
    { what: 'Travis CI', state: 'ok', why: 'It has acme/shop, and builds may be requested.' },
    { what: 'workflow browsers.yml', state: 'ok', why: 'It has the workflow browsers.yml.' },
  ])
  const asked = [...jenkins.seen, ...travis.seen, ...world.hub.requests.map(({ method }) => method)]
  expect(asked.filter((one) => !one.startsWith('GET'))).toEqual([])
})

test('a place or a token that is not set is named', async () => {
  expect(await rows({ environment: {}, github: undefined })).toMatchObject([
    { state: 'missing', why: expect.stringMatching(/^SEAMLESS_JENKINS_URL is not set/) },
    { state: 'missing', why: expect.stringMatching(/^SEAMLESS_TRAVIS_TOKEN is not set/) },
    { state: 'warning', todo: expect.stringContaining('actions: write') },
  ])
})

test('what is missing there is said in the words that a run would fail with', async () => {
  jenkins.declared = ['COMMIT']
  travis.isActive = false
  await world.repository.commit({ files: { '.github/workflows/browsers.yml': null } })
  expect(await rows()).toMatchObject([
    { state: 'missing', why: expect.stringContaining('does not declare the parameter SEAMLESS_REQUEST') },
    { state: 'missing', why: expect.stringContaining('acme/shop is not active at Travis CI') },
    {
      state: 'missing',
      why: expect.stringContaining('browsers.yml of the default branch cannot be started (404)'),
    },
  ])
})

test('a server that does not answer is told as that', async () => {
  jenkins.fault({ on: /./, what: 'hang up', times: 9 })
  const [row] = await rows()
  expect(row).toMatchObject({
    state: 'missing',
    why: expect.stringContaining('does not answer (ECONNRESET)'),
    todo: 'See that it is reachable from here, and that its address is right.',
  })
})
