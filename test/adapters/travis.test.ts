import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/adapters/system-clock.ts'
import { travisTestRunner } from '../../src/adapters/travis.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { bindTravis } from '../../src/config/service-binding.ts'
import { UsageError } from '../../src/errors.ts'
import type { Log } from '../../src/ports/log.ts'
import type { StepContext } from '../../src/ports/step.ts'
import type { TestOutcome } from '../../src/ports/test-runner.ts'
import { remoteBuildContract } from '../contract/remote-build.ts'
import { startTravis, TOKEN, type TravisStandIn } from '../support/ci/travis.ts'
import { errors } from '../support/ci/travis-answers.ts'
import { type ManualClock, manualClock } from '../support/manual-clock.ts'
import { type MemoryLog, memoryLog } from '../support/memory-log.ts'

const SHA = 'ab'.repeat(20)

function travisStep(travis: object, timeout = '30m') {
  const read = parseConfig(
    JSON.stringify({
      driver: 'action',
      test: [{ name: 'platforms', travis, timeout }],
      environments: { live: { deploy: { run: { deploy: 'a', rollback: 'b' } } } },
    }),
    'seamless.yml',
  )
  const step = read.ok ? read.config.test[0] : undefined
  if (step?.adapter !== 'travis') throw new Error(JSON.stringify(read))
  return step
}

function contextOf(more: Partial<StepContext> = {}): StepContext {
  return {
    step: 'test/platforms',
    root: '/nowhere',
    directory: '/nowhere',
    commit: SHA,
    values: {
      SEAMLESS_REPOSITORY: 'acme/shop',
      SEAMLESS_SHA: SHA,
      SEAMLESS_VERSION: '1.5.0',
      SEAMLESS_BRANCH: 'upgrade/1.5.0',
    },
    signal: new AbortController().signal,
    ...more,
  }
}

remoteBuildContract('a Travis CI as documented', async () => {
  const travis = await startTravis()
  return {
    runner: (behaviour, log) =>
      travisTestRunner(travisStep({ variables: { BEHAVIOUR: behaviour } }), {
        environment: { SEAMLESS_TRAVIS_URL: travis.url, SEAMLESS_TRAVIS_TOKEN: TOKEN },
        clock: manualClock(),
        log,
      }),
    context: contextOf,
    started: async () => travis.made.length,
    isStopped: async () => travis.made.at(-1)?.state === 'canceled',
    close: () => travis.close(),
  }
})

const realRepository = process.env['SEAMLESS_TEST_TRAVIS_REPOSITORY']
if (realRepository !== undefined && realRepository !== '') {
  remoteBuildContract(`Travis CI with ${realRepository}`, () => realWorld(realRepository), 30 * 60_000)
}

/** A real one, with a repository that has examples/travis/contract.travis.yml as its .travis.yml. */
async function realWorld(repository: string) {
  const given = (name: string): string => process.env[`SEAMLESS_TEST_TRAVIS_${name}`] ?? ''
  const environment = { SEAMLESS_TRAVIS_URL: given('URL'), SEAMLESS_TRAVIS_TOKEN: given('TOKEN') }
  const api = given('URL') === '' ? 'https://api.travis-ci.com' : given('URL')
  const newest = async (): Promise<readonly { id: number; state: string }[]> => {
    const path = `/repo/${encodeURIComponent(repository)}/builds?event_type=api&sort_by=id:desc`
    const headers = { 'travis-api-version': '3', authorization: `token ${given('TOKEN')}` }
    return ((await (await fetch(api + path, { headers })).json()) as { builds: [] }).builds
  }
  const before = new Set((await newest()).map(({ id }) => id))
  const values = { SEAMLESS_REPOSITORY: repository, SEAMLESS_SHA: given('SHA'), SEAMLESS_VERSION: '0.0.0' }
  return {
    runner: (behaviour: string, log: Log) =>
      travisTestRunner(travisStep({ variables: { BEHAVIOUR: behaviour } }), {
        environment,
        clock: systemClock,
        log,
      }),
    context: (more: Partial<StepContext> = {}) => contextOf({ commit: given('SHA'), values, ...more }),
    started: async () => (await newest()).filter(({ id }) => !before.has(id)).length,
    async isStopped() {
      // Travis CI stops a build in its own time.
      for (let look = 0; look < 60; look += 1) {
        const [last] = await newest()
        if (last !== undefined && !['created', 'received', 'started'].includes(last.state))
          return last.state === 'canceled'
        await systemClock.sleep(2000, new AbortController().signal)
      }
      return false
    },
    close: async () => {},
  }
}

