import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readRunReport } from '../../src/github/run-report.ts'
import { ACTIONS_APP_ID } from '../../src/github/verdict-check.ts'
import { makePlan } from '../../src/operation.ts'
import {
  health,
  production,
  recordedWorld,
  type RecordedOptions,
  type RecordedWorld,
  traffic,
} from '../support/recorded-world.ts'
import { deployByScripts, upgradeWorld } from '../support/upgrade-world.ts'

// Upgrades of real git and real processes.
vi.setConfig({ testTimeout: 120_000 })

let scene: RecordedWorld
afterEach(() => scene.close())

const open = async (environments: string, more: Partial<RecordedOptions> = {}) =>
  recordedWorld(environments, { driver: 'app', ...more })
const reportOf = (sha: string, environment = 'production') =>
  readRunReport(scene.app, { environment, sha, appId: ACTIONS_APP_ID })

describe('with driver: app a run', () => {
  beforeEach(async () => {
    scene = await open(production(health))
  })

  it('ends once it is live, without a soak: the App goes on', async () => {
    const sha = await scene.commit({ VERSION: '1.1.0\n' })
    // Nobody reads it here: it need not even have a place.
    delete scene.world.environment['SEAMLESS_SOURCE_PAGES_URL']
    const upgrade = await scene.run()
    expect(upgrade).toMatchObject({ decision: 'completed', reason: 'watched_by_app' })
    expect(upgrade.message).toMatch(/^1\.1\.0 is live in production\. The App watches it/)
    expect(scene.clock.waits).toEqual([])
    const [known] = upgrade.environments
    expect(known).toMatchObject({ state: 'live', judged: [] })
    expect(upgrade.steps.at(-1)).toMatchObject({ step: 'monitor/production', state: 'skipped' })
    expect(await scene.statesOf(known?.deployment)).toEqual([
      'in_progress Deploying 1.1.0.',
      'success watched_by_app: production runs 1.1.0; the App watches it from here on.',
    ])
    // No verdict: that is the App's.
    expect(await scene.verdicts.read(known?.deployment ?? '')).not.toHaveProperty('verdict')
    expect(await reportOf(sha)).toMatchObject({ upgrade: upgrade.id })
  })

  it('has left its report when the deployment says that it is live', async () => {
    await scene.commit({ VERSION: '1.1.0\n' })
    await scene.run()
    const asked = scene.hub.requests.map(({ body }) => ({ body: JSON.stringify(body ?? null) }))
    const report = asked.findIndex(({ body }) => body.includes('seamless/production/run'))
    const live = asked.findIndex(({ body }) => body.includes('watched_by_app'))
    expect(report).toBeGreaterThan(0)
    expect(live).toBeGreaterThan(report)
  })

  it('knows what is healthy by the App’s word alone', async () => {
    const sha = await scene.commit({ VERSION: '1.1.0\n' })
    const first = await scene.run()
    await scene.commit({ VERSION: '1.2.0\n' })
    expect((await scene.run()).environments[0]).not.toHaveProperty('previous')
    await scene.promote(first.environments[0]?.deployment)
    await scene.commit({ VERSION: '1.3.0\n' })
    expect((await scene.run()).environments[0]).toMatchObject({ previous: { name: '1.1.0', sha } })
  })

  it('that is started again has nothing to do once the App found it healthy', async () => {
    await scene.commit({ VERSION: '1.1.0\n' })
    const first = await scene.run()
    await scene.promote(first.environments[0]?.deployment)
    expect(await scene.run()).toMatchObject({ decision: 'nothing_to_do', reason: 'already_live' })
  })

  it('asks GitHub ten times for all of it', async () => {
    await scene.commit({ VERSION: '1.1.0\n' })
    await scene.promote((await scene.run()).environments[0]?.deployment)
    await scene.commit({ VERSION: '1.2.0\n' })
    const before = scene.hub.requests.length
    expect(await scene.run()).toMatchObject({ reason: 'watched_by_app' })
    expect(scene.hub.requests.length - before).toBe(10)
  })

  it('of a single stage hands over as well', async () => {
    await scene.commit({ VERSION: '1.1.0\n' })
    expect(await scene.run({ stage: 'deploy' })).toMatchObject({ reason: 'watched_by_app' })
    expect(await scene.run({ stage: 'monitor' })).toMatchObject({ reason: 'watched_by_app' })
    expect(scene.clock.waits).toEqual([])
  })

  it('by hand, a rollback has a deployment of its own, and the verdicts are left to the App', async () => {
    const old = await scene.commit({ VERSION: '1.1.0\n' })
    const first = (await scene.run()).environments[0]?.deployment ?? ''
    await scene.promote(first)
    await scene.commit({ VERSION: '1.2.0\n' })
    const second = (await scene.run()).environments[0]?.deployment ?? ''
    await scene.promote(second)
    const upgrade = await scene.world.rollback()
    expect(upgrade).toMatchObject({ decision: 'rolled_back', reason: 'rolled_back_on_request' })
    expect(scene.world.read('live')).toBe('1.1.0')
    const own = upgrade.environments[0]?.deployment ?? ''
    expect(upgrade.environments[0]?.replaces).toEqual({ deployment: second, wasHealthy: true })
    expect(await scene.verdicts.read(own)).toMatchObject({
      operation: 'rollback',
      sha: old,
      state: 'success',
      description: expect.stringMatching(/^rolled_back_on_request: /),
    })
    expect(await scene.verdicts.read(own)).not.toHaveProperty('verdict')
    expect(await scene.verdicts.read(second)).toMatchObject({ state: 'failure', verdict: 'healthy' })
  })

  it('says in its plan who watches', async () => {
    await scene.commit({ VERSION: '1.1.0\n' })
    const plan = await makePlan(await scene.world.request())
    expect(plan.steps.at(-1)?.what).toBe('leave it to the App to watch production: errors')
  })
})

