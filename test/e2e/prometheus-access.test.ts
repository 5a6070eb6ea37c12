import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSource } from '../../src/adapters/registry.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { HealthSource, Query } from '../../src/ports/health-source.ts'
import { type Authority, hasOpenssl, newAuthority } from '../support/certificates.ts'
import { hasPrometheus, type PrometheusServer, startGuardedPrometheus } from '../support/prometheus-server.ts'

const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
}
const sources = { main: { type: 'prometheus', timeoutMs: 20_000 } } as const
const ONE: Query = { kind: 'expression', promql: 'vector(1)' }

/** Of `one two:three`. */
const HASH = '$2b$04$seamlessSeamlessSeamlu73VFILiM3DVLk4ZOMQn35Eij/tweZNu'

type Access = Partial<Record<'TOKEN' | 'USER' | 'PASSWORD' | 'CA_FILE' | 'CERT_FILE' | 'KEY_FILE', string>>

describe.runIf(hasPrometheus() && hasOpenssl())('a real Prometheus that lets in whom it knows', () => {
  let ours: Authority
  let theirs: Authority
  let prometheus: PrometheusServer
  let ca: Access
  let client: Access
  const user: Access = { USER: 'seamless', PASSWORD: 'one two:three' }

  beforeAll(async () => {
    ours = newAuthority()
    theirs = newAuthority()
    prometheus = await startGuardedPrometheus({
      server: ours.issue('server'),
      clients: ours.cert,
      users: { seamless: HASH },
    })
    const { cert, key } = ours.issue('client')
    ca = { CA_FILE: ours.cert }
    client = { CERT_FILE: cert, KEY_FILE: key }
  })

  afterAll(async () => {
    await prometheus?.remove()
    ours?.remove()
    theirs?.remove()
  })

  function open(access: Access): Promise<HealthSource> {
    const given = Object.entries(access).map(([what, value]) => [`SEAMLESS_SOURCE_MAIN_${what}`, value])
    const environment = { SEAMLESS_SOURCE_MAIN_URL: prometheus.url, ...Object.fromEntries(given) }
    return openSource('main', { sources }, environment, clock)
  }

  /** The value, or `kind: why` with the server called URL. */
  async function ask(access: Access): Promise<number | string | undefined> {
    const source = await open(access)
    const [answer] = await source.read([ONE], new AbortController().signal)
    if (answer?.kind === 'ok') return answer.samples[0].value
    return `${answer?.kind}: ${answer?.why}`.replaceAll(prometheus.url, 'URL')
  }

  it('answers one that has its authority, a certificate and a password', async () => {
    expect(await ask({ ...ca, ...client, ...user })).toBe(1)
  })

  it('is not believed without its authority', async () => {
    expect(await ask({ ...client, ...user })).toBe(
      "error: URL/api/v1/query cannot be reached (UNABLE_TO_VERIFY_LEAF_SIGNATURE; name its authority in the source's _CA_FILE, or in NODE_EXTRA_CA_CERTS)",
    )
    expect(await ask({ ...client, ...user, CA_FILE: theirs.cert })).toMatch(
      /^error: URL\/api\/v1\/query cannot be reached \(UNABLE_TO_VERIFY_LEAF_SIGNATURE;/,
    )
  })

  it('refuses one without a certificate, and one of another authority', async () => {
    expect(await ask({ ...ca, ...user })).toMatch(
      /^error: URL\/api\/v1\/query does not answer \([\w/]+; it wants a certificate of ours, or another one: the source's _CERT_FILE and _KEY_FILE\)$/,
    )
    const other = theirs.issue('client')
    expect(await ask({ ...ca, ...user, CERT_FILE: other.cert, KEY_FILE: other.key })).toMatch(
      /^error: URL\/api\/v1\/query does not answer \([\w/]+; it wants a certificate of ours, or another one/,
    )
  })

  it.each<[string, Access]>([
    ['nobody', {}],
    ['a wrong password', { USER: 'seamless', PASSWORD: 'wrong' }],
    ['a token', { TOKEN: 'token-0123' }],
  ])('refuses %s with what to do, and shows no credential', async (_, access) => {
    expect(await ask({ ...ca, ...client, ...access })).toBe(
      'error: URL/api/v1/query answers with status 401: it wants other credentials',
    )
  })

  it.each<[string, () => Access, RegExp]>([
    [
      'a file that is not there',
      () => ({ CA_FILE: 'no.pem' }),
      /^source main: no\.pem cannot be read \(ENOENT\)\.$/,
    ],
    [
      'a key as the authority',
      () => ({ CA_FILE: client.KEY_FILE! }),
      /client\.key holds no PEM text of a certificate\.$/,
    ],
    [
      'a certificate as its key',
      () => ({ ...client, KEY_FILE: client.CERT_FILE! }),
      /client\.crt holds no PEM text of a private key\.$/,
    ],
    [
      'the key of another certificate',
      () => ({ ...client, KEY_FILE: ours.key }),
      /ca\.key is not the key of .*client\.crt\.$/,
    ],
  ])('is not asked with %s', async (_, access, message) => {
    await expect(open(access())).rejects.toThrow(message)
  })

  it('is not asked with a file that is broken within', async () => {
    const broken = path.join(ours.folder, 'broken.pem')
    writeFileSync(broken, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
    await expect(open({ CA_FILE: broken })).rejects.toThrow(
      /broken\.pem holds no PEM text of a certificate\.$/,
    )
    rmSync(broken)
  })
})