let travis: TravisStandIn
let clock: ManualClock
let log: MemoryLog
beforeEach(async () => {
  travis = await startTravis()
  clock = manualClock()
  log = memoryLog()
})
afterEach(() => travis.close())

interface Asked {
  readonly step?: object
  readonly timeout?: string
  readonly environment?: Record<string, string>
  readonly context?: Partial<StepContext>
}

async function run({ step = {}, timeout, environment, context }: Asked = {}): Promise<TestOutcome> {
  const shell = {
    environment: { SEAMLESS_TRAVIS_URL: travis.url, SEAMLESS_TRAVIS_TOKEN: TOKEN, ...environment },
    clock,
    log,
  }
  return travisTestRunner(travisStep(step, timeout), shell).test(contextOf(context))
}

async function message(asked?: Asked): Promise<string> {
  const outcome = await run(asked)
  return outcome.kind === 'failed' ? outcome.failure.message : `ran ${outcome.cases.length}`
}

const behaving = (behaviour: string) => ({ step: { variables: { BEHAVIOUR: behaviour } } })

describe('what is asked of Travis CI', () => {
  test('a build of the very commit, under a key of its own', async () => {
    await run({ step: { branch: '{branch}', variables: { SHOP_VERSION: '{version}', OF: '{sha}' } } })
    expect(travis.made.map(({ asked }) => asked)).toEqual([
      {
        sha: SHA,
        branch: 'upgrade/1.5.0',
        message: expect.stringMatching(/^Seamless tests abababababab \(seamless-[0-9a-f]{16}-1\)$/),
        merge_mode: 'deep_merge_append',
        config: { env: { global: ['SHOP_VERSION=1.5.0', `OF=${SHA}`] } },
      },
    ])
  })

  test('without a branch to name, none is named', async () => {
    const values = { SEAMLESS_REPOSITORY: 'acme/shop', SEAMLESS_SHA: SHA }
    await run({ step: { branch: '{branch}' }, context: { values } })
    expect(travis.made[0]?.asked).not.toHaveProperty('branch')
  })

  test.each(['$(touch pwn)', 'a b', '`id`', "'; id", 'a\nb', '${PATH}', 'a&b', '*'])(
    'I01 a value that a shell there would read as code is refused before anything is asked: %j',
    async (version) => {
      const values = { ...contextOf().values, SEAMLESS_VERSION: version }
      expect(
        await message({ step: { variables: { SHOP_VERSION: '{version}' } }, context: { values } }),
      ).toMatch(
        /^test\/platforms: the variable SHOP_VERSION would hold .*, which a shell at Travis CI would read as code\./,
      )
      expect(travis.seen).toEqual([])
    },
  )

  test.each([{ PATH: 'x' }, { LD_PRELOAD: 'x' }, { BASH_ENV: 'x' }])(
    'I11 %j is no variable of a build',
    (variables) => {
      expect(() => travisStep({ variables })).toThrow('is not usable here')
    },
  )

  test('a repository that nobody named is asked for', async () => {
    expect(await message({ context: { values: { SEAMLESS_SHA: SHA } } })).toBe(
      'test/platforms: "repository" under travis is needed here: owner/name.',
    )
  })
})

