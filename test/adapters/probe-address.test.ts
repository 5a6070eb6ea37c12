import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type ProbeOptions, probeSource } from '../../src/adapters/probe.ts'
import type { Query } from '../../src/ports/health-source.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** A service on an address of this machine that counts who comes. */
async function serve(address = '127.0.0.1', port = 0, listener?: RequestListener) {
  const server = createServer(listener ?? ((_, response) => response.end('ok'))).listen(port, address)
  let connections = 0
  server.on('connection', () => connections++)
  await once(server, 'listening')
  servers.push(server)
  return { port: (server.address() as AddressInfo).port, connections: () => connections }
}

const QUERY: Query = {
  kind: 'probe',
  probe: { path: '/healthz', method: 'GET', statuses: [200], timeoutMs: 5000 },
}
const CONNECT: Query = { kind: 'probe', probe: { connect: 'tcp', timeoutMs: 5000 } }

/** `probe_success`, or `kind: why`. */
async function ask(over: Partial<ProbeOptions> & { url: string }, query = QUERY): Promise<number | string> {
  const clock = { now: () => Date.now() }
  const source = probeSource({ name: 'shop-eu', clock, ...over })
  const [answer] = await source.read([query], new AbortController().signal)
  if (answer?.kind !== 'ok') return `${answer?.kind}: ${answer?.why}`
  return answer.samples[0].value
}

/** What names lead to, as if a name server said so. */
const leadingTo =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

const NO_PUBLIC = 'which is not public; if that is meant, name it in SEAMLESS_SOURCE_SHOP_EU_ALLOW'
const NO_SERVICE =
  "where no service is (link-local, a cloud's metadata, multicast); if that is meant, name it in SEAMLESS_SOURCE_SHOP_EU_ALLOW"

describe('M14 an address to which a name leads, as its keeper says today', () => {
  it.each([
    ['169.254.169.254.nip.io', '169.254.169.254', NO_SERVICE],
    ['metadata.google.internal', '169.254.169.254', NO_SERVICE],
    ['metadata.example', 'fd00:ec2::254', NO_SERVICE],
    ['oracle.example', '192.0.0.192', NO_SERVICE],
    ['azure.example', '168.63.129.16', NO_SERVICE],
    ['mapped.example', '::ffff:a9fe:a9fe', NO_SERVICE],
    ['mapped.example', '::ffff:169.254.169.254', NO_SERVICE],
    ['nat64.example', '64:ff9b::a9fe:a9fe', NO_SERVICE],
    ['scoped.example', 'fe80::1%lo', NO_SERVICE],
    ['nobody.example', '0.0.0.0', NO_SERVICE],
    ['all.example', '255.255.255.255', NO_SERVICE],
    ['127.0.0.1.nip.io', '127.0.0.1', NO_PUBLIC],
    ['six.example', '::1', NO_PUBLIC],
    ['ten.example', '10.1.2.3', NO_PUBLIC],
    ['home.example', '192.168.0.1', NO_PUBLIC],
    ['carrier.example', '100.64.0.1', NO_PUBLIC],
    ['unique.example', 'fd12::1', NO_PUBLIC],
    ['nat64.example', '64:ff9b::7f00:1', NO_PUBLIC],
    ['six-to-four.example', '2002:7f00:1::', NO_PUBLIC],
  ])('%s: %s is not connected to', async (host, address, why) => {
    const service = await serve()
    const url = `http://${host}:${service.port}`
    expect(await ask({ url, resolve: leadingTo(address) })).toBe(`error: ${host} leads to ${address}, ${why}`)
    expect(await ask({ url, resolve: leadingTo('127.0.0.1', address) })).toMatch(/^error: /)
    expect(await ask({ url: url.replace('http:', 'tcp:'), resolve: leadingTo(address) }, CONNECT)).toMatch(
      /^error: /,
    )
    expect(service.connections()).toBe(0)
  })

  it('is connected to where whoever runs Seamless has named it, and others are not', async () => {
    const service = await serve()
    const url = `http://shop.internal:${service.port}`
    const resolve = leadingTo('127.0.0.1')
    expect(await ask({ url, resolve, allow: ['127.0.0.0/8', 'fd00::/8'] })).toBe(1)
    expect(await ask({ url, resolve, allow: ['127.0.0.2', '10.0.0.0/8'] })).toMatch(
      /^error: shop\.internal leads/,
    )
    expect(service.connections()).toBe(1)
  })

  it('may be this machine for its own name', async () => {
    const { port } = await serve()
    expect(await ask({ url: `http://localhost:${port}`, resolve: leadingTo('127.0.0.1') })).toBe(1)
    expect(await ask({ url: `http://a.localhost:${port}`, resolve: leadingTo('127.0.0.1') })).toBe(1)
    expect(await ask({ url: `http://localhost:${port}`, resolve: leadingTo('10.0.0.1') })).toMatch(/^error: /)
  })

  it('is not there where the name leads nowhere', async () => {
    expect(await ask({ url: 'http://shop.example', resolve: leadingTo() })).toBe(
      'error: shop.example leads to no address',
    )
  })
})

