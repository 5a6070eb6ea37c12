import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { GitHubError, UsageError } from '../../src/errors.ts'
import { githubWorkflows } from '../../src/github/workflows.ts'
import type { DispatchRequest } from '../../src/ports/workflows.ts'
import { workflowsContract } from '../contract/workflows.ts'
import { type GitHubWorld, startGitHubWorld } from './github-world.ts'

const WORKFLOW = `
name: Seamless
run-name: "Seamless \${{ inputs.operation || 'run' }} \${{ inputs.environment }} #\${{ inputs.request-id }}"
on:
  workflow_dispatch:
    inputs:
      operation: { type: choice, options: [run, plan, rollback], default: run }
      environment: { type: string, default: '' }
      sha: { type: string, default: '' }
      deployment-id: { type: string, default: '' }
      plan-digest: { type: string, default: '' }
      request-id: { type: string, default: '' }
jobs: {}
`
const PATH = '.github/workflows/seamless.yml'
const PERMISSIONS = { actions: 'write', metadata: 'read' } as const
const REPOSITORY = 'GET /repos/{owner}/{repo}'
const DISPATCH = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches'
const LIST = 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs'
const at = { owner: 'acme', repo: 'shop' }

const startWorld = async () => startGitHubWorld({ files: { [PATH]: WORKFLOW } })
const dispatcher = (world: GitHubWorld) => world.as({ login: 'seamless[bot]', permissions: PERMISSIONS })
const runsOf = async (world: GitHubWorld) =>
  (await dispatcher(world).octokit.rest.actions.listWorkflowRunsForRepo(at)).data.workflow_runs

workflowsContract('GitHub', async () => {
  const world = await startWorld()
  return {
    workflows: githubWorkflows(dispatcher(world), { file: 'seamless.yml' }),
    sha: (await world.repository.shaOf('main')) ?? '',
    now: () => world.clock.now(),
    advance: (ms) => world.clock.advance(ms),
    async started() {
      const bodies = world.hub.requests.filter(({ operation }) => operation === DISPATCH)
      return bodies.map(({ body }) => ({
        'plan-digest': '',
        ...(body as { inputs: Record<string, string> }).inputs,
      }))
    },
    become: async (runId, moved) =>
      world.hub.moveRun(
        runId,
        moved === 'success' || moved === 'failure' ? { conclusion: moved } : { status: moved },
      ),
    close: () => world.close(),
  }
})

describe('workflows on GitHub', () => {
  let world: GitHubWorld
  beforeEach(async () => {
    world = await startWorld()
  })
  afterEach(() => world.close())

  const open = () => githubWorkflows(dispatcher(world), { file: 'seamless.yml' })
  const request: DispatchRequest = {
    operation: 'rollback',
    environment: 'production',
    sha: 'a'.repeat(40),
    key: 'comment-12',
  }

  test('the run is of the default branch, and GitHub names it', async () => {
    const run = await open().dispatch(request)
    expect(run).toMatchObject({ status: 'queued', url: expect.stringContaining('/actions/runs/') })
    expect(await runsOf(world)).toMatchObject([
      {
        id: run?.id,
        head_branch: 'main',
        event: 'workflow_dispatch',
        display_title: 'Seamless rollback production #comment-12',
      },
    ])
  })

  test('a GitHub that cannot name the run is asked without that, and the run is looked for', async () => {
    const sinceMs = world.clock.now()
    const refusal = { message: 'Invalid request. "return_run_details" is not a permitted key.' }
    world.hub.faults.add({ on: DISPATCH, answer: { status: 422, body: refusal } })
    const workflows = open()
    expect(await workflows.dispatch(request)).toBeUndefined()
    expect(await workflows.find('comment-12', sinceMs)).toMatchObject({ status: 'queued' })
    expect(await runsOf(world)).toHaveLength(1)
  })

  test('L08 a 502 after the run was started is told, and the run is found; it is not started again unasked', async () => {
    const sinceMs = world.clock.now()
    world.hub.faults.add({ on: DISPATCH, when: 'after', answer: { status: 502, body: {} } })
    await expect(open().dispatch(request)).rejects.toThrow(GitHubError)
    expect(await open().find('comment-12', sinceMs)).toMatchObject({ status: 'queued' })
    expect(await runsOf(world)).toHaveLength(1)
  })

  test("a run of somebody's branch that calls itself ours is not found", async () => {
    await world.repository.commit({ branch: 'mine', files: { 'a.txt': 'a\n' } })
    const ada = world.as({ login: 'ada' }).octokit
    const inputs = { 'request-id': 'comment-12', operation: 'run' }
    const asked = { ...at, workflow_id: 'seamless.yml', inputs }
    await ada.rest.actions.createWorkflowDispatch({ ...asked, ref: 'mine' })
    expect(await open().find('comment-12', 0)).toBeUndefined()
    await ada.rest.actions.createWorkflowDispatch({ ...asked, ref: 'main' })
    expect(await open().find('comment-12', 0)).toBeDefined()
  })

  test('a run is found behind a hundred newer ones', async () => {
    const workflows = open()
    const first = await workflows.dispatch(request)
    for (let at = 0; at < 110; at += 1) await workflows.dispatch({ ...request, key: `comment-${1000 + at}` })
    expect(await workflows.find('comment-12', 0)).toEqual(first)
  })

  test.each([
    ['no such workflow', 'other.yml', WORKFLOW],
    ['no workflow_dispatch', 'seamless.yml', 'on: push\njobs: {}\n'],
    ['other inputs', 'seamless.yml', WORKFLOW.replace('request-id:', 'request:')],
  ])('where there is %s, the file is named and what it must hold', async (_, file, text) => {
    await world.repository.commit({ files: { [PATH]: text } })
    const failure = githubWorkflows(dispatcher(world), { file }).dispatch(request)
    await expect(failure).rejects.toThrow(UsageError)
    await expect(failure).rejects.toThrow(new RegExp(`workflows/${file} of main .*request-id`))
  })

  test('a missing permission is named', async () => {
    const reader = world.as({ login: 'seamless[bot]', permissions: { actions: 'read', metadata: 'read' } })
    const failure = githubWorkflows(reader, { file: 'seamless.yml' }).dispatch(request)
    await expect(failure).rejects.toThrow(/actions: write/)
  })

  test('what each operation asks of GitHub', async () => {
    const workflows = open()
    expect(await world.calls(() => workflows.dispatch(request))).toEqual([REPOSITORY, DISPATCH])
    expect(await world.calls(() => workflows.find('comment-12', 0))).toEqual([LIST])
    const known = githubWorkflows(dispatcher(world), { file: 'seamless.yml', defaultBranch: 'main' })
    expect(await world.calls(() => known.dispatch(request))).toEqual([DISPATCH])
    const [run] = await runsOf(world)
    expect(await world.calls(() => known.state(run?.id ?? 0))).toEqual([
      'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
    ])
    expect(await world.calls(() => known.cancel(run?.id ?? 0))).toEqual([
      'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel',
    ])
  })
})
