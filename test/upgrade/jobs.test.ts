import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openRepository } from '../../src/composition.ts'
import { loadConfig, operateRun } from '../../src/operation.ts'
import type { Upgrade } from '../../src/upgrade/receipt.ts'
import { systemClock } from '../../src/adapters/system-clock.ts'
import { basicConfig, deployByScripts, type UpgradeWorld, upgradeWorld } from '../support/upgrade-world.ts'
import { memoryLog } from '../support/memory-log.ts'

const worlds: UpgradeWorld[] = []
const world = async (...options: Parameters<typeof upgradeWorld>): Promise<UpgradeWorld> => {
  const made = await upgradeWorld(...options)
  worlds.push(made)
  return made
}
afterEach(() => {
  for (const made of worlds.splice(0)) made.remove()
})

const bundle = basicConfig
  .replace(
    'environments:',
    `build:
  - name: bundle
    run: mkdir -p out && cp VERSION out/version.txt && printf '#!/bin/sh\\ncat out/version.txt\\n' > out/run && chmod +x out/run
    artifacts: [out/*]
test:
  - name: bytes
    run: test "$(out/run)" = "$(cat VERSION)"
environments:`,
  )
  .replace('deploy: bash ops/deploy.sh', 'deploy: out/run > "$WORLD/live"')

/** The job after it, in another clone elsewhere, with what an artifact brings: files without their modes. */
async function elsewhere(
  made: UpgradeWorld,
  bring: readonly string[],
  stage: 'test' | 'deploy',
): Promise<Upgrade> {
  const folder = join(made.repository.folder, `machine-${stage}`)
  made.repository.git(['clone', '--quiet', made.repository.origin, folder], { cwd: made.repository.folder })
  for (const name of bring) {
    cpSync(join(made.repository.clone, '.seamless', name), join(folder, '.seamless', name), {
      recursive: true,
    })
  }
  made.repository.git(['-c', 'core.fileMode=false', 'status'], { cwd: folder })
  const { execFileSync } = await import('node:child_process')
  execFileSync('chmod', ['-R', 'u=rwX,go=rX,a-x+X', join(folder, '.seamless')])
  const signal = new AbortController().signal
  const opened = await openRepository({
    folder,
    environment: made.environment,
    signal,
    clock: systemClock,
    log: () => memoryLog(),
  })
  const loaded = await loadConfig(opened, '.github/seamless.yml', { kind: 'working_tree' })
  return operateRun({ opened, loaded, stage }, signal)
}

describe('a job for each stage, on machines of their own', () => {
  it('tests and deploys the bytes that the first one built, executable as they were', async () => {
    const made = await world({ config: bundle })
    const built = await made.run({ stage: 'build' })
    expect(built).toMatchObject({ decision: 'completed' })
    const tested = await elsewhere(made, ['journal.jsonl', 'receipt.json', 'artifacts'], 'test')
    expect(tested, tested.message).toMatchObject({ decision: 'completed', artifacts: built.artifacts })
    const deployed = await elsewhere(made, ['journal.jsonl', 'receipt.json', 'artifacts'], 'deploy')
    expect(deployed, deployed.message).toMatchObject({ decision: 'completed', id: built.id })
    expect(made.read('live')).toBe('1.0.0')
  })

  it('needs no more than the receipt and the artefacts', async () => {
    const made = await world({ config: bundle })
    const built = await made.run({ stage: 'build' })
    const deployed = await elsewhere(made, ['receipt.json', 'artifacts'], 'deploy')
    expect(deployed, deployed.message).toMatchObject({ decision: 'completed', artifacts: built.artifacts })
    expect(deployed.steps.map(({ step }) => step)).toEqual(['build/bundle', 'deploy/production/apply'])
  })

  it('says which folder is missing where the artefacts were left behind', async () => {
    const made = await world({ config: bundle })
    await made.run({ stage: 'build' })
    const deployed = await elsewhere(made, ['receipt.json'], 'deploy')
    expect(deployed).toMatchObject({ reason: 'artifact_mismatch' })
    expect(deployed.message).toContain('.seamless/artifacts')
  })

  it('does not deploy what the job before it found broken', async () => {
    const config = bundle.replace('run: test "$(out/run)" = "$(cat VERSION)"', 'run: exit 1')
    const made = await world({ config })
    await made.run({ stage: 'build' })
    expect(await made.run({ stage: 'test' })).toMatchObject({ decision: 'failed', reason: 'tests_failed' })
    expect(await made.run({ stage: 'deploy' })).toMatchObject({ decision: 'failed', reason: 'tests_failed' })
    expect(made.read('live')).toBeUndefined()
  })
})

describe('a job that only watches', () => {
  const watched = `driver: action
version: { file: VERSION }
sources: { pages: { type: scrape } }
environments:
  production:
${deployByScripts}    revert: 'off'
    health: { source: pages, every: 1s, grace: 0s, watch: 1m, checks: { memory: { gauge: memory_bytes, max: 1GiB } } }
`
  it('refuses where the commit is not live there: nobody would know what was judged', async () => {
    const environment = { SEAMLESS_SOURCE_PAGES_URL: 'http://127.0.0.1:9/metrics' }
    const made = await world({ config: watched, environment })
    const upgrade = await made.run({ stage: 'monitor' })
    expect(upgrade).toMatchObject({ decision: 'failed', reason: 'not_deployed' })
    expect(upgrade.message).toContain('Deploy it first')
  })
})

describe('several environments', () => {
  const two = `driver: action
version: { file: VERSION }
environments:
  staging:
${deployByScripts}  production:
${deployByScripts}`

  it('is not "nothing to do" when one of them had something to be done', async () => {
    const made = await world({ config: two })
    await made.run({ environment: 'production' })
    expect(await made.run()).toMatchObject({ decision: 'completed' })
    expect(made.calls()).toEqual(['deploy production 1.0.0', 'deploy staging 1.0.0'])
    expect(await made.run()).toMatchObject({ decision: 'nothing_to_do', reason: 'already_live' })
  })

  it('takes a deployment that was made for it only where one environment is named', async () => {
    const made = await world({ config: two })
    await expect(made.run({ adopt: '1' })).rejects.toThrow('Name the environment')
    expect(made.calls()).toEqual([])
  })
})

describe('S01 S02 secrets', () => {
  it('in a test report reach neither the receipt nor the journal', async () => {
    const report =
      '<testsuite><testcase name="ghs_0123456789abcdefghijABCDEFGHIJ012345"><failure message="the password is $PASSWORD_OF_DB"/></testcase></testsuite>'
    const config = basicConfig.replace(
      'environments:',
      `test:\n  - name: unit\n    run: echo '${report}' | sed "s/.PASSWORD_OF_DB/$PASSWORD_OF_DB/" > report.xml; exit 1\n    junit: [report.xml]\n    secrets: [PASSWORD_OF_DB]\nenvironments:`,
    )
    const made = await world({ config, environment: { PASSWORD_OF_DB: 'correct horse' } })
    const upgrade = await made.run()
    expect(upgrade).toMatchObject({ reason: 'tests_failed' })
    expect(upgrade.tests[0]?.newlyFailing).toMatchObject([{ name: '***', message: 'the password is ***' }])
    const state = join(made.repository.clone, '.seamless')
    for (const file of ['receipt.json', 'journal.jsonl']) {
      const text = readFileSync(join(state, file), 'utf8')
      expect(text).not.toMatch(/correct horse|ghs_0123/)
    }
    rmSync(state, { recursive: true })
  })
})
