import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openGitHub, type GitHubRepository } from '../../src/github/client.ts'
import { githubDeployments } from '../../src/github/deployments.ts'
import { readRunReport } from '../../src/github/run-report.ts'
import { ACTIONS_APP_ID } from '../../src/github/verdict-check.ts'
import { makePlan } from '../../src/operation.ts'
import type { Deployments } from '../../src/ports/deployments.ts'
import { type GitHub, type HubRepository, startGitHub } from '../support/github/start-github.ts'
import { manualClock, type ManualClock } from '../support/manual-clock.ts'
import { memoryLog } from '../support/memory-log.ts'
import { type MetricsPage, metricsPage } from '../support/metrics-page.ts'
import { deployByScripts, type UpgradeWorld, upgradeWorld } from '../support/upgrade-world.ts'

const health = `    revert: auto
    health:
      source: pages
      every: 10s
      grace: 0s
      hold: 2m
      watch: 10m
      candidate: { version: "{version}" }
      checks:
        errors: { bad: 'http_requests_total{code=~"5.."}', total: http_requests_total, max: 1% }
`
const traffic = `    traffic:
      run: bash ops/weight.sh
      steps: [10%, 100%]
`
const config = (environments: string): string => `driver: app
version: { file: VERSION }
sources:
  pages: { type: scrape }
environments:
${environments}`
const production = (more = ''): string => `  production:\n${deployByScripts}${more}`

interface Scene {
  readonly world: UpgradeWorld
  readonly page: MetricsPage
  readonly clock: ManualClock
  readonly hub: GitHub
  readonly repository: HubRepository
  /** The App, whose verdicts are the only ones. */
  readonly app: GitHubRepository
  readonly verdicts: Deployments
  statesOf(deployment: string | undefined): Promise<readonly string[]>
}

let scene: Scene
const close: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const one of close.splice(0).toReversed()) await one()
})

async function open(environments: string, { named = true } = {}): Promise<Scene> {
  const clock = manualClock()
  const page = await metricsPage(clock)
  close.push(page.close)
  const hub = await startGitHub({ clock })
  close.push(() => hub.close())
  const repository = await hub.createRepository({ owner: 'team', name: 'service', files: { README: 'x' } })
  const log = memoryLog()
  const permissions = { contents: 'write', deployments: 'write', checks: 'write', metadata: 'read' } as const
  const as = (login: string): GitHubRepository =>
    openGitHub(
      { token: hub.token({ login, permissions }), apiUrl: hub.apiUrl, repository: 'team/service' },
      { clock, log, signal: new AbortController().signal, fetch: globalThis.fetch },
    )
  const app = as('seamless[bot]')
  const main = (await repository.shaOf('main')) ?? ''
  const at = { owner: 'team', repo: 'service' }
  const { data } = await app.octokit.rest.checks.create({ ...at, name: 'here', head_sha: main })
  const appId = data.app?.id ?? 0
  const world = await upgradeWorld({
    config: config(environments),
    clock,
    environment: { SEAMLESS_SOURCE_PAGES_URL: page.url },
    github: async () => ({
      token: hub.token({ login: 'github-actions[bot]', permissions }),
      apiUrl: hub.apiUrl,
      repository: 'team/service',
      appId: named ? appId : ACTIONS_APP_ID,
    }),
  })
  close.push(world.remove)
  return {
    world,
    page,
    clock,
    hub,
    repository,
    app,
    verdicts: githubDeployments(app, { appId }),
    async statesOf(deployment) {
      const { data: statuses } = await app.octokit.rest.repos.listDeploymentStatuses({
        ...at,
        deployment_id: Number(deployment),
      })
      return statuses.map(({ state, description }) => `${state} ${description}`).toReversed()
    },
  }
}

/** The App found it healthy. */
async function promote(deployment = ''): Promise<void> {
  await scene.verdicts.setVerdict(deployment, 'healthy', { title: 'Healthy', text: 'Promoted.' })
}

