import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { SECRET } from '../support/app/signed-delivery.ts'
import { freePort, spawnApp } from '../support/app/spawned-app.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'seamless-start-'))
const key = path.join(folder, 'key.pem')
const open = path.join(folder, 'open.pem')
const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
for (const file of [key, open]) writeFileSync(file, pem, { mode: 0o400 })
chmodSync(open, 0o644)
afterAll(() => rmSync(folder, { recursive: true }))

const GOOD = { APP_ID: '4711', PRIVATE_KEY_PATH: key, WEBHOOK_SECRET: SECRET }

describe('the App does not start', () => {
  it.each<[string, Record<string, string>, string]>([
    ['W10 without a webhook secret', { WEBHOOK_SECRET: '' }, 'WEBHOOK_SECRET is missing.'],
    ['W10 with the secret that Probot would take', { WEBHOOK_SECRET: 'development' }, 'everybody knows'],
    ['W10 with a short secret', { WEBHOOK_SECRET: 'a1b2c3d4e5' }, 'shorter than 20 characters'],
    ['W12 without an App id, in production', { APP_ID: '', NODE_ENV: 'production' }, 'APP_ID is missing'],
    ['W12 without a private key', { PRIVATE_KEY_PATH: '' }, 'PRIVATE_KEY_PATH is missing'],
    ['S04 with a key that others can read', { PRIVATE_KEY_PATH: open }, 'can be read by others (mode 0644)'],
    ['open to the network outside production', { HOST: '0.0.0.0' }, 'set NODE_ENV=production'],
    [
      'with rows that cross a network in the clear',
      { DATABASE_URL: 'postgres://db.example.com/x' },
      'without TLS',
    ],
  ])('%s', async (_, change, why) => {
    const port = await freePort()
    const app = spawnApp({ ...GOOD, PORT: String(port), ...change })
    expect(await app.ended()).toBe(1)
    expect(app.output()).toContain('Seamless does not start:')
    expect(app.output()).toContain(why)
    // Nothing listened, nothing was left behind, no secret was told.
    await expect(fetch(`http://127.0.0.1:${port}/probot/setup`)).rejects.toThrow('fetch failed')
    expect(readdirSync(folder).sort()).toEqual(['key.pem', 'open.pem'])
    expect(app.output()).not.toMatch(/PRIVATE KEY-----|a1b2c3d4e5/)
  })

  it('and says all that is wrong at once', async () => {
    const app = spawnApp({})
    expect(await app.ended()).toBe(1)
    expect(app.output().match(/^ {2}- /gm)).toHaveLength(3)
  })
})

it('S04 nothing in app/ can start another process: there is no child to which a key could go', () => {
  const sources = readdirSync('app', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  expect(sources.length).toBeGreaterThan(20)
  for (const name of sources) {
    const text = readFileSync(path.join('app', name), 'utf8')
    expect(text, name).not.toMatch(/child_process|worker_threads|node:cluster|run-process|run-shell/)
  }
})
