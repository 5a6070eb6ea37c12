import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sourceRows } from '../../src/cli/doctor/source-rows.ts'
import { type Authority, hasOpenssl, newAuthority } from '../support/certificates.ts'
import { documentedConfig } from '../support/documented-config.ts'

const clock = {
  now: () => Date.now(),
  sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
}

describe.runIf(hasOpenssl())('the example of docs/probe.md on a service that speaks TLS', () => {
  let authority: Authority
  let service: Server
  let port: number
  const config = documentedConfig('probe.md')

  beforeAll(async () => {
    authority = newAuthority()
    const { cert, key } = authority.issue('service', 30)
    const options = { cert: readFileSync(cert), key: readFileSync(key) }
    service = createServer(options, (request, response) => {
      response
        .writeHead(request.url === '/healthz' ? 200 : 404, { 'content-type': 'application/json' })
        .end('{"status": "ok"}')
    }).listen(0, '127.0.0.1')
    await once(service, 'listening')
    port = (service.address() as AddressInfo).port
  })

  afterAll(() => {
    authority?.remove()
    service?.closeAllConnections()
    service?.close()
  })

  const rows = (over: Record<string, string> = {}) => {
    const environment = {
      SEAMLESS_SOURCE_SITE_URL: `https://127.0.0.1:${port}`,
      SEAMLESS_SOURCE_SITE_CA_FILE: authority.cert,
      SEAMLESS_SOURCE_QUEUE_URL: `tcp://127.0.0.1:${port}`,
      SEAMLESS_SOURCE_QUEUE_CA_FILE: authority.cert,
      ...over,
    }
    return sourceRows(config, { environment, clock, signal: new AbortController().signal })
  }

  it('is what doctor says there', async () => {
    const why = 'It answers; 1 of 1 queries have data.'
    expect(await rows()).toEqual([
      { what: 'source site', state: 'ok', why },
      { what: 'source queue', state: 'ok', why },
    ])
  })

  it.each([
    ['a name that leads inside', { SITE_URL: 'https://shop.localhost' }, /does not answer/],
    [
      'a place where no service is',
      { SITE_URL: 'http://169.254.169.254' },
      /^source site: its URL leads to 169\.254\.169\.254, where no service is/,
    ],
    ['an authority that is not there', { SITE_CA_FILE: 'no.pem' }, /no\.pem cannot be read \(ENOENT\)/],
    [
      'an origin without TLS, which has no certificate',
      { SITE_URL: 'http://127.0.0.1:9' },
      /^It answers; 0 of 1 queries have data\.$/,
    ],
    ['a port for the paths', { SITE_URL: 'tcp://127.0.0.1:9' }, /^It answers; 0 of 1 queries have data\.$/],
  ])('says what is wrong with %s', async (_, over, why) => {
    const given = Object.entries(over).map(([what, value]) => [`SEAMLESS_SOURCE_${what}`, value])
    const [first] = await rows(Object.fromEntries(given))
    expect(first?.why).toMatch(why)
  })
})
