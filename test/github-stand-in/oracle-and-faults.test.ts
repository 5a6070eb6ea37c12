import { performance } from 'node:perf_hooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GITHUB_EVENTS } from '../support/github/github-events.ts'
import { Hub } from '../support/github/hub.ts'
import { OpenApiExtract } from '../support/github/openapi-extract.ts'
import { Oracle } from '../support/github/oracle.ts'
import { refuseOld } from '../support/github/require-git.ts'
import { allRoutes } from '../support/github/routes.ts'
import { WebhookDeliveries } from '../support/github/webhook-deliveries.ts'
import { WorkflowRuns } from '../support/github/workflow-runs.ts'
import { startGitHub } from '../support/github/start-github.ts'
import { client, startWorld, type World } from './stand-in.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.end())

async function violationsOf(call: Promise<unknown>): Promise<string[]> {
  await call.catch(() => undefined)
  const found = world.hub
    .violations()
    .map(({ operation, where, message }) => `${operation} (${where}): ${message}`)
  world.hub.clearViolations()
  return found
}

async function titles(): Promise<string[]> {
  const { data } = await world.octokit.rest.issues.listForRepo(world.at)
  return data.map(({ title }) => title)
}

describe('the OpenAPI oracle', () => {
  test.each([
    [
      'an operation that GitHub does not have',
      'POST /repos/{owner}/{repo}/rollback',
      {},
      /POST \/repos\/acme\/shop\/rollback \(operation\): GitHub has no such operation/,
    ],
    [
      'an operation that only the stand-in lacks',
      'GET /repos/{owner}/{repo}/stargazers',
      {},
      /the stand-in does not/,
    ],
    [
      'a body of a wrong type',
      'POST /repos/{owner}/{repo}/deployments',
      { ref: 'main', required_contexts: 'ci' },
      /required_contexts must be array/,
    ],
    [
      'a value that is no state',
      'POST /repos/{owner}/{repo}/statuses/{sha}',
      { sha: 'x', state: 'healthy' },
      /state must be equal to one of the allowed values/,
    ],
    [
      'a body without what is required',
      'POST /repos/{owner}/{repo}/git/refs',
      { ref: 'refs/heads/x' },
      /must have required property 'sha'/,
    ],
    [
      'a misspelt key',
      'POST /repos/{owner}/{repo}/deployments',
      { ref: 'main', automerge: false },
      /GitHub has no property automerge/,
    ],
    [
      'a parameter that does not exist',
      'GET /repos/{owner}/{repo}/pulls',
      { status: 'open' },
      /\(query\): GitHub has no parameter status/,
    ],
    [
      'a parameter of a wrong value',
      'GET /repos/{owner}/{repo}/pulls',
      { state: 'merged' },
      /\(query\).*allowed values/,
    ],
  ])('reports %s', async (_, operation, given, message) => {
    const found = await violationsOf(world.octokit.request(operation, { ...world.at, ...given }))
    expect(found).toEqual([expect.stringMatching(message)])
  })

  test('the extract holds every operation and event that the stand-in has', () => {
    const extract = new OpenApiExtract()
    const hub = new Hub('', { now: () => 0 })
    const routes = allRoutes({
      runs: new WorkflowRuns(hub),
      deliveries: new WebhookDeliveries(hub, () => {}),
    })
    expect(routes.map(({ operation }) => operation).filter((name) => !extract.operation(name))).toEqual([])
    expect(GITHUB_EVENTS.filter((name) => !extract.webhook(name))).toEqual([])
  })

  test('a response that GitHub would not give is a violation of the stand-in', () => {
    const oracle = new Oracle()
    oracle.judgeResponse('GET /repos/{owner}/{repo}/git/ref/{ref}', 200, { ref: 'refs/heads/main' })
    oracle.judgeResponse('GET /repos/{owner}/{repo}/git/ref/{ref}', 204, undefined)
    oracle.judgeWebhook('push', { ref: 7 })
    oracle.judgeWebhook('pushed', {})
    expect(oracle.violations.map(({ where, message }) => `${where}: ${message}`)).toEqual([
      expect.stringMatching(/response: .* must have required property 'node_id'/),
      'response: status 204 is not declared',
      expect.stringMatching(/webhook: .* must have required property/),
      'webhook: GitHub has no such event',
    ])
  })

  test('a violation makes close throw, so that a test cannot overlook it', async () => {
    const hub = await startGitHub()
    await client(hub)
      .request('GET /no/such/thing')
      .catch(() => undefined)
    await expect(hub.close()).rejects.toThrow(
      /GET \/no\/such\/thing \(operation\): GitHub has no such operation/,
    )
  })

  test('off, nothing is judged', async () => {
    const hub = await startGitHub({ oracle: false })
    await expect(client(hub).request('GET /no/such/thing')).rejects.toMatchObject({ status: 404 })
    expect(hub.violations()).toEqual([])
    await hub.close()
  })
})

