import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { probeSource } from '../../src/adapters/probe.ts'
import type { HttpProbe, ProbeRequest } from '../../src/ports/health-source.ts'
import {
  type BlackboxExporter,
  hasBlackboxExporter,
  startBlackboxExporter,
} from '../support/blackbox-exporter.ts'
import { type Authority, hasOpenssl, newAuthority } from '../support/certificates.ts'
import { freePort } from '../support/prometheus-server.ts'

/** The same probe for both: ours, and what a module of the exporter says of it. */
interface Twin {
  readonly where: 'plain' | 'secure' | 'expired' | 'closed' | 'silent' | 'babbling'
  readonly path?: string
  readonly ours: Partial<HttpProbe> | { readonly connect: 'tcp' | 'tls' }
  readonly theirs: object
  readonly success: 0 | 1
}

const STATUS = { ours: {}, theirs: {} } as const

const TWINS: Readonly<Record<string, Twin>> = {
  'a status that is expected': { where: 'plain', ...STATUS, success: 1 },
  'another status': { where: 'plain', path: '/teapot', ...STATUS, success: 0 },
  'a status of a list': {
    where: 'plain',
    path: '/teapot',
    ours: { statuses: [200, 418] },
    theirs: { valid_status_codes: [200, 418] },
    success: 1,
  },
  HEAD: { where: 'plain', ours: { method: 'HEAD' }, theirs: { method: 'HEAD' }, success: 1 },
  'a redirect, which is not followed': { where: 'plain', path: '/away', ...STATUS, success: 0 },
  'a body that matches': {
    where: 'plain',
    ours: { body: '"status": ?"(ok|fine)"' },
    theirs: { fail_if_body_not_matches_regexp: ['"status": ?"(ok|fine)"'] },
    success: 1,
  },
  'a body that does not': {
    where: 'plain',
    ours: { body: '^ok' },
    theirs: { fail_if_body_not_matches_regexp: ['^ok'] },
    success: 0,
  },
  'headers that match': {
    where: 'plain',
    ours: { headers: { 'Content-Type': '^application/json', 'x-build': '.' } },
    theirs: {
      fail_if_header_not_matches: [
        { header: 'Content-Type', regexp: '^application/json' },
        { header: 'X-Build', regexp: '.' },
      ],
    },
    success: 1,
  },
  'a header that does not match': {
    where: 'plain',
    ours: { headers: { 'Content-Type': '^text/' } },
    theirs: { fail_if_header_not_matches: [{ header: 'Content-Type', regexp: '^text/' }] },
    success: 0,
  },
  'a header that is missing': {
    where: 'plain',
    ours: { headers: { 'X-Other': '.*' } },
    theirs: { fail_if_header_not_matches: [{ header: 'X-Other', regexp: '.*' }] },
    success: 0,
  },
  'one of several values of a header': {
    where: 'plain',
    ours: { headers: { 'Set-Cookie': '^b=' } },
    theirs: { fail_if_header_not_matches: [{ header: 'Set-Cookie', regexp: '^b=' }] },
    success: 1,
  },
  'a certificate of an authority that is believed': { where: 'secure', ...STATUS, success: 1 },
  'a certificate that has expired': { where: 'expired', ...STATUS, success: 0 },
  'HTTP on a port that nothing listens on': { where: 'closed', ...STATUS, success: 0 },
  'HTTP on a port that never answers': { where: 'silent', ...STATUS, success: 0 },
  'HTTP on a port that speaks something else': { where: 'babbling', ...STATUS, success: 0 },
  'a connection': { where: 'plain', ours: { connect: 'tcp' }, theirs: {}, success: 1 },
  'a connection to who never speaks': { where: 'silent', ours: { connect: 'tcp' }, theirs: {}, success: 1 },
  'a connection to nobody': { where: 'closed', ours: { connect: 'tcp' }, theirs: {}, success: 0 },
  'a handshake': { where: 'secure', ours: { connect: 'tls' }, theirs: { tls: true }, success: 1 },
  'a handshake with who has expired': {
    where: 'expired',
    ours: { connect: 'tls' },
    theirs: { tls: true },
    success: 0,
  },
  'a handshake with who speaks something else': {
    where: 'babbling',
    ours: { connect: 'tls' },
    theirs: { tls: true },
    success: 0,
  },
}

const TIMEOUT = '2s'

const site: RequestListener = (request, response) => {
  const status = { '/teapot': 418, '/away': 302 }[request.url ?? ''] ?? 200
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'x-build': '7',
      'set-cookie': ['a=1', 'b=2'],
      location: '/',
    })
    .end('{"status": "ok"}')
}

