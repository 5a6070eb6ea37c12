import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { jenkinsTestRunner } from '../../src/adapters/jenkins.ts'
import { systemClock } from '../../src/adapters/system-clock.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { UsageError } from '../../src/errors.ts'
import type { StepContext } from '../../src/ports/step.ts'
import type { TestOutcome } from '../../src/ports/test-runner.ts'
import { remoteBuildContract } from '../contract/remote-build.ts'
import { type JenkinsStandIn, JOB, startJenkins, TOKEN, USER } from '../support/ci/jenkins.ts'
import { testReport } from '../support/ci/jenkins-answers.ts'
import { type ManualClock, manualClock } from '../support/manual-clock.ts'
import { type MemoryLog, memoryLog } from '../support/memory-log.ts'

const SHA = 'ab'.repeat(20)
const BASE = 'cd'.repeat(20)

/** The step as a config has it. */
function jenkinsStep(jenkins: object, timeout = '30m') {
  const read = parseConfig(
    JSON.stringify({
      driver: 'action',
      test: [{ name: 'integration', jenkins, timeout }],
      environments: { live: { deploy: { run: { deploy: 'a', rollback: 'b' } } } },
    }),
    'seamless.yml',
  )
  const step = read.ok ? read.config.test[0] : undefined
  if (step?.adapter !== 'jenkins') throw new Error(JSON.stringify(read))
  return step
}

const parameters = { COMMIT: '{sha}', VERSION: '{version}' }

function contextOf(more: Partial<StepContext> = {}): StepContext {
  return {
    step: 'test/integration',
    root: '/nowhere',
    directory: '/nowhere',
    commit: SHA,
    values: { SEAMLESS_REPOSITORY: 'acme/shop', SEAMLESS_SHA: SHA, SEAMLESS_VERSION: '1.5.0' },
    signal: new AbortController().signal,
    ...more,
  }
}

function environmentOf(url: string): Record<string, string> {
  return { SEAMLESS_JENKINS_URL: url, SEAMLESS_JENKINS_USER: USER, SEAMLESS_JENKINS_TOKEN: TOKEN }
}

remoteBuildContract('a Jenkins as documented', async () => {
  const jenkins = await startJenkins()
  return {
    runner: (behaviour, log) =>
      jenkinsTestRunner(jenkinsStep({ job: JOB, parameters: { ...parameters, BEHAVIOUR: behaviour } }), {
        environment: environmentOf(jenkins.url),
        clock: manualClock(),
        log,
      }),
    context: contextOf,
    started: async () => jenkins.items.length,
    isStopped: async () => jenkins.builds.at(-1)?.abortedBy === 'Seamless',
    close: () => jenkins.close(),
  }
})

const real = process.env['SEAMLESS_TEST_JENKINS_URL']
if (real !== undefined && real !== '') {
  remoteBuildContract(`the Jenkins at ${real}`, () => realWorld(real), 20 * 60_000)
}

/** A real one, with the job of examples/jenkins/contract.Jenkinsfile. */
async function realWorld(url: string) {
  const given = (name: string): string => process.env[`SEAMLESS_TEST_JENKINS_${name}`] ?? ''
  const environment = {
    SEAMLESS_JENKINS_URL: url,
    SEAMLESS_JENKINS_USER: given('USER'),
    SEAMLESS_JENKINS_TOKEN: given('TOKEN'),
  }
  const headers = { authorization: `Basic ${btoa(`${given('USER')}:${given('TOKEN')}`)}` }
  const path = given('JOB').split('/').join('/job/')
  const newest = async (): Promise<{ number: number; result: string | null }[]> => {
    const answer = await fetch(`${url}/job/${path}/api/json?tree=builds[number,result]`, { headers })
    return ((await answer.json()) as { builds: { number: number; result: string | null }[] }).builds
  }
  const before = (await newest())[0]?.number ?? 0
  return {
    runner: (behaviour: string, log: MemoryLog | Parameters<typeof jenkinsTestRunner>[1]['log']) =>
      jenkinsTestRunner(
        jenkinsStep({ job: given('JOB'), parameters: { ...parameters, BEHAVIOUR: behaviour } }),
        { environment, clock: systemClock, log },
      ),
    context: contextOf,
    started: async () => ((await newest())[0]?.number ?? 0) - before,
    async isStopped() {
      // Jenkins stops a build in its own time.
      for (let look = 0; look < 60; look += 1) {
        const [last] = await newest()
        if (last !== undefined && last.result !== null) return last.result === 'ABORTED'
        await systemClock.sleep(1000, new AbortController().signal)
      }
      return false
    },
    close: async () => {},
  }
}