describe('what is told', () => {
  test('each job as a test, by its place', async () => {
    expect(await run(behaving('fails'))).toEqual({
      kind: 'ran',
      cases: [
        { name: 'travis › Test › job 1', result: 'passed', seconds: 90 },
        {
          name: 'travis › Test › job 2',
          result: 'failed',
          message: 'Job 12.2 ended as failed.',
          seconds: 90,
        },
      ],
    })
  })

  test("a job that may fail does not count, as in Travis CI's own verdict", async () => {
    travis.jobs = [{}, { fails: true, allow_failure: true }, { fails: true }]
    expect(await run(behaving('fails'))).toMatchObject({
      cases: [{ result: 'passed' }, { result: 'skipped' }, { result: 'failed' }],
    })
  })

  test('the log of each job when it is over, once, and how long a build waits', async () => {
    await run()
    expect(log.lines).toEqual([
      'info test/platforms: waits at Travis CI: its request is not processed yet',
      expect.stringMatching(
        /^info test\/platforms: waits at Travis CI: no worker has begun it yet \(created, build \d+ of acme\/shop\)$/,
      ),
      expect.stringMatching(/^info test\/platforms: build \d+ of acme\/shop$/),
      'test/platforms | Job 12.1: passed',
      'test/platforms | $ npm test',
      expect.stringMatching(/what job \d+ printed$/),
      'test/platforms | ',
      'test/platforms | Job 12.2: passed',
      'test/platforms | $ npm test',
      expect.stringMatching(/what job \d+ printed$/),
      'test/platforms | ',
    ])
  })

  test('the log of a job that is over before the others is shown then, and not again', async () => {
    travis.jobs = [{ isEarly: true }, {}]
    await run()
    expect(log.lines.filter((line) => /Job 12\.\d/.test(line))).toEqual([
      'test/platforms | Job 12.1: passed',
      'test/platforms | Job 12.2: passed',
    ])
  })

  test('a build that fails although none of its jobs did is a failure', async () => {
    travis.jobs = [{}]
    expect(await message(behaving('fails'))).toMatch(
      /^test\/platforms: acme\/shop at Travis CI ended as failed \(build \d+ of acme\/shop\)\. Its report shows 1 tests and no failure, so something else is wrong\.$/,
    )
  })

  test('a build without jobs tested nothing', async () => {
    travis.jobs = []
    expect(await message()).toContain(
      'ended as passed (build 206729 of acme/shop), but its report has no test: nothing was tested.',
    )
  })
})

describe('a build is never started twice', () => {
  const TRIGGER = /^POST .*\/requests$/

  test.each([['hang up'], [{ status: 502, body: '' }], ['half']] as const)(
    'L08 when the answer to the request got lost (%j), the build is found and followed',
    async (what) => {
      travis.fault({
        on: TRIGGER,
        when: 'after',
        what: what === 'half' ? { status: 202, body: '{"@type": "pen' } : what,
      })
      expect(await run()).toMatchObject({ kind: 'ran' })
      expect(travis.made).toHaveLength(1)
    },
  )

  test('one that Travis CI has not looked at yet is waited for, however long that takes', async () => {
    travis.waits = 30
    travis.fault({ on: TRIGGER, when: 'after', what: 'hang up' })
    expect(await run()).toMatchObject({ kind: 'ran' })
    expect(travis.made).toHaveLength(1)
  })

  test('a request that did not come through is made again', async () => {
    travis.fault({ on: TRIGGER, what: 'hang up' })
    expect(await run()).toMatchObject({ kind: 'ran' })
    expect(travis.made).toHaveLength(1)
  })

  test('an installation that does not name its requests is asked for the build', async () => {
    travis.namesRequests = false
    expect(await run()).toMatchObject({ kind: 'ran' })
    expect(travis.made).toHaveLength(1)
  })
})

