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

  /** Runs one suite of this text with vitest itself, and counts what it reports. */
  function count(suite: string): { status: number | null; stdout: string } {
    const report = join(folder, 'report.json')
    writeFileSync(join(folder, 'a.test.ts'), suite)
    const vitest = join(top, 'node_modules/vitest/vitest.mjs')
    const args = ['run', '--globals', '--root', folder, '--reporter=json']
    spawnSync(process.execPath, [vitest, ...args, `--outputFile=${report}`], {
      cwd: folder,
      encoding: 'utf8',
    })
    const script = join(top, 'scripts/count-tests.ts')
    const { status, stdout } = spawnSync(process.execPath, [script, report], { encoding: 'utf8' })
    return { status, stdout: stdout.trim() }
  }

  it.each([
    ['passed and failed', 'test("a", () => {}); test("b", () => expect(1).toBe(2))', '1 passed, 1 failed', 0],
    ['a suite that does not load', 'throw new Error("no")', '0 passed, 1 failed', 1],
    ['a skipped test', 'test("a", () => {}); test.skip("b", () => {})', '1 passed, 0 failed', 1],
    ['a test to be written', 'test("a", () => {}); test.todo("b")', '1 passed, 0 failed', 1],
  ])('%s', (_, suite, line, status) => {
    expect(count(suite)).toEqual({ status, stdout: line })
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
      /^skipped: .*prometheus\.test\.ts.* need "prometheus".*apt-get install/,
    )
    vi.stubEnv('CI', 'true')
    expect(() => realTools()).toThrow('no suite may be skipped')
  })
})
