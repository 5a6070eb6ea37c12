import { strToU8, zipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { workflowTestRunner } from '../../src/adapters/workflow-tests.ts'
import { readReports } from '../../src/adapters/workflow-tests-junit.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { UsageError } from '../../src/errors.ts'
import { openGitHub } from '../../src/github/client.ts'
import type { Log } from '../../src/ports/log.ts'
import type { StepContext } from '../../src/ports/step.ts'
import type { TestOutcome } from '../../src/ports/test-runner.ts'
import { remoteBuildContract } from '../contract/remote-build.ts'
import { type GitHubWorld, startGitHubWorld } from '../github/github-world.ts'
import { startStandIn } from '../support/ci/stand-in.ts'
import { zipOf } from '../support/github/zip.ts'
import { memoryLog, type MemoryLog } from '../support/memory-log.ts'

const WORKFLOW = `
name: Integration
run-name: "Integration \${{ inputs.commit }} #\${{ inputs.request-id }}"
on:
  workflow_dispatch:
    inputs:
      commit: { type: string, required: true }
      behaviour: { type: string, default: passes }
      request-id: { type: string, default: '' }
jobs: {}
`
const FILE = '.github/workflows/integration.yml'
const PERMISSIONS = { actions: 'write', metadata: 'read' } as const
const SHA = 'ab'.repeat(20)
const DISPATCH = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches'
const RUN = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}'

function workflowStep(step: object, timeout = '30m') {
  const read = parseConfig(
    JSON.stringify({
      driver: 'action',
      test: [
        { name: 'integration', workflow: 'integration.yml', inputs: { commit: '{sha}' }, timeout, ...step },
      ],
      environments: { live: { deploy: { run: { deploy: 'a', rollback: 'b' } } } },
    }),
    'seamless.yml',
  )
  const found = read.ok ? read.config.test[0] : undefined
  if (found?.adapter !== 'workflow') throw new Error(JSON.stringify(read))
  return found
}

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

const report = (cases: string): string => `<testsuite name="s">${cases}</testsuite>`
const PASSED = report('<testcase classname="orders" name="lists"/>')
const FAILED = report(
  '<testcase classname="orders" name="lists"/><testcase classname="orders" name="adds"><failure message="500"/></testcase>',
)

interface World extends GitHubWorld {
  runner(
    step: object,
    log: Log,
    timeout?: string,
    token?: Record<string, 'read' | 'write'>,
  ): ReturnType<typeof workflowTestRunner>
  /** The inputs of each run there is, oldest first. */
  readonly dispatched: Record<string, string>[]
  /** The runs that hang end. */
  letGo(): void
}

/** A runner that does as the input `behaviour` says, and uploads a report. */
async function startWorld(): Promise<World> {
  const world = await startGitHubWorld({ files: { [FILE]: WORKFLOW } })
  const dispatched: Record<string, string>[] = []
  const hanging: (() => void)[] = []
  world.hub.onDispatch(async ({ inputs }) => {
    dispatched.push(inputs)
    if (inputs['behaviour'] === 'hangs') await new Promise<void>((resolve) => hanging.push(resolve))
    const fails = inputs['behaviour'] === 'fails'
    return {
      conclusion: fails ? 'failure' : 'success',
      artifacts: [{ name: 'reports.xml', content: fails ? FAILED : PASSED }],
    }
  })
  return {
    ...world,
    dispatched,
    letGo: () => hanging.forEach((resolve) => resolve()),
    runner(step, log, timeout, permissions = PERMISSIONS) {
      const access = {
        token: world.hub.token({ login: 'github-actions[bot]', permissions }),
        apiUrl: world.hub.apiUrl,
        repository: 'acme/shop',
      }
      const { clock } = world
      const github = async (signal: AbortSignal) =>
        openGitHub(access, { clock, log, signal, fetch: globalThis.fetch })
      return workflowTestRunner(workflowStep(step, timeout), { environment: {}, clock, log, github })
    },
    async close() {
      hanging.forEach((resolve) => resolve())
      await world.close()
    },
  }
}

