import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { receipt } from '../../src/upgrade/receipt.ts'
import { type GitHub, type HubRepository, startGitHub } from '../support/github/start-github.ts'
import { type ActionRequest, type ActionResult, readActionYml, runAction } from '../support/run-action.ts'

const config = `driver: action
version: { file: VERSION }
sources:
  pages: { type: scrape }
build:
  - name: bundle
    run: mkdir -p out && cp VERSION out/app && echo "built with \${SEAMLESS_TOKEN:-nothing}" && env > "$WORLD/env"
    artifacts: [out/app]
test:
  - name: unit
    run: bash test.sh
    junit: [report.xml]
environments:
  production:
    deploy:
      run:
        deploy: bash deploy.sh
        status: cat "$WORLD/live" 2>/dev/null || true
        rollback: echo "$SEAMLESS_VERSION" > "$WORLD/live"
        diff: echo "the release is $SEAMLESS_VERSION"
    revert: auto
    health:
      source: pages
      every: 100ms
      grace: 0s
      watch: 1500ms
      candidate: { version: "{version}" }
      checks:
        errors: { bad: 'requests_total{code="500"}', total: requests_total, max: 5% }
        slow: { bad: 'slow_total{slow="yes"}', total: slow_total, max: 5% }
upgrade:
  branch: upgrade/{version}
  change: echo 1.1.0 > VERSION
`

const files = {
  VERSION: '1.0.0\n',
  '.github/seamless.yml': config,
  'deploy.sh':
    'test ! -f broken-deploy\ncp out/app "$WORLD/live"\nif [ -f slow-deploy ]; then echo deploying slowly; sleep 20; fi\n',
  'test.sh': `if [ -f failing ]; then
  echo '<testsuite><testcase name="adds" classname="sum" file="sum.test.js" line="7"><failure message="1 is not 2"/></testcase></testsuite>' > report.xml; exit 1
fi
echo '::error file=x::from the tests'
echo '<testsuite><testcase name="adds" classname="sum"/></testsuite>' > report.xml
`,
}

// Never synchronous: the stand-in answers from this process.
const execute = promisify(execFile)

/** As examples/workflow.yml gives them to the job. */
const permissions = {
  metadata: 'read',
  contents: 'write',
  deployments: 'write',
  checks: 'write',
  pull_requests: 'write',
} as const

