import { afterEach, describe, expect, it } from 'vitest'
import { makePlan, operateRun } from '../../src/operation.ts'
import {
  basicConfig,
  deployByScripts,
  mark,
  type UpgradeWorld,
  upgradeWorld,
} from '../support/upgrade-world.ts'

const worlds: UpgradeWorld[] = []
const world = async (...options: Parameters<typeof upgradeWorld>): Promise<UpgradeWorld> => {
  const made = await upgradeWorld(...options)
  worlds.push(made)
  return made
}
afterEach(() => {
  for (const made of worlds.splice(0)) made.remove()
})

const nextVersion = (made: UpgradeWorld, version: string, files: Record<string, string> = {}): string =>
  made.repository.commit({ VERSION: `${version}\n`, ...files }, `Version ${version}`)

describe('deploying', () => {
  it('brings HEAD there and says that nobody watches', async () => {
    const made = await world()
    const upgrade = await made.run()
    expect(upgrade).toMatchObject({
      decision: 'completed',
      reason: 'not_watched',
      candidate: { name: '1.0.0' },
    })
    expect(made.read('live')).toBe('1.0.0')
    expect(made.calls()).toEqual(['deploy production 1.0.0'])
  })

  it('L12 has nothing to do where the version is live already, and that is neutral', async () => {
    const made = await world()
    await made.run()
    expect(await made.run()).toMatchObject({ decision: 'nothing_to_do', reason: 'already_live' })
    expect(made.calls()).toHaveLength(1)
  })

  it('L12 has nothing to do where the config has no step for the stage asked for', async () => {
    const made = await world()
    expect(await made.run({ stage: 'build' })).toMatchObject({
      decision: 'nothing_to_do',
      reason: 'no_steps',
    })
  })

  it('compares code with the version before', async () => {
    const made = await world()
    await made.run()
    nextVersion(made, '1.1.0')
    const upgrade = await made.run()
    expect(upgrade.base).toMatchObject({ name: '1.0.0' })
    expect(upgrade.code).toMatchObject({
      commits: [{ subject: 'Version 1.1.0' }],
      files: [{ path: 'VERSION' }],
    })
  })

  it('says that an older version takes away what came after it, and brings it since it was asked to', async () => {
    const made = await world()
    const { candidate } = await made.run()
    nextVersion(made, '1.1.0')
    await made.run()
    expect(made.log.lines.join('\n')).not.toContain('is older than')
    const upgrade = await made.run({ sha: candidate?.sha ?? '' })
    expect(upgrade).toMatchObject({
      decision: 'completed',
      candidate: { name: '1.0.0' },
      base: { name: '1.1.0' },
    })
    expect(made.log.lines.join('\n')).toContain(
      '1.0.0 is older than 1.1.0, or from another line: it lacks 1 of its commits',
    )
  })

  it('goes on where the history of the version before is gone: only the comparison is missing', async () => {
    const made = await world()
    await made.run()
    const file = `${made.repository.clone}/.seamless/deployments.json`
    const { readFileSync, writeFileSync } = await import('node:fs')
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/"sha": "[0-9a-f]{40}"/, `"sha": "${'e'.repeat(40)}"`),
    )
    nextVersion(made, '1.1.0')
    const upgrade = await made.run()
    expect(upgrade).toMatchObject({ decision: 'completed', base: { name: '1.0.0' } })
    expect(upgrade.code).toBeUndefined()
  })

  it('L02 takes a failed deployment back to the version before', async () => {
    const made = await world()
    await made.run()
    nextVersion(made, '1.1.0', { 'broken-deploy': '' })
    const upgrade = await made.run()
    expect(upgrade).toMatchObject({ decision: 'rolled_back', reason: 'deploy_failed' })
    expect(upgrade.environments[0]).toMatchObject({ state: 'rolled_back', previous: { name: '1.0.0' } })
    expect(made.read('live')).toBe('1.0.0')
  })

  it('takes nothing back where nothing was changed, such as by a command that was never started', async () => {
    const made = await world()
    await made.run()
    const config = basicConfig.replace('rollback: bash', 'secrets: [DEPLOY_KEY]\n        rollback: bash')
    nextVersion(made, '1.1.0', { '.github/seamless.yml': config })
    const upgrade = await made.run()
    expect(upgrade).toMatchObject({ decision: 'failed', reason: 'deploy_refused' })
    expect(upgrade.message).toMatch(
      /^production is as it was\. deploy\/production\/apply declares the secret DEPLOY_KEY/,
    )
    expect(upgrade.environments[0]?.state).toBe('untouched')
    expect(made.calls()).toEqual(['deploy production 1.0.0'])
    nextVersion(made, '1.2.0', { '.github/seamless.yml': basicConfig })
    expect(await made.run()).toMatchObject({ decision: 'completed', base: { name: '1.0.0' } })
  })

  it('L02 leaves an environment dirty when the rollback fails too, and refuses the next one until it is cleaned up', async () => {
    const made = await world()
    await made.run()
    mark(made, 'rollback-fails')
    nextVersion(made, '1.1.0', { 'broken-deploy': '' })
    expect(await made.run()).toMatchObject({ decision: 'failed', reason: 'rollback_failed' })
    nextVersion(made, '1.2.0')
    const refused = await made.run()
    expect(refused).toMatchObject({ decision: 'failed', reason: 'environment_dirty' })
    expect(refused.message).toContain('seamless rollback --environment production')
  })

  it('takes back a version that its deploy command did not make live, whatever its exit code', async () => {
    const made = await world()
    await made.run()
    nextVersion(made, '1.1.0', { 'ops/deploy.sh': 'echo "deploy nothing" >> "$WORLD/calls"\n' })
    const upgrade = await made.run()
    expect(upgrade).toMatchObject({ decision: 'rolled_back', reason: 'deploy_failed' })
    expect(upgrade.message).toContain('its status says that 1.0.0 is live, not 1.1.0')
  })

  it('says that a first version has nothing to go back to', async () => {
    const made = await world({ files: { 'broken-deploy': '' } })
    const upgrade = await made.run()
    expect(upgrade).toMatchObject({ decision: 'failed', reason: 'no_rollback_target' })
    expect(upgrade.environments[0]?.state).toBe('dirty')
  })

  it('takes what the status says is live for version n where nothing is on record', async () => {
    const made = await world()
    mark(made, 'live')
    const { writeFileSync } = await import('node:fs')
    writeFileSync(`${made.repository.folder}/live`, '0.9.0\n')
    nextVersion(made, '1.1.0', { 'broken-deploy': '' })
    expect(await made.run()).toMatchObject({ decision: 'rolled_back' })
    expect(made.read('live')).toBe('0.9.0')
  })

  it('brings a version to each environment in the order of after, and to none after one that failed', async () => {
    const config = `driver: action
version: { file: VERSION }
environments:
  production:
    after: [staging]
${deployByScripts}  staging:
${deployByScripts}`
    const made = await world({ config })
    await made.run()
    expect(made.calls()).toEqual(['deploy staging 1.0.0', 'deploy production 1.0.0'])
    nextVersion(made, '1.1.0', { 'broken-deploy': '' })
    await made.run()
    expect(made.calls().slice(2)).toEqual(['deploy staging 1.1.0', 'rollback staging 1.0.0'])
  })

  it('holds an environment whose earlier one has another version', async () => {
    const config = `driver: action
version: { file: VERSION }
environments:
  staging:
${deployByScripts}  production:
    after: [staging]
${deployByScripts}`
    const made = await world({ config })
    const upgrade = await made.run({ environment: 'production' })
    expect(upgrade).toMatchObject({ decision: 'held', reason: 'earlier_environment_not_healthy' })
    expect(made.calls()).toEqual([])
  })

  it('T03 runs nothing on a checkout whose HEAD a step has moved', async () => {
    const move = 'git -c user.name=a -c user.email=a@b.c commit --quiet --allow-empty -m other'
    const config = basicConfig.replace(
      'environments:',
      `build:\n  - name: move\n    run: ${move}\nenvironments:`,
    )
    const made = await world({ config })
    expect(await made.run()).toMatchObject({ decision: 'failed', reason: 'commit_moved' })
    expect(made.calls()).toEqual([])
  })

  it('T05 refuses a commit that is not named by its full id', async () => {
    const made = await world()
    await expect(made.run({ sha: 'abc1234' })).rejects.toThrow('full id of a commit')
  })

  it('T09 refuses a plan that is not the approved one, and shows it', async () => {
    const made = await world()
    const plan = await makePlan(await made.request())
    nextVersion(made, '1.1.0')
    const upgrade = await made.run({ planDigest: plan.digest })
    expect(upgrade).toMatchObject({ decision: 'failed', reason: 'plan_changed' })
    expect(made.calls()).toEqual([])
    const again = await makePlan(await made.request())
    expect(await made.run({ planDigest: again.digest })).toMatchObject({ decision: 'completed' })
  })

  it('names an environment that does not exist with the nearest that does', async () => {
    const made = await world()
    await expect(made.run({ environment: 'prodution' })).rejects.toThrow(
      'There is no environment "prodution"; the config has production. Did you mean "production"?',
    )
  })
})