it('with driver: app and no GitHub, a run on a laptop watches to the end: nobody else does', async () => {
  scene = await open(production(health))
  scene.page.set('1.0.0', { perSecond: 50, failing: 0.001 })
  const config = `driver: app\nversion: { file: VERSION }\nsources:\n  pages: { type: scrape }\nenvironments:\n${production(health)}`
  const { clock, page } = scene
  const world = await upgradeWorld({ config, clock, environment: { SEAMLESS_SOURCE_PAGES_URL: page.url } })
  const upgrade = await world.run().finally(world.remove)
  expect(upgrade).toMatchObject({ decision: 'promoted', reason: 'healthy' })
})

describe('with driver: app and without the App’s number', () => {
  it('a run is refused, with what to do', async () => {
    scene = await open(production(health), { isUnnamed: true })
    await scene.commit({ VERSION: '1.1.0\n' })
    await expect(scene.world.run()).rejects.toThrow(/SEAMLESS_CHECKS_APP_ID/)
    await expect(scene.world.rollback()).rejects.toThrow(/SEAMLESS_CHECKS_APP_ID/)
    expect(scene.world.calls()).toEqual([])
  })

  it('a plan is made, and says what it does not know', async () => {
    scene = await open(production(health), { isUnnamed: true })
    await scene.commit({ VERSION: '1.1.0\n' })
    await makePlan(await scene.world.request())
    expect(scene.world.log.lines.join('\n')).toContain('No verdict is known to this plan')
  })
})