let jenkins: JenkinsStandIn
let clock: ManualClock
let log: MemoryLog
beforeEach(async () => {
  jenkins = await startJenkins()
  clock = manualClock()
  log = memoryLog()
})
afterEach(() => jenkins.close())

interface Asked {
  readonly more?: object
  readonly timeout?: string
  readonly environment?: Record<string, string>
  readonly context?: Partial<StepContext>
}

async function run({ more, timeout, environment, context }: Asked = {}): Promise<TestOutcome> {
  const step = jenkinsStep({ job: JOB, parameters, ...more }, timeout)
  const shell = { environment: { ...environmentOf(jenkins.url), ...environment }, clock, log }
  return jenkinsTestRunner(step, shell).test(contextOf(context))
}

async function message(asked?: Asked): Promise<string> {
  const outcome = await run(asked)
  return outcome.kind === 'failed' ? outcome.failure.message : `ran ${outcome.cases.length}`
}

const fails = { more: { parameters: { ...parameters, BEHAVIOUR: 'fails' } } }
const hangs = { more: { parameters: { ...parameters, BEHAVIOUR: 'hangs' } } }

describe('what is asked of Jenkins', () => {
  test('the parameters of the step, a key of its own, the crumb with its session', async () => {
    await run()
    expect(jenkins.items[0]?.parameters).toEqual({
      SEAMLESS_REQUEST: expect.stringMatching(/^seamless-[0-9a-f]{16}-1$/),
      COMMIT: SHA,
      VERSION: '1.5.0',
      BEHAVIOUR: '',
    })
  })

  test('I01 a value is data, whatever is in it', async () => {
    const version = '1.0&BEHAVIOUR=hangs"$(touch pwn)%0A'
    await run({ context: { values: { ...contextOf().values, SEAMLESS_VERSION: version } } })
    expect(jenkins.items[0]?.parameters).toMatchObject({ VERSION: version, BEHAVIOUR: '' })
  })

  test('version n tested again is asked for by its own commit and version', async () => {
    const values = { ...contextOf().values, SEAMLESS_PREVIOUS: '1.4.0', SEAMLESS_PREVIOUS_SHA: BASE }
    await run({ context: { commit: BASE, values } })
    expect(jenkins.items[0]?.parameters).toMatchObject({ COMMIT: BASE, VERSION: '1.4.0' })
  })

  test('another commit has another key, so builds of the two are never taken for each other', async () => {
    await run()
    await run({ context: { commit: BASE } })
    const [one, two] = jenkins.items.map(({ parameters: given }) => given['SEAMLESS_REQUEST'])
    expect(one?.slice(0, -2)).not.toBe(two?.slice(0, -2))
  })

  test('M16 the token goes to the bound address only, also where Jenkins believes to be elsewhere', async () => {
    // Its Location names jenkins.internal, which is nowhere.
    expect(await run()).toMatchObject({ kind: 'ran' })
    expect(jenkins.seen).toContain('GET /queue/item/39/api/json')
  })
})

