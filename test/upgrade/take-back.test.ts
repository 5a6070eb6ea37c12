import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { operateRollback, operateRun, operateUndo } from '../../src/operation.ts'
import { basicConfig, deployByScripts, type UpgradeWorld, upgradeWorld } from '../support/upgrade-world.ts'

const worlds: UpgradeWorld[] = []
const world = async (...options: Parameters<typeof upgradeWorld>): Promise<UpgradeWorld> => {
  const made = await upgradeWorld(...options)
  worlds.push(made)
  return made
}
afterEach(() => {
  for (const made of worlds.splice(0)) made.remove()
})
const broken = { 'broken-deploy': '' }
const withTraffic = `driver: action
version: { file: VERSION }
sources: { pages: { type: scrape } }
environments:
  production:
${deployByScripts}    traffic: { run: bash ops/weight.sh, steps: [100%] }
    revert: 'off'
    health: { source: pages, checks: { memory: { gauge: memory_bytes, max: 1GiB } } }
`
const pages = { SEAMLESS_SOURCE_PAGES_URL: 'http://127.0.0.1:9/metrics' }

describe('what a rollback returns to', () => {
  it('is what was live before the failure before it: two failures in a row are both taken back', async () => {
    const made = await world()
    await made.run()
    for (const version of ['1.1.0', '1.2.0']) {
      made.repository.commit({ VERSION: `${version}\n`, ...broken }, version)
      const upgrade = await made.run()
      expect(upgrade).toMatchObject({ decision: 'rolled_back', base: { name: '1.0.0' } })
      expect(made.read('live')).toBe('1.0.0')
    }
  })

  it('is what ran there before Seamless came, also the second time', async () => {
    const made = await world({ files: broken })
    writeFileSync(`${made.repository.folder}/live`, '0.9.0\n')
    expect(await made.run()).toMatchObject({ decision: 'rolled_back' })
    made.repository.commit({ VERSION: '1.1.0\n' }, 'Again')
    expect(await made.run()).toMatchObject({ decision: 'rolled_back' })
    expect(made.read('live')).toBe('0.9.0')
  })

  it("is each environment's own version, which its commands are told", async () => {
    const deploy =
      'echo "$SEAMLESS_ENVIRONMENT from ${SEAMLESS_PREVIOUS:-none}" >> "$WORLD/calls"; echo "$SEAMLESS_VERSION" > "$WORLD/live"'
    const config = `driver: action
version: { file: VERSION }
environments:
  staging:
${deployByScripts.replace('bash ops/deploy.sh', deploy)}  production:
${deployByScripts.replace('bash ops/deploy.sh', deploy)}`
    const made = await world({ config })
    await made.run()
    made.repository.commit({ VERSION: '1.1.0\n' }, 'Next')
    await made.run({ environment: 'staging' })
    made.repository.commit({ VERSION: '1.2.0\n' }, 'Next')
    await made.run()
    expect(made.calls().slice(-2)).toEqual(['staging from 1.1.0', 'production from 1.0.0'])
  })
})

describe('taking back', () => {
  it("falls back on the new version's scripts where the old commit lacks them", async () => {
    const made = await world()
    await made.run()
    made.repository.git(['mv', 'ops', 'deployment'])
    const config = basicConfig.replaceAll('bash ops/', 'bash deployment/')
    made.repository.commit({ VERSION: '1.1.0\n', '.github/seamless.yml': config, ...broken }, 'Rename')
    expect(await made.run()).toMatchObject({ decision: 'rolled_back', reason: 'deploy_failed' })
    expect(made.read('live')).toBe('1.0.0')
    expect(made.log.lines.join('\n')).toContain('That was in a checkout of 1.0.0')
  })

  it('is no success where the traffic stays on the new version', async () => {
    const made = await world({ config: withTraffic, environment: pages })
    await made.run({ stage: 'deploy' })
    const file = `${made.repository.clone}/.seamless/deployments.json`
    writeFileSync(file, readFileSync(file, 'utf8').replace('"success"', '"success", "verdict": "healthy"'))
    const config = withTraffic.replace('bash ops/weight.sh', 'exit 1')
    made.repository.commit({ VERSION: '1.1.0\n', '.github/seamless.yml': config }, 'Stuck')
    const upgrade = await made.run()
    expect(upgrade).toMatchObject({ decision: 'failed', reason: 'rollback_failed' })
    expect(upgrade.environments[0]).toMatchObject({ state: 'dirty', previous: { name: '1.0.0' } })
    expect(made.read('live')).toBe('1.0.0')
  })

  it('sends nobody to a version before that never was', async () => {
    const made = await world({ config: withTraffic, environment: pages, files: broken })
    expect(await made.run()).toMatchObject({ decision: 'failed', reason: 'no_rollback_target' })
    expect(made.calls()).toEqual(['deploy production 1.0.0'])
  })

  it('is believed where the status names the commit in full', async () => {
    const bySha = basicConfig
      .replace('bash ops/deploy.sh', 'bash ops/deploy.sh; echo "$SEAMLESS_SHA" > "$WORLD/live"')
      .replace('bash ops/rollback.sh', 'echo "$SEAMLESS_SHA" > "$WORLD/live"')
    const made = await world({ config: bySha })
    const { candidate } = await made.run()
    made.repository.commit({ VERSION: '1.1.0\n', ...broken }, 'Next')
    expect(await made.run()).toMatchObject({ decision: 'rolled_back', reason: 'deploy_failed' })
    expect(made.read('live')).toBe(candidate?.sha)
  })

  it('is no success where the status says that nothing is live', async () => {
    const made = await world()
    await made.run()
    const config = basicConfig.replace('rollback: bash ops/rollback.sh', 'rollback: rm "$WORLD/live"')
    made.repository.commit({ VERSION: '1.1.0\n', '.github/seamless.yml': config, ...broken }, 'Next')
    const upgrade = await made.run()
    expect(upgrade).toMatchObject({ decision: 'failed', reason: 'rollback_failed' })
    expect(upgrade.message).toContain('its status says that nothing is live, not 1.0.0')
  })
})

