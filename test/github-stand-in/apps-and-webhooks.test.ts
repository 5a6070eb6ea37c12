import { createHmac, createSign } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AppCredentials } from '../support/github/apps.ts'
import { Receiver } from './receiver.ts'
import { client, startWorld, type World } from './stand-in.ts'

const SECRET = 'a secret of the webhook'
const EVENTS = [
  'push',
  'pull_request',
  'issue_comment',
  'deployment',
  'deployment_status',
  'check_run',
  'workflow_run',
  'merge_group',
  'issues',
  'status',
  'pull_request_review',
  'pull_request_review_comment',
  'check_suite',
]

let world: World
let receiver: Receiver
let app: AppCredentials
let installation_id: number

beforeEach(async () => {
  world = await startWorld()
  receiver = new Receiver()
  const url = await receiver.listen()
  const permissions = { contents: 'write', issues: 'write', deployments: 'read', checks: 'write' } as const
  app = world.hub.createApp({
    slug: 'seamless',
    permissions,
    events: EVENTS,
    webhook: { url, secret: SECRET },
  })
  installation_id = world.hub.install({
    appId: app.id,
    account: 'acme',
    repositoryIds: [world.repository.id],
  })
})
afterEach(async () => {
  await world.end()
  await receiver.close()
})

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function jwt(claims: { iss?: string; exp?: number } = {}): string {
  const now = Math.floor(world.clock.now() / 1000)
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iss: app.clientId, iat: now - 60, exp: now + 540, ...claims })}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(app.privateKey, 'base64url')}`
}

function asApp(token = jwt()): ReturnType<typeof client> {
  const octokit = client(world.hub)
  octokit.hook.before('request', (options) => {
    options.headers.authorization = `Bearer ${token}`
  })
  return octokit
}

describe('apps', () => {
  test('an installation token acts as the bot, for its repositories and permissions, for an hour', async () => {
    const { hub, at, clock } = world
    const other = await hub.createRepository({
      owner: 'acme',
      name: 'other',
      files: { a: 'a' },
      private: true,
    })
    const { data: found } = await asApp().rest.apps.getRepoInstallation(at)
    expect(found).toMatchObject({
      id: installation_id,
      app_slug: 'seamless',
      repository_selection: 'selected',
    })
    const { data } = await asApp().rest.apps.createInstallationAccessToken({
      installation_id,
      permissions: { issues: 'write' },
    })
    const octokit = client(hub, data.token)

    const { data: issue } = await octokit.rest.issues.create({ ...at, title: 't' })
    expect(issue).toMatchObject({
      user: { login: 'seamless[bot]', type: 'Bot' },
      performed_via_github_app: { id: app.id },
    })
    await expect(octokit.rest.repos.getContent({ ...at, path: 'a.txt' })).rejects.toMatchObject({
      status: 403,
    })
    await expect(octokit.rest.repos.get({ owner: 'acme', repo: other.name })).rejects.toMatchObject({
      status: 404,
    })
    expect(
      (await octokit.rest.apps.listReposAccessibleToInstallation()).data.repositories.map(({ name }) => name),
    ).toEqual(['shop'])
    clock.advance(3_600_000)
    await expect(octokit.rest.issues.create({ ...at, title: 't' })).rejects.toMatchObject({ status: 401 })
  })

  test.each([
    [
      'more permissions than were granted',
      { permissions: { administration: 'write' as const } },
      /permissions requested are not granted/,
    ],
    [
      'a level above the granted one',
      { permissions: { deployments: 'write' as const } },
      /permissions requested are not granted/,
    ],
    [
      'a repository that is not the installation’s',
      { repository_ids: [1] },
      /does not exist or is not accessible/,
    ],
  ])('a token cannot be asked to have %s', async (_, asked, message) => {
    await expect(
      asApp().rest.apps.createInstallationAccessToken({ installation_id, ...asked }),
    ).rejects.toThrow(message)
  })

  test('a JWT that is expired, lives too long, or is signed by nobody is 401; a suspended installation gets no token', async () => {
    const now = Math.floor(world.clock.now() / 1000)
    for (const bad of [
      jwt({ exp: now - 1 }),
      jwt({ exp: now + 700 }),
      `${jwt().slice(0, -8)}AAAAAAAA`,
      jwt({ iss: 'nobody' }),
    ])
      await expect(asApp(bad).rest.apps.getAuthenticated()).rejects.toMatchObject({ status: 401 })
    world.hub.suspend(installation_id)
    await expect(asApp().rest.apps.createInstallationAccessToken({ installation_id })).rejects.toMatchObject({
      status: 403,
    })
  })
})

describe('webhooks', () => {
  test('a delivery is signed, says who did what where, and passes GitHub’s own schema', async () => {
    const { octokit, at, hub } = world
    await octokit.rest.issues.create({ ...at, title: 't' })
    await octokit.rest.issues.createComment({ ...at, issue_number: 1, body: '/deploy' })
    await hub.deliveries.idle()
    const { headers, text } = receiver.received.at(-1)!
    expect(headers).toMatchObject({ 'x-github-event': 'issue_comment', 'content-type': 'application/json' })
    expect(headers['x-hub-signature-256']).toBe(
      `sha256=${createHmac('sha256', SECRET).update(text).digest('hex')}`,
    )
    expect(JSON.parse(text)).toMatchObject({
      action: 'created',
      comment: { body: '/deploy' },
      sender: { login: 'dev' },
      repository: { full_name: 'acme/shop' },
      installation: { id: installation_id },
    })
  })

  test('every event that the stand-in has passes GitHub’s own schema', async () => {
    const { octokit, at, hub, repository } = world
    const bot = client(
      hub,
      hub.token({
        login: 'github-actions[bot]',
        permissions: { deployments: 'write', checks: 'write', actions: 'write', statuses: 'write' },
      }),
    )
    const sha = await repository.commit({
      branch: 'feature',
      files: { c: 'c', '.github/workflows/w.yml': 'on: workflow_dispatch\n' },
    })
    await repository.commit({ files: { '.github/workflows/w.yml': 'on: workflow_dispatch\n' } })
    await octokit.rest.git.createRef({
      ...at,
      ref: 'refs/heads/other',
      sha: (await repository.shaOf('main'))!,
    })
    repository.setRole('rev', 'read')
    const { data: pull } = await octokit.rest.pulls.create({
      ...at,
      title: 't',
      head: 'feature',
      base: 'main',
    })
    const pull_number = pull.number
    await octokit.rest.pulls.update({ ...at, pull_number, title: 'u', base: 'other' })
    await octokit.rest.pulls.update({ ...at, pull_number, base: 'main' })
    await octokit.rest.issues.addLabels({ ...at, issue_number: pull_number, labels: ['no-auto-revert'] })
    await octokit.rest.issues.removeLabel({ ...at, issue_number: pull_number, name: 'no-auto-revert' })
    await octokit.rest.pulls.createReviewComment({
      ...at,
      pull_number,
      body: '/deploy',
      path: 'c',
      commit_id: sha,
      line: 1,
    })
    await octokit.rest.pulls.requestReviewers({ ...at, pull_number, reviewers: ['rev'] })
    await octokit.rest.issues.createComment({ ...at, issue_number: pull.number, body: 'x' })
    await octokit.rest.pulls.createReview({ ...at, pull_number: pull.number, event: 'COMMENT', body: 'x' })
    const { data } = await bot.rest.repos.createDeployment({
      ...at,
      ref: sha,
      auto_merge: false,
      required_contexts: [],
    })
    await bot.rest.repos.createDeploymentStatus({
      ...at,
      deployment_id: (data as { id: number }).id,
      state: 'success',
    })
    await bot.rest.checks.create({ ...at, name: 'x', head_sha: sha, conclusion: 'success' })
    await bot.rest.repos.createCommitStatus({ ...at, sha, state: 'success' })
    hub.onDispatch(async () => ({ conclusion: 'success' }))
    await bot.rest.actions.createWorkflowDispatch({ ...at, workflow_id: 'w.yml', ref: 'main' })
    await hub.runsIdle()
    await octokit.rest.pulls.merge({ ...at, pull_number: pull.number })
    await octokit.rest.git.deleteRef({ ...at, ref: 'heads/feature' })
    await hub.deliveries.idle()
    const names = new Set(hub.deliveries.all.map(({ event }) => event))
    names.delete('installation')
    expect([...names].toSorted()).toEqual(
      EVENTS.filter((name) => !['merge_group', 'issues'].includes(name)).toSorted(),
    )
    expect(hub.violations()).toEqual([])
  })

  test('what happens to an installation is told to its app, and its tokens end with it', async () => {
    const { hub, repository, at } = world
    const { data } = await asApp().rest.apps.createInstallationAccessToken({ installation_id })
    const octokit = client(hub, data.token)
    hub.changeRepositories(installation_id, { remove: [repository.id] })
    hub.changeRepositories(installation_id, { add: [repository.id] })
    hub.suspend(installation_id)
    await expect(octokit.rest.issues.create({ ...at, title: 't' })).rejects.toMatchObject({ status: 403 })
    hub.unsuspend(installation_id)
    await octokit.rest.issues.create({ ...at, title: 't' })
    hub.uninstall(installation_id)
    await expect(octokit.rest.issues.create({ ...at, title: 't' })).rejects.toMatchObject({ status: 401 })
    await hub.deliveries.idle()
    expect(hub.deliveries.all.map(({ event, action }) => `${event}.${action}`)).toEqual([
      'installation.created',
      'installation_repositories.removed',
      'installation_repositories.added',
      'installation.suspend',
      'installation.unsuspend',
      'issues.opened',
      'installation.deleted',
    ])
  })

  test('a dropped delivery is in the list as failed, and a redelivery brings it under the same guid', async () => {
    const { octokit, at, hub } = world
    await hub.deliveries.idle() // the installation's own
    hub.deliveries.addFault({ event: 'issues', what: 'drop' })
    receiver.status = 500
    await octokit.rest.issues.create({ ...at, title: 'one' })
    await octokit.rest.issues.create({ ...at, title: 'two' })
    await hub.deliveries.idle()
    expect(
      receiver.received.map(({ text }) => (JSON.parse(text) as { issue?: { title: string } }).issue?.title),
    ).toEqual([undefined, 'two'])
    receiver.status = 202
    const failed = await asApp().rest.apps.listWebhookDeliveries({ status: 'failure' })
    expect(failed.data.map(({ event, status_code }) => [event, status_code])).toEqual([
      ['issues', 500],
      ['issues', 0],
    ])
    await asApp().rest.apps.redeliverWebhookDelivery({ delivery_id: failed.data[1]!.id })
    await hub.deliveries.idle()
    expect(receiver.received.at(-1)?.headers['x-github-delivery']).toBe(failed.data[1]!.guid)
    const { data: newest } = await asApp().rest.apps.listWebhookDeliveries({ per_page: 1 })
    expect(newest).toMatchObject([{ redelivery: true, status_code: 202, guid: failed.data[1]!.guid }])
    const { data: one } = await asApp().rest.apps.getWebhookDelivery({ delivery_id: newest[0]!.id })
    expect(one.request.payload).toMatchObject({ issue: { title: 'one' } })
  })

  test('deliveries can come twice, late and out of order', async () => {
    const { octokit, at, hub } = world
    hub.deliveries.addFault({ event: 'issues', what: 'hold' })
    hub.deliveries.addFault({ event: 'issue_comment', what: 'twice' })
    await octokit.rest.issues.create({ ...at, title: 'one' })
    await octokit.rest.issues.createComment({ ...at, issue_number: 1, body: 'x' })
    await hub.deliveries.idle()
    hub.deliveries.release()
    await hub.deliveries.idle()
    receiver.received.shift() // the installation's own
    expect(receiver.received.map(({ headers }) => headers['x-github-event'])).toEqual([
      'issue_comment',
      'issue_comment',
      'issues',
    ])
    const [first, second] = receiver.received.map(({ headers }) => headers['x-github-delivery'])
    expect(first).toBe(second)
  })
})