describe('the bundled Action, run as GitHub runs it, on a real repository with a real remote', () => {
  let github: GitHub
  let repository: HubRepository
  let folder: string
  let page: Server
  let failing = 0
  const counters = new Map<string, { good: number; bad: number }>()

  beforeAll(async () => {
    page = createServer((_, response) => {
      const version = readFileSync(join(folder, 'live'), { encoding: 'utf8', flag: 'a+' }).trim() || 'none'
      const counter = counters.get(version) ?? { good: 0, bad: 0 }
      counters.set(version, counter)
      // Each look finds another 200 requests.
      counter.bad += 200 * failing
      counter.good += 200 * (1 - failing)
      const lines = [...counters].flatMap(([label, { good, bad }]) => [
        `requests_total{version="${label}",code="200"} ${good}`,
        `requests_total{version="${label}",code="500"} ${bad}`,
        `slow_total{version="${label}",slow="no"} ${good}`,
        `slow_total{version="${label}",slow="yes"} ${bad}`,
      ])
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
      response.end(`${lines.join('\n')}\n`)
    })
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => new Promise<void>((resolve) => page.close(() => resolve())))

  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true })
    await github.close()
  })

  async function start(): Promise<void> {
    folder = mkdtempSync(join(tmpdir(), 'seamless-e2e-'))
    failing = 0
    counters.clear()
    github = await startGitHub()
    repository = await github.createRepository({
      owner: 'team',
      name: 'service',
      collaborators: { ada: 'admin' },
      files,
    })
  }

  const git = async (...args: string[]): Promise<string> =>
    (await execute('git', args, { cwd: join(folder, 'checkout') })).stdout.trim()

  /** One workflow run on the newest commit of main, from a checkout as `actions/checkout` makes it. */
  async function workflow(request: Partial<ActionRequest> & { before?: string } = {}): Promise<ActionResult> {
    const token = github.token({ login: 'github-actions[bot]', permissions })
    const checkout = join(folder, 'checkout')
    rmSync(checkout, { recursive: true, force: true })
    await execute('git', ['clone', '--quiet', '--depth', '1', github.cloneUrl(repository, token), checkout])
    await git('remote', 'set-url', 'origin', repository.cloneUrl)
    const { before, ...rest } = request
    return runAction({
      inputs: {},
      workspace: checkout,
      event: 'push',
      payload: { before, repository: { default_branch: 'main' } },
      ref: 'refs/heads/main',
      sha: await git('rev-parse', 'HEAD'),
      repository: 'team/service',
      apiUrl: github.apiUrl,
      environment: {
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        WORLD: folder,
        GITHUB_TOKEN: token,
        SEAMLESS_SOURCE_PAGES_URL: `http://127.0.0.1:${(page.address() as AddressInfo).port}/metrics`,
        SEAMLESS_SOURCE_PAGES_TOKEN: 'hush-hush-token',
        SOME_API_KEY: 'a-secret-of-the-job',
      },
      ...rest,
    })
  }

  const live = (): string => readFileSync(join(folder, 'live'), 'utf8').trim()
  const mergeOf = async (branch: string, changed: Record<string, string>, title: string): Promise<string> => {
    const before = (await repository.shaOf('main')) ?? ''
    await repository.commit({ branch, files: changed, message: title, by: 'ada' })
    const { number } = await api(github, 'POST', '/pulls', { title, head: branch, base: 'main', body: '' })
    await api(github, 'PUT', `/pulls/${number}/merge`, { merge_method: 'squash' })
    return before
  }

  it('performs a whole upgrade: branch, build, test, deploy, monitor; outputs, summary and receipt agree', async () => {
    await start()
    expect((await workflow()).outputs['decision']).toBe('promoted')
    const result = await workflow({ event: 'workflow_dispatch' })
    expect(result.exitCode, result.log).toBe(0)
    expect(result.outputs).toMatchObject({
      decision: 'promoted',
      'reason-code': 'healthy',
      version: '1.1.0',
      'previous-version': '1.0.0',
      branch: 'upgrade/1.1.0',
      sha: await repository.shaOf('upgrade/1.1.0'),
    })
    expect(Object.keys(result.outputs).toSorted()).toEqual(Object.keys(readActionYml().outputs).toSorted())
    expect(live()).toBe('1.1.0')
    const kept = receipt.parse(JSON.parse(readFileSync(result.outputs['receipt'] ?? '', 'utf8')))
    expect(kept).toMatchObject({ decision: 'promoted', pullRequest: { number: 1 }, tests: [{ passed: 1 }] })
    expect(kept.environments[0]?.deployment).toBe(result.outputs['deployment-id'])
    for (const part of [
      'Promoted: 1.0.0 → 1.1.0 in production',
      '### Code',
      '### Tests',
      '### Release',
      '### Health',
      '```mermaid',
    ]) {
      expect(result.summary).toContain(part)
    }
    expect(result.post.exitCode).toBe(0)
  })

  it('I12 I13 S01 gives steps no token and lets nothing that they print act', async () => {
    await start()
    const result = await workflow()
    expect(result.exitCode, result.log).toBe(0)
    const seen = readFileSync(join(folder, 'env'), 'utf8')
    expect(seen).not.toMatch(
      /^(INPUT_|ACTIONS_|GITHUB_TOKEN|GITHUB_ENV|GITHUB_OUTPUT|SEAMLESS_SOURCE_|SOME_API_KEY)/m,
    )
    expect(seen).not.toContain('hush-hush-token')
    expect(seen).toContain('SEAMLESS_VERSION=1.0.0')
    expect(result.log).toContain('from the tests')
    expect(result.annotations.filter((line) => line.includes('from the tests'))).toEqual([])
  })

  it('stops at a newly failing test, annotates its line and deploys nothing', async () => {
    await start()
    await workflow()
    await repository.commit({ files: { failing: '', VERSION: '1.2.0\n' }, message: 'Break' })
    const result = await workflow()
    expect(result.exitCode).toBe(1)
    expect(result.outputs).toMatchObject({ decision: 'failed', 'reason-code': 'tests_failed' })
    expect(result.annotations).toContainEqual(
      expect.stringMatching(/^::error .*file=sum\.test\.js,line=7.*::1 is not 2$/),
    )
    expect(live()).toBe('1.0.0')
  })

  it('takes a bad merge back: the environment, then the merge, with the later work kept', async () => {
    await start()
    await workflow()
    const tree = await repository.shaOf('main^{tree}')
    const before = await mergeOf('bad', { VERSION: '1.2.0\n', 'bad.txt': 'bad' }, 'A bad change')
    failing = 0.2
    const result = await workflow({ before })
    expect(result.outputs, result.log).toMatchObject({ decision: 'rolled_back', 'reason-code': 'unhealthy' })
    expect(result.exitCode).toBe(1)
    expect(live()).toBe('1.0.0')
    const kept = receipt.parse(JSON.parse(readFileSync(result.outputs['receipt'] ?? '', 'utf8')))
    expect(kept.revert, JSON.stringify(kept.revert)).toMatchObject({ outcome: 'merged', suspect: 1 })
    expect(await repository.shaOf('main^{tree}')).toBe(tree)
    expect(result.summary).toContain('Rolled back')
  })

  it('plans on a pull request and refuses to do more there', async () => {
    await start()
    const payload = { repository: { default_branch: 'main' }, pull_request: { head: { ref: 'feature' } } }
    const pull = { event: 'pull_request', ref: 'refs/pull/1/merge', payload }
    const planned = await workflow({ ...pull, inputs: { operation: 'plan' } })
    expect(planned.exitCode, planned.log).toBe(0)
    expect(planned.outputs).toMatchObject({ decision: 'planned', 'reason-code': 'plan_only' })
    expect(planned.summary).toContain('deploy/production/apply')
    const refused = await workflow({ ...pull, inputs: { operation: 'run' } })
    expect(refused.exitCode).toBe(1)
    expect(refused.log).toContain('what a pull request brings is not trusted')
  })

  it('L20 takes back in post what a cancelled job left in between', async () => {
    await start()
    await workflow()
    await repository.commit({ files: { 'slow-deploy': '', VERSION: '1.2.0\n' }, message: 'Slow' })
    const result = await workflow({ cancelAt: 'deploying slowly' })
    expect(result.post.exitCode, result.post.log).toBe(0)
    expect(result.outputs).toMatchObject({ decision: 'cancelled', 'reason-code': 'cancelled' })
    expect(result.post.summary).toContain('rolled back')
    expect(live()).toBe('1.0.0')
  })

  it('C02 refuses to run where the default branch has no config', async () => {
    await start()
    await repository.commit({ files: { '.github/seamless.yml': null }, message: 'No config' })
    const result = await workflow()
    expect(result.exitCode).toBe(1)
    expect(result.log).toContain('There is no .github/seamless.yml')
  })

  it('C01 reads the config from the default branch, whatever another branch says', async () => {
    await start()
    await workflow()
    await repository.commit({
      branch: 'other',
      files: { '.github/seamless.yml': 'driver: nobody\n', VERSION: '1.3.0\n' },
      message: 'Other',
    })
    const result = await workflow({
      event: 'workflow_dispatch',
      inputs: { sha: (await repository.shaOf('other')) ?? '' },
    })
    expect(result.outputs, result.log).toMatchObject({ decision: 'promoted', version: '1.3.0' })
  })
})

/** A person at GitHub's API. */
async function api(github: GitHub, method: string, path: string, body: unknown): Promise<{ number: number }> {
  const response = await fetch(`${github.apiUrl}/repos/team/service${path}`, {
    method,
    headers: {
      authorization: `Bearer ${github.token({ login: 'ada' })}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  })
  return (await response.json()) as { number: number }
}
