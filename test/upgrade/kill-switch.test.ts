import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { refRecords } from '../../src/github/ref-records.ts'
import { writeAutoRevert } from '../../src/revert/auto-revert.ts'
import { health, production, recordedWorld, type RecordedWorld } from '../support/recorded-world.ts'

// Upgrades of real git and real processes.
vi.setConfig({ testTimeout: 120_000 })

let scene: RecordedWorld
/** 1.0.0 is live and healthy; 1.1.0 fails for one request in ten. */
beforeEach(async () => {
  scene = await recordedWorld(production(health), { driver: 'action' })
  scene.page.set('1.0.0', { perSecond: 50, failing: 0.001 })
  await scene.commit({ VERSION: '1.0.0\n', first: '' })
  await scene.run()
  scene.page.set('1.1.0', { perSecond: 50, failing: 0.1 })
  await scene.commit({ VERSION: '1.1.0\n' })
})
afterEach(() => scene.close())

describe('the switch for automatic reverts, without a server', () => {
  const by = { id: 17, login: 'ada' }

  it('where it is off the environment is taken back, and no merge', async () => {
    await writeAutoRevert(refRecords(scene.app), { isOn: false, by, atMs: scene.clock.now() })
    const upgrade = await scene.run()
    expect(upgrade).toMatchObject({
      decision: 'rolled_back',
      reason: 'unhealthy',
      revert: { outcome: 'not_done', reason: 'switched_off' },
    })
    expect(scene.world.read('live')).toBe('1.0.0')
  })

  it('where it cannot be read no merge is taken back either', async () => {
    const { octokit, owner, repo } = scene.app
    const sha = (await scene.repository.shaOf('main')) ?? ''
    await octokit.rest.git.createRef({ owner, repo, ref: 'refs/seamless/autorevert', sha })
    expect(await scene.run()).toMatchObject({
      decision: 'rolled_back',
      revert: { outcome: 'not_done', reason: 'switch_unknown' },
    })
  })

  it('where it is on it stands in no revert’s way', async () => {
    await writeAutoRevert(refRecords(scene.app), { isOn: true, by, atMs: scene.clock.now() })
    const { revert } = await scene.run()
    // It came by no pull request here.
    expect(revert).toMatchObject({ outcome: 'not_done', reason: 'no_merge' })
  })
})
