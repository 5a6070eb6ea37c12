import { once } from 'node:events'
import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import nock from 'nock'
import { afterEach, describe, expect, it } from 'vitest'
import { probeSource } from '../../src/adapters/probe.ts'
import { UsageError } from '../../src/errors.ts'
import type { Measurement, ProbeRequest, Query } from '../../src/ports/health-source.ts'
import { healthSourceContract, type HealthSourceWorld } from '../contract/health-source.ts'

const clock = { now: () => 1_800_000_000_000 }
const servers: Server[] = []

afterEach(() => {
  nock.cleanAll()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function query(over: Partial<ProbeRequest> = {}): Query {
  return {
    kind: 'probe',
    probe: { path: '/healthz', method: 'GET', statuses: [200], timeoutMs: 2000, ...over },
  }
}

async function probe(url: string, over: Partial<ProbeRequest> = {}): Promise<Measurement | undefined> {
  const source = probeSource({ name: 'site', url, clock })
  const [answer] = await source.read([query(over)], new AbortController().signal)
  return answer
}

/** `probe_success`, or `kind: why`. */
async function success(url: string, over: Partial<ProbeRequest> = {}): Promise<number | string> {
  const answer = await probe(url, over)
  if (answer?.kind !== 'ok') return `${answer?.kind}: ${answer?.why}`
  const sample = answer.samples.find(({ labels }) => labels['__name__'] === 'probe_success')
  return sample?.value ?? 'no probe_success'
}

const SITE = 'http://site.example'

describe('a service that answers', () => {
  it('succeeds with its status, and gives how long it took', async () => {
    const url = await serve((_, response) => setTimeout(() => response.end('ok'), 60))
    const answer = await probe(url)
    const instance = `${url}/healthz`
    expect(answer).toEqual({
      kind: 'ok',
      samples: [
        { labels: { __name__: 'probe_success', instance }, value: 1, atMs: clock.now() },
        {
          labels: { __name__: 'probe_duration_seconds', instance },
          value: expect.any(Number),
          atMs: clock.now(),
        },
        { labels: { __name__: 'probe_http_status_code', instance }, value: 200, atMs: clock.now() },
      ],
    })
    const seconds = answer?.kind === 'ok' ? answer.samples[1]?.value : undefined
    expect(seconds).toBeGreaterThan(0.055)
    expect(seconds).toBeLessThan(2)
  })

  it.each([
    ['another status', 500, {}, 0],
    ['a status that is allowed', 404, { statuses: [200, 404] }, 1],
    ['M16 a redirect, which is not followed', 302, {}, 0],
    ['a redirect that is expected', 302, { statuses: [302] }, 1],
  ] as const)('is judged by its status: %s', async (_, status, over, expected) => {
    nock(SITE).get('/healthz').reply(status, '', { location: 'http://other.example/' })
    expect(await success(SITE, over)).toBe(expected)
  })

  it.each([
    ['that matches', '"status":"(ok|fine)"', 1],
    ['that does not', 'status: ok', 0],
    ['in any case', '(?i)STATUS', 1],
    ['over lines', '(?s)one.two', 1],
  ])('is judged by a body %s', async (_, body, expected) => {
    nock(SITE).get('/healthz').reply(200, '{"status":"ok"}\none\ntwo')
    expect(await success(SITE, { body })).toBe(expected)
  })

  it('is asked with HEAD where that is said', async () => {
    nock(SITE).head('/healthz').reply(200)
    expect(await success(SITE, { method: 'HEAD' })).toBe(1)
  })

  it('M17 never has its body repeated, whatever fails', async () => {
    nock(SITE).get('/healthz').reply(500, 'the secret').persist()
    expect(JSON.stringify(await probe(SITE, { body: 'fine' }))).not.toContain('secret')
  })
})

describe('a service that does not answer has failed', () => {
  it('M01 when nothing listens', async () => {
    const url = await serve(() => {})
    servers.splice(0).forEach((server) => server.close())
    expect(await success(url)).toBe(0)
  })

  it.each<[string, RequestListener]>([
    ['M05 never answers', () => {}],
    ['M05 never ends its body', (_, response) => void response.writeHead(200).write('ok')],
    ['closes the connection', (request) => void request.socket.destroy()],
    ['speaks no HTTP', (request) => void request.socket.end('hello\r\n\r\n')],
  ])('when it %s', async (_, listener) => {
    expect(await success(await serve(listener), { timeoutMs: 100 })).toBe(0)
  })

  it('and the time until then is given too', async () => {
    const answer = await probe(await serve(() => {}), { timeoutMs: 100 })
    expect(answer?.kind === 'ok' && answer.samples[1]?.value).toBeGreaterThan(0.09)
  })
})

describe('what tells nothing of the service is unknown', () => {
  it('a name that does not resolve is an error', async () => {
    // Too long a label for any name: the resolver refuses it without asking the network.
    expect(await success(`http://${'a'.repeat(64)}.invalid`)).toMatch(
      /^error: .* cannot be reached \(ENOTFOUND\)$/,
    )
  })

  it.each(['ENETUNREACH', 'EHOSTUNREACH', 'EMFILE', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'])(
    '%s is an error',
    async (code) => {
      nock(SITE)
        .get('/healthz')
        .replyWithError(Object.assign(new Error('no'), { code }))
      expect(await success(SITE)).toMatch(new RegExp(`^error: .*${code}`))
    },
  )

  it('an expired certificate is not: users see it', async () => {
    nock(SITE)
      .get('/healthz')
      .replyWithError(Object.assign(new Error('no'), { code: 'CERT_HAS_EXPIRED' }))
    expect(await success(SITE)).toBe(0)
  })

  it('M06 a body without end succeeds if its beginning matches, and is undecided if not', async () => {
    const url = await serve((_, response) => {
      response.on('error', () => {})
      const write = () => response.destroyed || response.write('ok '.repeat(10_000), write)
      write()
    })
    expect(await success(url, { body: 'ok' })).toBe(1)
    expect(await success(url)).toBe(1)
    expect(await success(url, { body: 'fine' })).toBe(
      'invalid: the body is over 1 MiB and its beginning does not match',
    )
  })

  it('a regular expression that would run for ever is stopped', async () => {
    nock(SITE)
      .get('/healthz')
      .reply(200, `${'a'.repeat(60)}!`)
    expect(await success(SITE, { body: '(a+)+$' })).toMatch(/^invalid: matching took longer than 250 ms/)
  })

  it.each([
    ['a broken pattern', { body: '(' }, 'invalid: "(" is no regular expression'],
    [
      'a pattern that only JavaScript knows',
      { body: '(?!x)' },
      'invalid: "(?!x)" uses (?!, which is not supported here',
    ],
    ['a body of HEAD', { method: 'HEAD', body: 'x' }, 'invalid: a HEAD request has no body that could match'],
  ] as const)('%s is invalid', async (_, over, why) => {
    expect(await success(SITE, over)).toBe(why)
  })
})

describe('M18 a probe goes below its URL and nowhere else', () => {
  it.each([
    '//evil.example/',
    '/../admin',
    '/%2e%2e/admin',
    '/..\\..\\admin',
    '@evil.example/',
    'http://evil.example/',
    '.evil.example/',
    ':9/',
    '',
  ])('%j leads nowhere else', async (path) => {
    const asked: string[] = []
    nock(/.*/)
      .get(/.*/)
      .reply(200, (request: Request) => {
        asked.push(request.url)
        return ''
      })
    await probe(`${SITE}/shop`, { path })
    expect(asked.filter((url) => !url.startsWith(`${SITE}/shop/`))).toEqual([])
  })

  it('with its query', async () => {
    nock(SITE).get('/shop/search?q=a').reply(200)
    expect(await success(`${SITE}/shop/`, { path: '/search?q=a' })).toBe(1)
  })

  it.each(['ftp://site.example', 'site.example', 'http://user:pw@site.example', 'http://site.example/?a=1'])(
    '%s is refused as a URL',
    (url) => {
      const make = () => probeSource({ name: 'site', url, clock })
      expect(make).toThrow(UsageError)
      expect(make).not.toThrow(/pw/)
    },
  )
})

it('probes at the same time', async () => {
  let waiting = 0
  const all = Promise.withResolvers<void>()
  const url = await serve((_, response) => {
    waiting++
    if (waiting === 3) all.resolve()
    void all.promise.then(() => response.end())
  })
  const source = probeSource({ name: 'site', url, clock })
  const answers = await source.read([query(), query(), query()], new AbortController().signal)
  expect(answers.map(({ kind }) => kind)).toEqual(['ok', 'ok', 'ok'])
})

async function world(): Promise<HealthSourceWorld> {
  let mode: 'answer' | 'fail' | 'stall' = 'answer'
  const url = await serve((_, response) => mode === 'stall' || response.end('ok'))
  return {
    source: probeSource({ name: 'site', url, clock }),
    known: [query({ timeoutMs: 60_000 }), query({ path: '/other', timeoutMs: 60_000 })],
    refused: [query({ body: '(' }), { kind: 'select', selector: 'up' }, { kind: 'expression', promql: 'up' }],
    fail: () => {
      nock(url)
        .get(/.*/)
        .times(2)
        .replyWithError(Object.assign(new Error('no route'), { code: 'ENETUNREACH' }))
    },
    stall: () => void (mode = 'stall'),
    now: clock.now,
  }
}

healthSourceContract('probe', world)