describe('making the upgrade', () => {
  const config = `${basicConfig}upgrade:
  branch: upgrade/{version}
  change: ./change.sh
`
  const change = (line: string): Record<string, string> => ({ 'change.sh': `#!/bin/sh\n${line}\n` })
  const withChange = async (line: string): Promise<UpgradeWorld> => {
    const made = await world({ config, files: change(line) })
    made.repository.git(['update-index', '--chmod=+x', 'change.sh'])
    made.repository.git(['commit', '--quiet', '-m', 'Executable'])
    made.repository.git(['push', '--quiet', 'origin', 'HEAD'])
    return made
  }

  it('commits the change on a branch from the exact base and deploys that commit', async () => {
    const made = await withChange('echo 2.0.0 > VERSION')
    const upgrade = await made.run()
    expect(upgrade).toMatchObject({
      decision: 'completed',
      branch: 'upgrade/2.0.0',
      candidate: { name: '2.0.0' },
    })
    expect(
      made.repository.git(['rev-parse', 'refs/heads/upgrade/2.0.0'], { cwd: made.repository.origin }),
    ).toBe(upgrade.candidate?.sha)
    expect(
      made.repository.git(['log', '-1', '--format=%an: %s', upgrade.candidate?.sha ?? ''], {
        cwd: made.repository.origin,
      }),
    ).toBe('Seamless: Upgrade from 1.0.0 to 2.0.0')
    expect(made.read('live')).toBe('2.0.0')
  })

  it('L12 has nothing to do where the change changes nothing', async () => {
    const made = await withChange('true')
    expect(await made.run()).toMatchObject({ decision: 'nothing_to_do', reason: 'no_change' })
    expect(made.calls()).toEqual([])
  })

  it('stops where the change fails, with what it printed', async () => {
    const made = await withChange('echo no network >&2; exit 3')
    const upgrade = await made.run()
    expect(upgrade).toMatchObject({ decision: 'failed', reason: 'change_failed' })
    expect(upgrade.steps[0]?.output).toContain('no network')
  })

  it('never overwrites a branch of the same name with other content', async () => {
    const made = await withChange('echo 2.0.0 > VERSION')
    made.repository.git(['push', '--quiet', 'origin', 'HEAD:refs/heads/upgrade/2.0.0'])
    expect(await made.run()).toMatchObject({ decision: 'failed', reason: 'branch_taken' })
  })

  it('tests and rolls back by what the base commit holds, not by what the change made of its checkout', async () => {
    const config = basicConfig.replace('bash ops/rollback.sh', 'cat VERSION > "$WORLD/live"').replace(
      'environments:',
      `upgrade:
  branch: upgrade/{version}
  change: echo 2.0.0 > VERSION && touch broken-deploy
test:
  - name: users
    previous: grep -q 1.0.0 VERSION && grep -q 2.0.0 "$SEAMLESS_CANDIDATE_DIR/VERSION"
environments:`,
    )
    const made = await world({ config })
    await made.run({ sha: made.repository.git(['rev-parse', 'HEAD']) })
    const upgrade = await made.run()
    expect(upgrade).toMatchObject({ decision: 'rolled_back', reason: 'deploy_failed' })
    expect(made.read('live')).toBe('1.0.0')
  })

  it('goes on in a job of its own for each stage, on the commit that the first one made', async () => {
    const made = await withChange('echo 2.0.0 > VERSION')
    expect(await made.run({ stage: 'branch' })).toMatchObject({
      decision: 'completed',
      reason: 'stage_completed',
    })
    const upgrade = await made.run({ stage: 'deploy' })
    expect(upgrade).toMatchObject({ decision: 'completed', branch: 'upgrade/2.0.0' })
    expect(made.calls()).toEqual(['deploy production 2.0.0'])
  })
})

