/* oxlint-disable typescript/no-floating-promises -- node:test itself waits for the tests it is given */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'

/* As its users meet it. Seamless names another build to run version n's tests against. */
const folder = process.env['SEAMLESS_CANDIDATE_DIR'] ?? join(import.meta.dirname, '..')
const environment = { ...process.env, PORT: '0', HOST: '127.0.0.1' }
const server = spawn(process.execPath, [join(folder, 'src/server.ts')], {
  env: environment,
  stdio: ['ignore', 'pipe', 'inherit'],
})
let origin = ''

before(async () => {
  const [line] = (await once(server.stdout, 'data')) as [Buffer]
  origin = `http://127.0.0.1:${/port (\d+)/.exec(line.toString())?.[1]}`
})

after(() => server.kill())

async function price(article: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${origin}/v1/prices/${article}`)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('prices api', () => {
  it('GET /v1/prices/{article} tells the price in cents', async () => {
    const { status, body } = await price('tea')
    assert.equal(status, 200)
    assert.equal(body['price'], 450)
  })

  it('GET /v1/prices/{article} tells the unit', async () => {
    const { body } = await price('tea')
    assert.equal(body['unit'], 'EUR')
  })

  it('GET /v1/prices/{article} of an unknown article is 404', async () => {
    assert.equal((await price('salt')).status, 404)
  })
})
