import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import realTools from '../support/real-tools.ts'
import { top } from './tree.ts'

describe('the count that .ci/run ends with', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'seamless-count-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** Runs suites of these texts with vitest itself, and counts what it reports. */
  function count(suites: readonly string[]): { status: number | null; stdout: string } {
    const report = join(folder, 'report.json')
    for (const [index, text] of suites.entries()) writeFileSync(join(folder, `${index}.test.ts`), text)
    const vitest = join(top, 'node_modules/vitest/vitest.mjs')
    const args = ['run', '--globals', '--root', folder, '--reporter=json', `--outputFile=${report}`]
    spawnSync(process.execPath, [vitest, ...args], { cwd: folder, encoding: 'utf8' })
    const script = join(top, 'scripts/count-tests.ts')
    const { status, stdout } = spawnSync(process.execPath, [script, report], { encoding: 'utf8' })
    return { status, stdout: stdout.trim() }
  }

  const passing = 'test("a", () => {})'
  it.each([
    [
      'has tests that failed, and a suite that does not load',
      [`${passing}; test("b", () => expect(1).toBe(2))`, 'throw new Error("no")'],
      { stdout: '1 passed, 2 failed', status: 0 },
    ],
    [
      'fails for a skipped test',
      [`${passing}; test.skip("b", () => {})`],
      { stdout: '1 passed, 0 failed', status: 1 },
    ],
    [
      'fails for one to be written',
      [`${passing}; test.todo("b")`],
      { stdout: '1 passed, 0 failed', status: 1 },
    ],
  ])('%s', (_, suites, counted) => {
    expect(count(suites)).toEqual(counted)
  })
})

describe('a tool that is not here', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })

  it('is named once, with what is skipped and how to get it; under CI=true nothing runs without it', () => {
    const said = vi.spyOn(console, 'warn').mockReturnValue()
    vi.stubEnv('PATH', '/nowhere')
    vi.stubEnv('CI', '')
    expect(() => realTools()).not.toThrow()
    expect(said.mock.calls.join('\n')).toMatch(
      /^skipped: .*prometheus\*\.test\.ts.* need "prometheus".*apt-get install/,
    )
    vi.stubEnv('CI', 'true')
    expect(() => realTools()).toThrow('no suite may be skipped')
  })
})
