import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { serviceConfig, type WorkflowWorld, workflowWorld } from '../support/workflow-world.ts'

let world: WorkflowWorld
beforeEach(async () => {
  world = await workflowWorld()
})
afterEach(() => world.close())

/** A Deployment as whoever dispatches a run makes it. */
async function made(sha: string, environment = 'production'): Promise<string> {
  const body = {
    ref: sha,
    environment,
    task: 'deploy',
    auto_merge: false,
    required_contexts: [],
    payload: {
      schema: 1,
      key: `comment-${sha.slice(0, 7)}`,
      version: (await world.repository.fileAt(sha, 'VERSION'))?.trim(),
    },
  }
  const { id } = await world.api<{ id: number }>('POST', '/deployments', { body })
  return String(id)
}

const change = async (files: Record<string, string | null>): Promise<string> =>
  world.repository.commit({ files, message: 'Change' })

async function given(
  inputs: Record<string, string>,
  more: Parameters<WorkflowWorld['run']>[0] = {},
): ReturnType<WorkflowWorld['run']> {
  return world.run({ event: 'workflow_dispatch', inputs: { environment: 'production', ...inputs }, ...more })
}

/** A version that was deployed, with the verdict that a rollback looks for. */
async function healthy(sha: string): Promise<string> {
  const id = await made(sha)
  const result = await given({ sha, 'deployment-id': id })
  expect(result.exitCode, result.log).toBe(0)
  await world.judge(sha, id, 'success')
  return id
}

