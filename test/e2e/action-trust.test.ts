import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { receipt } from '../../src/upgrade/receipt.ts'
import { type GitHub, type HubRepository, startGitHub } from '../support/github/start-github.ts'
import { type ActionRequest, type ActionResult, runAction } from '../support/run-action.ts'

const config = `driver: action
version: { file: VERSION }
build:
  - name: bundle
    run: mkdir -p out && echo 'cat VERSION' > out/run && chmod +x out/run
    artifacts: [out/run]
test:
  - { name: runs, run: test "$(out/run)" = "$(cat VERSION)" }
environments:
  production:
    deploy:
      run:
        deploy: out/run > "$WORLD/live"
        status: cat "$WORLD/live" 2>/dev/null || true
        rollback: echo "$SEAMLESS_VERSION" > "$WORLD/live"
`
// Never synchronous: the stand-in answers from this process.
const execute = promisify(execFile)
const permissions = {
  metadata: 'read',
  contents: 'write',
  deployments: 'write',
  checks: 'write',
  pull_requests: 'write',
} as const

describe('what the bundled Action lets act, on a real repository with forks', () => {
  let github: GitHub
  let repository: HubRepository
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'seamless-trust-'))
    github = await startGitHub()
    repository = await github.createRepository({
      owner: 'team',
      name: 'service',
      files: { VERSION: '1.0.0\n', '.github/seamless.yml': config },
    })
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await github.close()
  })

  const live = (): string | undefined =>
    existsSync(join(folder, 'live')) ? readFileSync(join(folder, 'live'), 'utf8').trim() : undefined

  interface Step extends Partial<ActionRequest> {
    readonly machine?: string
    readonly bring?: string
    readonly token?: string
  }

  /** One workflow run on the newest commit of main, in a checkout of its own. */
  async function workflow({ machine = 'checkout', bring, token, ...request }: Step): Promise<ActionResult> {
    const GITHUB_TOKEN = token ?? github.token({ login: 'github-actions[bot]', permissions })
    const workspace = join(folder, machine)
    rmSync(workspace, { recursive: true, force: true })
    const reading = github.token({ login: 'github-actions[bot]', permissions })
    await execute('git', [
      'clone',
      '--quiet',
      '--depth',
      '1',
      github.cloneUrl(repository, reading),
      workspace,
    ])
    await execute('git', ['remote', 'set-url', 'origin', repository.cloneUrl], { cwd: workspace })
    if (bring !== undefined) await carry(join(folder, bring), workspace)
    return runAction({
      inputs: {},
      workspace,
      event: 'push',
      payload: { repository: { default_branch: 'main' } },
      ref: 'refs/heads/main',
      sha: (await repository.shaOf('main')) ?? '',
      repository: 'team/service',
      apiUrl: github.apiUrl,
      environment: { PATH: process.env['PATH'] ?? '', HOME: folder, WORLD: folder, GITHUB_TOKEN },
      ...request,
    })
  }

  /** As upload-artifact and download-artifact carry `.seamless`: no modes, and nothing of git's. */
  async function carry(from: string, to: string): Promise<void> {
    cpSync(join(from, '.seamless'), join(to, '.seamless'), {
      recursive: true,
      filter: (path) => !/\.seamless\/(git|work)(\/|$)/.test(path),
    })
    await execute('chmod', ['-R', 'u=rwX,go=rX,a-x+X', join(to, '.seamless')])
  }

  it('T04 refuses a commit that only a fork has, though it can be fetched from here', async () => {
    const fork = await repository.fork('mallory')
    const sha = await fork.commit({ files: { VERSION: '6.6.6\n' }, message: 'Evil', by: 'mallory' })
    const result = await workflow({ event: 'workflow_dispatch', inputs: { sha } })
    expect(result.exitCode).toBe(1)
    expect(result.outputs).toMatchObject({ decision: 'failed', 'reason-code': 'usage' })
    expect(result.log).toContain('on no branch or tag of this repository')
    expect(live()).toBeUndefined()
  })

  it('refuses a push to another branch: that is no decision to deploy it', async () => {
    const sha = await repository.commit({ branch: 'feature', files: { VERSION: '1.9.0\n' }, message: 'Try' })
    const result = await workflow({ ref: 'refs/heads/feature', sha })
    expect(result.exitCode).toBe(1)
    expect(result.log).toContain('not to the default branch main: nothing is deployed')
    expect(live()).toBeUndefined()
  })

  it.each(['issue_comment', 'deployment', 'pull_request_target'])('refuses to act on %s', async (event) => {
    const result = await workflow({ event })
    expect(result.outputs).toMatchObject({ decision: 'failed', 'reason-code': 'usage' })
    expect(live()).toBeUndefined()
  })

  it('is neutral at once in a merge queue', async () => {
    const result = await workflow({ event: 'merge_group', ref: 'refs/heads/gh-readonly-queue/main/pr-1' })
    expect(result.exitCode).toBe(0)
    expect(result.outputs).toMatchObject({ decision: 'nothing_to_do', 'reason-code': 'merge_queue' })
    expect(live()).toBeUndefined()
  })

  it('refuses what a rollback would ignore', async () => {
    const inputs = { operation: 'rollback', sha: 'a'.repeat(40) }
    const result = await workflow({ event: 'workflow_dispatch', inputs })
    expect(result.log).toContain('takes no sha')
  })

  it('runs a job per stage on machines of their own, with what an artifact carries', async () => {
    const built = await workflow({ machine: 'one', inputs: { stage: 'build' } })
    expect(built.outputs, built.log).toMatchObject({ decision: 'completed' })
    const tested = await workflow({ machine: 'two', bring: 'one', inputs: { stage: 'test' } })
    expect(tested.outputs, tested.log).toMatchObject({ decision: 'completed' })
    const deployed = await workflow({ machine: 'three', bring: 'two', inputs: { stage: 'deploy' } })
    expect(deployed.outputs, deployed.log).toMatchObject({ decision: 'completed', version: '1.0.0' })
    expect(live()).toBe('1.0.0')
    const kept = receipt.parse(JSON.parse(readFileSync(deployed.outputs['receipt'] ?? '', 'utf8')))
    expect(kept.steps.map(({ step }) => step)).toEqual([
      'build/bundle',
      'test/runs',
      'deploy/production/apply',
    ])
  })

  it('names no receipt for a run that was refused: the file there is another one', async () => {
    const inputs = { 'plan-digest': `sha256:${'0'.repeat(64)}` }
    const result = await workflow({ machine: 'four', bring: 'three', inputs })
    expect(result.outputs).toMatchObject({ 'reason-code': 'plan_changed', receipt: '' })
  })

  it('says without a token that its record stays in the checkout', async () => {
    const result = await workflow({ machine: 'five', inputs: { 'github-token': '' } })
    expect(result.log).toContain('There is no github-token')
  })
})
