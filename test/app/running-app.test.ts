import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registerApp } from '../support/app/app-clients.ts'
import { commentPayload, post, SECRET, signedDelivery } from '../support/app/signed-delivery.ts'
import { type AppHome, appHome, freePort, type SpawnedApp, spawnApp } from '../support/app/spawned-app.ts'
import type { AppCredentials } from '../support/github/apps.ts'
import type { HubRepository } from '../support/github/hub-repository.ts'
import { type GitHub, startGitHub } from '../support/github/start-github.ts'

const PREVIOUS = 'the-secret-that-was-there-before'

let hub: GitHub
let credentials: AppCredentials
let shop: HubRepository
let home: AppHome
let app: SpawnedApp

beforeAll(async () => {
  hub = await startGitHub()
  shop = await hub.createRepository({ owner: 'acme', name: 'shop', files: { 'a.txt': 'a\n' } })
  const port = await freePort()
  credentials = registerApp(hub, `http://127.0.0.1:${port}/api/github/webhooks`)
  hub.install({ appId: credentials.id, account: 'acme' })
  home = await appHome(hub, credentials, port)
  await start()
}, 120_000)

afterAll(async () => {
  app.process.kill('SIGKILL')
  await app.ended()
  await hub.close()
  home.remove()
})

async function start(): Promise<void> {
  app = spawnApp({ ...home.environment, WEBHOOK_SECRET_PREVIOUS: PREVIOUS, LOG_LEVEL: 'debug' })
  await app.ready()
}

function delivery(secret = SECRET, headers: Record<string, string> = {}): ReturnType<typeof signedDelivery> {
  const own = { 'x-github-hook-installation-target-id': String(credentials.id), ...headers }
  return signedDelivery('issue_comment', commentPayload('nothing to do'), { secret, headers: own })
}

const webhooks = (): string => `${app.url}/api/github/webhooks`

async function metric(name: string): Promise<string[]> {
  const text = await (await fetch(`${app.operationsUrl}/metrics`)).text()
  return text.split('\n').filter((line) => line.startsWith(name))
}

describe('the App, as npm start runs it', () => {
  it('takes what GitHub sends, and says so when it is kept', async () => {
    await shop.commit({ files: { 'a.txt': 'b\n' } })
    await hub.deliveries.idle()
    expect(hub.deliveries.all.at(-1)).toMatchObject({ event: 'push', statusCode: 202, response: 'stored\n' })
  })

  it.each([
    ['GET', '/'],
    ['GET', '/probot'],
    ['GET', '/probot/setup'],
    ['POST', '/probot/setup'],
    ['GET', '/probot/import'],
    ['POST', '/probot/import'],
    ['GET', '/probot/success'],
    ['GET', '/ping'],
    ['GET', '/metrics'],
    ['GET', '/healthz/..%2fmetrics'],
  ])('W12 N05 has no %s %s', async (method, path) => {
    expect((await fetch(`${app.url}${path}`, { method })).status).toBe(404)
  })

  it.each(['/healthz', '/readyz'])('answers %s to anybody, without a version', async (path) => {
    const response = await fetch(`${app.url}${path}`)
    expect(response.status).toBe(200)
    expect(await response.text()).toMatch(/^(ok|ready)\n$/)
    expect(response.headers.get('server')).toBeNull()
    expect(response.headers.get('x-powered-by')).toBeNull()
  })

  it('W11 takes both secrets, W01 and no other', async () => {
    expect((await post(webhooks(), delivery())).status).toBe(202)
    expect((await post(webhooks(), delivery(PREVIOUS))).status).toBe(202)
    expect((await post(webhooks(), delivery('development'))).status).toBe(401)
  })

  it('W13 S03 tells no secret at the level debug', async () => {
    const secret = { 'x-github-encoded-secret': 'b2gtbm90LXRoaXMtb25l' }
    const sent = delivery(SECRET, secret)
    expect((await post(webhooks(), sent)).status).toBe(202)
    expect(app.output()).toContain(sent.headers['x-github-delivery'])
    expect(app.output()).toContain('"level":"debug"')
    expect(app.output()).not.toMatch(/b2gtbm90LXRoaXMtb25l|PRIVATE KEY|ghs_|bearer ey/i)
    expect(app.output()).not.toContain(SECRET)
  })

  it('N05 counts on a port of its own, without a name of anybody', async () => {
    expect(await metric('seamless_deliveries_total')).toEqual(
      expect.arrayContaining([expect.stringContaining('event="push",outcome="stored"')]),
    )
    expect(await metric('seamless_queue_jobs')).not.toEqual([])
    const text = await (await fetch(`${app.operationsUrl}/metrics`)).text()
    expect(text).not.toMatch(/acme|shop|dev"|installation="|repository="/)
    expect(text.split('\n').length).toBeLessThan(600)
  })

  it('a second process on the same folder is refused, and the first goes on', async () => {
    const ports = { PORT: String(await freePort()), METRICS_PORT: String(await freePort()) }
    const second = spawnApp({ ...home.environment, ...ports })
    expect(await second.ended()).toBe(1)
    expect(second.output()).toContain('DATABASE_URL')
    expect((await fetch(`${app.url}/readyz`)).status).toBe(200)
  })

  it("with a key that is not the App's: ends, and says so", async () => {
    const other = await appHome(hub, { ...credentials, id: credentials.id + 5000 })
    const wrong = spawnApp(other.environment)
    expect(await wrong.ended()).toBe(1)
    expect(wrong.output()).toContain('APP_ID and the private key do not belong together')
    other.remove()
  })

  it('L15 on SIGTERM: takes no more, finishes what is under way, ends with 0 before docker kills', async () => {
    // A delivery whose body is half here when the signal comes.
    const { body, headers } = delivery()
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    lines.push(`content-length: ${body.length}`, 'expect: 100-continue')
    const head = ['POST /api/github/webhooks HTTP/1.1', 'host: x', ...lines]
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    socket.write(body.subarray(0, 10))
    // It has begun to read: a connection on which nothing came yet it may close.
    await expect.poll(() => answer, { timeout: 20_000 }).toContain('100 Continue')
    const startMs = performance.now()
    app.process.kill('SIGTERM')
    await expect.poll(() => app.output()).toContain('SIGTERM: stopping')
    await expect(fetch(`${app.url}/healthz`)).rejects.toThrow('fetch failed')
    socket.write(body.subarray(10))
    await once(socket, 'close')
    expect(answer).toMatch(/^HTTP\/1\.1 202 /m)
    expect(await app.ended()).toBe(0)
    expect(performance.now() - startMs).toBeLessThan(10_000)
    expect(app.output()).toContain('"msg":"stopped"')
  })

  it("W07 L13 what came while it was away is found in GitHub's list after the start", async () => {
    await shop.commit({ files: { 'a.txt': 'c\n' } })
    await hub.deliveries.idle()
    const lost = hub.deliveries.all.at(-1)
    expect(lost).toMatchObject({ event: 'push', statusCode: 0 })
    // The list is believed a minute later: as if it had been sent before that.
    if (lost !== undefined) lost.deliveredAt = new Date(Date.now() - 120_000).toISOString()
    await start()
    await expect
      .poll(() => metric('seamless_deliveries_total{event="push"'), { timeout: 20_000 })
      .toEqual(['seamless_deliveries_total{event="push",outcome="recovered"} 1'])
  })
})