describe('building and testing', () => {
  const build = (rest: string): string => basicConfig.replace('environments:', `${rest}environments:`)
  const bundle = `build:
  - name: bundle
    run: mkdir -p out && cp VERSION out/version.txt
    artifacts: [out/*]
    undo: echo undone >> "$WORLD/calls"
`

  it('digests what it builds and gives the later stages those bytes', async () => {
    const config = build(`${bundle}test:\n  - name: bytes\n    run: cmp out/version.txt VERSION\n`)
    const upgrade = await (await world({ config })).run()
    expect(upgrade.artifacts).toEqual([
      { name: 'out/version.txt', bytes: 6, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string },
    ])
    expect(upgrade.decision).toBe('completed')
  })

  it('builds once: a later job deploys the bytes that the first one built', async () => {
    const config = build(bundle).replace(
      'deploy: bash ops/deploy.sh',
      'deploy: cat out/version.txt > "$WORLD/live"',
    )
    const made = await world({ config })
    const built = await made.run({ stage: 'build' })
    const deployed = await made.run({ stage: 'deploy' })
    expect(deployed.artifacts).toEqual(built.artifacts)
    expect(deployed.steps.filter(({ stage }) => stage === 'build')).toHaveLength(1)
    expect(made.read('live')).toBe('1.0.0')
  })

  it('L02 undoes done steps in reverse order when a later stage fails', async () => {
    const config = build(`${bundle}  - name: second
    run: "true"
    undo: echo second undone >> "$WORLD/calls"
test:\n  - name: unit\n    run: exit 1\n`)
    const made = await world({ config })
    expect(await made.run()).toMatchObject({ decision: 'failed', reason: 'tests_failed' })
    expect(made.calls()).toEqual(['second undone', 'undone'])
  })

  const suite = (...failing: string[]): string => {
    const cases = ['a', 'b', 'c'].map((name) =>
      failing.includes(name)
        ? `<testcase name="${name}" classname="s"><failure message="broken"/></testcase>`
        : `<testcase name="${name}" classname="s"/>`,
    )
    return `<testsuite name="s">${cases.join('')}</testsuite>`
  }
  const tests = build(
    `test:\n  - name: unit\n    run: cp result.xml report.xml; ! grep -q failure report.xml\n    junit: [report.xml]\n`,
  )

  it('does not hold a failure against the upgrade that the base has too', async () => {
    const made = await world({ config: tests, files: { 'result.xml': suite('a') } })
    // The first upgrade has nothing to compare with, so it is deployed without its tests.
    await made.run({ stage: 'deploy' })
    nextVersion(made, '1.1.0')
    const upgrade = await made.run()
    expect(upgrade.decision).toBe('completed')
    expect(upgrade.tests[0]).toMatchObject({ against: 'base_run', known: ['s › a'], newlyFailing: [] })
  })

  it('stops at a test that newly fails, and names it', async () => {
    const made = await world({ config: tests, files: { 'result.xml': suite('a') } })
    await made.run({ stage: 'deploy' })
    nextVersion(made, '1.1.0', { 'result.xml': suite('a', 'b') })
    const upgrade = await made.run()
    expect(upgrade).toMatchObject({ decision: 'failed', reason: 'tests_failed' })
    expect(upgrade.tests[0]?.newlyFailing).toMatchObject([{ name: 's › b', message: 'broken' }])
    expect(made.read('live')).toBe('1.0.0')
  })

  const previous = build(`test:
  - name: users
    previous: cp result.xml report.xml; grep -q "$(cat VERSION)" "$SEAMLESS_CANDIDATE_DIR/serves" || exit 1
    junit: [report.xml]
    accepts: ["s › c"]
`)

  it("runs version n's own tests against the new build, with the breaks that are meant", async () => {
    const made = await world({ config: previous, files: { 'result.xml': suite(), serves: '1.0.0' } })
    await made.run({ stage: 'deploy' })
    nextVersion(made, '1.1.0', { serves: '1.0.0 1.1.0', 'result.xml': suite('a', 'b', 'c') })
    const upgrade = await made.run()
    // It is version n's own report that counts, from version n's own checkout.
    expect(upgrade.tests[0]).toMatchObject({ kind: 'previous', newlyFailing: [], unused: ['s › c'] })
  })

  it("stops where version n's tests fail on the new build", async () => {
    const made = await world({ config: previous, files: { 'result.xml': suite('a', 'c'), serves: '1.0.0' } })
    await made.run({ stage: 'deploy' })
    nextVersion(made, '1.1.0')
    const upgrade = await made.run()
    expect(upgrade).toMatchObject({ decision: 'failed', reason: 'users_tests_failed' })
    expect(upgrade.tests[0]).toMatchObject({ newlyFailing: [{ name: 's › a' }], accepted: ['s › c'] })
  })
})

