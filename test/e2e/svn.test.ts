import { execFile, execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, describe, expect, test } from 'vitest'

import { type ManualClock, manualClock } from '../support/manual-clock.ts'
import { type MetricsPage, metricsPage } from '../support/metrics-page.ts'
import { hasSvn } from '../support/svn-repository.ts'
import { type SvnWorld, svnWorld } from '../support/svn-world.ts'

const command = new URL('../../src/cli.ts', import.meta.url).pathname
const worlds: SvnWorld[] = []
const pages: MetricsPage[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) world.remove()
  await Promise.all(pages.splice(0).map((page) => page.close()))
})

async function world(...options: Parameters<typeof svnWorld>): Promise<SvnWorld> {
  const made = await svnWorld(...options)
  worlds.push(made)
  return made
}

interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

function seamless({ repository, environment }: SvnWorld, ...args: readonly string[]): Promise<Said> {
  return new Promise((resolve) => {
    const options = { cwd: repository.clone, env: environment }
    execFile(process.execPath, [command, ...args], options, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err })
    })
  })
}

describe.skipIf(!hasSvn())(
  'the example of docs/svn.md, by the command, behind svnserve with an account',
  () => {
    test('a branch, its change in one revision, tests, deployment; merged back by hand; then a bad one is taken back', async () => {
      const shop = await world({ served: true })
      const { repository } = shop
      const first = await seamless(shop, 'run', '--config', 'seamless.yml', '--stage', 'test', '--json')
      expect(first.code, first.err).toBe(0)
      const done = await seamless(shop, 'run', '--config', 'upgrade.yml', '--json')
      expect(done.code, done.err).toBe(0)
      const upgrade = JSON.parse(done.out)
      expect(upgrade).toMatchObject({
        decision: 'completed',
        repository: repository.url,
        branch: 'upgrade_api',
        candidate: { name: '1.1.0', sha: repository.id(3) },
        base: { name: '1.0.0', sha: repository.id(2) },
        code: {
          commits: [
            { subject: 'Upgrade the API from 1.0.0 to 1.1.0', author: 'Seamless <seamless@example.org>' },
          ],
          files: [
            { path: 'VERSION', added: 1, removed: 1 },
            { path: 'api.json', added: 1, removed: 1 },
          ],
        },
      })
      expect([shop.served('version'), shop.served('api.json')]).toEqual([
        '1.1.0',
        '{ "price": 10, "currency": "CHF" }',
      ])

      // What docs/svn.md tells to do when the branch is well.
      repository.svn(['update', '--quiet'])
      repository.svn(['merge', '--quiet', '^/branches/upgrade_api'])
      repository.svn(['commit', '-m', 'Merge upgrade_api'])
      repository.svn(['delete', '--quiet', '-m', 'Merged', `${repository.url}/branches/upgrade_api`])
      expect(execFileSync('svnlook', ['cat', repository.origin, 'trunk/VERSION'], { encoding: 'utf8' })).toBe(
        '1.1.0\n',
      )

      // A change whose deployment fails half-way: its tests do not see what its server does.
      repository.commit({
        'ops/next-version.sh': 'echo 2.0.0 > VERSION\necho \'{ "price": 10, "broken": true }\' > api.json\n',
        'ops/deploy.sh': `${readFileSync(join(repository.clone, 'ops/deploy.sh'), 'utf8')}! grep -q broken api.json\n`,
      })
      const bad = await seamless(shop, 'run', '--config', 'upgrade.yml', '--json')
      expect(bad.code, bad.err).toBe(1)
      expect(JSON.parse(bad.out)).toMatchObject({
        decision: 'rolled_back',
        candidate: { name: '2.0.0' },
        environments: [{ name: 'production', state: 'rolled_back', previous: { name: '1.1.0' } }],
      })
      expect([shop.served('version'), shop.served('api.json')]).toEqual([
        '1.1.0',
        '{ "price": 10, "currency": "CHF" }',
      ])
    }, 240_000)

    test('a change that breaks users of the version before is not deployed; its branch stays for people', async () => {
      const shop = await world({ served: true })
      const first = await seamless(shop, 'run', '--config', 'upgrade.yml', '--json')
      expect(JSON.parse(first.out), first.err).toMatchObject({
        decision: 'completed',
        candidate: { name: '1.1.0' },
      })
      shop.repository.svn(['update', '--quiet'])
      shop.repository.svn(['merge', '--quiet', '^/branches/upgrade_api'])
      shop.repository.commit({}, 'Merge upgrade_api')
      shop.repository.svn([
        'delete',
        '--quiet',
        '-m',
        'Merged',
        `${shop.repository.url}/branches/upgrade_api`,
      ])
      const breaking =
        'echo 2.0.0 > VERSION\necho \'{ "cost": 10 }\' > api.json\nprintf "true\\n" > test/api.sh\n'
      shop.repository.commit({ 'ops/next-version.sh': breaking })
      const { code, out, err } = await seamless(shop, 'run', '--config', 'upgrade.yml', '--json')
      expect(code, err).toBe(1)
      expect(JSON.parse(out)).toMatchObject({
        decision: 'failed',
        candidate: { name: '2.0.0' },
        tests: [{ suite: 'test/api' }, { suite: 'test/users-of-1.1.0' }],
        environments: [{ name: 'production', state: 'untouched' }],
      })
      expect(shop.served('version')).toBe('1.1.0')
      expect(shop.repository.svn(['list', `${shop.repository.url}/branches`])).toBe('upgrade_api/')
    }, 240_000)

    test('the plan, and doctor, say what there is and what needs GitHub', async () => {
      const shop = await world({ served: true })
      writeFileSync(join(shop.repository.clone, 'api.json'), '{ "price": 11 }\n')
      const plan = await seamless(shop, 'plan', '--config', 'upgrade.yml')
      expect(plan.code, plan.err).toBe(0)
      expect(plan.out).toContain('trunk')
      expect(plan.err).toContain('1 file with changes that are not committed')
      const doctor = await seamless(shop, 'doctor', '--config', 'upgrade.yml')
      expect(doctor.out).toMatch(/✓ svn +\d+\.\d+/)
      expect(doctor.out).toMatch(/✓ repository +svn:\/\/127\.0\.0\.1:\d+\/shop in /)
      expect(doctor.out).toMatch(/! GitHub +On Subversion .* no pull requests/)
      expect(doctor.out).not.toMatch(/git remote|GITHUB_TOKEN/)
    }, 120_000)
  },
)