describe('a run that was given a Deployment', () => {
  it('leaves it in a state that begins with the reason', async () => {
    const sha = await change({ VERSION: '1.1.0\n' })
    const id = await made(sha)
    const result = await given({ sha, 'deployment-id': id })
    expect(result.outputs, result.log).toMatchObject({ decision: 'completed', 'deployment-id': id })
    expect(world.live()).toBe('1.1.0')
    expect(await world.statesOf(id)).toEqual([
      'in_progress: A run works on it.',
      'in_progress: Deploying 1.1.0.',
      'success: production runs 1.1.0.',
      expect.stringMatching(/^success: not_watched: 1\.1\.0 is live in production/),
    ])
  })

  it('does nothing where another run works on it, or where it has ended', async () => {
    const sha = await change({ VERSION: '1.1.0\n' })
    const id = await made(sha)
    const body = { state: 'in_progress', log_url: 'https://github.example/team/service/actions/runs/1' }
    await world.api('POST', `/deployments/${id}/statuses`, { body })
    const second = await given({ sha, 'deployment-id': id })
    expect(second.exitCode, second.log).toBe(0)
    expect(second.outputs).toMatchObject({ decision: 'nothing_to_do', 'reason-code': 'duplicate' })
    await world.api('POST', `/deployments/${id}/statuses`, { body: { state: 'inactive' } })
    expect((await given({ sha, 'deployment-id': id })).outputs).toMatchObject({ 'reason-code': 'duplicate' })
    expect(world.live()).toBeUndefined()
    expect(await world.statesOf(id)).toHaveLength(2)
  })

  it('does not go on where an earlier attempt of it was lost, and says that nobody knows', async () => {
    const sha = await change({ VERSION: '1.1.0\n' })
    const id = await made(sha)
    const body = { state: 'in_progress', log_url: 'https://github.example/team/service/actions/runs/4711' }
    await world.api('POST', `/deployments/${id}/statuses`, { body })
    const again = await given({ sha, 'deployment-id': id }, { environment: { GITHUB_RUN_ATTEMPT: '2' } })
    expect(again.exitCode).toBe(1)
    expect(again.outputs).toMatchObject({ 'reason-code': 'environment_unknown' })
    expect(world.live()).toBeUndefined()
    expect((await world.statesOf(id)).at(-1)).toMatch(/^error: environment_unknown: An earlier attempt/)
  })

  it.each([
    ['tests that fail', { failing: '' }, {}, 'failure: tests_failed: '],
    [
      'a config that is wrong',
      { '.github/seamless.yml': 'driver: nobody\n' },
      {},
      'failure: config_invalid: ',
    ],
    ['a plan that changed', {}, { 'plan-digest': 'sha256:other' }, 'failure: plan_changed: '],
    ['a deployment that is taken back', { 'broken-deploy': '' }, {}, 'failure: deploy_failed: '],
  ])('L02 %s: the deployment says so', async (_, files, inputs, said) => {
    const first = await made((await world.repository.shaOf('main')) ?? '')
    const before = await given({ 'deployment-id': first })
    expect(before.exitCode, before.log).toBe(0)
    const sha = await change({ VERSION: '1.1.0\n', ...files })
    const id = await made(sha)
    const result = await given({ sha, 'deployment-id': id, ...inputs })
    expect(result.exitCode, result.log).toBe(1)
    expect(
      (await world.statesOf(id)).at(-1)?.startsWith(said),
      JSON.stringify(await world.statesOf(id)),
    ).toBe(true)
    expect(world.live()).toBe('1.0.0')
  })

  it('T06 writes nothing to one of another commit or environment', async () => {
    const sha = await change({ VERSION: '1.1.0\n' })
    const other = await made((await world.repository.shaOf('main~1')) ?? '')
    const wrong = await given({ sha, 'deployment-id': other })
    expect(wrong.outputs).toMatchObject({ decision: 'failed', 'reason-code': 'deployment_sha_mismatch' })
    const elsewhere = await made(sha, 'staging')
    expect((await given({ sha, 'deployment-id': elsewhere })).exitCode).toBe(1)
    expect([await world.statesOf(other), await world.statesOf(elsewhere)]).toEqual([[], []])
    expect(world.live()).toBeUndefined()
  })

  it('deploys on top of nothing that is half done, though its own deployment is the newest', async () => {
    const first = await made((await world.repository.shaOf('main')) ?? '')
    await world.api('POST', `/deployments/${first}/statuses`, { body: { state: 'error' } })
    const sha = await change({ VERSION: '1.1.0\n' })
    const id = await made(sha)
    const result = await given({ sha, 'deployment-id': id })
    expect(result.outputs, result.log).toMatchObject({ 'reason-code': 'environment_dirty' })
    // It still is: whoever asks next must not take the refused one for a clean state.
    expect((await world.statesOf(id)).at(-1)).toMatch(/^error: environment_dirty: /)
  })

  it('L20 is ended in post after a cancel', async () => {
    const first = await made((await world.repository.shaOf('main')) ?? '')
    await given({ 'deployment-id': first })
    const sha = await change({ VERSION: '1.1.0\n', 'slow-deploy': '' })
    const id = await made(sha)
    const result = await given({ sha, 'deployment-id': id }, { cancelAt: 'deploying slowly' })
    expect(result.post.exitCode, result.post.log).toBe(0)
    expect((await world.statesOf(id)).at(-1)).toMatch(/^failure: cancelled: The workflow run was cancelled/)
    expect(world.live()).toBe('1.0.0')
  })
})