describe('rolling back on request', () => {
  it('refuses where nothing was ever deployed', async () => {
    await expect((await world()).rollback()).rejects.toThrow('Nothing was ever deployed to production')
  })

  it('R19 refuses where no other version was found healthy', async () => {
    const made = await world()
    await made.run()
    await expect(made.rollback()).rejects.toThrow('there is nothing to go back to')
  })

  it('brings back what was there before an upgrade that was cut short', async () => {
    const made = await world()
    await made.run()
    mark(made, 'rollback-fails')
    nextVersion(made, '1.1.0', { 'broken-deploy': '' })
    await made.run()
    const { rmSync } = await import('node:fs')
    rmSync(`${made.repository.folder}/rollback-fails`)
    expect(await made.rollback()).toMatchObject({ decision: 'rolled_back', reason: 'rolled_back_on_request' })
    expect(made.read('live')).toBe('1.0.0')
    nextVersion(made, '1.2.0', { 'broken-deploy': 'x' })
    made.repository.git(['rm', '--quiet', 'broken-deploy'])
    made.repository.commit({}, 'Mended')
    expect(await made.run()).toMatchObject({ decision: 'completed' })
  })
})

describe('a cancelled run', () => {
  it('leaves its journal open for whoever takes it back', async () => {
    const made = await world()
    const cancel = new AbortController()
    const watch = {
      watchEvent: (event: { type: string }): void => {
        if (event.type === 'deployment_begun') cancel.abort(new Error('Cancelled.'))
      },
    }
    const upgrade = await operateRun(await made.request({ watch }), cancel.signal)
    expect(upgrade.decision).toBeUndefined()
    expect(upgrade.environments[0]?.state).toBe('deploying')
  })
})

describe('two services in one repository', () => {
  it('keep their records apart, in their own folders', async () => {
    const made = await world()
    const service = (version: string, live: string): Record<string, string> => ({
      VERSION: `${version}\n`,
      '.github/seamless.yml': `driver: action
version: { file: VERSION }
environments:
  production:
    deploy:
      run:
        deploy: echo "$SEAMLESS_VERSION" > "$WORLD/${live}"
        status: cat "$WORLD/${live}" 2>/dev/null || true
        rollback: echo "$SEAMLESS_VERSION" > "$WORLD/${live}"
`,
    })
    const inFolder = (folder: string, files: Record<string, string>): Record<string, string> =>
      Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]))
    made.repository.commit({
      ...inFolder('api', service('3.0.0', 'live')),
      ...inFolder('web', service('7.0.0', 'weight')),
    })
    expect(await made.run({}, undefined, 'api')).toMatchObject({ decision: 'completed' })
    expect(await made.run({}, undefined, 'web')).toMatchObject({ decision: 'completed' })
    expect([made.read('live'), made.read('weight')]).toEqual(['3.0.0', '7.0.0'])
    expect(await made.run({}, undefined, 'web')).toMatchObject({ decision: 'nothing_to_do' })
  })
})