describe('M14 an address that stands in the URL itself is the word of whoever runs Seamless', () => {
  it('also that of this machine, in any spelling', async () => {
    const { port } = await serve()
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]'])
      expect(await ask({ url: `http://${host}:${port}` })).toBe(1)
    expect(await ask({ url: `tcp://2130706433:${port}` }, CONNECT)).toBe(1)
  })

  it.each([
    'http://169.254.169.254/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[64:ff9b::169.254.169.254]/',
    'http://[fe80::1]/',
    'http://0/',
    'tcp://2852039166:80',
    'tcp://[::ffff:169.254.169.254]:80',
  ])('but not %s, where no service is', (url) => {
    const make = () => probeSource({ name: 'shop-eu', url, clock: { now: () => 0 } })
    expect(make).toThrow(/^source shop-eu: its URL leads to \S+, where no service is /)
  })

  it('unless it is named', () => {
    const url = 'http://169.254.169.254/'
    const make = () => probeSource({ name: 'a', url, allow: ['169.254.169.254'], clock: { now: () => 0 } })
    expect(make).not.toThrow()
  })
})

it('M15 the address that was vetted is the one that is connected to, and each probe asks for it once', async () => {
  const vetted = await serve('127.0.0.2')
  const inside = await serve('127.0.0.1', vetted.port)
  const answers = ['127.0.0.2', '127.0.0.1', '127.0.0.2']
  let asked = 0
  const resolve = async () => [{ address: answers[asked++]!, family: 4 }]
  const site = { url: `http://rebinding.example:${vetted.port}`, resolve, allow: ['127.0.0.2'] }
  expect(await ask(site)).toBe(1)
  expect(asked).toBe(1)
  expect(await ask(site)).toMatch(/^error: rebinding\.example leads to 127\.0\.0\.1, which is not public/)
  expect(await ask(site)).toBe(1)
  expect([vetted.connections(), inside.connections()]).toEqual([2, 0])
})

it('M16 a redirect to this machine is an answer, and nobody goes there', async () => {
  const inside = await serve()
  const outside = await serve('127.0.0.1', 0, (_, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:${inside.port}/` }).end()
  })
  expect(await ask({ url: `http://127.0.0.1:${outside.port}` })).toBe(0)
  expect(inside.connections()).toBe(0)
})

it.each([
  ['tcp://db.example', /a tcp URL is tcp:\/\/host:port, and nothing more$/],
  ['tcp://db.example:5432/path', /a tcp URL is tcp:\/\/host:port, and nothing more$/],
  ['tcp://:5432', /expected the http or https URL of the service, or tcp:\/\/host:port$/],
  ['udp://db.example:53', /expected the http or https URL of the service, or tcp:\/\/host:port$/],
])('%s is refused as a URL', (url, message) => {
  expect(() => probeSource({ name: 'db', url, clock: { now: () => 0 } })).toThrow(message)
})
