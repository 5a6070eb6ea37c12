import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openRepository } from '../../src/composition.ts'
import { openGitHub } from '../../src/github/client.ts'
import { refRecords } from '../../src/github/ref-records.ts'
import { loadConfig, operateRun } from '../../src/operation.ts'
import { writeAutoRevert } from '../../src/revert/auto-revert.ts'
import type { Upgrade } from '../../src/upgrade/receipt.ts'
import type { Fault } from '../support/github/faults.ts'
import { type GitHub, type HubRepository, startGitHub } from '../support/github/start-github.ts'
import { manualClock } from '../support/manual-clock.ts'
import { type MemoryLog, memoryLog } from '../support/memory-log.ts'
import { type MetricsPage, metricsPage } from '../support/metrics-page.ts'

const execute = promisify(execFile)

const config = `driver: action
version: { file: VERSION }
sources: { pages: { type: scrape } }
environments:
  production:
    deploy:
      run:
        deploy: echo "$SEAMLESS_VERSION" > "$WORLD/live"
        status: cat "$WORLD/live" 2>/dev/null || true
        rollback: echo "$SEAMLESS_VERSION" > "$WORLD/live"
    revert: 'off'
    health:
      source: pages
      every: 10s
      grace: 0s
      watch: 1m
      candidate: { version: "{version}" }
      checks:
        errors: { bad: 'http_requests_total{code=~"5.."}', total: http_requests_total, max: 1% }
`
const permissions = {
  contents: 'write',
  pull_requests: 'write',
  deployments: 'write',
  checks: 'write',
  metadata: 'read',
} as const

/** What a watched upgrade asks of GitHub's record. */
const operations = [
  'GET /repos/{owner}/{repo}/deployments',
  'POST /repos/{owner}/{repo}/deployments',
  'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
  'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
  'POST /repos/{owner}/{repo}/check-runs',
]
const faults: Record<string, Omit<Fault, 'on'>> = {
  'L08 loses the answer to what it did': { times: 1, when: 'after', answer: 'hang up' },
  'L09 asks to wait': {
    times: 1,
    answer: { status: 403, headers: { 'retry-after': '60' }, body: { message: 'Slow down' } },
  },
}

describe('GitHub fails at one call of an upgrade', () => {
  let github: GitHub
  let repository: HubRepository
  let folder: string
  let page: MetricsPage
  let clock: ReturnType<typeof manualClock>
  let log: MemoryLog
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'seamless-faults-'))
    clock = manualClock()
    page = await metricsPage(clock)
    github = await startGitHub({ clock, oracle: false })
    repository = await github.createRepository({
      owner: 'team',
      name: 'service',
      files: { VERSION: '1.0.0\n', '.github/seamless.yml': config },
    })
    page.set('1.0.0', { perSecond: 50, failing: 0 })
    log = memoryLog()
  })
  afterEach(async () => {
    await github.close()
    await page.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** In a checkout of its own, as each job has one. */
  async function run(): Promise<Upgrade> {
    const workspace = mkdtempSync(join(folder, 'checkout-'))
    const token = github.token({ login: 'github-actions[bot]', permissions })
    await execute('git', ['clone', '--quiet', github.cloneUrl(repository, token), workspace])
    const signal = new AbortController().signal
    const opened = await openRepository({
      folder: workspace,
      environment: {
        PATH: process.env['PATH'] ?? '',
        WORLD: folder,
        SEAMLESS_SOURCE_PAGES_URL: page.url,
      },
      signal,
      clock,
      log: () => log,
      github: { token, apiUrl: github.apiUrl, repository: 'team/service', appId: 15368 },
    })
    const loaded = await loadConfig(opened, '.github/seamless.yml', { kind: 'working_tree' })
    return operateRun({ opened, loaded, stage: 'all' }, signal)
  }
  const live = (): string | undefined =>
    existsSync(join(folder, 'live')) ? readFileSync(join(folder, 'live'), 'utf8').trim() : undefined

  async function secondVersionWith(fault: Fault): Promise<Upgrade | undefined> {
    expect(await run()).toMatchObject({ decision: 'promoted' })
    await repository.commit({ files: { VERSION: '1.1.0\n' }, message: 'Next' })
    page.set('1.1.0', { perSecond: 50, failing: 0 })
    github.faults.add(fault)
    const upgrade = await run().catch(() => undefined)
    github.faults.clear()
    return upgrade
  }

  const hiccups = operations.flatMap((on) =>
    Object.entries(faults).map(([how, fault]) => ({ on, how, fault })),
  )

  it.each(hiccups)('$on $how: nobody notices, and nothing is made twice', async ({ on, fault }) => {
    const upgrade = await secondVersionWith({ ...fault, on })
    expect(upgrade).toMatchObject({ decision: 'promoted', base: { name: '1.0.0' } })
    expect(await run()).toMatchObject({ decision: 'nothing_to_do', reason: 'already_live' })
  })

  it.each(operations)(
    '%s is down for good: the environment is what the run says, or as it was',
    async (on) => {
      const upgrade = await secondVersionWith({
        on,
        times: 1000,
        answer: { status: 502, body: { message: 'Bad gateway' } },
      })
      // Nothing at all: it failed before anything was begun.
      const isPromoted = upgrade?.decision === 'promoted'
      expect([undefined, 'untouched', 'promoted', 'rolled_back']).toContain(upgrade?.environments[0]?.state)
      expect(live()).toBe(isPromoted ? '1.1.0' : '1.0.0')
      expect(log.lines.join('\n').includes('could not be recorded')).toBe(isPromoted)
      // What was not recorded is met by a name, never by a guess.
      const after = await run()
      expect(['healthy', 'already_live', 'environment_unknown']).toContain(after.reason)
    },
  )

  it.each([
    ['R13 is switched off leaves the merge, and takes the environment back', 'switched_off'],
    ['is on looks for the merge', 'no_merge'],
  ] as const)('a run whose switch for reverts %s', async (_, reason) => {
    const auto = config.replace("revert: 'off'", 'revert: auto')
    await repository.commit({ files: { '.github/seamless.yml': auto } })
    if (reason === 'switched_off') {
      const token = github.token({ login: 'github-actions[bot]', permissions })
      const signal = new AbortController().signal
      const access = { token, apiUrl: github.apiUrl, repository: 'team/service' }
      const records = refRecords(openGitHub(access, { clock, log, signal, fetch: globalThis.fetch }))
      const by = { id: 7, login: 'ada' }
      await writeAutoRevert(records, { isOn: false, by, atMs: clock.now() })
    }
    expect(await run()).toMatchObject({ decision: 'promoted' })
    await repository.commit({ files: { VERSION: '1.1.0\n' }, message: 'Next' })
    page.set('1.1.0', { perSecond: 50, failing: 0.2 })
    expect(await run()).toMatchObject({ decision: 'rolled_back', revert: { outcome: 'not_done', reason } })
    expect(live()).toBe('1.0.0')
  })
})
