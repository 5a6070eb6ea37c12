import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { operateUndo } from '../../src/operation.ts'
import { cutOffAfter, cutOffBefore } from '../support/cut-off-run.ts'
import { manualClock } from '../support/manual-clock.ts'
import { type MetricsPage, metricsPage } from '../support/metrics-page.ts'
import {
  basicConfig,
  deployByScripts,
  mark,
  type UpgradeWorld,
  upgradeWorld,
} from '../support/upgrade-world.ts'

const worlds: UpgradeWorld[] = []
const pages: MetricsPage[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) world.remove()
  for (const page of pages.splice(0)) await page.close()
})

/** Version 1.0.0 is live, 1.1.0 is at HEAD. */
async function upgraded(options: Parameters<typeof upgradeWorld>[0] = {}): Promise<UpgradeWorld> {
  const world = await upgradeWorld(options)
  worlds.push(world)
  await world.run()
  world.repository.commit({ VERSION: '1.1.0\n' }, 'Version 1.1.0')
  return world
}

const watched = `driver: action
version: { file: VERSION }
sources:
  pages: { type: scrape }
environments:
  production:
${deployByScripts}    traffic:
      run: bash ops/weight.sh
      steps: [10%, 100%]
    revert: auto
    health:
      source: pages
      every: 10s
      grace: 0s
      hold: 2m
      watch: 5m
      candidate: { version: "{version}" }
      checks:
        errors: { bad: 'http_requests_total{code=~"5.."}', total: http_requests_total, max: 1% }
`

/** The same, watched; 1.1.0 will be unhealthy. */
async function bad(): Promise<{ world: UpgradeWorld; page: MetricsPage }> {
  const clock = manualClock()
  const page = await metricsPage(clock)
  pages.push(page)
  page.set('1.0.0', { perSecond: 50, failing: 0 })
  const world = await upgraded({
    config: watched,
    clock,
    environment: { SEAMLESS_SOURCE_PAGES_URL: page.url },
  })
  page.set('1.1.0', { perSecond: 20, failing: 0.2 })
  return { world, page }
}

const deploys = (world: UpgradeWorld, version: string): number =>
  world.calls().filter((call) => call === `deploy production ${version}`).length

describe('L01 a run that was cut off while it took an environment back', () => {
  it('finishes that when it is run again, and never says that the bad version is live', async () => {
    const { world } = await bad()
    await cutOffAfter(world, (event) => event.type === 'judged' && event.report.verdict === 'unhealthy')
    const upgrade = await world.run()
    expect(upgrade).toMatchObject({ decision: 'rolled_back', reason: 'unhealthy' })
    expect(world.read('live')).toBe('1.0.0')
    expect(world.read('weight')).toBe('0')
    expect(upgrade.revert).toMatchObject({ outcome: 'not_done' })
    expect(deploys(world, '1.1.0')).toBe(1)
  })

  it('asks the status first: what was brought back already is not brought back again', async () => {
    const { world } = await bad()
    await cutOffBefore(world, (event) => event.type === 'step_ended' && event.step === 'rollback/production')
    expect(world.read('live')).toBe('1.0.0')
    const rollbacks = (): number => world.calls().filter((call) => call.startsWith('rollback')).length
    expect(rollbacks()).toBe(1)
    expect(await world.run()).toMatchObject({ decision: 'rolled_back', reason: 'unhealthy' })
    expect(rollbacks()).toBe(1)
    expect(world.read('live')).toBe('1.0.0')
  })

  it('only writes the ending where the environment was back already', async () => {
    const { world } = await bad()
    await cutOffAfter(world, (event) => event.type === 'environment_ended' && event.state === 'rolled_back')
    const calls = world.calls().length
    const upgrade = await world.run()
    expect(upgrade).toMatchObject({ decision: 'rolled_back', reason: 'unhealthy' })
    expect(upgrade.environments[0]).toMatchObject({ state: 'rolled_back' })
    expect(world.calls()).toHaveLength(calls)
  })

  it('takes back, and does not deploy again, what had failed to deploy', async () => {
    const world = await upgraded()
    world.repository.commit({ 'broken-deploy': '' }, 'Break')
    await cutOffAfter(world, (event) => event.type === 'step_ended' && event.result === 'failed')
    const upgrade = await world.run()
    expect(upgrade).toMatchObject({ decision: 'rolled_back', reason: 'deploy_failed' })
    expect(deploys(world, '1.1.0')).toBe(1)
    expect(world.read('live')).toBe('1.0.0')
  })

  it('stays dirty where it was dirty', async () => {
    const world = await upgraded()
    mark(world, 'rollback-fails')
    world.repository.commit({ 'broken-deploy': '' }, 'Break')
    await cutOffAfter(world, (event) => event.type === 'environment_ended' && event.state === 'dirty')
    expect(await world.run()).toMatchObject({ decision: 'failed', reason: 'rollback_failed' })
    expect(deploys(world, '1.1.0')).toBe(1)
  })
})