describe('faults', () => {
  const on = 'POST /repos/{owner}/{repo}/issues'

  test('a 502 after the write was committed', async () => {
    world.hub.faults.add({ on, when: 'after', answer: { status: 502, body: { message: 'Server Error' } } })
    await expect(world.octokit.rest.issues.create({ ...world.at, title: 'one' })).rejects.toMatchObject({
      status: 502,
    })
    expect(await titles()).toEqual(['one'])
  })

  test('a secondary rate limit before the write, once, after one that passed', async () => {
    const answer = {
      status: 403,
      headers: { 'retry-after': '60' },
      body: { message: 'You have exceeded a secondary rate limit.' },
    }
    world.hub.faults.add({ on, skip: 1, answer })
    await world.octokit.rest.issues.create({ ...world.at, title: 'one' })
    await expect(world.octokit.rest.issues.create({ ...world.at, title: 'two' })).rejects.toMatchObject({
      status: 403,
      response: { headers: { 'retry-after': '60' } },
    })
    await world.octokit.rest.issues.create({ ...world.at, title: 'three' })
    expect(await titles()).toEqual(['three', 'one'])
  })

  test('a connection that is cut after the write', async () => {
    world.hub.faults.add({ on, when: 'after', answer: 'hang up' })
    await expect(world.octokit.rest.issues.create({ ...world.at, title: 'one' })).rejects.toThrow(
      /socket|other side closed|fetch failed|terminated/,
    )
    expect(await titles()).toEqual(['one'])
  })

  test('T06 an answer that is changed on its way', async () => {
    const sha = '0'.repeat(40)
    world.hub.faults.add({
      on: 'POST /repos/{owner}/{repo}/deployments',
      alter: (reply) => ({ ...reply, body: { ...(reply.body as object), sha } }),
    })
    const { data } = await world.octokit.rest.repos.createDeployment({
      ...world.at,
      ref: 'main',
      required_contexts: [],
      auto_merge: false,
    })
    expect((data as { sha: string }).sha).toBe(sha)
  })

  test('a delay', async () => {
    world.hub.faults.add({ on: (request) => request.path === '/repos/acme/shop', delayMs: 60 })
    const start = performance.now()
    await world.octokit.rest.repos.get(world.at)
    expect(performance.now() - start).toBeGreaterThan(50)
  })

  test('the log of requests counts them, with who asked and what was answered', async () => {
    const before = world.hub.requests.length
    await world.octokit.rest.issues.create({ ...world.at, title: 'one' })
    expect(world.hub.requests.slice(before)).toMatchObject([
      { operation: on, login: 'dev', status: 201, body: { title: 'one' } },
    ])
  })

  test('rate-limit headers count down', async () => {
    const left = async (): Promise<number> =>
      Number((await world.octokit.rest.repos.get(world.at)).headers['x-ratelimit-remaining'])
    const first = await left()
    expect(await left()).toBe(first - 1)
    expect((await world.octokit.rest.rateLimit.get()).data.rate.remaining).toBe(first - 2)
  })
})

test('it starts in less than 200 ms, without the oracle', async () => {
  const times: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now()
    const hub = await startGitHub({ oracle: false })
    times.push(performance.now() - start)
    await hub.close()
  }
  expect(Math.min(...times)).toBeLessThan(200)
})

test('a git that is too old is named before anything fails for it', () => {
  expect(() => refuseOld('git version 2.37.9')).toThrow(/needs git 2.38 or newer; this is git version 2.37.9/)
  expect(() => refuseOld('git version 2.38.0')).not.toThrow()
  expect(() => refuseOld('git version 3.0.1 (Apple Git-200)')).not.toThrow()
})
