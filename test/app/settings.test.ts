import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readSettings } from '../../app/settings.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'seamless-settings-'))
const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
const keyFile = path.join(folder, 'key.pem')
writeFileSync(keyFile, pem, { mode: 0o400 })
afterAll(() => rmSync(folder, { recursive: true }))

const GOOD = { APP_ID: '4711', PRIVATE_KEY_PATH: keyFile, WEBHOOK_SECRET: '7f0c5d6b1a2e4f83907b6c5d4e3f2a1b' }

async function errorsOf(change: Record<string, string | undefined>): Promise<readonly string[]> {
  const read = await readSettings({ ...GOOD, ...change })
  return read.ok ? [] : read.errors
}

describe('settings', () => {
  it('need an id, a key and a secret; the rest has defaults', async () => {
    const read = await readSettings(GOOD)
    expect(read).toMatchObject({
      ok: true,
      settings: {
        appId: 4711,
        privateKey: pem,
        webhookSecrets: [GOOD.WEBHOOK_SECRET],
        apiUrl: 'https://api.github.com',
        webUrl: 'https://github.com',
        listen: { host: '127.0.0.1', port: 3000 },
        operations: { host: '127.0.0.1', port: 9464 },
        store: { kind: 'embedded', folder: '.seamless/app' },
        sweepEveryMs: 300_000,
      },
    })
  })

  it('that are set to nothing are not set', async () => {
    const read = await readSettings({ ...GOOD, GHE_HOST: '', DATABASE_URL: '', PORT: '', PRIVATE_KEY: '' })
    expect(read).toMatchObject({ ok: true, settings: { listen: { port: 3000 } } })
  })

  it('that are wrong are all told at once, each with what to do', async () => {
    const errors = await errorsOf({
      APP_ID: 'seamless',
      PRIVATE_KEY_PATH: undefined,
      WEBHOOK_SECRET: undefined,
      PORT: 'http',
      LOG_LEVEL: 'loud',
    })
    expect(errors).toEqual([
      'APP_ID (now "seamless") is the number under "App ID" in the settings of your GitHub App, digits only.',
      'PORT (now "http") is the number of a port.',
      'LOG_LEVEL (now "loud") is one of trace, debug, info, warn, error, fatal, silent.',
      'PRIVATE_KEY_PATH is missing: the path of the App\'s private key (PEM). GitHub makes it under "Private keys" in the settings of your App.',
      'WEBHOOK_SECRET is missing. Make one with "openssl rand -hex 32" and set the same in the settings of your GitHub App.',
    ])
  })

  it.each([
    ['github.example.com', undefined, 'https://github.example.com'],
    ['https://github.example.com/', undefined, 'https://github.example.com'],
    ['github.example.com:8443', 'https', 'https://github.example.com:8443'],
    ['127.0.0.1:8080', 'http', 'http://127.0.0.1:8080'],
  ])('take a GitHub Enterprise Server by its host or URL: %s', async (GHE_HOST, GHE_PROTOCOL, webUrl) => {
    const read = await readSettings({ ...GOOD, GHE_HOST, GHE_PROTOCOL })
    expect(read).toMatchObject({ ok: true, settings: { webUrl, apiUrl: `${webUrl}/api/v3` } })
  })

  it.each([
    { GHE_HOST: 'http://github.example.com' },
    { GHE_HOST: 'github.example.com', GHE_PROTOCOL: 'http' },
  ])('send no token over a network in the clear: %o', async (change) => {
    expect(await errorsOf(change)).toEqual([
      'GHE_PROTOCOL is http, which would show tokens to the network: use https.',
    ])
  })
})

describe('what the App watches by', () => {
  it('are sources for the repositories that may, a chat for what people must decide, and the reports of GitHub Actions', async () => {
    const read = await readSettings({
      ...GOOD,
      SEAMLESS_SOURCES_FOR: 'acme/*',
      SEAMLESS_SOURCE_MAIN_URL: 'https://prometheus.example.org',
      ESCALATION_URL: 'https://hooks.example.org/services/T0/B0/x',
    })
    expect(read).toMatchObject({
      ok: true,
      settings: {
        actionsAppId: 15_368,
        sources: [
          { repositories: ['acme/*'], name: 'MAIN', values: { URL: 'https://prometheus.example.org' } },
        ],
        escalationUrl: 'https://hooks.example.org/services/T0/B0/x',
      },
    })
    expect(await readSettings({ ...GOOD, ACTIONS_APP_ID: '7' })).toMatchObject({
      settings: { actionsAppId: 7 },
    })
  })

  it('are told with everything else that is wrong, and the address of the chat is not shown', async () => {
    const errors = await errorsOf({
      PORT: 'http',
      ESCALATION_URL: 'http://hooks.example.org/secret',
      SEAMLESS_SOURCE_MAIN_URL: 'https://prometheus.example.org',
    })
    expect(errors).toEqual([
      'PORT (now "http") is the number of a port.',
      'ESCALATION_URL is the https URL of an incoming webhook.',
      expect.stringContaining('SEAMLESS_SOURCES_FOR is missing'),
    ])
  })
})