describe('what is told', () => {
  test('each test as the JUnit report has it', async () => {
    expect(await run(fails)).toEqual({
      kind: 'ran',
      cases: [
        { name: 'shop.OrdersTest › lists orders', result: 'passed', seconds: 0.002 },
        {
          name: 'shop.OrdersTest › adds an order',
          result: 'failed',
          message: 'expected 201, got 500',
          seconds: 0.002,
        },
        { name: 'shop.OrdersTest › prints', result: 'skipped', seconds: 0.002 },
      ],
    })
  })

  test('the log as it grows, each line once, and why a build waits', async () => {
    await run()
    expect(log.lines).toEqual([
      'info test/integration: waits at Jenkins: Waiting for next available executor on ‘linux’',
      `info test/integration: ${jenkins.url}/job/team/job/shop/1/`,
      'test/integration | Started by user Seamless',
      'test/integration | Running on linux',
      'test/integration | Finished: SUCCESS',
    ])
  })

  test('S01 a token that a build prints is not shown', async () => {
    jenkins.log = `export JENKINS_AUTH=${TOKEN}\n`
    jenkins.report = undefined
    const outcome = await run()
    expect(JSON.stringify([log.lines, outcome])).not.toContain(TOKEN)
    expect(log.lines).toContain('test/integration | export JENKINS_AUTH=***')
  })

  test('tests of one name are told apart by their order', async () => {
    jenkins.report = () =>
      testReport([
        ['adds', 'PASSED'],
        ['adds', 'FAILED', 'no'],
      ])
    expect(await run()).toMatchObject({
      cases: [{ name: 'shop.OrdersTest › adds' }, { name: 'shop.OrdersTest › adds (2)', result: 'failed' }],
    })
  })

  test('a status that nobody knows is a failure, never a pass', async () => {
    jenkins.report = () => testReport([['lists orders', 'PONDERED']])
    expect(await run()).toMatchObject({ cases: [{ result: 'failed' }] })
  })

  test('of a job without JUnit the result alone speaks', async () => {
    jenkins.report = undefined
    expect(await run({ more: { junit: false } })).toEqual({ kind: 'ran', cases: [] })
  })
})

describe('result and report must agree', () => {
  test.each([
    [
      'a success without a report',
      () => void (jenkins.report = undefined),
      /^test\/integration: the job team\/shop at Jenkins ended as SUCCESS \(http.*\/1\/\), but it has no JUnit report\. Let the job publish one \(junit\), or set "junit: false"\.$/,
    ],
    [
      'a success whose report has no test',
      () => void (jenkins.report = () => testReport([])),
      /ended as SUCCESS .*, but its report has no test: nothing was tested\.$/,
    ],
    [
      'a failure that no test explains',
      () => Object.assign(jenkins, { result: { passes: 'FAILURE', fails: '' } }),
      /ended as FAILURE .*\. Its report shows 2 tests and no failure, so something else is wrong\.$/,
    ],
    [
      'a failure without a report',
      () => Object.assign(jenkins, { result: { passes: 'FAILURE', fails: '' }, report: undefined }),
      /ended as FAILURE .*; it has no JUnit report\./,
    ],
    [
      'a build that Jenkins did not make',
      () => Object.assign(jenkins, { result: { passes: 'NOT_BUILT', fails: '' }, report: undefined }),
      /ended as NOT_BUILT/,
    ],
  ])('%s is a failure', async (_, spoil, text) => {
    spoil()
    expect(await message()).toMatch(text)
  })

  test('its last lines go with a failure', async () => {
    jenkins.report = undefined
    expect(await run()).toMatchObject({ failure: { output: expect.stringMatching(/Finished: SUCCESS$/) } })
  })
})