describe.runIf(hasBlackboxExporter() && hasOpenssl())(
  'a probe and the real blackbox exporter judge alike',
  () => {
    let authority: Authority
    let exporter: BlackboxExporter
    const servers: Server[] = []
    const urls = {} as Record<Twin['where'], string>

    beforeAll(async () => {
      authority = newAuthority()
      const secure = (days: number) => {
        const { cert, key } = authority.issue(`days${days}`, days)
        return createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }, site)
      }
      const listen = async (server: Server, scheme = 'http') => {
        servers.push(server.listen(0, '127.0.0.1'))
        await once(server, 'listening')
        return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
      }
      Object.assign(urls, {
        plain: await listen(createServer(site)),
        secure: await listen(secure(30), 'https'),
        expired: await listen(secure(-1), 'https'),
        silent: await listen(createTcpServer((socket) => void socket.on('error', () => {}))),
        babbling: await listen(
          createTcpServer((socket) => void socket.on('error', () => {}).end('220 hello\r\n')),
        ),
        closed: `http://127.0.0.1:${await freePort()}`,
      })
      exporter = await startBlackboxExporter(
        Object.fromEntries(
          Object.entries(TWINS).map(([name, twin]) => [name, moduleOf(twin, authority.cert)]),
        ),
      )
    })

    afterAll(async () => {
      await exporter?.stop()
      authority?.remove()
      for (const server of servers) {
        if ('closeAllConnections' in server) (server as ReturnType<typeof createServer>).closeAllConnections()
        server.close()
      }
    })

    it.each(Object.entries(TWINS))('%s', async (name, { where, path = '/', ours, success }) => {
      const probe = requestOf(ours, path)
      const url = 'connect' in probe ? urls[where].replace(/^https?:/, 'tcp:') : urls[where]
      const target = 'connect' in probe ? new URL(urls[where]).host : `${urls[where]}${path}`
      const [found, theirs] = await Promise.all([ask(url, probe), exporter.probe(name, target)])
      expect(found['probe_success']).toBe(success)
      for (const metric of ['probe_success', 'probe_http_status_code', 'probe_ssl_earliest_cert_expiry'])
        expect([metric, found[metric]]).toEqual([metric, theirs[metric]])
      expect(found['probe_duration_seconds']).toBeGreaterThan(0)
    })

    it.each([
      ['14d', 14, 1],
      ['31d', 31, 0],
    ])('a certificate of 30 days holds for %s: %i days, %i', async (_, days, success) => {
      const certificateMs = days * 86_400_000
      for (const [url, probe] of [
        [urls.secure, { ...requestOf({}, '/'), certificateMs }],
        [urls.secure.replace('https:', 'tcp:'), { connect: 'tls', timeoutMs: 2000, certificateMs }],
      ] as const)
        expect((await ask(url, probe))['probe_success']).toBe(success)
    })

    it('what is not believed is unknown, and not the fault of the service', async () => {
      const source = probeSource({ name: 'site', url: urls.secure, clock: { now: () => Date.now() } })
      const [answer] = await source.read(
        [{ kind: 'probe', probe: requestOf({}, '/') }],
        new AbortController().signal,
      )
      expect(answer).toEqual({
        kind: 'error',
        why: `${urls.secure}/ cannot be reached (UNABLE_TO_VERIFY_LEAF_SIGNATURE; name its authority in the source's _CA_FILE, or in NODE_EXTRA_CA_CERTS)`,
      })
    })

    async function ask(url: string, probe: ProbeRequest): Promise<Readonly<Record<string, number>>> {
      const tls = { ca: readFileSync(authority.cert, 'utf8') }
      const source = probeSource({ name: 'site', url, tls, clock: { now: () => Date.now() } })
      const [answer] = await source.read([{ kind: 'probe', probe }], new AbortController().signal)
      if (answer?.kind !== 'ok') throw new Error(`${answer?.kind}: ${answer?.why}`)
      return Object.fromEntries(answer.samples.map(({ labels, value }) => [labels['__name__'], value]))
    }
  },
)

function requestOf(ours: Twin['ours'], path: string): ProbeRequest {
  const timeoutMs = 2000
  if ('connect' in ours) return { timeoutMs, connect: ours.connect }
  return { method: 'GET', statuses: [200], path, timeoutMs, ...ours }
}

function moduleOf({ ours, theirs }: Twin, ca: string): object {
  const tls_config = { ca_file: ca }
  if ('connect' in ours) return { prober: 'tcp', timeout: TIMEOUT, tcp: { tls_config, ...theirs } }
  const http = { follow_redirects: false, valid_status_codes: [200], tls_config, ...theirs }
  return { prober: 'http', timeout: TIMEOUT, http }
}