const at = { owner: 'acme', repo: 'shop' }
const runsOf = async (world: GitHubWorld) =>
  (await world.as({ login: 'ada' }).octokit.rest.actions.listWorkflowRunsForRepo(at)).data.workflow_runs

for (const [how, more] of [
  ['with reports', { artifact: 'reports.xml' }],
  ['by its jobs', {}],
] as const) {
  remoteBuildContract(`a GitHub workflow ${how}`, async () => {
    const world = await startWorld()
    return {
      runner: (behaviour, log) => world.runner({ inputs: { commit: '{sha}', behaviour }, ...more }, log),
      context: contextOf,
      started: async () => (await runsOf(world)).length,
      isStopped: async () => (await runsOf(world))[0]?.conclusion === 'cancelled',
      close: () => world.close(),
    }
  })
}

let world: World
let log: MemoryLog
beforeEach(async () => {
  world = await startWorld()
  log = memoryLog()
})
afterEach(() => world.close())

async function run(step: object = {}, timeout?: string): Promise<TestOutcome> {
  return world.runner(step, log, timeout).test(contextOf())
}

async function message(step?: object, timeout?: string): Promise<string> {
  const outcome = await run(step, timeout)
  return outcome.kind === 'failed' ? outcome.failure.message : `ran ${outcome.cases.length}`
}

const behaving = (behaviour: string) => ({ inputs: { commit: '{sha}', behaviour } })

describe('what is asked of GitHub', () => {
  test("a run of the default branch's workflow with the inputs and a key of its own", async () => {
    await run({ inputs: { commit: '{sha}', behaviour: '{version}' } })
    expect(world.dispatched).toEqual([
      { commit: SHA, behaviour: '1.5.0', 'request-id': expect.stringMatching(/^seamless-[0-9a-f]{16}-1$/) },
    ])
    expect(await runsOf(world)).toMatchObject([{ head_branch: 'main', event: 'workflow_dispatch' }])
  })

  test('I06 an input is data, whatever is in it', async () => {
    const version = '"; curl x|sh # ${{ secrets.X }}'
    const context = contextOf({ values: { ...contextOf().values, SEAMLESS_VERSION: version } })
    await world.runner({ inputs: { commit: '{sha}', behaviour: '{version}' } }, log).test(context)
    expect(world.dispatched).toMatchObject([{ behaviour: version }])
  })

  test("a run of somebody's branch that calls itself ours is not followed", async () => {
    await run()
    const [{ 'request-id': key } = {}] = world.dispatched
    await world.repository.commit({ branch: 'mine', files: { 'a.txt': 'a\n' } })
    const inputs = { commit: SHA, behaviour: 'hangs', 'request-id': key?.replace(/1$/, '2') }
    const ada = world.as({ login: 'ada' }).octokit.rest.actions
    await ada.createWorkflowDispatch({ ...at, workflow_id: 'integration.yml', ref: 'mine', inputs })
    expect(await run()).toMatchObject({ kind: 'ran' })
    expect(world.dispatched).toHaveLength(3)
  })

  test.each([
    [{ inputs: { commit: 'main' } }, 'names no commit'],
    [{ inputs: { commit: '{sha}', 'request-id': 'x' } }, 'request-id is filled by Seamless'],
    [{ workflow: '../evil.yml' }, 'does not fit'],
    [{ workflow: 'https://evil.example.org/a.yml' }, 'does not fit'],
    [{ junit: ['*.xml'] }, 'does nothing without'],
    [{ artifact: 'a/b' }, 'does not fit'],
    [{ url: 'https://evil.example.org' }, 'unknown key'],
  ])('a config with %j is refused', (step, text) => {
    expect(() => workflowStep(step)).toThrow(text)
  })
})

