import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runReport } from '../../src/upgrade/run-report.ts'
import { serviceConfig, type WorkflowWorld, workflowWorld } from '../support/workflow-world.ts'

/** Its source has no place here: what is live the App looks at. */
const config = `${serviceConfig.replace('driver: action', 'driver: app')}    revert: auto
    health:
      source: main
      candidate: { version: '{version}' }
      checks: { errors: { bad: 'http_requests_total{code="500"}', total: http_requests_total, max: 1% } }
sources: { main: { type: prometheus } }
`
/** As examples/workflow-app.yml has them. */
const permissions = { metadata: 'read', contents: 'read', deployments: 'write', checks: 'write' } as const

interface Check {
  readonly name: string
  readonly external_id: string
  readonly conclusion: string
  readonly app: { readonly id: number }
  readonly output: { readonly text: string | null }
}

let world: WorkflowWorld
let appId: number
beforeEach(async () => {
  world = await workflowWorld({ '.github/seamless.yml': config })
  appId = (await byApp({ name: 'here' })).app.id
})
afterEach(() => world.close())

/** A check run by the App. */
async function byApp(body: Record<string, unknown>): Promise<Check> {
  const token = world.hub.token({
    login: 'seamless[bot]',
    permissions: { checks: 'write', metadata: 'read' },
  })
  const response = await fetch(`${world.hub.apiUrl}/repos/team/service/check-runs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ head_sha: await world.repository.shaOf('main'), ...body }),
  })
  return (await response.json()) as Check
}

const healthy = async (deployment: string): Promise<Check> =>
  byApp({
    name: 'seamless/production',
    external_id: deployment,
    status: 'completed',
    conclusion: 'success',
    output: { title: 'Healthy', summary: 'Promoted.' },
  })

const push = async (more: Parameters<WorkflowWorld['run']>[0] = {}) =>
  world.run({ permissions, environment: { SEAMLESS_CHECKS_APP_ID: String(appId) }, ...more })

async function checksOf(sha: string): Promise<readonly Check[]> {
  const { check_runs } = await world.api<{ check_runs: Check[] }>(
    'GET',
    `/commits/${sha}/check-runs?filter=all`,
  )
  return check_runs
}

describe('the Action beside an App that watches', () => {
  it('ends a push when all users have it, and leaves what the App must know', async () => {
    const result = await push()
    expect(result.exitCode, result.log).toBe(0)
    expect(result.outputs).toMatchObject({ decision: 'completed', 'reason-code': 'watched_by_app' })
    expect(result.summary).toContain('The App watches it from here on')
    expect(world.live()).toBe('1.0.0')
    const id = result.outputs['deployment-id'] ?? ''
    expect((await world.statesOf(id)).at(-1)).toMatch(/^success: watched_by_app: /)
    const checks = await checksOf((await world.repository.shaOf('main')) ?? '')
    const report = checks.find(({ name }) => name === 'seamless/production/run')
    expect(report).toMatchObject({ external_id: id, conclusion: 'neutral' })
    expect(runReport.parse(JSON.parse(report?.output.text ?? ''))).toMatchObject({
      tests: [{ suite: 'test/works' }],
    })
    expect(checks.map(({ name }) => name)).not.toContain('seamless/production')
    expect(result.post.exitCode).toBe(0)
  })

  it('returns, by a rollback, to what the App found healthy, and leaves the verdicts to it', async () => {
    const first = (await push()).outputs['deployment-id'] ?? ''
    await healthy(first)
    await world.repository.commit({ files: { VERSION: '1.1.0\n' }, message: 'Change' })
    await push()
    const result = await push({ event: 'workflow_dispatch', inputs: { operation: 'rollback' } })
    expect(result.outputs, result.log).toMatchObject({ decision: 'rolled_back' })
    expect(world.live()).toBe('1.0.0')
    const own = result.outputs['deployment-id'] ?? ''
    expect(await world.api('GET', `/deployments/${own}`)).toMatchObject({
      payload: { operation: 'rollback' },
    })
    expect((await world.statesOf(own)).at(-1)).toMatch(/^success: rolled_back_on_request: /)
  })

  it('takes back what a cancel left half done, and tells its own deployment', async () => {
    await healthy((await push()).outputs['deployment-id'] ?? '')
    await world.repository.commit({ files: { VERSION: '1.1.0\n', 'slow-deploy': '' }, message: 'Change' })
    const result = await push({ cancelAt: 'deploying slowly' })
    expect(result.post.exitCode, result.post.log).toBe(0)
    expect(world.live()).toBe('1.0.0')
    const [newest] = await world.api<{ id: number }[]>('GET', '/deployments')
    expect((await world.statesOf(String(newest?.id))).at(-1)).toMatch(/^failure: cancelled: /)
  })

  it('refuses to run where it does not know whose verdicts to believe', async () => {
    const result = await push({ environment: {} })
    expect(result.exitCode).toBe(1)
    expect(result.outputs).toMatchObject({ decision: 'failed', 'reason-code': 'usage' })
    expect(result.log).toContain('SEAMLESS_CHECKS_APP_ID: ${{ vars.SEAMLESS_APP_ID }}')
    expect(world.live()).toBeUndefined()
  })
})
