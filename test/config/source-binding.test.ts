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

  test('a probe by a host and port, the authorities it believes, and where its name may lead', () => {
    const environment = {
      SEAMLESS_SOURCE_DB_URL: 'tcp://db.internal:5432',
      SEAMLESS_SOURCE_DB_CA_FILE: 'ca.pem',
      SEAMLESS_SOURCE_DB_ALLOW: '10.0.0.0/8, 192.168.1.7\nfd00::/8',
    }
    expect(bindSource('db', probe, environment)).toEqual({
      ok: true,
      source: {
        type: 'probe',
        name: 'db',
        url: 'tcp://db.internal:5432',
        tls: { ca: 'ca.pem' },
        allow: ['10.0.0.0/8', '192.168.1.7', 'fd00::/8'],
      },
    })
  })

  test('a Grafana by its URL and the token of a service account', () => {
    const grafana = { type: 'grafana', timeoutMs: 10_000, annotate: true } as const
    const environment = {
      SEAMLESS_SOURCE_GRAPHS_URL: 'https://example.org/grafana',
      SEAMLESS_SOURCE_GRAPHS_TOKEN: TOKEN,
    }
    expect(bindSource('graphs', grafana, environment)).toEqual({
      ok: true,
      source: { ...grafana, name: 'graphs', url: 'https://example.org/grafana', token: TOKEN },
    })
    expect(why('graphs', grafana, {})).toBe(
      'SEAMLESS_SOURCE_GRAPHS_URL: The source "graphs" has no place: set SEAMLESS_SOURCE_GRAPHS_URL to where its Grafana answers, such as https://grafana.example.org.',
    )
  })

  test('by who asks, whom it believes, and for which tenant: nothing of it can stand in a configuration', () => {
    const variables = {
      URL: 'https://mimir.example.org',
      USER: 'seamless',
      PASSWORD: 'one two:three',
      HEADERS: 'X-Scope-OrgID: shop|eu\n\n  X-Route:  blue \r\n',
      CA_FILE: 'ca.pem',
      CERT_FILE: 'client.pem',
      KEY_FILE: 'client.key',
    }
    const given = Object.entries(variables).map(([what, value]) => [`SEAMLESS_SOURCE_MAIN_${what}`, value])
    expect(bindSource('main', prometheus, Object.fromEntries(given))).toEqual({
      ok: true,
      source: {
        type: 'prometheus',
        name: 'main',
        url: 'https://mimir.example.org',
        timeoutMs: 10_000,
        basic: { user: 'seamless', password: 'one two:three' },
        headers: { 'X-Scope-OrgID': 'shop|eu', 'X-Route': 'blue' },
        tls: { ca: 'ca.pem', client: { cert: 'client.pem', key: 'client.key' } },
      },
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
      'SEAMLESS_SOURCE_A_URL: SEAMLESS_SOURCE_A_URL holds a user or a password, which would show up in logs: leave them out and use the variables for them.',
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
    ...(
      [
        [
          'a token and a user',
          { TOKEN, USER: 'u', PASSWORD: 'p' },
          'USER is set beside SEAMLESS_SOURCE_A_TOKEN: a source is let in by one of the two.',
        ],
        [
          'a password of nobody',
          { PASSWORD: TOKEN },
          'USER is not set, but SEAMLESS_SOURCE_A_PASSWORD is: a password needs its user.',
        ],
        [
          'a user without a password',
          { USER: 'u' },
          'PASSWORD is not set, but SEAMLESS_SOURCE_A_USER is: a user needs its password.',
        ],
        [
          'a user with a colon',
          { USER: 'u:v', PASSWORD: TOKEN },
          'USER holds a ":", which no user of basic authentication has.',
        ],
        [
          'a key without a certificate',
          { KEY_FILE: 'k' },
          'CERT_FILE is not set, but SEAMLESS_SOURCE_A_KEY_FILE is: a key needs its certificate.',
        ],
        [
          'a certificate without a key',
          { CERT_FILE: 'c' },
          'KEY_FILE is not set, but SEAMLESS_SOURCE_A_CERT_FILE is: a certificate needs its key.',
        ],
        [
          'a line that is no header',
          { HEADERS: TOKEN },
          'HEADERS holds a line that is no header: write one a line, such as X-Scope-OrgID: shop',
        ],
        [
          'a header of two lines',
          { HEADERS: `X-A: b\u000bc` },
          'HEADERS holds a line that is no header: write one a line, such as X-Scope-OrgID: shop',
        ],
        [
          'a header of our own',
          { HEADERS: 'Host: other.example' },
          'HEADERS holds Host, which Seamless sets itself: leave it out.',
        ],
        [
          'S01 a credential among the headers',
          { HEADERS: `X-Api-Key: ${TOKEN}` },
          'HEADERS holds X-Api-Key, which sounds like a credential, and headers are not masked in logs: use the token, or user and password.',
        ],
      ] as const
    ).map(([title, variables, message]): [string, string, string] => {
      const given = Object.entries(variables).map(([what, value]) => [`SEAMLESS_SOURCE_A_${what}`, value])
      const environment = { ...url('http://10.0.0.7'), ...Object.fromEntries(given) }
      const variable = `SEAMLESS_SOURCE_A_${message.split(' ')[0]}`
      return [title, why('a', prometheus, environment), `${variable}: SEAMLESS_SOURCE_A_${message}`]
    }),
    ...['10.0.0.0/33', 'fd00::/129', 'db.internal', '10.0.0', '10.0.0.1/', 'fe80::1%lo'].map(
      (allow): [string, string, string] => [
        `a place to be allowed that is ${allow}`,
        why('a', probe, { ...url('http://10.0.0.7'), SEAMLESS_SOURCE_A_ALLOW: allow }),
        'SEAMLESS_SOURCE_A_ALLOW: SEAMLESS_SOURCE_A_ALLOW holds what is no address and no network, such as 10.1.2.3 or 10.0.0.0/8.',
      ],
    ),
    [
      'a URL that only a probe can have',
      why('a', prometheus, url('tcp://10.0.0.7:9090')),
      'SEAMLESS_SOURCE_A_URL: SEAMLESS_SOURCE_A_URL holds a URL of tcp:; only http: and https: are read.',
    ],
    [
      'a certificate of ours for a probe',
      why('a', probe, {
        ...url('http://10.0.0.7'),
        SEAMLESS_SOURCE_A_CERT_FILE: 'c',
        SEAMLESS_SOURCE_A_KEY_FILE: 'k',
      }),
      'SEAMLESS_SOURCE_A_CERT_FILE: SEAMLESS_SOURCE_A_CERT_FILE is set, but a probe sends no credentials and no headers, as a user does: unset it.',
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
