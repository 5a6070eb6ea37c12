import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startWorld, type World } from './stand-in.ts'

const WORKFLOW = `
name: Seamless
on:
  workflow_dispatch:
    inputs:
      operation: { type: choice, options: [run, rollback], default: run }
      sha: { required: true }
jobs: {}
`

let world: World
beforeEach(async () => {
  world = await startWorld()
  await world.repository.commit({
    files: { '.github/workflows/seamless.yml': WORKFLOW, '.github/workflows/ci.yml': 'on: push\njobs: {}\n' },
  })
})
afterEach(() => world.end())

const workflow_id = 'seamless.yml'

/** Reads an archive of one stored file as unzip does: from the end, by its central directory. */
function unzipped(zip: Buffer): { name: string; content: string } {
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006'))
  const entry = zip.readUInt32LE(end + 16)
  expect(zip.toString('latin1', entry, entry + 4)).toBe('PK\u0001\u0002')
  const size = zip.readUInt32LE(entry + 20)
  const nameLength = zip.readUInt16LE(entry + 28)
  const local = zip.readUInt32LE(entry + 42)
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
  const content = zip.subarray(start, start + size)
  expect(crc32(content)).toBe(zip.readUInt32LE(entry + 16))
  return { name: zip.toString('utf8', entry + 46, entry + 46 + nameLength), content: content.toString() }
}

describe('workflow dispatch', () => {
  test('a dispatch runs the runner with resolved inputs, and the run is there to be polled', async () => {
    const { octokit, at, hub, repository } = world
    const seen: unknown[] = []
    hub.onDispatch(async (dispatch) => {
      seen.push(dispatch.inputs, dispatch.workflow, dispatch.sha)
      return { conclusion: 'failure', artifacts: [{ name: 'receipt', content: '{}' }] }
    })
    const { data } = await octokit.rest.actions.createWorkflowDispatch({
      ...at,
      workflow_id,
      ref: 'main',
      inputs: { sha: 'x' },
      return_run_details: true,
    })
    const { workflow_run_id: run_id } = data as { workflow_run_id: number }
    expect((await octokit.rest.actions.getWorkflowRun({ ...at, run_id })).data.event).toBe(
      'workflow_dispatch',
    )
    await hub.runsIdle()
    expect(seen).toEqual([
      { operation: 'run', sha: 'x' },
      '.github/workflows/seamless.yml',
      await repository.shaOf('main'),
    ])
    expect((await octokit.rest.actions.getWorkflowRun({ ...at, run_id })).data).toMatchObject({
      status: 'completed',
      conclusion: 'failure',
    })
    const runs = await octokit.rest.actions.listWorkflowRuns({
      ...at,
      workflow_id,
      event: 'workflow_dispatch',
    })
    expect(runs.data.workflow_runs.map(({ id }) => id)).toEqual([run_id])
    const artifacts = await octokit.rest.actions.listWorkflowRunArtifacts({ ...at, run_id })
    expect(artifacts.data.artifacts.map(({ name }) => name)).toEqual(['receipt'])
    const artifact_id = artifacts.data.artifacts[0]!.id
    const zip = await octokit.rest.actions.downloadArtifact({ ...at, artifact_id, archive_format: 'zip' })
    expect(unzipped(Buffer.from(zip.data as ArrayBuffer))).toEqual({ name: 'receipt', content: '{}' })
    const jobs = await octokit.rest.actions.listJobsForWorkflowRun({ ...at, run_id })
    expect(jobs.data.jobs.map(({ conclusion }) => conclusion)).toEqual(['failure'])
    expect(hub.events.filter(({ name }) => name === 'workflow_run').map(({ action }) => action)).toEqual([
      'requested',
      'in_progress',
      'completed',
    ])
  })

  test('without a runner a run stays queued, and can be cancelled once', async () => {
    const { octokit, at } = world
    const answer = await octokit.rest.actions.createWorkflowDispatch({
      ...at,
      workflow_id,
      ref: 'main',
      inputs: { sha: 'x' },
    })
    expect(answer.status).toBe(204)
    const { data } = await octokit.rest.actions.listWorkflowRunsForRepo({ ...at, status: 'queued' })
    const run_id = data.workflow_runs[0]!.id
    await octokit.rest.actions.cancelWorkflowRun({ ...at, run_id })
    await expect(octokit.rest.actions.cancelWorkflowRun({ ...at, run_id })).rejects.toMatchObject({
      status: 409,
    })
  })

  test.each([
    [
      'an input that the workflow does not declare',
      { inputs: { sha: 'x', oops: '1' } },
      /Unexpected inputs provided: \["oops"\]/,
    ],
    ['a required input left out', { inputs: {} }, /Required input 'sha' not provided/],
    [
      'a choice that is none',
      { inputs: { sha: 'x', operation: 'explode' } },
      /not in the list of allowed values/,
    ],
    [
      'a workflow without the trigger',
      { workflow_id: 'ci.yml' },
      /does not have 'workflow_dispatch' trigger/,
    ],
    ['a ref that does not exist', { ref: 'nope', inputs: { sha: 'x' } }, /No ref found/],
  ])('%s is 422', async (_, given, message) => {
    const { octokit, at } = world
    const dispatch = octokit.rest.actions.createWorkflowDispatch({
      ...at,
      workflow_id,
      ref: 'main',
      ...given,
    })
    await expect(dispatch).rejects.toMatchObject({
      status: 422,
      message: expect.stringMatching(message) as string,
    })
  })
})