describe('with driver: app, at a step of the traffic', () => {
  beforeEach(async () => {
    scene = await open(production(traffic(10, 100) + health))
  })

  it('only steps are judged here; what comes after the last of them is the App’s', async () => {
    scene.page.set('1.1.0', { perSecond: 20, failing: 0.001 })
    const sha = await scene.commit({ VERSION: '1.1.0\n' })
    const before = scene.clock.now()
    const upgrade = await scene.run()
    expect(upgrade).toMatchObject({ decision: 'completed', reason: 'watched_by_app' })
    expect(scene.clock.now() - before).toBeLessThan(4 * 60_000)
    expect(upgrade.environments[0]?.judged.map(({ step }) => step)).toEqual(['10%'])
    expect(await reportOf(sha)).toMatchObject({ judged: { step: '10%', verdict: 'healthy' } })
  })

  it('a bad one is taken back by the run, which leaves the merge to the App and says so', async () => {
    const { deployment } = await healthyBefore()
    scene.page.set('1.2.0', { perSecond: 20, failing: 0.1 })
    const sha = await scene.commit({ VERSION: '1.2.0\n' })
    const upgrade = await scene.run()
    expect(upgrade).toMatchObject({ decision: 'rolled_back', reason: 'unhealthy' })
    expect(upgrade).not.toHaveProperty('revert')
    expect(upgrade.message).toMatch(/What becomes of the merge the App says\.$/)
    expect(scene.world.read('live')).toBe('1.1.0')
    const bad = upgrade.environments[0]?.deployment ?? ''
    expect(bad).not.toBe(deployment)
    expect((await scene.statesOf(bad)).at(-1)).toMatch(/^failure unhealthy: /)
    expect(await scene.verdicts.read(bad)).not.toHaveProperty('verdict')
    expect(await reportOf(sha)).toMatchObject({
      judged: { step: '10%', verdict: 'unhealthy', checks: [{ name: 'errors', verdict: 'unhealthy' }] },
    })
  })

  it('one that nobody knows is held, and its deployment says why', async () => {
    await healthyBefore()
    scene.page.break()
    const sha = await scene.commit({ VERSION: '1.2.0\n' })
    const upgrade = await scene.run()
    expect(upgrade).toMatchObject({ decision: 'held', reason: 'health_no_data' })
    expect((await scene.statesOf(upgrade.environments[0]?.deployment)).at(-1)).toMatch(
      /^in_progress health_no_data: /,
    )
    expect(await reportOf(sha)).toMatchObject({ judged: { verdict: 'inconclusive' } })
  })

  async function healthyBefore() {
    scene.page.set('1.1.0', { perSecond: 50, failing: 0.001 })
    await scene.commit({ VERSION: '1.1.0\n' })
    const { environments } = await scene.run()
    const deployment = environments[0]?.deployment ?? ''
    await scene.promote(deployment)
    return { deployment }
  }
})

describe('with driver: app and several environments', () => {
  it('the run ends at the first one that another waits for, and goes on once the App found it healthy', async () => {
    scene = await open(`  staging:\n${deployByScripts}${health}${production(health)}    after: [staging]\n`)
    await scene.commit({ VERSION: '1.1.0\n' })
    const upgrade = await scene.run()
    expect(upgrade).toMatchObject({ decision: 'completed', reason: 'watched_by_app' })
    expect(upgrade.message).toContain('1.1.0 is live in staging.')
    expect(upgrade.message).toContain('production must wait for that: once staging is healthy')
    expect(upgrade.environments.map(({ state }) => state)).toEqual(['live', 'untouched'])
    // Nobody knows yet: production is not begun, and staging is not deployed to again.
    expect(await scene.run({ environment: 'production' })).toMatchObject({
      decision: 'held',
      reason: 'earlier_environment_not_healthy',
    })
    await scene.promote(upgrade.environments[0]?.deployment)
    const second = await scene.run()
    expect(second).toMatchObject({ decision: 'completed', reason: 'watched_by_app' })
    expect(second.message).toContain('1.1.0 is live in production.')
  })

  it('those that do not wait for each other are all brought there', async () => {
    scene = await open(`  staging:\n${deployByScripts}${health}${production(health)}`)
    await scene.commit({ VERSION: '1.1.0\n' })
    const upgrade = await scene.run()
    expect(upgrade.environments.map(({ state }) => state)).toEqual(['live', 'live'])
    expect(upgrade.message).toContain('1.1.0 is live in staging, production.')
  })

  it('one without health is live, and nobody watches it', async () => {
    scene = await open(production())
    await scene.commit({ VERSION: '1.1.0\n' })
    const upgrade = await scene.run()
    expect(upgrade).toMatchObject({ decision: 'completed', reason: 'not_watched' })
    expect((await scene.statesOf(upgrade.environments[0]?.deployment)).at(-1)).toBe(
      'success production runs 1.1.0.',
    )
  })
})
