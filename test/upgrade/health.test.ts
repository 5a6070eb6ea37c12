import { afterEach, describe, expect, it } from 'vitest'
import { manualClock, type ManualClock } from '../support/manual-clock.ts'
import { type MetricsPage, metricsPage } from '../support/metrics-page.ts'
import { deployByScripts, type UpgradeWorld, upgradeWorld } from '../support/upgrade-world.ts'

const healthConfig = ({
  extra = '',
  limits = 'max: 1%',
}: { extra?: string; limits?: string } = {}): string => `driver: action
version: { file: VERSION }
sources:
  pages: { type: scrape }
environments:
  production:
${deployByScripts}    traffic:
      run: bash ops/weight.sh
      steps: [10%, 50%, 100%]
    revert: auto
${extra}    health:
      source: pages
      every: 10s
      grace: 0s
      hold: 2m
      watch: 10m
      candidate: { version: "{version}" }
      checks:
        errors: { bad: 'http_requests_total{code=~"5.."}', total: http_requests_total, ${limits} }
`

interface Scene {
  readonly world: UpgradeWorld
  readonly page: MetricsPage
  readonly clock: ManualClock
}

const scenes: Scene[] = []
afterEach(async () => {
  for (const { world, page } of scenes.splice(0)) {
    world.remove()
    await page.close()
  }
})

/** Version 1.0.0 is live and found healthy; 1.1.0 is at HEAD. */
async function scene(options: Parameters<typeof healthConfig>[0] = {}): Promise<Scene> {
  const clock = manualClock()
  const page = await metricsPage(clock)
  const world = await upgradeWorld({
    config: healthConfig(options),
    clock,
    environment: { SEAMLESS_SOURCE_PAGES_URL: page.url },
  })
  scenes.push({ world, page, clock })
  page.set('1.0.0', { perSecond: 50, failing: 0.001 })
  expect(await world.run()).toMatchObject({ decision: 'promoted', reason: 'healthy' })
  world.repository.commit({ VERSION: '1.1.0\n' }, 'Version 1.1.0')
  return { world, page, clock }
}

