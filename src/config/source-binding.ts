import { isIP } from 'node:net'
import { type AccessVariable, readAccess, type SourceAccess, type TlsFiles } from './source-access.ts'
import type { SourceConfig } from './source.ts'

/** A source with its place: what an adapter needs to be made. Times in ms. */
type BoundSource =
  | (SourceAccess & {
      readonly type: 'prometheus'
      readonly name: string
      readonly url: string
      readonly timeoutMs: number
      readonly tolerateWarnings?: boolean
    })
  | (SourceAccess & {
      readonly type: 'scrape'
      readonly name: string
      readonly urls: readonly [string, ...string[]]
      readonly timeoutMs: number
    })
  | (SourceAccess & {
      readonly type: 'grafana'
      readonly name: string
      readonly url: string
      readonly timeoutMs: number
      readonly annotate: boolean
    })
  | {
      readonly type: 'probe'
      readonly name: string
      readonly url: string
      readonly tls?: Pick<TlsFiles, 'ca'>
      /** Addresses and networks (CIDR) that its name may lead to although they are not public. */
      readonly allow?: readonly string[]
    }

export type Binding =
  | { readonly ok: true; readonly source: BoundSource }
  /** `variable` is the one to set; `message` says to what, and never shows a value of it. */
  | { readonly ok: false; readonly variable: string; readonly message: string }

/** Environment variables as `process.env` has them. */
type Environment = Readonly<Record<string, string | undefined>>

/**
 * The origin and the token of a configured source, from the environment of whoever runs Seamless: the configuration
 * cannot point a token at another server, because it names neither.
 */
export function bindSource(name: string, config: SourceConfig, environment: Environment): Binding {
  const variable = sourceVariable(name, 'URL')
  const texts = (environment[variable] ?? '').split(/\s+/).filter((text) => text !== '')
  const [first, ...rest] = texts
  if (first === undefined) return unset(name, variable, config)
  for (const text of texts) {
    const why = refusal(text, config)
    if (why !== undefined) return { ok: false, variable, message: `${variable} ${why}` }
  }
  if (config.type !== 'scrape' && rest.length > 0) {
    const message = `${variable} holds ${texts.length} URLs; a ${config.type} source has one.`
    return { ok: false, variable, message }
  }
  const read = readAccess((what) => sourceVariable(name, what), environment)
  if (!read.ok) return read
  const { access } = read
  if (config.type === 'probe') return boundProbe(first, { name, environment, access })
  return bound({ name, config, urls: [first, ...rest], access })
}

/** `SEAMLESS_SOURCE_MAIN_URL` for the source `main`. */
export function sourceVariable(name: string, what: 'URL' | 'ALLOW' | AccessVariable): string {
  return `SEAMLESS_SOURCE_${name.toUpperCase().replaceAll('-', '_')}_${what}`
}

const PLACE = {
  prometheus: 'where its Prometheus answers, such as https://prometheus.example.org',
  scrape: 'its metrics pages, separated by spaces, such as http://10.0.0.7:9100/metrics',
  probe: 'where the service answers, such as https://www.example.org',
  grafana: 'where its Grafana answers, such as https://grafana.example.org',
} as const

function unset(name: string, variable: string, { type }: SourceConfig): Binding {
  return {
    ok: false,
    variable,
    message: `The source "${name}" has no place: set ${variable} to ${PLACE[type]}.`,
  }
}

/** What is wrong with a URL. It is not quoted: it may hold a password. */
function refusal(text: string, { type }: SourceConfig): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) return `holds no URL: set it to ${PLACE[type]}.`
  if (
    url.protocol !== 'http:' &&
    url.protocol !== 'https:' &&
    !(type === 'probe' && url.protocol === 'tcp:')
  ) {
    return `holds a URL of ${url.protocol}; only ${type === 'probe' ? 'http:, https: and tcp:' : 'http: and https:'} are read.`
  }
  if (url.username !== '' || url.password !== '') {
    return 'holds a user or a password, which would show up in logs: leave them out and use the variables for them.'
  }
  if (url.hash !== '') return 'holds a URL with a fragment (#…): leave it out.'
  if (type !== 'scrape' && url.search !== '') return 'holds a URL with a query (?…): leave it out.'
  return undefined
}

interface Parts {
  readonly name: string
  readonly config: Exclude<SourceConfig, { type: 'probe' }>
  readonly urls: readonly [string, ...string[]]
  readonly access: SourceAccess
}

/** A probe asks as a user without an account does; only whom it believes over TLS may be said. */
function boundProbe(
  url: string,
  { name, environment, access: { tls, ...credentials } }: ProbeParts,
): Binding {
  const set = tls?.client === undefined ? Object.keys(credentials)[0] : 'client'
  if (set !== undefined) {
    const what = CREDENTIALS[set as keyof typeof CREDENTIALS]
    const sent = what === 'TOKEN' ? 'token' : 'credentials and no headers'
    return refused(name, what, `is set, but a probe sends no ${sent}, as a user does: unset it.`)
  }
  const allow = (environment[sourceVariable(name, 'ALLOW')] ?? '')
    .split(/[\s,]+/)
    .filter((text) => text !== '')
  if (!allow.every(isNetwork))
    return refused(name, 'ALLOW', 'holds what is no address and no network, such as 10.1.2.3 or 10.0.0.0/8.')
  const more = { ...(tls === undefined ? {} : { tls }), ...(allow.length === 0 ? {} : { allow }) }
  return { ok: true, source: { type: 'probe', name, url, ...more } }
}

interface ProbeParts {
  readonly name: string
  readonly environment: Environment
  readonly access: SourceAccess
}

function refused(name: string, what: 'ALLOW' | AccessVariable, why: string): Binding {
  const variable = sourceVariable(name, what)
  return { ok: false, variable, message: `${variable} ${why}` }
}

/** `10.1.2.3`, `10.0.0.0/8`, `fd00::/8`. */
function isNetwork(text: string): boolean {
  const [, address = '', prefix = '0'] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = isIP(address)
  return family !== 0 && Number(prefix) <= (family === 4 ? 32 : 128)
}

const CREDENTIALS = { token: 'TOKEN', basic: 'USER', headers: 'HEADERS', client: 'CERT_FILE' } as const

function bound({ name, config, urls, access }: Parts): Binding {
  switch (config.type) {
    case 'prometheus': {
      const { tolerateWarnings, ...rest } = config
      const warnings = tolerateWarnings === undefined ? {} : { tolerateWarnings }
      return { ok: true, source: { ...rest, ...warnings, name, url: urls[0], ...access } }
    }
    case 'scrape':
      return { ok: true, source: { ...config, name, urls, ...access } }
    case 'grafana':
      return { ok: true, source: { ...config, name, url: urls[0], ...access } }
    default:
      return config satisfies never
  }
}
