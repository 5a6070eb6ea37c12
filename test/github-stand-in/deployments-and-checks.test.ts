import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { client, startWorld, type World } from './stand-in.ts'

let world: World
let sha: string
beforeEach(async () => {
  world = await startWorld()
  sha = (await world.repository.shaOf('main'))!
})
afterEach(() => world.end())

/** As the Action has it: GITHUB_TOKEN with the permissions of the job. */
function actions(permissions: Record<string, 'read' | 'write'>): ReturnType<typeof client> {
  return client(world.hub, world.hub.token({ login: 'github-actions[bot]', permissions }))
}

describe('deployments', () => {
  test('a deployment, its statuses and its environment are there to be read again', async () => {
    const { at } = world
    const octokit = actions({ deployments: 'write', contents: 'read', actions: 'read' })
    const payload = { digest: 'sha256:1' }
    const made = await octokit.rest.repos.createDeployment({
      ...at,
      ref: sha,
      environment: 'staging',
      auto_merge: false,
      required_contexts: [],
      payload,
    })
    expect(made.status).toBe(201)
    const deployment_id = (made.data as { id: number }).id
    for (const state of ['in_progress', 'success'] as const)
      await octokit.rest.repos.createDeploymentStatus({
        ...at,
        deployment_id,
        state,
        description: 'x',
        log_url: 'http://log.test/',
      })
    const statuses = await octokit.rest.repos.listDeploymentStatuses({ ...at, deployment_id })
    expect(statuses.data.map(({ state }) => state)).toEqual(['success', 'in_progress'])
    const list = await octokit.rest.repos.listDeployments({ ...at, environment: 'staging' })
    expect(list.data).toMatchObject([
      {
        id: deployment_id,
        sha,
        payload,
        creator: { login: 'github-actions[bot]' },
        performed_via_github_app: { id: 15368 },
      },
    ])
    const environments = await octokit.rest.repos.getAllEnvironments(at)
    expect(environments.data.environments?.map(({ name }) => name)).toEqual(['staging'])
  })

  test('a second success retires the first one of the environment, but never in production', async () => {
    const { at } = world
    const octokit = actions({ deployments: 'write' })
    const states = async (environment: string): Promise<string[]> => {
      const ids: number[] = []
      for (let round = 0; round < 2; round += 1) {
        const { data } = await octokit.rest.repos.createDeployment({
          ...at,
          ref: sha,
          environment,
          auto_merge: false,
          required_contexts: [],
        })
        ids.push((data as { id: number }).id)
        await octokit.rest.repos.createDeploymentStatus({
          ...at,
          deployment_id: ids.at(-1)!,
          state: 'success',
        })
      }
      const last = await Promise.all(
        ids.map((deployment_id) => octokit.rest.repos.listDeploymentStatuses({ ...at, deployment_id })),
      )
      return last.map(({ data }) => data[0]!.state)
    }
    expect(await states('staging')).toEqual(['inactive', 'success'])
    expect(await states('production')).toEqual(['success', 'success'])
  })

  test('a required context that has not reported is 409', async () => {
    const { at, octokit } = world
    const create = (): Promise<unknown> =>
      octokit.rest.repos.createDeployment({ ...at, ref: sha, auto_merge: false, required_contexts: ['ci'] })
    await expect(create()).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('Commit status checks failed') as string,
    })
    await octokit.rest.repos.createCommitStatus({ ...at, sha, state: 'success', context: 'ci' })
    await create()
  })

  test('with auto_merge a branch behind main is merged first: 202 and no deployment; on a conflict 409', async () => {
    const { at, octokit, repository } = world
    await repository.commit({ branch: 'feature', files: { 'c.txt': 'c' } })
    await repository.commit({ branch: 'clash', files: { 'b.txt': 'mine' } })
    await repository.commit({ files: { 'b.txt': 'theirs' } })
    const merged = await octokit.rest.repos.createDeployment({ ...at, ref: 'feature' })
    expect(merged.status).toBe(202)
    expect(await repository.fileAt('feature', 'b.txt')).toBe('theirs')
    expect((await octokit.rest.repos.listDeployments(at)).data).toEqual([])
    await expect(octokit.rest.repos.createDeployment({ ...at, ref: 'clash' })).rejects.toMatchObject({
      status: 409,
    })
  })

  test('a token without deployments: write is told which permission is missing', async () => {
    const { at } = world
    const octokit = actions({ contents: 'write', deployments: 'read' })
    const denied = octokit.rest.repos.createDeployment({ ...at, ref: sha, auto_merge: false })
    await expect(denied).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('Resource not accessible by integration') as string,
      response: { headers: { 'x-accepted-github-permissions': 'deployments=write' } },
    })
  })
})

describe('checks and statuses', () => {
  test('a check run goes from in_progress to its conclusion, and the newest of a name is listed', async () => {
    const { at } = world
    const octokit = actions({ checks: 'write', contents: 'read' })
    const { data } = await octokit.rest.checks.create({
      ...at,
      name: 'seamless/production',
      head_sha: sha,
      status: 'in_progress',
    })
    await octokit.rest.checks.update({
      ...at,
      check_run_id: data.id,
      conclusion: 'failure',
      output: { title: 'unhealthy', summary: 'because', annotations: [] },
    })
    const second = await octokit.rest.checks.create({
      ...at,
      name: 'seamless/production',
      head_sha: sha,
      status: 'completed',
      conclusion: 'success',
    })
    const latest = await octokit.rest.checks.listForRef({
      ...at,
      ref: 'main',
      check_name: 'seamless/production',
    })
    expect(latest.data.check_runs).toMatchObject([
      { id: second.data.id, conclusion: 'success', app: { slug: 'github-actions' } },
    ])
    const all = await octokit.rest.checks.listForRef({ ...at, ref: 'main', filter: 'all' })
    expect(all.data.check_runs.map(({ conclusion }) => conclusion)).toEqual(['success', 'failure'])
    expect(world.hub.events.filter(({ name }) => name === 'check_run').map(({ action }) => action)).toEqual([
      'created',
      'completed',
      'created',
      'completed',
    ])
  })

  test('completed without a conclusion is 422 though the schema allows it, and a user has no check runs', async () => {
    const { at } = world
    const octokit = actions({ checks: 'write' })
    const { data } = await octokit.rest.checks.create({ ...at, name: 'x', head_sha: sha })
    world.hub.clearViolations()
    await expect(
      octokit.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
        ...at,
        check_run_id: data.id,
        status: 'completed',
      }),
    ).rejects.toMatchObject({ status: 422 })
    expect(world.hub.violations()).not.toEqual([]) // the schema says so only by an anyOf
    world.hub.clearViolations()
    await expect(world.octokit.rest.checks.create({ ...at, name: 'x', head_sha: sha })).rejects.toMatchObject(
      { status: 403 },
    )
  })

  test('statuses combine: pending, then success, then failure', async () => {
    const { at, octokit } = world
    const combined = async (): Promise<string> =>
      (await octokit.rest.repos.getCombinedStatusForRef({ ...at, ref: 'main' })).data.state
    expect(await combined()).toBe('pending')
    await octokit.rest.repos.createCommitStatus({ ...at, sha, state: 'success', context: 'ci' })
    expect(await combined()).toBe('success')
    await octokit.rest.repos.createCommitStatus({ ...at, sha, state: 'error', context: 'lint' })
    expect(await combined()).toBe('failure')
  })
})