describe('a build is never started twice', () => {
  const TRIGGER = /^POST .*\/buildWithParameters$/

  test.each([['hang up'], [{ status: 502, body: '<h1>Bad Gateway</h1>' }]] as const)(
    'L08 when the answer to the request got lost (%j), the build is found and followed',
    async (what) => {
      jenkins.fault({ on: TRIGGER, when: 'after', what })
      expect(await run()).toMatchObject({ kind: 'ran' })
      expect(jenkins.items).toHaveLength(1)
      expect(log.lines).toContainEqual(expect.stringContaining('and is looked for'))
    },
  )

  test('a request that did not come through is made again, with the same key', async () => {
    jenkins.fault({ on: TRIGGER, what: 'hang up' })
    expect(await run()).toMatchObject({ kind: 'ran' })
    expect(jenkins.seen.filter((one) => TRIGGER.test(one))).toHaveLength(2)
    expect(jenkins.items.map(({ parameters: given }) => given['SEAMLESS_REQUEST'])).toEqual([
      expect.stringMatching(/-1$/),
    ])
  })

  test('one that never comes through ends as that', async () => {
    jenkins.fault({ on: TRIGGER, what: 'hang up', times: 99 })
    expect(await message()).toMatch(
      /^test\/integration: http.*\/buildWithParameters does not answer \(ECONNRESET\)\. No build of it was found\.$/,
    )
    expect(jenkins.seen.filter((one) => TRIGGER.test(one))).toHaveLength(3)
  })

  test('a cancel while the answer is awaited stops what came of it', async () => {
    const stop = new AbortController()
    jenkins.fault({ on: TRIGGER, when: 'after', what: 'silence' })
    jenkins.when(TRIGGER, () => stop.abort())
    expect(await run({ ...hangs, context: { signal: stop.signal } })).toMatchObject({
      failure: { why: 'cancelled' },
    })
    expect(jenkins.items).toMatchObject([{ cancelled: true }])
  })

  test('a job that does not declare the parameter of the key is refused before anything begins', async () => {
    jenkins.declared = ['COMMIT']
    expect(await message()).toBe(
      "test/integration: The job team/shop does not declare the parameters SEAMLESS_REQUEST, VERSION: Jenkins would drop what is not declared. Declare each as a string parameter (a Jenkinsfile's own are known after its first build).",
    )
    expect(jenkins.items).toEqual([])
  })
})

describe('what Jenkins refuses, and how', () => {
  test('credentials that it does not accept', async () => {
    const text = await message({ environment: { SEAMLESS_JENKINS_TOKEN: 'wrong-token-of-mine' } })
    expect(text).toMatch(
      /^test\/integration: Jenkins does not accept the credentials \(401 of http.*\): set SEAMLESS_JENKINS_USER and SEAMLESS_JENKINS_TOKEN to a user and an API token of theirs\.$/,
    )
    expect(text).not.toContain('wrong-token-of-mine')
  })

  test.each([
    [
      'a job that is not there',
      /\/job\/team\/job\/shop\/api/,
      { status: 404, body: 'Not Found' },
      'Jenkins has no job team/shop, or does not show it to the user of SEAMLESS_JENKINS_USER (404): correct "job" of the step, folders included, or give the user Job/Read.',
    ],
    [
      'a crumb',
      /buildWithParameters/,
      {
        status: 403,
        body: '<title>x</title><h2>HTTP ERROR 403 No valid crumb was included in the request</h2>',
      },
      /^test\/integration: Jenkins refuses the request for want of a valid crumb \(403 of .*: x HTTP ERROR 403 No valid crumb was included in the request\): use an API token/,
    ],
    [
      'a user without the permission',
      /buildWithParameters/,
      { status: 403, body: '<h2>Access Denied</h2> seamless is missing the Job/Build permission' },
      /403 of .*: Access Denied seamless is missing the Job\/Build permission\): give it Job\/Read, Job\/Build and Job\/Cancel on team\/shop\./,
    ],
    [
      'a redirect',
      /\/job\/team\/job\/shop\/api/,
      { status: 302, headers: { location: 'https://sso.example.org/login?from=secret' } },
      /redirects to https:\/\/sso\.example\.org\/login, and redirects are not followed: set SEAMLESS_JENKINS_URL/,
    ],
    [
      'a parameter of a choice',
      /buildWithParameters/,
      { status: 400, body: '<h2>Illegal choice for parameter VERSION: 1.5.0</h2>' },
      /answers with 400: Illegal choice for parameter VERSION: 1\.5\.0\.$/,
    ],
    [
      'something that is no Jenkins',
      /\/job\/team\/job\/shop\/api/,
      { status: 200, body: { name: 'shop', property: 'none' } },
      /answers with JSON of another kind: property: /,
    ],
  ])('%s', async (_, on, what, text) => {
    jenkins.fault({ on, what, times: 99 })
    const said = await message()
    expect(said).toMatch(
      typeof text === 'string' ? new RegExp(`^test/integration: ${RegExp.escape(text)}$`) : text,
    )
    expect(jenkins.items).toEqual([])
    expect(said).not.toContain(TOKEN)
  })

  test('a disabled job', async () => {
    jenkins.isDisabled = true
    expect(await message()).toContain('The job team/shop is disabled at Jenkins: enable it there.')
  })

  test('no Jenkins at all', async () => {
    const text = await message({ environment: { SEAMLESS_JENKINS_URL: 'http://127.0.0.1:1' } })
    expect(text).toMatch(
      /^test\/integration: http:\/\/127\.0\.0\.1:1\/job\/.* does not answer \(ECONNREFUSED\)\.$/,
    )
  })

  test('a commit that is not known', async () => {
    const { commit: _, ...context } = contextOf({ values: {} })
    const step = jenkinsStep({ job: JOB, parameters })
    const runner = jenkinsTestRunner(step, { environment: environmentOf(jenkins.url), clock, log })
    expect(await runner.test(context)).toMatchObject({
      failure: { message: 'test/integration: the commit to build is not known by its full id.' },
    })
  })
})