describe('the webhook secret', () => {
  it.each([
    ['W10 missing', undefined, 'is missing.'],
    ['W10 empty', '', 'is missing.'],
    ['W10 the one that Probot would take', 'development', 'is a word that everybody knows.'],
    ['W10 the same in other letters', ' Development ', 'is a word that everybody knows.'],
    ['W10 short', 'a1b2c3d4e5f6g7h8i9j', 'is shorter than 20 characters.'],
    ['W10 long and empty of chance', 'aaaaaaaaaaaaaaaaaaaaaaaaa', 'repeats too few characters.'],
  ])('%s: refused', async (_, WEBHOOK_SECRET, why) => {
    const errors = await errorsOf({ WEBHOOK_SECRET })
    expect(errors).toEqual([expect.stringContaining(`WEBHOOK_SECRET ${why}`)])
  })

  it('W11 the previous one is taken as well, and held to the same', async () => {
    const previous = '0a1b2c3d4e5f60718293'
    const read = await readSettings({ ...GOOD, WEBHOOK_SECRET_PREVIOUS: previous })
    expect(read).toMatchObject({ ok: true, settings: { webhookSecrets: [GOOD.WEBHOOK_SECRET, previous] } })
    expect(await errorsOf({ WEBHOOK_SECRET_PREVIOUS: 'short' })).toEqual([
      expect.stringContaining('WEBHOOK_SECRET_PREVIOUS is shorter than 20'),
    ])
  })
})

describe('the private key', () => {
  it.each([
    ['as PEM', pem],
    ['with its line breaks written out', pem.replaceAll('\n', String.raw`\n`)],
    ['in base64', Buffer.from(pem).toString('base64')],
  ])('stands in PRIVATE_KEY %s', async (_, PRIVATE_KEY) => {
    const read = await readSettings({ ...GOOD, PRIVATE_KEY_PATH: undefined, PRIVATE_KEY })
    expect(read).toMatchObject({ ok: true, settings: { privateKey: pem } })
  })

  it.each([0o644, 0o640, 0o604, 0o410, 0o401])('S04 in a file of mode %o: refused', async (mode) => {
    const file = path.join(folder, `key-${mode}.pem`)
    writeFileSync(file, pem)
    chmodSync(file, mode)
    expect(await errorsOf({ PRIVATE_KEY_PATH: file })).toEqual([
      expect.stringMatching(/can be read by others \(mode 0\d{3}\): run "chmod 400" on it\.$/),
    ])
  })

  it('S04 of something else is refused without a letter of it', async () => {
    const errors = await errorsOf({ PRIVATE_KEY_PATH: undefined, PRIVATE_KEY: `${pem.slice(0, 200)}broken` })
    expect(errors).toEqual([expect.stringContaining('PRIVATE_KEY holds no RSA private key as PEM.')])
    expect(errors.join('')).not.toContain(pem.slice(30, 60))
  })

  it('is named once', async () => {
    expect(await errorsOf({ PRIVATE_KEY: pem })).toEqual([
      'PRIVATE_KEY and PRIVATE_KEY_PATH are both set: set one of them.',
    ])
  })

  it('in a file that is not there: says which', async () => {
    expect(await errorsOf({ PRIVATE_KEY_PATH: '/nowhere/key.pem' })).toEqual([
      expect.stringContaining('PRIVATE_KEY_PATH ("/nowhere/key.pem") cannot be read (ENOENT)'),
    ])
  })
})

describe('what is open to others', () => {
  it('needs NODE_ENV=production', async () => {
    expect(
      await errorsOf({ HOST: '0.0.0.0', METRICS_HOST: '10.0.0.3', NODE_ENV: 'development' }),
    ).toHaveLength(2)
    expect(await errorsOf({ HOST: '0.0.0.0', METRICS_HOST: '10.0.0.3', NODE_ENV: 'production' })).toEqual([])
  })

  it('N05 is never the metrics: they have a port of their own', async () => {
    expect(await errorsOf({ PORT: '9464' })).toEqual([
      expect.stringContaining('METRICS_PORT is the public port'),
    ])
  })
})

describe('DATABASE_URL', () => {
  it.each([
    'postgres://app:pw@db.example.com/seamless?sslmode=verify-full',
    'postgresql://app:pw@db.example.com/seamless?sslmode=require',
    'postgres://app:pw@127.0.0.1/seamless',
    'postgres://localhost:5433/seamless',
    'postgres:///seamless?host=/var/run/postgresql',
  ])('%s is taken', async (DATABASE_URL) => {
    const read = await readSettings({ ...GOOD, DATABASE_URL })
    expect(read).toMatchObject({ ok: true, settings: { store: { kind: 'postgres', url: DATABASE_URL } } })
  })

  it.each([
    'postgres://app:pw@db.example.com/seamless',
    'postgres://app:pw@db.example.com/seamless?sslmode=prefer',
    'postgres://app:pw@db.example.com/seamless?sslmode=no-verify',
    'postgres:///seamless?host=db.example.com',
  ])('%s crosses a network without TLS: refused', async (DATABASE_URL) => {
    const errors = await errorsOf({ DATABASE_URL })
    expect(errors).toEqual([expect.stringContaining('DATABASE_URL leads to another machine without TLS')])
    expect(errors.join('')).not.toContain('pw')
  })

  it('of something else: says what it should be', async () => {
    expect(await errorsOf({ DATABASE_URL: 'mysql://app:pw@localhost/x' })).toEqual([
      'DATABASE_URL is a URL like postgres://user:password@host/database?sslmode=verify-full.',
    ])
  })
})
