import { utimesSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { runTestRunner } from '../../src/adapters/run-tests.ts'
import type { StepFailure } from '../../src/ports/step.ts'
import type { TestOutcome } from '../../src/ports/test-runner.ts'
import { testRunnerContract } from '../contract/test-runner.ts'
import type { Going } from '../contract/test-runner.ts'
import { stepWorld } from '../support/step-world.ts'
import type { StepWorld } from '../support/step-world.ts'

function report(cases: readonly Going[]): string {
  const children = { passed: '', failed: '<failure message="no"/>', skipped: '<skipped/>' }
  const lines = cases.map(
    ({ name, result }) => `<testcase classname="c" name="${name}">${children[result]}</testcase>`,
  )
  return `<testsuite name="s">${lines.join('')}</testsuite>`
}

const PASSED = report([{ name: 'a', result: 'passed' }])

function failureOf(outcome: TestOutcome): StepFailure | undefined {
  return outcome.kind === 'failed' ? outcome.failure : undefined
}

testRunnerContract(() => {
  const world = stepWorld()
  const running = (run: string, junit: string[] = []) =>
    runTestRunner({ run, junit, timeoutMs: 10_000 }, world.shell)
  return {
    going: (cases, ok) =>
      running(`mkdir -p reports; echo '${report(cases)}' > reports/r.xml; exit ${ok ? 0 : 1}`, [
        'reports/*.xml',
      ]),
    context: world.context,
    remove: world.remove,
    exits: async (code, line, context) =>
      failureOf(await running(`echo '${line}'; exit ${code}`).test(context)),
    hangs: async (context) => failureOf(await running('sleep 60').test(context)),
    prints: async (name, context) => failureOf(await running(`printenv ${name}; exit 1`).test(context)),
  }
})

let world: StepWorld
beforeEach(() => {
  world = stepWorld()
})
afterEach(() => world.remove())

async function run(line: string, junit: readonly string[] = ['reports/*.xml']): Promise<TestOutcome> {
  return runTestRunner({ run: `mkdir -p reports; ${line}`, junit, timeoutMs: 10_000 }, world.shell).test(
    world.context(),
  )
}

describe('the command and its reports must agree', () => {
  test('without reports in the config the exit code alone speaks', async () => {
    expect(await run('true', [])).toEqual({ kind: 'ran', cases: [] })
    expect(failureOf(await run('false', []))?.why).toBe('exit')
  })

  test('a failure that no test explains is a failure with both sides told', async () => {
    const failure = failureOf(
      await run(`echo '${PASSED}' > reports/r.xml; echo coverage below 80 % >&2; exit 1`),
    )
    expect(failure?.why).toBe('exit')
    expect(failure?.message).toMatch(
      /failed \(exit 1\)\. It last said: coverage below 80 % Its reports show 1 tests and no failure, so something else is wrong\.$/,
    )
  })

  test.each([
    ['none was written', 'true', /succeeded, but no report matches reports\/\*\.xml below .*Correct "junit"/],
    [
      'it is malformed',
      'echo "<testsuite" > reports/r.xml',
      /succeeded, but the report reports\/r\.xml cannot be read: /,
    ],
    ['it is empty', 'touch reports/r.xml', /the report reports\/r\.xml cannot be read/],
    ['it has no test', 'echo "<testsuites/>" > reports/r.xml', /have no test: nothing was tested/],
    [
      'one of two is malformed',
      `echo '${PASSED}' > reports/a.xml; echo x > reports/b.xml`,
      /reports\/b\.xml cannot be read/,
    ],
    ['it is a link out', 'ln -s /etc/hostname reports/r.xml', /is a link that leads out/],
  ])('a success whose report cannot be trusted is a failure: %s', async (_what, line, message) => {
    const failure = failureOf(await run(line))
    expect(failure?.why).toBe('report')
    expect(failure?.message).toMatch(message)
  })

  test('a failure without a report is told as itself, with the missing report', async () => {
    const failure = failureOf(await run('echo cannot compile; exit 2'))
    expect(failure?.why).toBe('exit')
    expect(failure?.message).toMatch(/exit 2.*cannot compile no report matches/)
  })

  test('a run that was stopped is no result, whatever it had reported by then', async () => {
    const step = {
      run: `mkdir -p reports; echo '${PASSED}' > reports/r.xml; sleep 60`,
      junit: ['reports/*.xml'],
      timeoutMs: 500,
    }
    expect(failureOf(await runTestRunner(step, world.shell).test(world.context()))?.why).toBe('timeout')
  })
})

describe('reports from before', () => {
  test('do not count, whatever their date says; the fresh ones beside them do', async () => {
    world.write('reports/old.xml', report([{ name: 'old', result: 'failed' }]))
    expect(failureOf(await run('true'))?.message).toMatch(/are all from before it ran/)
    const future = new Date(Date.now() + 3_600_000)
    utimesSync(join(world.directory, 'reports/old.xml'), future, future)
    expect(await run(`echo '${PASSED}' > reports/new.xml`)).toMatchObject({
      kind: 'ran',
      cases: [{ name: 'c › a', result: 'passed' }],
    })
  })

  test('count again once they are written again, even with the same bytes and an old date', async () => {
    world.write('reports/r.xml', PASSED)
    const again = `sleep 0.05; echo -n '${PASSED}' > reports/r.xml; touch -d 2001-01-01 reports/r.xml`
    expect(await run(again)).toMatchObject({ kind: 'ran', cases: [{ name: 'c › a' }] })
  })
})

function caseAt(file: string): string {
  return `<testcase name="${file.length}" file="${file}" line="3"/>`
}

describe('what the cases say', () => {
  test('several reports are read in the order of their names, and twins are numbered', async () => {
    const line = `for f in b a; do echo '${report([
      { name: `x`, result: 'passed' },
      { name: 'x', result: 'skipped' },
    ])}' > reports/$f.xml; done`
    const outcome = await run(line, ['reports/*.xml', 'reports/a.*'])
    expect(outcome).toMatchObject({
      cases: [{ name: 'c › x' }, { name: 'c › x (2)' }, { name: 'c › x (3)' }, { name: 'c › x (4)' }],
    })
  })

  test('a file is a path within the folder, or it is left out', async () => {
    const files = [
      'test/a.js',
      './test/b.js',
      `${world.directory}/test/abc.js`,
      `file://${world.directory}/test/abcd.js`,
      '/etc/passwd',
      '../x',
    ]
    const outcome = await run(
      `echo '<testsuite name="s">${files.map(caseAt).join('')}</testsuite>' > reports/r.xml`,
    )
    const found = outcome.kind === 'ran' ? outcome.cases.map(({ file, line }) => [file, line]) : []
    expect(found).toEqual([
      ['test/a.js', 3],
      ['test/b.js', 3],
      ['test/abc.js', 3],
      ['test/abcd.js', 3],
      [undefined, undefined],
      [undefined, undefined],
    ])
  })

  test('a step of a subfolder has its files named from the top', async () => {
    world.write('packages/api/x', '')
    const step = {
      run: `echo '<testsuite name="s">${caseAt('test/a.js')}${caseAt('../web/ab.js')}</testsuite>' > r.xml`,
      junit: ['r.xml'],
      timeoutMs: 10_000,
    }
    const context = world.context({ directory: join(world.directory, 'packages/api') })
    expect(await runTestRunner(step, world.shell).test(context)).toMatchObject({
      cases: [{ file: 'packages/api/test/a.js' }, { file: 'packages/web/ab.js' }],
    })
  })

  test('the report that node itself writes is read', async () => {
    world.write(
      'a.test.mjs',
      `import { test, describe } from 'node:test'\nimport assert from 'node:assert'\ndescribe('sums', () => {\n  test('adds', () => {})\n  test('fails', () => assert.equal(1, 2))\n  test.skip('later', () => {})\n})\n`,
    )
    const outcome = await run(
      'node --test --test-reporter=junit --test-reporter-destination=reports/r.xml a.test.mjs',
    )
    expect(outcome).toMatchObject({
      kind: 'ran',
      cases: [
        { name: 'sums › adds', result: 'passed' },
        {
          name: 'sums › fails',
          result: 'failed',
          message: expect.stringContaining('1 == 2'),
          file: 'a.test.mjs',
          line: 5,
        },
        { name: 'sums › later', result: 'skipped' },
      ],
    })
  })
})