describe('while a build is followed', () => {
  const BUILD = /^GET .*\/shop\/1\/api\/json$/

  test.each([['hang up'], ['half'], [{ status: 503, body: 'Jenkins is getting ready to work' }]] as const)(
    'an answer that is none (%j) is asked for again',
    async (what) => {
      jenkins.fault({ on: BUILD, what, times: 3 })
      expect(await run()).toMatchObject({ kind: 'ran' })
      expect(jenkins.items).toHaveLength(1)
    },
  )

  test('one that stays away is a failure that says what was left there', async () => {
    jenkins.fault({
      on: /progressiveText/,
      what: { status: 503, body: 'Jenkins is going to shut down' },
      times: 999,
    })
    expect(await message()).toMatch(
      /^test\/integration: http.*progressiveText answers with 503: Jenkins is going to shut down\. The build may still be under way: http.*\/shop\/1\/\.$/,
    )
  })

  test('half an answer, for good, is not taken for a whole one', async () => {
    jenkins.fault({ on: BUILD, what: 'half', times: 999 })
    expect(await message()).toMatch(
      /\/shop\/1\/api\/json answers with no whole JSON: is it the server's own address\?/,
    )
  })

  test('a build that a person aborts is told as that, with who it was', async () => {
    jenkins.when(/progressiveText/, () => jenkins.abort(jenkins.builds[0]!, 'Ada Lovelace'))
    expect(await run(hangs)).toMatchObject({
      failure: {
        why: 'exit',
        message: `test/integration: the job team/shop at Jenkins was aborted there: Aborted by Ada Lovelace (${jenkins.url}/job/team/job/shop/1/).`,
      },
    })
  })

  test('one that a person takes out of the queue', async () => {
    jenkins.waits = 1e6
    jenkins.when(/queue.item/, () => void (jenkins.items[0]!.cancelled = true))
    expect(await run()).toMatchObject({
      failure: { message: expect.stringContaining('was aborted there: somebody took it out of the queue') },
    })
  })

  test("one that is stuck in the queue ends with Jenkins' own reason, and is taken out of it", async () => {
    Object.assign(jenkins, { waits: 1e6, isStuck: true, why: 'There are no nodes with the label ‘gpu’' })
    expect(await message({ timeout: '10m' })).toBe(
      'test/integration: the job team/shop at Jenkins did not begin within 10m: There are no nodes with the label ‘gpu’ (Jenkins calls it stuck). Jenkins was told to stop it. Raise its "timeout" if it needs longer.',
    )
    expect(jenkins.items).toMatchObject([{ cancelled: true }])
  })

  test('one that does not end is stopped, and its page named', async () => {
    expect(await message({ ...hangs, timeout: '10m' })).toBe(
      `test/integration: the job team/shop at Jenkins did not end within 10m (${jenkins.url}/job/team/job/shop/1/). Jenkins was told to stop it. Raise its "timeout" if it needs longer.`,
    )
    expect(jenkins.builds).toMatchObject([{ abortedBy: 'Seamless' }])
  })

  test('a stop that is refused is said', async () => {
    jenkins.fault({
      on: /\/stop$/,
      what: { status: 403, body: 'seamless is missing the Job/Cancel permission' },
    })
    expect(await message({ ...hangs, timeout: '10m' })).toContain(
      'It could not be stopped there: The user of SEAMLESS_JENKINS_USER may not do this (403',
    )
  })

  test('an item that Jenkins forgot is found again as its build', async () => {
    jenkins.waits = 0
    const on = /\/queue\/item\//
    jenkins.fault({ on, when: 'after', what: { status: 404, body: 'Not Found' }, times: 999 })
    expect(await run()).toMatchObject({ kind: 'ran' })
  })

  test('one that nobody knows any more is a failure', async () => {
    jenkins.fault({ on: /\/queue\/item\//, what: { status: 404, body: 'Not Found' }, times: 999 })
    expect(await message()).toContain('knows nothing of its queue item 39 any more, and has no build of it')
  })

  test('a log without end is shown in bounded pieces, and says so', async () => {
    jenkins.log = `${'x'.repeat(99)}\n`.repeat(40_000)
    await run()
    expect(log.lines).toContain(
      'test/integration | (Seamless leaves out what follows here; Jenkins has it all.)',
    )
    expect(log.lines.length).toBeLessThan(25_000)
  })
})

describe('M18 where Jenkins is, and whose token is used, only the environment says', () => {
  test.each([
    [
      { SEAMLESS_JENKINS_URL: '' },
      'SEAMLESS_JENKINS_URL is not set: set it to where the server is, such as https://jenkins.example.org.',
    ],
    [
      { SEAMLESS_JENKINS_URL: 'https://a:b@ci.example.org' },
      'SEAMLESS_JENKINS_URL holds a user or a password, which would show up in logs: leave them out.',
    ],
    [
      { SEAMLESS_JENKINS_URL: 'file:///etc/passwd' },
      'SEAMLESS_JENKINS_URL holds a URL of file:; only http: and https: are asked.',
    ],
    [
      { SEAMLESS_JENKINS_USER: '' },
      'SEAMLESS_JENKINS_USER is not set: set it to the user whose API token is used.',
    ],
    [
      { SEAMLESS_JENKINS_USER: 'a:b' },
      'SEAMLESS_JENKINS_USER holds a ":", which no user of basic authentication has.',
    ],
    [
      { SEAMLESS_JENKINS_TOKEN: 'abc\n' },
      'SEAMLESS_JENKINS_TOKEN holds a character that no HTTP header can carry: a space or a line break at its end?',
    ],
  ])('%j', async (environment, text) => {
    await expect(run({ environment })).rejects.toEqual(new UsageError(text))
  })

  test.each([
    [{ url: 'https://evil.example.org' }, 'unknown key'],
    [{ job: 'https://evil.example.org/job/a' }, 'does not fit'],
    [{ job: '../../manage' }, 'does not fit'],
    [{ job: 'team//shop' }, 'does not fit'],
    [{ parameters: { COMMIT: 'main' } }, 'names no commit'],
    [
      { parameters: { COMMIT: '{sha}', SEAMLESS_REQUEST: 'x' } },
      'the request parameter is filled by Seamless',
    ],
    [{ 'request-parameter': 'a b' }, 'does not fit'],
  ])('a config with %j is refused', (more, text) => {
    expect(() => jenkinsStep({ job: JOB, parameters, ...more })).toThrow(text)
  })

  test('a path before Jenkins is kept', async () => {
    const text = await message({ environment: { SEAMLESS_JENKINS_URL: `${jenkins.url}/ci/` } })
    expect(text).toContain('Jenkins has no job')
    expect(jenkins.seen[0]).toBe('GET /ci/job/team/job/shop/api/json')
  })
})