async function run(options: Parameters<UpgradeWorld['run']>[0] = {}) {
  scene.clock.advance(60_000)
  return scene.world.run(options)
}

/** The commits that are made here are on that GitHub as well, as a push brings them there. */
async function commit(files: Record<string, string>): Promise<string> {
  const sha = scene.world.repository.commit(files, 'Change')
  const { clone } = scene.world.repository
  execFileSync('git', ['push', '--quiet', scene.repository.bareDir, 'HEAD:refs/heads/work', '--force'], {
    cwd: clone,
  })
  return sha
}

const reportOf = (sha: string, environment = 'production') =>
  readRunReport(scene.app, { environment, sha, appId: ACTIONS_APP_ID })

describe('with driver: app a run', () => {
  beforeEach(async () => {
    scene = await open(production(health))
  })

  it('ends once it is live, without a soak: the App goes on', async () => {
    const sha = await commit({ VERSION: '1.1.0\n' })
    // Nobody reads it here: it need not even have a place.
    delete scene.world.environment['SEAMLESS_SOURCE_PAGES_URL']
    const upgrade = await run()
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
    await commit({ VERSION: '1.1.0\n' })
    await run()
    const asked = scene.hub.requests.map(({ body }) => ({ body: JSON.stringify(body ?? null) }))
    const report = asked.findIndex(({ body }) => body.includes('seamless/production/run'))
    const live = asked.findIndex(({ body }) => body.includes('watched_by_app'))
    expect(report).toBeGreaterThan(0)
    expect(live).toBeGreaterThan(report)
  })

  it('knows what is healthy by the App’s word alone', async () => {
    const sha = await commit({ VERSION: '1.1.0\n' })
    const first = await run()
    await commit({ VERSION: '1.2.0\n' })
    expect((await run()).environments[0]).not.toHaveProperty('previous')
    await promote(first.environments[0]?.deployment)
    await commit({ VERSION: '1.3.0\n' })
    expect((await run()).environments[0]).toMatchObject({ previous: { name: '1.1.0', sha } })
  })

  it('that is started again has nothing to do once the App found it healthy', async () => {
    await commit({ VERSION: '1.1.0\n' })
    const first = await run()
    await promote(first.environments[0]?.deployment)
    expect(await run()).toMatchObject({ decision: 'nothing_to_do', reason: 'already_live' })
  })

  it('of a single stage hands over as well', async () => {
    await commit({ VERSION: '1.1.0\n' })
    expect(await run({ stage: 'deploy' })).toMatchObject({ reason: 'watched_by_app' })
    expect(await run({ stage: 'monitor' })).toMatchObject({ reason: 'watched_by_app' })
    expect(scene.clock.waits).toEqual([])
  })

  it('by hand, a rollback has a deployment of its own, and the verdicts are left to the App', async () => {
    const old = await commit({ VERSION: '1.1.0\n' })
    const first = (await run()).environments[0]?.deployment ?? ''
    await promote(first)
    await commit({ VERSION: '1.2.0\n' })
    const second = (await run()).environments[0]?.deployment ?? ''
    await promote(second)
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
    await commit({ VERSION: '1.1.0\n' })
    const plan = await makePlan(await scene.world.request())
    expect(plan.steps.at(-1)?.what).toBe('leave it to the App to watch production: errors')
  })
})

describe('with driver: app and without the App’s number', () => {
  it('a run is refused, with what to do', async () => {
    scene = await open(production(health), { named: false })
    await commit({ VERSION: '1.1.0\n' })
    await expect(scene.world.run()).rejects.toThrow(/SEAMLESS_CHECKS_APP_ID/)
    await expect(scene.world.rollback()).rejects.toThrow(/SEAMLESS_CHECKS_APP_ID/)
    expect(scene.world.calls()).toEqual([])
  })

  it('a plan is made, and says what it does not know', async () => {
    scene = await open(production(health), { named: false })
    await commit({ VERSION: '1.1.0\n' })
    await makePlan(await scene.world.request())
    expect(scene.world.log.lines.join('\n')).toContain('No verdict is known to this plan')
  })
})