describe('L01 a run that was cut off elsewhere', () => {
  it('finds its deployment again that was made but not journaled', async () => {
    const world = await upgraded()
    await cutOffBefore(world, (event) => event.type === 'deployment_begun')
    expect(await world.run()).toMatchObject({ decision: 'completed' })
    expect(deploys(world, '1.1.0')).toBe(1)
  })

  it('does not keep an environment for undone that is wholly live and watched by nobody', async () => {
    const world = await upgraded()
    await cutOffBefore(world, (event) => event.type === 'ended')
    world.repository.commit({ VERSION: '1.2.0\n' }, 'Version 1.2.0')
    expect(await world.run()).toMatchObject({ decision: 'completed', candidate: { name: '1.2.0' } })
  })

  it('ends although the undo of a step throws, and says so', async () => {
    const moves = 'git -c user.name=a -c user.email=a@b.c commit --quiet --allow-empty -m other'
    const config = basicConfig.replace(
      'environments:',
      `build:\n  - { name: one, run: "true", undo: "true" }\n  - { name: move, run: ${moves} }\n  - { name: next, run: "true" }\nenvironments:`,
    )
    const world = await upgraded({ config: basicConfig })
    world.repository.commit({ '.github/seamless.yml': config }, 'Move')
    const upgrade = await world.run()
    expect(upgrade).toMatchObject({ decision: 'failed', reason: 'commit_moved' })
    expect(upgrade.steps.find(({ step }) => step === 'undo/build/one')).toMatchObject({ state: 'failed' })
    expect(world.log.lines.join('\n')).toContain('undo/build/one')
  })
})

describe('L19 a deployment that came after ours', () => {
  it('is left alone by a held upgrade that is run again', async () => {
    const { world, page } = await bad()
    page.set('1.1.0', { perSecond: 0, failing: 0 })
    expect(await world.run()).toMatchObject({ decision: 'held' })
    writeFileSync(deploymentsFile(world), withAnother(world))
    const calls = world.calls().length
    const upgrade = await world.run()
    expect(upgrade).toMatchObject({ decision: 'cancelled', reason: 'superseded' })
    expect(world.calls()).toHaveLength(calls)
    expect(upgrade.message).toContain('9.9.9')
  })

  it('ends a watch: neither is anything taken back, nor is the merge blamed', async () => {
    const { world } = await bad()
    let seen = 0
    const watch = {
      watchTick: (): void => {
        if (++seen === 2) writeFileSync(deploymentsFile(world), withAnother(world))
      },
    }
    const upgrade = await world.run({ watch })
    expect(upgrade).toMatchObject({ decision: 'cancelled', reason: 'superseded' })
    expect(upgrade.revert).toBeUndefined()
    expect(world.calls().some((call) => call.startsWith('rollback'))).toBe(false)
  })

  it('is left alone by the undo of a run that was cancelled', async () => {
    const world = await upgraded()
    await cutOffAfter(
      world,
      (event) => event.type === 'step_ended' && event.step === 'deploy/production/apply',
    )
    writeFileSync(deploymentsFile(world), withAnother(world))
    const calls = world.calls().length
    const undone = await operateUndo(await world.request(), 'Cancelled.', new AbortController().signal)
    expect(undone).toMatchObject({ decision: 'cancelled' })
    expect(world.calls()).toHaveLength(calls)
  })

  it('L16 a rollback by somebody elsewhere in the middle is not overrun', async () => {
    const { world, page } = await bad()
    page.set('1.1.0', { perSecond: 20, failing: 0 })
    let seen = 0
    const watch = {
      watchTick: (): void => {
        if (++seen === 2) writeFileSync(deploymentsFile(world), withState(world, 'failure'))
      },
    }
    const upgrade = await world.run({ watch })
    expect(upgrade).toMatchObject({ decision: 'cancelled', reason: 'superseded' })
    expect(upgrade.environments[0]).toMatchObject({ state: 'rolled_back' })
    expect(world.calls().at(-1)).toBe('weight production 10')
  })
})

const deploymentsFile = (world: UpgradeWorld): string =>
  `${world.repository.clone}/.seamless/deployments.json`

interface Book {
  next: number
  deployments: Record<string, unknown>[]
}

const bookOf = (world: UpgradeWorld): Book => JSON.parse(readFileSync(deploymentsFile(world), 'utf8')) as Book

/** As a rollback in another place leaves the newest deployment. */
function withState(world: UpgradeWorld, state: string): string {
  const book = bookOf(world)
  Object.assign(book.deployments.at(-1) ?? {}, { state })
  return JSON.stringify(book)
}

function withAnother(world: UpgradeWorld): string {
  const book = bookOf(world)
  const id = String(book.next++)
  const more = { environment: 'production', sha: 'b'.repeat(40), version: '9.9.9', key: 'other', atMs: 1 }
  book.deployments.push({ ...more, id, state: 'success', verdict: 'healthy' })
  return JSON.stringify(book)
}
