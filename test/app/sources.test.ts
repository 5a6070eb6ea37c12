import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openMetrics } from '../../app/metrics.ts'
import { type BoundSource, sourceEnvironment, sourceSecrets } from '../../app/sources/bound-sources.ts'
import { openSources } from '../../app/sources/open-sources.ts'
import { readSources } from '../../app/sources/read-sources.ts'
import type { Config } from '../../src/config/schema.ts'
import { manualClock } from '../support/manual-clock.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'seamless-sources-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function file(text: string): string {
  const name = path.join(folder, `file-${++files}`)
  writeFileSync(name, text)
  return name
}

async function boundBy(environment: Record<string, string>): Promise<readonly BoundSource[]> {
  const read = await readSources(environment)
  if (!read.ok) throw new Error(read.errors.join('\n'))
  return read.bound
}

async function errorsOf(environment: Record<string, string>): Promise<readonly string[]> {
  const read = await readSources(environment)
  return read.ok ? [] : read.errors
}

const MAIN = { SEAMLESS_SOURCE_MAIN_URL: 'https://prometheus.example.org' }

describe('sources by variables', () => {
  it('N01 are for the repositories that the operator names, and for nobody else', async () => {
    const bound = await boundBy({
      ...MAIN,
      SEAMLESS_SOURCES_FOR: 'acme/* Globex/Shop',
      SEAMLESS_SOURCE_MAIN_TOKEN: 't0ken',
    })
    const found = { ...MAIN, SEAMLESS_SOURCE_MAIN_TOKEN: 't0ken' }
    expect(sourceEnvironment(bound, 'acme/anything', 'main')).toEqual(found)
    expect(sourceEnvironment(bound, 'ACME/Shop', 'main')).toEqual(found)
    expect(sourceEnvironment(bound, 'globex/shop', 'main')).toEqual(found)
    for (const foreign of ['globex/other', 'evil/acme', 'acme.evil/shop', 'acmeevil/shop', 'x/acme/shop'])
      expect(sourceEnvironment(bound, foreign, 'main')).toBeUndefined()
    expect(sourceEnvironment(bound, 'acme/shop', 'other')).toBeUndefined()
  })

  it('need the list of who may use them: anybody can install an App', async () => {
    expect(await errorsOf(MAIN)).toEqual([
      'SEAMLESS_SOURCES_FOR is missing, but sources are set: name the repositories whose health may be read there, such as "acme/* globex/shop".',
    ])
  })

  it.each(['*', '*/*', '*/shop', 'acme', 'acme/sh*p', 'https://github.com/acme/shop'])(
    'are never for everybody: %s is no repository',
    async (SEAMLESS_SOURCES_FOR) => {
      expect(await errorsOf({ ...MAIN, SEAMLESS_SOURCES_FOR })).toEqual([
        expect.stringContaining(`${JSON.stringify(SEAMLESS_SOURCES_FOR)}, which is no "owner/name"`),
      ])
    },
  )

  it('tell all that is wrong at once, and no value of a secret', async () => {
    const errors = await errorsOf({
      SEAMLESS_SOURCES_FOR: 'acme/*',
      SEAMLESS_SOURCE_MAIN_URL: 'https://me:hunter2@prometheus.example.org',
      SEAMLESS_SOURCE_MAIN_TOKEN: 'hunter2\n',
      SEAMLESS_SOURCE_MAIN_PASWORD: 'hunter2',
      SEAMLESS_SOURCE_OTHER_TOKEN: 'hunter2',
    })
    expect(errors).toEqual([
      expect.stringContaining('SEAMLESS_SOURCE_MAIN_PASWORD is no variable of a source'),
      expect.stringContaining('SEAMLESS_SOURCE_MAIN_URL holds a user or a password'),
      expect.stringContaining('SEAMLESS_SOURCE_MAIN_TOKEN holds a character'),
      'SEAMLESS_SOURCE_OTHER_URL is missing: where the source answers.',
    ])
    expect(errors[0]).toContain('Did you mean "PASSWORD"?')
    expect(errors.join('\n')).not.toContain('hunter2')
  })

  it('that are none need nothing', async () => {
    expect(await boundBy({})).toEqual([])
    expect(await errorsOf({ SEAMLESS_SOURCES_FOR: 'acme/*' })).toEqual([
      expect.stringContaining('no source is: set SEAMLESS_SOURCE_<NAME>_URL'),
    ])
  })
})