describe('with driver: app, at a step of the traffic', () => {
  beforeEach(async () => {
    scene = await open(production(traffic + health))
  })

  it('only steps are judged here; what comes after the last of them is the App’s', async () => {
    scene.page.set('1.1.0', { perSecond: 20, failing: 0.001 })
    const sha = await commit({ VERSION: '1.1.0\n' })
    const before = scene.clock.now()
    const upgrade = await run()
    expect(upgrade).toMatchObject({ decision: 'completed', reason: 'watched_by_app' })
    expect(scene.clock.now() - before).toBeLessThan(4 * 60_000)
    expect(upgrade.environments[0]?.judged.map(({ step }) => step)).toEqual(['10%'])
    expect(await reportOf(sha)).toMatchObject({ judged: { step: '10%', verdict: 'healthy' } })
  })

  it('a bad one is taken back by the run, which leaves the merge to the App and says so', async () => {
    const { deployment } = await healthyBefore()
    scene.page.set('1.2.0', { perSecond: 20, failing: 0.1 })
    const sha = await commit({ VERSION: '1.2.0\n' })
    const upgrade = await run()
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
    const sha = await commit({ VERSION: '1.2.0\n' })
    const upgrade = await run()
    expect(upgrade).toMatchObject({ decision: 'held', reason: 'health_no_data' })
    expect((await scene.statesOf(upgrade.environments[0]?.deployment)).at(-1)).toMatch(
      /^in_progress health_no_data: /,
    )
    expect(await reportOf(sha)).toMatchObject({ judged: { verdict: 'inconclusive' } })
  })

  async function healthyBefore() {
    scene.page.set('1.1.0', { perSecond: 50, failing: 0.001 })
    await commit({ VERSION: '1.1.0\n' })
    const { environments } = await run()
    const deployment = environments[0]?.deployment ?? ''
    await promote(deployment)
    return { deployment }
  }
})

describe('with driver: app and several environments', () => {
  it('the run ends at the first one that another waits for, and goes on once the App found it healthy', async () => {
    scene = await open(`  staging:\n${deployByScripts}${health}${production(health)}    after: [staging]\n`)
    await commit({ VERSION: '1.1.0\n' })
    const upgrade = await run()
    expect(upgrade).toMatchObject({ decision: 'completed', reason: 'watched_by_app' })
    expect(upgrade.message).toContain('1.1.0 is live in staging.')
    expect(upgrade.message).toContain('production must wait for that: once staging is healthy')
    expect(upgrade.environments.map(({ state }) => state)).toEqual(['live', 'untouched'])
    // Nobody knows yet: production is not begun, and staging is not deployed to again.
    expect(await run({ environment: 'production' })).toMatchObject({
      decision: 'held',
      reason: 'earlier_environment_not_healthy',
    })
    await promote(upgrade.environments[0]?.deployment)
    const second = await run()
    expect(second).toMatchObject({ decision: 'completed', reason: 'watched_by_app' })
    expect(second.message).toContain('1.1.0 is live in production.')
  })

  it('those that do not wait for each other are all brought there', async () => {
    scene = await open(`  staging:\n${deployByScripts}${health}${production(health)}`)
    await commit({ VERSION: '1.1.0\n' })
    const upgrade = await run()
    expect(upgrade.environments.map(({ state }) => state)).toEqual(['live', 'live'])
    expect(upgrade.message).toContain('1.1.0 is live in staging, production.')
  })

  it('one without health is live, and nobody watches it', async () => {
    scene = await open(production())
    await commit({ VERSION: '1.1.0\n' })
    const upgrade = await run()
    expect(upgrade).toMatchObject({ decision: 'completed', reason: 'not_watched' })
    expect((await scene.statesOf(upgrade.environments[0]?.deployment)).at(-1)).toBe(
      'success production runs 1.1.0.',
    )
  })
})
