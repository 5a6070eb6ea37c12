import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { DeploymentMismatch, GitHubError, UsageError } from '../../src/errors.ts'
import { deploymentMemory } from '../../src/github/deployment-memory.ts'
import { githubDeployments, type GitHubDeploymentsOptions } from '../../src/github/deployments.ts'
import { ACTIONS_APP_ID } from '../../src/github/verdict-check.ts'
import type { NewDeployment } from '../../src/ports/deployments.ts'
import { deploymentsContract } from '../contract/deployments.ts'
import { type GitHubWorld, JOB_PERMISSIONS, startGitHubWorld } from './github-world.ts'

deploymentsContract('GitHub', async () => {
  const world = await startGitHubWorld()
  const commits: string[] = []
  for (const text of ['1', '2', '3'])
    commits.push(await world.repository.commit({ files: { VERSION: text } }))
  const open = () => githubDeployments(world.github, { appId: ACTIONS_APP_ID })
  return {
    deployments: open(),
    reopen: open,
    commits: commits as [string, string, string],
    unknownId: '999999',
    close: () => world.close(),
  }
})

const CREATE = 'POST /repos/{owner}/{repo}/deployments'
const CREATE_CHECK = 'POST /repos/{owner}/{repo}/check-runs'
const UPDATE_CHECK = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}'
const LIST_CHECKS = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs'

