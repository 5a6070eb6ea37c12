import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { logOf } from '../../app/log.ts'
import { appLog } from '../support/app/app-log.ts'

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
const TOKEN = 'ghs_16C7e42F292c6912E7710c838347Ae178B4a'

describe('no secret is in a line of the log', () => {
  it.each([
    ['an installation token', TOKEN],
    ['a fine-grained token', 'github_pat_11ABCDEFG0123456789_abcdefghijklmnop'],
    ['an AWS key', 'AKIAIOSFODNN7EXAMPLE'],
    ['a private key', pem],
    ['a JWT', 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjQ3MTF9.c2lnbmF0dXJl'],
  ])('S02 that only its format gives away: %s', (_, secret) => {
    const { log, lines } = appLog()
    log.info({ deep: { in: [secret] } }, `said: ${secret}`)
    log.error({ err: new Error(secret, { cause: new Error(secret) }) }, 'failed')
    const written = lines.join('')
    for (const part of secret.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----')))
      expect(written).not.toContain(part)
    expect(written).toContain('***')
  })

  it('S02 that is ours: the webhook secret, the key, the password of the database', () => {
    const { log, lines } = appLog({
      privateKey: pem,
      webhookSecrets: ['the-first-of-two-secrets', 'the-other-of-two-secrets'],
      store: { kind: 'postgres', url: 'postgres://app:p%40ss-w0rd!@db/x?sslmode=require' },
    })
    log.info('the-first-of-two-secrets the-other-of-two-secrets p@ss-w0rd! p%40ss-w0rd!')
    log.info(Buffer.from('x:the-first-of-two-secrets').toString('base64'))
    expect(lines.join('')).not.toMatch(/of-two-secrets|w0rd|dGhlLWZpcnN0/)
  })

  it('S03 in an error that carries its request', () => {
    const { log, lines } = appLog()
    const request = { headers: { authorization: 'bearer what-nobody-knows', cookie: 'a=b' } }
    log.error({ err: Object.assign(new Error('GitHub answered 500'), { request }) }, 'failed')
    log.error({ request }, 'failed, as an object')
    const written = lines.join('')
    expect(written).toContain('GitHub answered 500')
    expect(written).not.toMatch(/what-nobody-knows|a=b/)
  })

  it('W13 in headers that somebody logs at the finest level', () => {
    const { log, lines } = appLog()
    log.trace({
      req: { headers: { 'X-GitHub-Encoded-Secret': 'value "of" it', 'x-hub-signature-256': 'sha256=ab' } },
    })
    expect(JSON.parse(lines.join(''))).toMatchObject({
      req: { headers: { 'X-GitHub-Encoded-Secret': '***', 'x-hub-signature-256': '***' } },
    })
  })

  it('S02 by way of a child, or of the log that the core speaks to', () => {
    const { log, lines } = appLog()
    logOf(log.child({ name: 'probot' }), { delivery: 'x' }).warning(`token ${TOKEN}`)
    expect(lines.join('')).toMatch(/"level":"warn".*"delivery":"x".*token \*\*\*/)
  })
})

it('an error is told with the whole chain of its causes', () => {
  const { log, lines } = appLog()
  log.error({ err: new Error('what', { cause: new Error('why') }) }, 'failed')
  expect(JSON.parse(lines.join(''))).toMatchObject({
    level: 'error',
    msg: 'failed',
    err: { type: 'Error', message: 'what\n  because: why' },
  })
})