describe('what is told', () => {
  test('each test of the reports in the artifact', async () => {
    expect(await run({ ...behaving('fails'), artifact: 'reports.xml' })).toEqual({
      kind: 'ran',
      cases: [
        { name: 'orders › lists', result: 'passed' },
        { name: 'orders › adds', result: 'failed', message: '500' },
      ],
    })
  })

  test('without an artifact each job is a test, with its page', async () => {
    expect(await run(behaving('fails'))).toMatchObject({
      cases: [
        {
          name: 'job › seamless',
          result: 'failed',
          message: expect.stringMatching(/^It ended as failure \(http.*\/job\/\d+\)\.$/),
        },
      ],
    })
  })

  test('S03 the token is not shown to the store of artifacts', async () => {
    const archive = Buffer.from(zipSync({ 'r.xml': strToU8(PASSED) }))
    const store = await startStandIn(() => ({ status: 200, body: archive }))
    world.hub.faults.add({
      on: 'GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}',
      alter: (reply) => ({ ...reply, headers: { ...reply.headers, location: `${store.url}/blob?sig=abc` } }),
    })
    const outcome = await run({ artifact: 'reports.xml' })
    await store.close()
    expect(outcome).toMatchObject({ kind: 'ran', cases: [{ name: 'orders › lists' }] })
    expect(store.asked).toMatchObject([
      { path: '/blob', headers: expect.not.objectContaining({ authorization: expect.anything() }) },
    ])
  })

  test.each([
    [{ artifact: 'other' }, /ended as success \(.*\), but it has no artifact "other"\. Let it upload one/],
    [
      { artifact: 'reports.xml', junit: ['*.junit'] },
      /its artifact "reports\.xml" has no file that matches \*\.junit\.$/,
    ],
    [{ ...behaving('fails'), artifact: 'other' }, /ended as failure \(.*\); it has no artifact "other"\./],
  ])('%j is a failure', async (step, text) => {
    expect(await message(step)).toMatch(text)
  })

  test('how its jobs stand is shown', async () => {
    await run()
    expect(log.lines).toContain('test/integration | seamless: success')
  })
})

describe('a run is never started twice', () => {
  test.each([['hang up'], [{ status: 502, body: {} }]] as const)(
    'L08 when the answer to the dispatch got lost (%j), the run is found and followed',
    async (answer) => {
      world.hub.faults.add({ on: DISPATCH, when: 'after', answer })
      expect(await run()).toMatchObject({ kind: 'ran' })
      expect(world.dispatched).toHaveLength(1)
    },
  )

  test('a dispatch that did not come through is made again', async () => {
    world.hub.faults.add({ on: DISPATCH, answer: 'hang up' })
    expect(await run()).toMatchObject({ kind: 'ran' })
    expect(world.dispatched).toHaveLength(1)
  })

  test('a GitHub that does not name the run is asked for it', async () => {
    world.hub.faults.add({ on: DISPATCH, answer: { status: 422, body: { message: 'not a permitted key' } } })
    expect(await run()).toMatchObject({ kind: 'ran' })
    expect(world.dispatched).toHaveLength(1)
  })
})

describe('what GitHub refuses, and how', () => {
  test('no token', () => {
    const shell = { environment: {}, clock: world.clock, log }
    expect(() => workflowTestRunner(workflowStep({}), shell)).toThrow(
      new UsageError(
        'The workflow integration.yml cannot be started: there is no token for GitHub. Set GITHUB_TOKEN and GITHUB_REPOSITORY.',
      ),
    )
  })

  test('a token that may not start workflows', async () => {
    const outcome = await world
      .runner({}, log, '30m', { actions: 'read', metadata: 'read' })
      .test(contextOf())
    expect(outcome).toMatchObject({
      failure: { message: expect.stringMatching(/^test\/integration: .*actions: write/) },
    })
    expect(world.dispatched).toEqual([])
  })

  test.each([
    [
      'no such workflow',
      { workflow: 'other.yml' },
      WORKFLOW,
      /other\.yml of the default branch cannot be started \(404\)/,
    ],
    [
      'no workflow_dispatch',
      {},
      'on: push\njobs: {}\n',
      /cannot be started \(422\): it must be there with "workflow_dispatch"/,
    ],
    [
      'no input request-id',
      {},
      WORKFLOW.replace('request-id:', 'request:'),
      /the inputs that the step names and the input request-id\. .*Unexpected inputs provided: \["request-id"\]/,
    ],
  ])('%s', async (_, step, text, said) => {
    await world.repository.commit({ files: { [FILE]: text } })
    expect(await message(step)).toMatch(said)
  })

  test('a GitHub that stays away while a run is followed', async () => {
    world.hub.faults.add({ on: RUN, skip: 1, times: 999, answer: { status: 503, body: {} } })
    expect(await message(behaving('hangs'))).toMatch(/^test\/integration: .*503.*$/)
  })
})

