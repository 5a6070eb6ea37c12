import { execFileSync } from 'node:child_process'
import { type GitHubRepository, openGitHub } from '../../src/github/client.ts'
import { githubDeployments } from '../../src/github/deployments.ts'
import { ACTIONS_APP_ID } from '../../src/github/verdict-check.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Deployments } from '../../src/ports/deployments.ts'
import type { Upgrade } from '../../src/upgrade/receipt.ts'
import { type GitHub, type HubRepository, startGitHub } from './github/start-github.ts'
import { manualClock, type ManualClock } from './manual-clock.ts'
import { memoryLog } from './memory-log.ts'
import { type MetricsPage, metricsPage } from './metrics-page.ts'
import { deployByScripts, type UpgradeWorld, upgradeWorld } from './upgrade-world.ts'

/** A service whose upgrades a GitHub of its own keeps the record of, and the App beside it. Time passes only where somebody waits. */
export interface RecordedWorld {
  readonly world: UpgradeWorld
  readonly page: MetricsPage
  readonly clock: ManualClock
  readonly hub: GitHub
  readonly repository: HubRepository
  /** GitHub as the App has it, and its verdicts. */
  readonly app: GitHubRepository
  readonly verdicts: Deployments
  run(options?: Parameters<UpgradeWorld['run']>[0]): Promise<Upgrade>
  /** The commits that are made here are on that GitHub as well, as a push brings them there. */
  commit(files: Readonly<Record<string, string>>): Promise<string>
  /** The App found it healthy. */
  promote(deployment: string | undefined): Promise<void>
  statesOf(deployment: string | undefined): Promise<readonly string[]>
  /** Does something when a run has waited for so long (ms) from now. */
  after(ms: number, act: () => Promise<void>): void
  close(): Promise<void>
}

export const production = (more = ''): string => `  production:\n${deployByScripts}${more}`

export const health = `    revert: auto
    health:
      source: pages
      every: 20s
      grace: 0s
      hold: 2m
      watch: 5m
      candidate: { version: "{version}" }
      checks:
        errors: { bad: 'http_requests_total{code=~"5.."}', total: http_requests_total, max: 1% }
`

export const traffic = (...steps: readonly number[]): string => `    traffic:
      run: bash ops/weight.sh
      steps: [${steps.map((step) => `${step}%`).join(', ')}]
`

export interface RecordedOptions {
  readonly driver: 'app' | 'action'
  /** The App's number is not handed over. */
  readonly isUnnamed?: boolean
}

const permissions = {
  contents: 'write',
  deployments: 'write',
  checks: 'write',
  pull_requests: 'write',
  metadata: 'read',
} as const
const at = { owner: 'team', repo: 'service' }

export async function recordedWorld(
  environments: string,
  { driver, isUnnamed = false }: RecordedOptions,
): Promise<RecordedWorld> {
  const base = manualClock()
  const due: { atMs: number; act: () => Promise<void> }[] = []
  const clock: ManualClock = { ...base, sleep: async (...asked) => waiting(base, due, asked) }
  const page = await metricsPage(clock)
  const hub = await startGitHub({ clock })
  const repository = await hub.createRepository({ owner: 'team', name: 'service', files: { README: 'x' } })
  const app = openGitHub(
    {
      token: hub.token({ login: 'seamless[bot]', permissions }),
      apiUrl: hub.apiUrl,
      repository: 'team/service',
    },
    { clock, log: memoryLog(), signal: new AbortController().signal, fetch: globalThis.fetch },
  )
  const appId = await appIdOf(app, repository)
  const world = await upgradeWorld({
    config: `driver: ${driver}\nversion: { file: VERSION }\nsources:\n  pages: { type: scrape }\nenvironments:\n${environments}`,
    clock,
    environment: { SEAMLESS_SOURCE_PAGES_URL: page.url },
    github: async () => ({
      token: hub.token({ login: 'github-actions[bot]', permissions }),
      apiUrl: hub.apiUrl,
      repository: 'team/service',
      appId: driver === 'action' || isUnnamed ? ACTIONS_APP_ID : appId,
    }),
  })
  const verdicts = githubDeployments(app, { appId })
  return {
    world,
    page,
    clock,
    hub,
    repository,
    app,
    verdicts,
    async run(options = {}) {
      clock.advance(60_000)
      return world.run(options)
    },
    async commit(files) {
      const sha = world.repository.commit(files, 'Change')
      const cwd = world.repository.clone
      execFileSync('git', ['push', '--quiet', '--force', repository.bareDir, 'HEAD:refs/heads/work'], { cwd })
      return sha
    },
    promote: async (deployment = '') =>
      verdicts.setVerdict(deployment, 'healthy', { title: 'Healthy', text: 'Promoted.' }),
    async statesOf(deployment) {
      const asked = { ...at, deployment_id: Number(deployment), per_page: 100 }
      const { data } = await app.octokit.rest.repos.listDeploymentStatuses(asked)
      return data.map(({ state, description }) => `${state} ${description}`).toReversed()
    },
    after: (ms, act) => void due.push({ atMs: clock.now() + ms, act }),
    async close() {
      world.remove()
      await page.close()
      await hub.close()
    },
  }
}

async function appIdOf(app: GitHubRepository, repository: HubRepository): Promise<number> {
  const head_sha = (await repository.shaOf('main')) ?? ''
  const { data } = await app.octokit.rest.checks.create({ ...at, name: 'here', head_sha })
  return data.app?.id ?? 0
}

async function waiting(
  clock: ManualClock,
  due: { atMs: number; act: () => Promise<void> }[],
  [ms, signal]: Parameters<Clock['sleep']>,
): Promise<void> {
  await clock.sleep(ms, signal)
  while (due[0] !== undefined && due[0].atMs <= clock.now()) await due.shift()?.act()
}
