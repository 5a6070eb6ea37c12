import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Upgrade } from '../../src/upgrade/receipt.ts'
import { manualClock } from '../support/manual-clock.ts'
import { type MetricsPage, metricsPage } from '../support/metrics-page.ts'
import { basicConfig, deployByScripts, type UpgradeWorld, upgradeWorld } from '../support/upgrade-world.ts'

const CONFIG = `driver: action
version: { file: VERSION }
sources: { pages: { type: scrape } }
environments:
  production:
${deployByScripts}    traffic: { run: bash ops/weight.sh, steps: [10%, 100%] }
    revert: auto
    health:
      source: pages
      grace: 0s
      hold: 6m
      watch: 10m
      candidate: { version: "{version}" }
      baseline: { version: "{previous}" }
      checks:
        errors: { bad: 'http_requests_total{code=~"5.."}', total: http_requests_total, max: 20% }
`

/** Receipts of real runs, by what came of them. */
interface Receipts {
  readonly healthy: string
  readonly unhealthy: string
}

let world: UpgradeWorld
let page: MetricsPage
let receipts: Receipts

beforeAll(async () => {
  const clock = manualClock()
  page = await metricsPage(clock)
  world = await upgradeWorld({ config: CONFIG, clock, environment: { SEAMLESS_SOURCE_PAGES_URL: page.url } })
  const upgradeTo = async (version: string, failing: number): Promise<string> => {
    world.repository.commit({ VERSION: `${version}\n` }, `Version ${version}`)
    page.set(version, { perSecond: 50, failing })
    await world.run()
    return readFileSync(join(world.repository.clone, '.seamless/receipt.json'), 'utf8')
  }
  page.set('1.0.0', { perSecond: 50, failing: 0.002 })
  await world.run()
  const healthy = await upgradeTo('1.1.0', 0.002)
  receipts = { healthy, unhealthy: await upgradeTo('1.2.0', 0.03) }
})

afterAll(async () => {
  world?.remove()
  await page?.close()
})

function show(text: string, ...options: string[]): { status: number | null; out: string; err: string } {
  writeFileSync(join(world.repository.clone, 'shown.json'), text)
  const cli = new URL('../../src/cli.ts', import.meta.url).pathname
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'show', 'shown.json', ...options], {
    cwd: world.repository.clone,
    env: world.environment,
    encoding: 'utf8',
  })
  return { status, out: stdout, err: stderr }
}

/** The receipt with something changed in the last report of its first environment. */
function altered(
  text: string,
  change: (report: Upgrade['environments'][number]['judged'][number]) => void,
): string {
  const upgrade = JSON.parse(text) as Upgrade
  change(upgrade.environments[0]!.judged.at(-1)!)
  return JSON.stringify(upgrade)
}

describe('seamless show --explain', () => {
  it('makes every figure of a healthy concurrent comparison again', () => {
    const upgrade = JSON.parse(receipts.healthy) as Upgrade
    expect(upgrade.decision).toBe('promoted')
    expect(upgrade.environments[0]?.judged.map(({ step, comparison }) => [step, comparison])).toEqual([
      ['10%', 'concurrent'],
      ['watch', 'concurrent'],
    ])
    const { status, out, err } = show(receipts.healthy, '--explain')
    expect(out).toMatch(
      /\nproduction, 10%: all figures follow from the evidence\.\nproduction, watch: all figures follow from the evidence\.\n$/,
    )
    expect({ status, err }).toEqual({ status: 0, err: '' })
  })

  it('makes every figure of an unhealthy one again, the requests that noticed it among them', () => {
    const upgrade = JSON.parse(receipts.unhealthy) as Upgrade
    expect(upgrade).toMatchObject({ decision: 'rolled_back', reason: 'unhealthy' })
    const [report] = upgrade.environments[0]!.judged
    expect(report).toMatchObject({ reason: 'worse_than_baseline', noticed: { requests: expect.any(Number) } })
    expect(show(receipts.unhealthy, '--explain')).toMatchObject({
      status: 0,
      out: expect.stringContaining('production, 10%: all figures follow from the evidence.'),
    })
  })

  it('keeps standard output to JSON where that is asked for', () => {
    const { status, out, err } = show(receipts.healthy, '--explain', '--json')
    expect(JSON.parse(out)).toEqual(JSON.parse(receipts.healthy))
    expect({ status, err: err.split('\n')[0] }).toEqual({
      status: 0,
      err: 'production, 10%: all figures follow from the evidence.',
    })
  })

  it.each<[string, keyof Receipts, Parameters<typeof altered>[1], RegExp]>([
    [
      'a verdict',
      'unhealthy',
      (report) => Object.assign(report, { verdict: 'healthy' }),
      /^production, 10%: verdict: the report says "healthy", its evidence "unhealthy"$/m,
    ],
    [
      'requests that noticed it',
      'unhealthy',
      (report) => Object.assign(report.noticed!, { requests: 0 }),
      /^production, 10%: noticed\.requests: the report says 0, its evidence \d+$/m,
    ],
    [
      'a value in the table',
      'unhealthy',
      (report) => Object.assign(report.checks[0]!, { after: '0.2 %' }),
      /checks\.0\.after: the report says "0\.2 %", its evidence "3 %"/,
    ],
    [
      'the line for people',
      'healthy',
      (report) => Object.assign(report, { line: '\u001b[2JAll is well.' }),
      /line: the report says "\\u001b\[2JAll is well\.", its evidence "Healthy after/,
    ],
    [
      'evidence that is not there',
      'healthy',
      (report) => Object.assign(report, { evidence: null }),
      /production, watch: there is no evidence of this version of Seamless/,
    ],
    [
      'evidence that says something else',
      'healthy',
      (report) => {
        const { watch } = report.evidence as {
          watch: { checks: { errors: { figures: { candidate: { bad: number } } } } }
        }
        watch.checks.errors.figures.candidate.bad += 1000
      },
      /production, watch: checks\.0\.after: the report says ".*", its evidence ".*"/,
    ],
    [
      'evidence that is damaged',
      'healthy',
      (report) => {
        const { watch } = report.evidence as { watch: { checks: Record<string, unknown> } }
        watch.checks['errors'] = null
      },
      /the evidence is damaged: nothing follows from it/,
    ],
  ])('catches %s changed by hand, names it, and ends with 1', (_, of, change, difference) => {
    const { status, out } = show(altered(receipts[of], change), '--explain')
    expect(out).toMatch(difference)
    expect(status).toBe(1)
  })

  it('without it a changed receipt is only shown', () => {
    const changed = altered(receipts.healthy, (report) => Object.assign(report, { verdict: 'unhealthy' }))
    expect(show(changed).status).toBe(0)
  })

  it('of an upgrade that nobody judged there is nothing to explain', async () => {
    const bare = await upgradeWorld({ config: basicConfig })
    try {
      await bare.run()
      const text = readFileSync(join(bare.repository.clone, '.seamless/receipt.json'), 'utf8')
      expect(show(text, '--explain')).toMatchObject({
        status: 0,
        out: expect.stringContaining('\nNothing was judged: there is no evidence.\n'),
      })
    } finally {
      bare.remove()
    }
  })

  it.each([
    ['{"schema":"seamless.receipt/2"}', /shown\.json is no receipt of this version of Seamless/],
    ['{', /shown\.json is no receipt of this version of Seamless/],
  ])('%s is a usage error', (text, why) => {
    const { status, out, err } = show(text, '--explain')
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toMatch(why)
  })
})