describe('a rollback that was given a Deployment', () => {
  let old: { sha: string; id: string }
  let bad: { sha: string; id: string }
  beforeEach(async () => {
    const first = (await world.repository.shaOf('main')) ?? ''
    old = { sha: first, id: await healthy(first) }
    const second = await change({ VERSION: '1.1.0\n' })
    bad = { sha: second, id: await healthy(second) }
  })

  it('R19 returns to exactly that commit, which is then what the environment runs, and healthy', async () => {
    const id = await made(old.sha)
    const result = await given({ operation: 'rollback', sha: old.sha, 'deployment-id': id })
    expect(result.outputs, result.log).toMatchObject({
      decision: 'rolled_back',
      'reason-code': 'rolled_back_on_request',
      'deployment-id': id,
    })
    expect(world.live()).toBe('1.0.0')
    expect((await world.statesOf(id)).at(-1)).toMatch(
      /^success: rolled_back_on_request: production is back on/,
    )
    expect((await world.statesOf(bad.id)).at(-1)).toMatch(/^failure: /)
    const checks = await world.api<{ check_runs: { external_id: string; conclusion: string }[] }>(
      'GET',
      `/commits/${old.sha}/check-runs?filter=all`,
    )
    expect(checks.check_runs.find((check) => check.external_id === id)?.conclusion).toBe('success')
    // The version that was taken back is no longer one to return to, and may be deployed again.
    const again = await made(bad.sha)
    expect((await given({ sha: bad.sha, 'deployment-id': again })).exitCode).toBe(0)
    expect(world.live()).toBe('1.1.0')
  })

  it('is refused where that is not the last healthy version any more', async () => {
    const id = await made(bad.sha)
    const result = await given({ operation: 'rollback', sha: bad.sha, 'deployment-id': id })
    expect(result.exitCode).toBe(1)
    expect(result.outputs).toMatchObject({ 'reason-code': 'target_changed' })
    expect((await world.statesOf(id)).at(-1)).toMatch(/^failure: target_changed: /)
    expect(world.live()).toBe('1.1.0')
  })

  it('L20 that is cancelled is brought to its end in post', async () => {
    const slow = serviceConfig
      .replace(
        'test ! -f "$WORLD/rollback-fails"',
        'if [ ! -f "$WORLD/second" ]; then touch "$WORLD/second"; echo rolling back slowly; sleep 20; fi',
      )
      .replace('fi && echo', 'fi; echo')
    await change({ '.github/seamless.yml': slow })
    const id = await made(old.sha)
    const inputs = { operation: 'rollback', sha: old.sha, 'deployment-id': id }
    const result = await given(inputs, { cancelAt: 'rolling back slowly' })
    expect(result.outputs, result.log + result.post.log).toMatchObject({ 'reason-code': 'cancelled' })
    expect(world.live()).toBe('1.0.0')
    expect((await world.statesOf(id)).at(-1)).toMatch(/^success: cancelled: /)
    expect((await world.statesOf(bad.id)).at(-1)).toMatch(/^failure: /)
  })

  it('R20 that fails leaves the environment dirty', async () => {
    world.mark('rollback-fails')
    const id = await made(old.sha)
    const result = await given({ operation: 'rollback', sha: old.sha, 'deployment-id': id })
    expect(result.outputs, result.log).toMatchObject({ 'reason-code': 'rollback_failed' })
    expect((await world.statesOf(id)).at(-1)).toMatch(/^error: rollback_failed: /)
    const next = await made(bad.sha)
    const refused = await given({ sha: bad.sha, 'deployment-id': next })
    expect(refused.outputs).toMatchObject({ 'reason-code': 'environment_dirty' })
  })
})

describe('a plan that was asked for', () => {
  it('answers by a check run on the commit, which is no verdict', async () => {
    const sha = await change({ VERSION: '1.1.0\n' })
    const inputs = { operation: 'plan', sha, 'request-id': 'comment-7' }
    const result = await given(inputs, {
      permissions: { metadata: 'read', contents: 'read', deployments: 'read', checks: 'write' },
    })
    expect(result.outputs, result.log).toMatchObject({ decision: 'planned' })
    const { check_runs: checks } = await world.api<{ check_runs: Record<string, unknown>[] }>(
      'GET',
      `/commits/${sha}/check-runs`,
    )
    expect(checks).toMatchObject([
      {
        name: 'seamless/production/plan',
        external_id: 'comment-7',
        conclusion: 'neutral',
        output: { summary: expect.stringContaining('deploy/production/apply') as string },
      },
    ])
    expect(world.live()).toBeUndefined()
  })

  it('says there why there is none', async () => {
    const sha = await change({ '.github/seamless.yml': 'driver: nobody\n' })
    const inputs = { operation: 'plan', sha, 'request-id': 'comment-8' }
    expect((await given(inputs)).exitCode).toBe(1)
    const { check_runs: checks } = await world.api<{ check_runs: Record<string, unknown>[] }>(
      'GET',
      `/commits/${sha}/check-runs`,
    )
    expect(checks).toMatchObject([
      { name: 'seamless/production/plan', conclusion: 'failure', output: { title: 'There is no plan' } },
    ])
  })
})