describe('watching', () => {
  it('goes through the steps of the traffic and promotes what stays within its limits', async () => {
    const { world, page } = await scene()
    page.set('1.1.0', { perSecond: 20, failing: 0.001 })
    const upgrade = await world.run()
    expect(upgrade).toMatchObject({ decision: 'promoted', reason: 'healthy', base: { name: '1.0.0' } })
    expect(
      world
        .calls()
        .filter((call) => call.includes('weight'))
        .slice(-3),
    ).toEqual(['weight production 10', 'weight production 50', 'weight production 100'])
    expect(upgrade.environments[0]).toMatchObject({ state: 'promoted', weight: 100 })
    expect(upgrade.environments[0]?.judged.map(({ step, verdict }) => [step, verdict])).toEqual([
      ['10%', 'healthy'],
      ['50%', 'healthy'],
      ['watch', 'healthy'],
    ])
  })

  it('takes a bad version back at its first step: traffic first, then the version', async () => {
    const { world, page } = await scene()
    page.set('1.1.0', { perSecond: 20, failing: 0.1 })
    const upgrade = await world.run()
    expect(upgrade).toMatchObject({ decision: 'rolled_back', reason: 'unhealthy' })
    expect(upgrade.environments[0]).toMatchObject({
      state: 'rolled_back',
      previous: { name: '1.0.0' },
      weight: 0,
    })
    expect(world.calls().slice(-3)).toEqual([
      'weight production 10',
      'weight production 0',
      'rollback production 1.0.0',
    ])
    expect(world.read('live')).toBe('1.0.0')
    // Without a token nothing is known of merges.
    expect(upgrade.revert).toMatchObject({ outcome: 'not_done' })
  })

  it('M01 M08 holds where its source does not answer: nothing taken back, nothing promoted', async () => {
    const { world, page } = await scene()
    page.break()
    const upgrade = await world.run()
    expect(upgrade).toMatchObject({ decision: 'held', reason: 'health_no_data' })
    expect(upgrade.environments[0]).toMatchObject({ state: 'held', weight: 10 })
    expect(world.calls().at(-1)).toBe('weight production 10')
    expect(world.read('live')).toBe('1.1.0')
  })

  it('M03 holds where the new version has no series at all', async () => {
    const { world } = await scene()
    expect(await world.run()).toMatchObject({ decision: 'held', reason: 'health_no_data' })
  })

  it('M11 holds where there is too little traffic to know', async () => {
    const { world, page } = await scene()
    page.set('1.1.0', { perSecond: 0.02, failing: 0.3 })
    expect(await world.run()).toMatchObject({ decision: 'held', reason: 'health_too_little_traffic' })
  })

  it('goes on with a held upgrade when it is run again, without deploying twice', async () => {
    const { world, page } = await scene()
    expect(await world.run()).toMatchObject({ decision: 'held' })
    page.set('1.1.0', { perSecond: 20, failing: 0 })
    expect(await world.run()).toMatchObject({ decision: 'promoted' })
    expect(world.calls().filter((call) => call === 'deploy production 1.1.0')).toHaveLength(1)
  })

  it('lets a new version replace a held one', async () => {
    const { world, page } = await scene()
    expect(await world.run()).toMatchObject({ decision: 'held' })
    world.repository.commit({ VERSION: '1.2.0\n' }, 'Version 1.2.0')
    page.set('1.2.0', { perSecond: 20, failing: 0 })
    const upgrade = await world.run()
    expect(upgrade).toMatchObject({ decision: 'promoted', base: { name: '1.0.0' } })
  })

  it('says what it would have done and does nothing in shadow', async () => {
    const { world, page } = await scene({ extra: '    shadow: true\n' })
    page.set('1.1.0', { perSecond: 20, failing: 0.1 })
    const upgrade = await world.run()
    expect(upgrade).toMatchObject({ decision: 'held', reason: 'shadow_unhealthy' })
    expect(upgrade.message).toContain('would have rolled production back and reverted the merge')
    expect(world.read('live')).toBe('1.1.0')
  })

  it('M10 does not take back for one bad sample', async () => {
    const { world, page, clock } = await scene()
    page.set('1.1.0', { perSecond: 20, failing: 0 })
    const watch = {
      watchTick: (_: string, { step }: { step: string }): void => {
        const bad = step === '50%' && !done
        done ||= bad
        page.set('1.1.0', { perSecond: 20, failing: bad ? 0.5 : 0 })
      },
    }
    let done = false
    expect(await world.run({ watch })).toMatchObject({ decision: 'promoted' })
    expect(done).toBe(true)
    expect(clock.waits.length).toBeGreaterThan(60)
  })

  it('R19 goes back to the last version that was found healthy, not to the one before', async () => {
    const { world, page } = await scene()
    expect(await world.run()).toMatchObject({ decision: 'held' })
    const upgrade = await world.rollback()
    expect(upgrade).toMatchObject({ decision: 'rolled_back', reason: 'rolled_back_on_request' })
    expect(world.read('live')).toBe('1.0.0')
    page.set('1.1.0', { perSecond: 20, failing: 0 })
    // What somebody rolled back can be tried again.
    expect(await world.run()).toMatchObject({ decision: 'promoted' })
  })

  it('refuses to start where a source has no place, before anything is built', async () => {
    const { world } = await scene()
    const before = world.calls().length
    delete world.environment['SEAMLESS_SOURCE_PAGES_URL']
    const upgrade = await world.run()
    expect(upgrade).toMatchObject({ decision: 'failed', reason: 'usage' })
    expect(upgrade.message).toContain('SEAMLESS_SOURCE_PAGES_URL')
    expect(upgrade.steps).toEqual([])
    expect(world.calls()).toHaveLength(before)
  })
})

describe('a metric that shows the version', () => {
  const live = `    revert: auto
    health:
      source: pages
      live: 'http_requests_total{version="{version}"}'
`
  const withLive = (): string =>
    healthConfig().replace(/ {4}revert: auto\n {4}health:\n {6}source: pages\n/, live)

  async function awaiting(): Promise<Scene> {
    const clock = manualClock()
    const page = await metricsPage(clock)
    const world = await upgradeWorld({
      config: withLive(),
      clock,
      environment: { SEAMLESS_SOURCE_PAGES_URL: page.url },
    })
    scenes.push({ world, page, clock })
    return { world, page, clock }
  }

  it('holds the first step where it never shows it, and says that nothing of it was watched', async () => {
    const { world, page } = await awaiting()
    page.set('0.9.0', { perSecond: 50, failing: 0.001 })
    const upgrade = await world.run()
    expect(upgrade).toMatchObject({ decision: 'held', reason: 'health_no_data' })
    expect(upgrade.message).toContain('1.0.0 never showed in the metric of health.live within 10 minutes')
    expect(world.calls().filter((call) => call.includes('weight'))).toEqual(['weight production 10'])
  })

  it('begins the watch once it is there', async () => {
    const { world, page, clock } = await awaiting()
    const startedMs = clock.now()
    const sleep = clock.sleep
    clock.sleep = async (ms, signal) => {
      await sleep(ms, signal)
      if (clock.now() - startedMs >= 240_000) page.set('1.0.0', { perSecond: 50, failing: 0.001 })
    }
    const upgrade = await world.run()
    expect(upgrade).toMatchObject({ decision: 'promoted', reason: 'healthy' })
    expect(clock.now() - startedMs).toBeGreaterThan(240_000 + 600_000)
  })
})