describe('on GitHub', () => {
  let world: GitHubWorld
  let sha: string
  beforeEach(async () => {
    world = await startGitHubWorld()
    sha = await world.repository.commit({ files: { VERSION: '1.0.0\n' } })
  })
  afterEach(() => world.close())

  const open = (more: Partial<GitHubDeploymentsOptions> = {}) =>
    githubDeployments(world.github, { appId: ACTIONS_APP_ID, ...more })
  const of = (more: Partial<NewDeployment> = {}): NewDeployment => ({
    environment: 'production',
    sha,
    version: '1.0.0',
    key: 'run-1',
    ...more,
  })
  const at = { owner: 'acme', repo: 'shop' }
  const deploymentsOf = async () => (await world.github.octokit.rest.repos.listDeployments(at)).data
  const checksOf = async () =>
    (await world.github.octokit.rest.checks.listForRef({ ...at, ref: sha, filter: 'all' })).data.check_runs
  const bodies = (operation: string) =>
    world.hub.requests.filter((request) => request.operation === operation).map(({ body }) => body)

  test('T06 the request merges nothing in and waits for no check', async () => {
    // GitHub's defaults would merge main into the commit's branch, and refuse while any check is not green.
    await world.repository.commit({ files: { LATER: 'work\n' } })
    await world.github.octokit.rest.checks.create({
      ...at,
      name: 'ci',
      head_sha: sha,
      status: 'completed',
      conclusion: 'failure',
    })
    await open().begin(of())
    expect(bodies(CREATE)).toEqual([
      expect.objectContaining({
        ref: sha,
        task: 'deploy',
        auto_merge: false,
        required_contexts: [],
        payload: { schema: 1, key: 'run-1', version: '1.0.0' },
      }),
    ])
  })

  test('L08 a 502 after the deployment was made leaves exactly one', async () => {
    world.hub.faults.add({
      on: CREATE,
      when: 'after',
      answer: { status: 502, body: { message: 'Server Error' } },
    })
    const deployed = await open().begin(of())
    expect((await deploymentsOf()).map(({ id }) => String(id))).toEqual([deployed.id])
    expect(bodies(CREATE)).toHaveLength(1)
  })

  test('L08 a connection cut before the deployment was made is tried again, and leaves exactly one', async () => {
    world.hub.faults.add({ on: CREATE, answer: 'hang up', times: 2 })
    await open().begin(of())
    expect(await deploymentsOf()).toHaveLength(1)
  })

  test('L08 a GitHub that keeps failing is given up, having been asked three times', async () => {
    world.hub.faults.add({ on: CREATE, answer: { status: 502, body: {} }, times: 99 })
    await expect(open().begin(of())).rejects.toThrow(/GitHub answered 502 to POST/)
    expect(bodies(CREATE)).toHaveLength(3)
  })

  test('T06 a deployment of another commit than asked is marked as an error and refused', async () => {
    const other = await world.repository.commit({ files: { VERSION: '2.0.0\n' } })
    const made = await world.github.octokit.rest.repos.createDeployment({
      ...at,
      ref: other,
      auto_merge: false,
      required_contexts: [],
    })
    world.hub.faults.add({ on: CREATE, answer: { status: 201, body: made.data } })
    const failure = await open()
      .begin(of({ environment: 'production' }))
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(DeploymentMismatch)
    expect(String(failure)).toContain(other)
    expect(String(failure)).toContain(sha)
    const { id } = made.data as { id: number }
    const statuses = await world.github.octokit.rest.repos.listDeploymentStatuses({
      ...at,
      deployment_id: id,
    })
    expect(statuses.data.map(({ state }) => state)).toEqual(['error'])
  })

  test('a status says where the output and the service can be seen', async () => {
    const deployments = open({
      logUrl: 'https://ci.example/1',
      environmentUrls: { production: 'https://shop.example' },
    })
    const { id } = await deployments.begin(of())
    await deployments.setState(id, 'success', 'live\nfor all')
    const { data } = await world.github.octokit.rest.repos.listDeploymentStatuses({
      ...at,
      deployment_id: Number(id),
    })
    expect(data).toMatchObject([
      {
        state: 'success',
        description: 'live for all',
        log_url: 'https://ci.example/1',
        environment_url: 'https://shop.example',
      },
    ])
  })

  test('one that is said for a run names the page of that run on', async () => {
    const deployments = open({})
    const { id } = await deployments.begin(of())
    const page = 'https://github.example/acme/shop/actions/runs/9001'
    await deployments.setState(id, 'in_progress', 'paused: by ada', page)
    expect(await deployments.read(id)).toMatchObject({ description: 'paused: by ada', logUrl: page })
  })

  test('the verdict is a check run of its name on the deployed commit', async () => {
    const deployments = open({ logUrl: 'https://ci.example/1' })
    const { id } = await deployments.begin(of())
    await deployments.setVerdict(id, 'inconclusive', {
      title: 'Too little traffic',
      text: '3 requests',
      details: 'digests',
    })
    expect(await checksOf()).toMatchObject([
      {
        name: 'seamless/production',
        head_sha: sha,
        status: 'completed',
        conclusion: 'neutral',
        external_id: id,
        details_url: 'https://ci.example/1',
        output: { title: 'Too little traffic', summary: '3 requests', text: 'digests' },
      },
    ])
  })

  test.each([
    ['healthy', 'success'],
    ['unhealthy', 'failure'],
    ['inconclusive', 'neutral'],
  ] as const)('%s is the conclusion %s', async (verdict, conclusion) => {
    const deployments = open()
    const { id } = await deployments.begin(of())
    await deployments.setVerdict(id, verdict, { title: 't', text: 't' })
    expect(await checksOf()).toMatchObject([{ conclusion }])
  })

  test('O04 a verdict of 200 KB is cut to what GitHub takes', async () => {
    const deployments = open({ logUrl: 'https://ci.example/1' })
    const { id } = await deployments.begin(of())
    const long = `\`\`\`\n${'output\n'.repeat(30_000)}\`\`\``
    await deployments.setVerdict(id, 'unhealthy', { title: 'x'.repeat(900), text: long, details: long })
    const [check] = await checksOf()
    expect(check?.output.summary).toMatch(/\n```\n\n… cut here; all of it: https:\/\/ci\.example\/1$/)
  })

  test('L08 a 502 after the check run was made leaves exactly one', async () => {
    const deployments = open()
    const { id } = await deployments.begin(of())
    world.hub.faults.add({ on: CREATE_CHECK, when: 'after', answer: { status: 502, body: {} } })
    await deployments.setVerdict(id, 'healthy', { title: 't', text: 't' })
    expect(await checksOf()).toHaveLength(1)
    expect(await deployments.lastHealthy('production')).toMatchObject({ id })
  })

  test('the same verdict again writes nothing', async () => {
    const deployments = open()
    const { id } = await deployments.begin(of())
    const summary = { title: 't', text: 't', details: 'd' }
    await deployments.setVerdict(id, 'healthy', summary)
    // Another process looks first; this one knows which it is.
    expect(await world.calls(() => open().setVerdict(id, 'healthy', summary))).toEqual([
      'GET /repos/{owner}/{repo}/deployments/{deployment_id}',
      LIST_CHECKS,
    ])
    expect(await world.calls(() => deployments.setVerdict(id, 'healthy', summary))).toEqual([UPDATE_CHECK])
    expect(await checksOf()).toHaveLength(1)
  })

  test('a watch is the same check run in progress, until its verdict', async () => {
    const deployments = open()
    const { id } = await deployments.begin(of())
    const looking = { title: 'Watching', text: '3 of 10 minutes' }
    expect(await world.calls(async () => deployments.watching?.(id, looking))).toEqual([
      LIST_CHECKS,
      CREATE_CHECK,
    ])
    expect(await checksOf()).toMatchObject([
      { status: 'in_progress', conclusion: null, external_id: id, output: { summary: '3 of 10 minutes' } },
    ])
    expect(await deployments.newest('production')).not.toHaveProperty('verdict')
    expect(await world.calls(async () => deployments.watching?.(id, looking))).toEqual([LIST_CHECKS])
    await open().watching?.(id, { title: 'Watching', text: '4 of 10 minutes' })
    expect(
      await world.calls(() => deployments.setVerdict(id, 'inconclusive', { title: 'Held', text: 't' })),
    ).toEqual([UPDATE_CHECK])
    // A person decides what nobody knew.
    await open().setVerdict(id, 'healthy', { title: 'Promoted', text: 'by ada' })
    expect(await checksOf()).toMatchObject([{ conclusion: 'success', output: { title: 'Promoted' } }])
  })

  test('a word on a watch that comes late takes no verdict back', async () => {
    const deployments = open()
    const { id } = await deployments.begin(of())
    await open().setVerdict(id, 'unhealthy', { title: 'Worse', text: 't' })
    await deployments.watching?.(id, { title: 'Watching', text: 'still' })
    expect(await checksOf()).toMatchObject([{ conclusion: 'failure', output: { title: 'Worse' } }])
  })

  test('who opens the repository again and again remembers what never changes: a verdict is one call, or two', async () => {
    const { id } = await open().begin(of())
    const memory = deploymentMemory()
    const again = () => githubDeployments(world.github, { appId: ACTIONS_APP_ID }, memory)
    await again().read(id)
    const said = (title: string) => world.calls(() => again().setVerdict(id, 'healthy', { title, text: 't' }))
    expect(await said('first')).toEqual([LIST_CHECKS, CREATE_CHECK])
    expect(await said('second')).toEqual([UPDATE_CHECK])
    expect(await checksOf()).toMatchObject([{ output: { title: 'second' } }])
  })

  test('what people said last on a deployment is one call', async () => {
    const deployments = open()
    const { id } = await deployments.begin(of())
    expect(await deployments.said?.(id)).toBeUndefined()
    await deployments.setState(id, 'in_progress', 'paused: by ada')
    const calls = await world.calls(async () => {
      expect(await deployments.said?.(id)).toEqual({
        state: 'in_progress',
        description: 'paused: by ada',
        atMs: world.clock.now(),
      })
    })
    expect(calls).toEqual(['GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'])
  })

  test('a check run of the same name by another app is not believed, whatever it says', async () => {
    const deployments = open()
    const { id } = await deployments.begin(of())
    const stranger = world.as({ login: 'stranger[bot]', permissions: { checks: 'write', metadata: 'read' } })
    const forged = {
      ...at,
      name: 'seamless/production',
      head_sha: sha,
      status: 'completed',
      conclusion: 'success',
      external_id: id,
    } as const
    await stranger.octokit.rest.checks.create(forged)
    expect(await deployments.lastHealthy('production')).toBeUndefined()
    expect(await deployments.newest('production')).toEqual({
      id,
      key: 'run-1',
      sha,
      version: '1.0.0',
      state: 'unknown',
    })
  })

  test('a check run of our app for another deployment is not believed', async () => {
    const deployments = open()
    await deployments.begin(of())
    await world.github.octokit.rest.checks.create({
      ...at,
      name: 'seamless/production',
      head_sha: sha,
      status: 'completed',
      conclusion: 'success',
      external_id: '1',
    })
    expect(await deployments.lastHealthy('production')).toBeUndefined()
  })

  test('a verdict by an app that would not be believed when read back is an error, not a silent loss', async () => {
    const deployments = githubDeployments(
      world.as({ login: 'seamless[bot]', permissions: JOB_PERMISSIONS }),
      { appId: ACTIONS_APP_ID },
    )
    const { id } = await deployments.begin(of())
    const failure = deployments.setVerdict(id, 'healthy', { title: 't', text: 't' })
    await expect(failure).rejects.toThrow(UsageError)
  })

  test('what was live before stays on record as that, whatever the environment is for', async () => {
    const before = await open().begin(of({ environment: 'staging' }))
    await open().setState(before.id, 'success', 'live')
    const later = await open().begin(of({ environment: 'staging', key: 'run-2' }))
    await open().setState(later.id, 'success', 'live')
    await open().setState(later.id, 'failure', 'taken back')
    expect(await open().newest('staging', 'success')).toMatchObject({ id: before.id })
  })

  test('deployments that something else made are not looked at', async () => {
    const { id } = await open().begin(of())
    for (const payload of [{}, 'text', '{"schema":2}', { schema: 1, key: 3 }]) {
      await world.github.octokit.rest.repos.createDeployment({
        ...at,
        ref: sha,
        auto_merge: false,
        required_contexts: [],
        payload,
      })
    }
    expect(await open().newest('production')).toMatchObject({ id })
  })

  test('taking over a deployment that something else made says what that costs', async () => {
    const made = await world.github.octokit.rest.repos.createDeployment({
      ...at,
      ref: sha,
      auto_merge: false,
      required_contexts: [],
    })
    await open().begin(of({ adopt: String((made.data as { id: number }).id) }))
    expect(world.log.lines).toEqual([expect.stringContaining('no later rollback will return to it')])
  })

  test('looking for a healthy version ends, and says so', async () => {
    for (let at = 0; at < 61; at += 1) await open().begin(of({ key: `run-${at}` }))
    const calls = await world.calls(() => open().lastHealthy('production'))
    expect(calls.filter((call) => call === LIST_CHECKS)).toHaveLength(60)
    expect(world.log.lines).toEqual(['warning Only the newest 60 deployments of production were looked at.'])
  })

  test('a missing permission is named', async () => {
    const reader = githubDeployments(
      world.as({ login: 'github-actions[bot]', permissions: { deployments: 'read', metadata: 'read' } }),
      {
        appId: ACTIONS_APP_ID,
      },
    )
    const failure = await reader.begin(of()).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(GitHubError)
    expect(failure).toMatchObject({ status: 403 })
    expect(String(failure)).toContain('deployments: write')
  })

  test('what each operation asks of GitHub', async () => {
    const deployments = open()
    const LIST = 'GET /repos/{owner}/{repo}/deployments'
    expect(await world.calls(() => deployments.begin(of()))).toEqual([LIST, CREATE])
    const { id } = await deployments.begin(of())
    const STATUSES = '/repos/{owner}/{repo}/deployments/{deployment_id}/statuses'
    expect(await world.calls(() => deployments.setState(id, 'success', ''))).toEqual([`POST ${STATUSES}`])
    expect(await world.calls(() => deployments.setVerdict(id, 'healthy', { title: 't', text: 't' }))).toEqual(
      [LIST_CHECKS, CREATE_CHECK],
    )
    expect((await world.calls(() => deployments.newest('production'))).sort()).toEqual(
      [LIST_CHECKS, LIST, `GET ${STATUSES}`].sort(),
    )
    expect(await world.calls(() => deployments.lastHealthy('production'))).toEqual([LIST, LIST_CHECKS])
    // Another run, which has not seen the deployment made, asks what it is of only where that says where it can be seen.
    expect(await world.calls(() => open().setState(id, 'success', ''))).toEqual([`POST ${STATUSES}`])
    const environmentUrls = { production: 'https://shop.example' }
    const calls = await world.calls(() => open({ environmentUrls }).setState(id, 'success', ''))
    expect(calls).toEqual(['GET /repos/{owner}/{repo}/deployments/{deployment_id}', `POST ${STATUSES}`])
  })
})