describe('while a run is followed', () => {
  test('one that waits for a reviewer says so, and is cancelled in the end', async () => {
    world.hub.onDispatch(async ({ runId }) => {
      world.hub.moveRun(runId, { status: 'waiting' })
      return new Promise((resolve) => (world.letGo = () => resolve({ conclusion: 'success' })))
    })
    const said = await message({}, '10m')
    world.letGo()
    expect(said).toMatch(
      /^test\/integration: the workflow integration\.yml at GitHub did not begin within 10m: it waits for the approval of an environment \(http.*\)\. GitHub was told to stop it\. Raise its "timeout"/,
    )
    expect(await runsOf(world)).toMatchObject([{ conclusion: 'cancelled' }])
  })

  test('one that a person cancels is told as that', async () => {
    world.hub.onDispatch(async () => ({ conclusion: 'cancelled' }))
    expect(await message()).toMatch(
      /the workflow integration\.yml at GitHub was aborted there: cancelled \(http.*\)\.$/,
    )
  })

  test('one that GitHub timed out is a failure with its failing job', async () => {
    world.hub.onDispatch(async () => ({ conclusion: 'timed_out' }))
    expect(await run()).toMatchObject({
      cases: [{ result: 'failed', message: expect.stringMatching(/^It ended as timed_out/) }],
    })
  })
})

describe('archives', () => {
  const wanted = { artifact: 'reports', patterns: ['**/*.xml'] }
  const zipped = (files: Record<string, string>): Buffer =>
    Buffer.from(
      zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))),
    )

  test('reports of all folders are read, in the order of their names; other files are not', () => {
    const archive = zipped({
      'b/two.xml': PASSED.replace('lists', 'two'),
      'a.xml': PASSED.replace('lists', 'one'),
      'coverage.html': '<html>',
    })
    expect(readReports(archive, wanted)).toMatchObject({
      kind: 'report',
      cases: [{ name: 'orders › one' }, { name: 'orders › two' }],
    })
  })

  test.each(['../../evil.xml', '/etc/evil.xml', '__proto__'])(
    'I14 an entry called %s is no report',
    (name) => {
      const archive = zipOf(name, Buffer.from(PASSED))
      expect(readReports(archive, { ...wanted, patterns: ['*.xml', '__proto__'] })).toMatchObject({
        kind: 'missing',
      })
      expect(({} as Record<string, unknown>)['0']).toBeUndefined()
    },
  )

  test.each([
    ['is cut short', zipped({ 'a.xml': PASSED.repeat(50) }).subarray(0, 60), /cannot be unpacked: /],
    ['is none', Buffer.from('<html>not found</html>'), /cannot be unpacked: /],
    ['is empty', Buffer.alloc(0), /cannot be unpacked: /],
    [
      'has a report that is none',
      zipped({ 'a.xml': '<html>' }),
      /the report a\.xml of its artifact "reports" cannot be read: /,
    ],
  ])('one that %s is told as that', (_, archive, why) => {
    expect(readReports(archive, wanted)).toMatchObject({ kind: 'missing', why: expect.stringMatching(why) })
  })

  test('one that unpacks to more than anybody writes is refused before it is unpacked', () => {
    const archive = Buffer.from(zipSync({ 'a.xml': new Uint8Array(129 * 1024 * 1024) }, { level: 1 }))
    expect(archive.length).toBeLessThan(2 * 1024 * 1024)
    expect(readReports(archive, wanted)).toEqual({
      kind: 'missing',
      why: 'its artifact "reports" cannot be unpacked: its reports have more than 128 MiB.',
    })
  })
})
