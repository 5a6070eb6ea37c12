import { describe, expect, test } from 'vitest'
import { bindSource, sourceVariable } from '../../src/config/source-binding.ts'

const prometheus = { type: 'prometheus', timeoutMs: 10_000 } as const
const scrape = { type: 'scrape', timeoutMs: 5000 } as const
const probe = { type: 'probe' } as const
const TOKEN = 'secret-0123456789'

function why(...parameters: Parameters<typeof bindSource>): string {
  const binding = bindSource(...parameters)
  return binding.ok ? '' : `${binding.variable}: ${binding.message}`
}

function url(value: string): Record<string, string> {
  return { SEAMLESS_SOURCE_A_URL: value }
}

describe('a source is bound by the environment', () => {
  test('a Prometheus by its URL and its token', () => {
    const environment = {
      SEAMLESS_SOURCE_MAIN_URL: 'https://prometheus.example.org/prefix',
      SEAMLESS_SOURCE_MAIN_TOKEN: TOKEN,
      SEAMLESS_SOURCE_OTHER_URL: 'https://other.example.org',
    }
    expect(bindSource('main', prometheus, environment)).toEqual({
      ok: true,
      source: {
        type: 'prometheus',
        name: 'main',
        url: 'https://prometheus.example.org/prefix',
        token: TOKEN,
        timeoutMs: 10_000,
      },
    })
  })

  test('metrics pages by several URLs', () => {
    const environment = {
      SEAMLESS_SOURCE_PAGES_URL: ' http://10.0.0.7:9100/metrics\n http://10.0.0.8/m?x=1 ',
    }
    expect(bindSource('pages', scrape, environment)).toEqual({
      ok: true,
      source: {
        type: 'scrape',
        name: 'pages',
        urls: ['http://10.0.0.7:9100/metrics', 'http://10.0.0.8/m?x=1'],
        timeoutMs: 5000,
      },
    })
  })

  test('a probe by its URL; an unset secret of GitHub is an empty text', () => {
    const environment = { SEAMLESS_SOURCE_SITE_URL: 'http://127.0.0.1:8080', SEAMLESS_SOURCE_SITE_TOKEN: '' }
    expect(bindSource('site', probe, environment)).toEqual({
      ok: true,
      source: { type: 'probe', name: 'site', url: 'http://127.0.0.1:8080' },
    })
  })

  test('by variables that a shell can set', () => {
    expect(sourceVariable('main', 'URL')).toBe('SEAMLESS_SOURCE_MAIN_URL')
    expect(sourceVariable('eu-west_1', 'TOKEN')).toBe('SEAMLESS_SOURCE_EU_WEST_1_TOKEN')
  })
})

describe('a source is refused with the variable to set', () => {
  test.each([
    [
      'a Prometheus without a place',
      why('a', prometheus, {}),
      'SEAMLESS_SOURCE_A_URL: The source "a" has no place: set SEAMLESS_SOURCE_A_URL to where its Prometheus answers, such as https://prometheus.example.org.',
    ],
    [
      'pages without a place',
      why('a', scrape, url('  ')),
      'SEAMLESS_SOURCE_A_URL: The source "a" has no place: set SEAMLESS_SOURCE_A_URL to its metrics pages, separated by spaces, such as http://10.0.0.7:9100/metrics.',
    ],
    [
      'a probe without a place',
      why('a', probe, {}),
      'SEAMLESS_SOURCE_A_URL: The source "a" has no place: set SEAMLESS_SOURCE_A_URL to where the service answers, such as https://www.example.org.',
    ],
    [
      'what is no URL',
      why('a', probe, url('www.example.org')),
      'SEAMLESS_SOURCE_A_URL: SEAMLESS_SOURCE_A_URL holds no URL: set it to where the service answers, such as https://www.example.org.',
    ],
    [
      'a URL of a file',
      why('a', prometheus, url('file:///etc/passwd')),
      'SEAMLESS_SOURCE_A_URL: SEAMLESS_SOURCE_A_URL holds a URL of file:; only http: and https: are read.',
    ],
    [
      'a URL with a password',
      why('a', scrape, url(`http://10.0.0.7 http://user:${TOKEN}@10.0.0.8`)),
      'SEAMLESS_SOURCE_A_URL: SEAMLESS_SOURCE_A_URL holds a user or a password, which would show up in logs: leave them out and use the token variable.',
    ],
    [
      'a URL with a query',
      why('a', prometheus, url(`http://10.0.0.7/?token=${TOKEN}`)),
      'SEAMLESS_SOURCE_A_URL: SEAMLESS_SOURCE_A_URL holds a URL with a query (?…): leave it out.',
    ],
    [
      'a URL with a fragment',
      why('a', scrape, url('http://10.0.0.7/#x')),
      'SEAMLESS_SOURCE_A_URL: SEAMLESS_SOURCE_A_URL holds a URL with a fragment (#…): leave it out.',
    ],
    [
      'several URLs where one is needed',
      why('a', prometheus, url('http://10.0.0.7 http://10.0.0.8')),
      'SEAMLESS_SOURCE_A_URL: SEAMLESS_SOURCE_A_URL holds 2 URLs; a prometheus source has one.',
    ],
    [
      'a token that no header can carry',
      why('a', prometheus, { ...url('http://10.0.0.7'), SEAMLESS_SOURCE_A_TOKEN: `${TOKEN}\n` }),
      'SEAMLESS_SOURCE_A_TOKEN: SEAMLESS_SOURCE_A_TOKEN holds a character that no HTTP header can carry: a space or a line break at its end?',
    ],
    [
      'a token for a probe',
      why('a', probe, { ...url('http://10.0.0.7'), SEAMLESS_SOURCE_A_TOKEN: TOKEN }),
      'SEAMLESS_SOURCE_A_TOKEN: SEAMLESS_SOURCE_A_TOKEN is set, but a probe sends no token, as a user does: unset it.',
    ],
  ])('%s', (_, found, message) => {
    expect(found).toBe(message)
    expect(found).not.toContain(TOKEN)
  })
})