describe('sources by a file', () => {
  it('are read with their secrets from files and variables, each entry for its own repositories', async () => {
    const token = file('s3cret\n')
    const SEAMLESS_SOURCES_FILE = file(`
- repositories: [acme/shop]
  sources:
    main:
      url: https://metrics.acme.example
      token-file: ${token}
      headers: { X-Scope-OrgID: acme }
- repositories: [globex/*]
  sources:
    main: { url: https://metrics.globex.example, user: globex, password-variable: GLOBEX_PASSWORD }
    pages: { url: [http://10.0.0.1/metrics, http://10.0.0.2/metrics] }
    site: { url: https://www.globex.example, allow: [10.0.0.0/8] }
`)
    const bound = await boundBy({ SEAMLESS_SOURCES_FILE, GLOBEX_PASSWORD: 'pa55' })
    expect(sourceEnvironment(bound, 'acme/shop', 'main')).toEqual({
      SEAMLESS_SOURCE_MAIN_URL: 'https://metrics.acme.example',
      SEAMLESS_SOURCE_MAIN_TOKEN: 's3cret',
      SEAMLESS_SOURCE_MAIN_HEADERS: 'X-Scope-OrgID: acme',
    })
    expect(sourceEnvironment(bound, 'globex/x', 'main')).toEqual({
      SEAMLESS_SOURCE_MAIN_URL: 'https://metrics.globex.example',
      SEAMLESS_SOURCE_MAIN_USER: 'globex',
      SEAMLESS_SOURCE_MAIN_PASSWORD: 'pa55',
    })
    expect(sourceEnvironment(bound, 'globex/x', 'pages')?.['SEAMLESS_SOURCE_PAGES_URL']).toBe(
      'http://10.0.0.1/metrics http://10.0.0.2/metrics',
    )
    expect(sourceEnvironment(bound, 'globex/x', 'site')?.['SEAMLESS_SOURCE_SITE_ALLOW']).toBe('10.0.0.0/8')
    expect(sourceEnvironment(bound, 'acme/other', 'main')).toBeUndefined()
    expect(sourceSecrets(bound)).toEqual(['s3cret', 'pa55'])
  })

  it('come before those of variables', async () => {
    const SEAMLESS_SOURCES_FILE = file(
      '- { repositories: [acme/shop], sources: { main: { url: "https://own.example" } } }\n',
    )
    const bound = await boundBy({ ...MAIN, SEAMLESS_SOURCES_FILE, SEAMLESS_SOURCES_FOR: 'acme/*' })
    const urlFor = (repository: string): string | undefined =>
      sourceEnvironment(bound, repository, 'main')?.['SEAMLESS_SOURCE_MAIN_URL']
    expect(urlFor('acme/shop')).toBe('https://own.example')
    expect(urlFor('acme/other')).toBe(MAIN.SEAMLESS_SOURCE_MAIN_URL)
  })

  it('tell each mistake with its line, and what would do', async () => {
    const name = file(`- repositories: [acme/shop, everybody]
  sources:
    main:
      url: ftp://metrics.acme.example
      tokn-file: /x
- repository: [acme/shop]
  sources: {}
`)
    expect(await errorsOf({ SEAMLESS_SOURCES_FILE: name })).toEqual([
      expect.stringContaining(`${name}:1:29 [0].repositories[1]: expected "owner/name"`),
      expect.stringContaining(`${name}:4:12 [0].sources.main.url: holds a URL of ftp:`),
      expect.stringMatching(/:5:7 \[0\]\.sources\.main\.tokn-file: unknown key.*Did you mean "token-file"\?/),
      expect.stringContaining(`${name}:6:3 [1].repositories: expected a list`),
      expect.stringMatching(/:6:3 \[1\]\.repository: unknown key.*Did you mean "repositories"\?/),
    ])
  })

  it('tell a secret that is not there by its place, and what two keys say together', async () => {
    const name = file(`- repositories: [acme/shop]
  sources:
    one: { url: 'https://a.example', token-file: /nowhere/token }
    two: { url: 'https://a.example', token-variable: NOT_SET }
    three:
      url: https://a.example
      user: only
`)
    expect(await errorsOf({ SEAMLESS_SOURCES_FILE: name })).toEqual([
      expect.stringContaining(
        `${name}:3:50 [0].sources.one.token-file: /nowhere/token cannot be read (ENOENT)`,
      ),
      expect.stringContaining('[0].sources.two.token-variable: NOT_SET is not set'),
      expect.stringContaining('password-file is not set, but user is'),
    ])
  })

  it('that cannot be read is told, and so is what is no YAML', async () => {
    expect(await errorsOf({ SEAMLESS_SOURCES_FILE: path.join(folder, 'none') })).toEqual([
      expect.stringMatching(/^SEAMLESS_SOURCES_FILE \(".*none"\) cannot be read \(ENOENT\)\.$/),
    ])
    const name = file('- repositories: [\n')
    expect(await errorsOf({ SEAMLESS_SOURCES_FILE: name })).toEqual([
      expect.stringContaining(`${name}:2:1 not readable`),
    ])
  })
})

describe('a source that is opened', () => {
  const config: Pick<Config, 'sources'> = { sources: { main: { type: 'prometheus', timeoutMs: 1000 } } }
  const shop = { id: 1, owner: 'acme', repo: 'shop' }
  const clock = manualClock()
  const bound: BoundSource[] = [
    { repositories: ['acme/*'], name: 'main', values: { URL: 'http://127.0.0.1:9' } },
  ]

  it('is the same one for every watch of its repository, another for another repository or config', async () => {
    const sources = openSources(bound, { clock, metrics: openMetrics(clock, []) })
    const first = await sources.open(shop, 'main', config)
    expect(await sources.open(shop, 'main', config)).toBe(first)
    expect(await sources.open({ ...shop, id: 2, repo: 'x' }, 'main', config)).not.toBe(first)
    const slower: Pick<Config, 'sources'> = { sources: { main: { type: 'prometheus', timeoutMs: 2000 } } }
    expect(await sources.open(shop, 'main', slower)).not.toBe(first)
  })

  it('N01 is refused to a repository that the operator did not name, with what to do', async () => {
    const sources = openSources(bound, { clock, metrics: openMetrics(clock, []) })
    await expect(sources.open({ id: 3, owner: 'evil', repo: 'shop' }, 'main', config)).rejects.toThrow(
      'The App has no source "main" for evil/shop: whoever operates it binds one in SEAMLESS_SOURCES_FILE, or sets SEAMLESS_SOURCE_MAIN_URL and names the repository in SEAMLESS_SOURCES_FOR.',
    )
  })

  it('is counted by what it answers', async () => {
    const metrics = openMetrics(clock, [])
    const source = await openSources(bound, { clock, metrics }).open(shop, 'main', config)
    await source.read([{ kind: 'select', selector: 'up' }], new AbortController().signal)
    expect((await metrics.text()).body).toContain(
      'seamless_source_calls_total{type="prometheus",outcome="failed"} 1',
    )
  })
})