describe('what a push starts', () => {
  test('the workflows of the pushed commit that say so, with its payload; not those of another branch', async () => {
    const { hub, repository, octokit, at } = world
    const seen: unknown[] = []
    hub.onPush(async ({ event, workflow, sha, ref, payload, actor }) => {
      seen.push({ event, workflow, sha, ref, before: payload['before'], actor })
      return { conclusion: 'success' }
    })
    const before = await repository.shaOf('main')
    const release = 'on: { push: { branches: [release] } }\njobs: {}\n'
    const sha = await repository.commit({
      files: { '.github/workflows/release.yml': release },
      message: 'More\n\nWhy.',
      by: 'dev',
    })
    await hub.runsIdle()
    const workflow = '.github/workflows/ci.yml'
    expect(seen).toEqual([{ event: 'push', workflow, sha, ref: 'main', before, actor: 'dev' }])
    const { data } = await octokit.rest.actions.listWorkflowRunsForRepo({ ...at, event: 'push' })
    expect(data.workflow_runs).toMatchObject([
      { display_title: 'More', conclusion: 'success', head_sha: sha },
    ])
    await repository.commit({ branch: 'release', files: { 'a.txt': 'b\n' } })
    await hub.runsIdle()
    expect(seen.slice(1)).toMatchObject([
      { workflow: '.github/workflows/ci.yml', ref: 'release' },
      { ref: 'release' },
    ])
  })

  test('a delivery of an app’s own push is as GitHub describes it', async () => {
    const { hub, repository } = world
    const app = hub.createApp({
      slug: 'seamless',
      permissions: { contents: 'write' },
      events: ['push'],
      webhook: { url: 'http://127.0.0.1:9/', secret: 'a secret' },
    })
    hub.install({ appId: app.id, account: 'acme' })
    await repository.commit({ files: { 'b.txt': '1\n' }, by: 'seamless[bot]' })
    const delivery = hub.deliveries.all.find(({ event }) => event === 'push')
    expect(delivery?.payload).toMatchObject({ head_commit: { author: { name: 'seamless[bot]' } } })
    expect(hub.violations()).toEqual([])
  })

  test('nothing, where GITHUB_TOKEN pushed it or its message asks for none; an app’s push starts it', async () => {
    const { hub, repository } = world
    let started = 0
    hub.onPush(async () => {
      started += 1
      return { conclusion: 'success' }
    })
    await repository.commit({ files: { 'b.txt': '1\n' }, by: 'github-actions[bot]' })
    await repository.commit({ files: { 'b.txt': '2\n' }, message: 'Words only [skip ci]', by: 'dev' })
    await repository.commit({ files: { 'b.txt': '3\n' }, message: 'Words\n\nskip-checks: true', by: 'dev' })
    await hub.runsIdle()
    expect(started).toBe(0)
    await repository.commit({ files: { 'b.txt': '4\n' }, by: 'seamless[bot]' })
    await hub.runsIdle()
    expect(started).toBe(1)
  })
})