describe('what Travis CI refuses, and how', () => {
  test.each([
    [
      'a token that it does not accept',
      /repo/,
      { status: 403, body: errors.noLogin },
      /^test\/platforms: Travis CI does not accept the token \(403 of http.*: login required\): set SEAMLESS_TRAVIS_TOKEN to an API token/,
    ],
    [
      'no token in its eyes',
      /repo/,
      { status: 403, body: 'access denied' },
      /does not accept the token \(403 of .*: access denied\)/,
    ],
    [
      'a repository that is not there',
      /repo/,
      { status: 404, body: errors.noRepository },
      /^test\/platforms: Travis CI has no repository acme\/shop, or does not show it to the user of SEAMLESS_TRAVIS_TOKEN \(404\)\.$/,
    ],
    [
      'a user who may not push',
      /^POST/,
      { status: 403, body: errors.noPush },
      /The user of SEAMLESS_TRAVIS_TOKEN may not do this \(403 of .*: push access required\): they need push access/,
    ],
    [
      'too many requests',
      /^POST/,
      { status: 429, body: errors.limit },
      /answers with 429: .*request limit reached for resource.*\. No build of it was found\.$/,
    ],
    [
      'a redirect',
      /repo/,
      { status: 301, headers: { location: 'https://travis.example.org/' } },
      /redirects to https:\/\/travis\.example\.org\/, and redirects are not followed: set SEAMLESS_TRAVIS_URL/,
    ],
    [
      'something else',
      /repo/,
      { status: 418, body: { error_message: 'short and stout' } },
      /Travis CI refuses http.* \(418: short and stout\)\.$/,
    ],
    [
      'half an answer, for good',
      /repo/,
      'half',
      /answers with no whole JSON: is it the server's own address\?/,
    ],
  ] as const)('%s', async (_, on, what, text) => {
    travis.fault({ on, what, times: 999 })
    const said = await message()
    expect(said).toMatch(text)
    expect(said).not.toContain(TOKEN)
    expect(travis.made).toEqual([])
  })

  test('a repository that is not active, or may not be built by this user', async () => {
    travis.isActive = false
    expect(await message()).toContain(
      'acme/shop is not active at Travis CI: activate it in its settings there.',
    )
    Object.assign(travis, { isActive: true, mayRequest: false })
    expect(await message()).toContain('may not request builds of acme/shop: they need push access to it.')
  })

  test('a request that it rejects, with its reason', async () => {
    travis.rejects = 'commit not found'
    expect(await message()).toBe(
      'test/platforms: Travis CI rejected the request: commit not found. The commit must be on GitHub, and have a .travis.yml that builds it.',
    )
  })
})

describe('while a build is followed', () => {
  test.each([['hang up'], ['half'], [{ status: 503, body: '' }]] as const)(
    'an answer that is none (%j) is asked for again',
    async (what) => {
      travis.fault({ on: /^GET \/build\/\d+$/, what, times: 3 })
      expect(await run()).toMatchObject({ kind: 'ran' })
      expect(travis.made).toHaveLength(1)
    },
  )

  test('a build that a person cancels is told as that', async () => {
    travis.when(/^GET .*\/jobs$/, () => void (travis.made[0]!.state = 'canceled'))
    expect(await run(behaving('hangs'))).toMatchObject({
      failure: {
        message: expect.stringContaining('acme/shop at Travis CI was aborted there: somebody canceled it'),
      },
    })
  })

  test('one that does not end is stopped', async () => {
    expect(await message({ ...behaving('hangs'), timeout: '10m' })).toMatch(
      /did not end within 10m \(build \d+ of acme\/shop\)\. Travis CI was told to stop it\. Raise its "timeout" if it needs longer\.$/,
    )
    expect(travis.made).toMatchObject([{ state: 'canceled' }])
  })

  test('one that never begins says why, and that a request cannot be taken back', async () => {
    travis.waits = 1e6
    expect(await message({ timeout: '10m' })).toMatch(
      /did not begin within 10m: its request is not processed yet\. It could not be stopped there: Travis CI has not made a build of request \d+ yet, and a request cannot be taken back\./,
    )
  })
})

describe('M18 where Travis CI is, and whose token is used, only the environment says', () => {
  test('without an address it is the public one', () => {
    expect(bindTravis({ SEAMLESS_TRAVIS_TOKEN: TOKEN })).toEqual({
      ok: true,
      service: { url: 'https://api.travis-ci.com', token: TOKEN },
    })
  })

  test.each([
    [
      { SEAMLESS_TRAVIS_TOKEN: '' },
      /^SEAMLESS_TRAVIS_TOKEN is not set: set it to an API token \(Travis CI: Settings/,
    ],
    [{ SEAMLESS_TRAVIS_URL: 'ftp://ci' }, /^SEAMLESS_TRAVIS_URL holds a URL of ftp:/],
    [{ SEAMLESS_TRAVIS_URL: 'https://ci.example.org/?a=b' }, /^SEAMLESS_TRAVIS_URL holds a query/],
  ])('%j', async (environment, text) => {
    const refusal = await run({ environment }).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(UsageError)
    expect((refusal as Error).message).toMatch(text)
  })

  test.each([
    { url: 'https://evil.example.org' },
    { repository: 'acme/shop/../evil' },
    { repository: 'a b/c' },
  ])('a config with %j is refused', (step) =>
    expect(() => travisStep(step)).toThrow(/unknown key|does not fit/),
  )
})