describe('L20 a cancel', () => {
  const slowRollback = basicConfig.replace(
    'rollback: bash ops/rollback.sh',
    'rollback: if [ ! -f "$WORLD/second" ]; then touch "$WORLD/second"; sleep 30; fi; bash ops/rollback.sh',
  )

  it('in the middle of taking back leaves that open, and the undo after it ends it', async () => {
    const made = await world({ config: slowRollback })
    await made.run()
    made.repository.commit({ VERSION: '1.1.0\n', ...broken }, 'Next')
    const cancel = new AbortController()
    const watch = {
      watchEvent: (event: { type: string; step?: string }): void => {
        if (event.step === 'rollback/production') setTimeout(() => cancel.abort(new Error('Cancelled.')), 200)
      },
    }
    const request = await made.request({ watch })
    await operateRun(request, cancel.signal).catch(() => undefined)
    const undone = await operateUndo(await made.request(), 'Cancelled.', new AbortController().signal)
    expect(undone).toMatchObject({ decision: 'cancelled' })
    expect(undone?.environments[0]).toMatchObject({ state: 'rolled_back' })
    expect(made.read('live')).toBe('1.0.0')
  })

  it('whose undo runs out of time reports the environment dirty', async () => {
    const made = await world({ config: slowRollback.replace('touch "$WORLD/second"; ', '') })
    await made.run()
    made.repository.commit({ VERSION: '1.1.0\n' }, 'Next')
    const cancel = new AbortController()
    const watch = {
      watchEvent: (event: { type: string }): void => {
        if (event.type === 'deployment_begun') cancel.abort(new Error('Cancelled.'))
      },
    }
    await operateRun(await made.request({ watch }), cancel.signal).catch(() => undefined)
    const undone = await operateUndo(await made.request(), 'Cancelled.', AbortSignal.timeout(1500))
    expect(undone).toMatchObject({ decision: 'cancelled' })
    expect(undone?.environments[0]).toMatchObject({ state: 'dirty' })
    expect(undone?.environments[0]?.message).toContain('no time left')
  })

  it('of a rollback is no rollback that ended', async () => {
    const made = await world({ config: slowRollback })
    await made.run()
    made.repository.commit({ VERSION: '1.1.0\n' }, 'Next')
    await made.run()
    const cancel = new AbortController()
    const request = await made.request({
      watch: {
        watchEvent: ({ type }) => {
          if (type === 'step_started') setTimeout(() => cancel.abort(new Error('Cancelled.')), 200)
        },
      },
    })
    await expect(operateRollback(request, cancel.signal)).rejects.toThrow('Cancelled.')
  })
})

describe('after it was taken back', () => {
  it('says of the same commit that it was found unhealthy, and tries it since it was asked to', async () => {
    const made = await world()
    const { sha } = (await made.run()).candidate ?? { sha: '' }
    const file = `${made.repository.clone}/.seamless/deployments.json`
    const book = {
      schema: 1,
      next: 2,
      deployments: [
        {
          id: '1',
          environment: 'production',
          sha,
          version: '1.0.0',
          key: 'k',
          atMs: 1,
          state: 'failure',
          verdict: 'unhealthy',
        },
      ],
    }
    writeFileSync(file, JSON.stringify(book))
    expect(await made.run()).toMatchObject({ decision: 'completed' })
    expect(made.log.lines.join('\n')).toContain('was found unhealthy in production before')
    rmSync(file)
  })
})