describe.skipIf(!hasSvn())('watched, from trunk', () => {
  /** Version 1.0.0 is live and found healthy. */
  async function watched(): Promise<{ shop: SvnWorld; page: MetricsPage; clock: ManualClock }> {
    const clock = manualClock(Date.now())
    const page = await metricsPage(clock)
    pages.push(page)
    const shop = await world({ clock, environment: { SEAMLESS_SOURCE_PAGES_URL: page.url } })
    page.set('1.0.0', { perSecond: 50, failing: 0.001 })
    const first = await shop.run()
    expect(first, first.message).toMatchObject({ decision: 'promoted', reason: 'healthy' })
    return { shop, page, clock }
  }
  const trunk = ({ repository }: SvnWorld, path: string): string =>
    execFileSync('svnlook', ['cat', repository.origin, `trunk/${path}`], { encoding: 'utf8' })
  const youngest = ({ repository }: SvnWorld): number =>
    Number(execFileSync('svnlook', ['youngest', repository.origin], { encoding: 'utf8' }))

  test('a good commit is promoted; a bad one is rolled back in production, then taken back on trunk', async () => {
    const { shop, page } = await watched()
    shop.repository.commit({ VERSION: '1.1.0\n', 'api.json': '{ "price": 11 }\n' }, 'Raise the price')
    page.set('1.1.0', { perSecond: 20, failing: 0.001 })
    const good = await shop.run()
    expect(good, good.message).toMatchObject({ decision: 'promoted', base: { name: '1.0.0' } })

    const sha = shop.repository.commit({ VERSION: '1.2.0\n', 'api.json': '{ "price": 0 }\n' }, 'Give it away')
    page.set('1.2.0', { perSecond: 20, failing: 0.04 })
    const bad = await shop.run()
    expect(bad).toMatchObject({
      decision: 'rolled_back',
      reason: 'unhealthy',
      candidate: { name: '1.2.0', sha },
      code: { commits: [{ subject: 'Give it away' }] },
    })
    expect(bad.revert).toMatchObject({
      outcome: 'merged',
      reason: 'merged',
      suspect: 4,
      message: `r4 was taken back by r5 on \`trunk\` (${shop.repository.id(5)}).`,
    })
    expect([shop.served('version'), shop.served('weight')]).toEqual(['1.1.0', '0'])
    expect([trunk(shop, 'VERSION'), trunk(shop, 'api.json')]).toEqual(['1.1.0\n', '{ "price": 11 }\n'])
    expect(youngest(shop)).toBe(5)
  }, 120_000)

  test('R12 where several commits came, one is not blamed: the commands are told, and nothing is committed', async () => {
    const { shop, page } = await watched()
    shop.repository.commit({ 'api.json': '{ "price": 11 }\n' }, 'Raise the price')
    shop.repository.commit({ VERSION: '1.2.0\n' }, 'Version 1.2.0')
    page.set('1.2.0', { perSecond: 20, failing: 0.1 })
    const bad = await shop.run()
    expect(bad).toMatchObject({ decision: 'rolled_back', reason: 'unhealthy' })
    expect(bad.revert).toMatchObject({ outcome: 'proposed', reason: 'several_suspects', suspect: 4 })
    expect(bad.revert?.message).toContain(`svn merge -c -4 ${shop.repository.url}/trunk revert-r4`)
    expect(youngest(shop)).toBe(4)
    expect(shop.served('version')).toBe('1.0.0')
  }, 120_000)
})
