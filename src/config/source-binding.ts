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
  | {
      readonly type: 'probe'
      readonly name: string
      readonly url: string
      readonly tls?: Pick<TlsFiles, 'ca'>
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
  return read.ok ? bound({ name, config, urls: [first, ...rest], access: read.access }) : read
}

/** `SEAMLESS_SOURCE_MAIN_URL` for the source `main`. */
export function sourceVariable(name: string, what: 'URL' | AccessVariable): string {
  return `SEAMLESS_SOURCE_${name.toUpperCase().replaceAll('-', '_')}_${what}`
}

const PLACE = {
  prometheus: 'where its Prometheus answers, such as https://prometheus.example.org',
  scrape: 'its metrics pages, separated by spaces, such as http://10.0.0.7:9100/metrics',
  probe: 'where the service answers, such as https://www.example.org',
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
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `holds a URL of ${url.protocol}; only http: and https: are read.`
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
  readonly config: SourceConfig
  readonly urls: readonly [string, ...string[]]
  readonly access: SourceAccess
}

/** A probe asks as a user without an account does; only whom it believes over TLS may be said. */
function boundProbe(name: string, url: string, { tls, ...credentials }: SourceAccess): Binding {
  const set = tls?.client === undefined ? Object.keys(credentials)[0] : 'client'
  if (set === undefined)
    return { ok: true, source: { type: 'probe', name, url, ...(tls === undefined ? {} : { tls }) } }
  const what = CREDENTIALS[set as keyof typeof CREDENTIALS]
  const variable = sourceVariable(name, what)
  const sent = what === 'TOKEN' ? 'token' : 'credentials and no headers'
  return {
    ok: false,
    variable,
    message: `${variable} is set, but a probe sends no ${sent}, as a user does: unset it.`,
  }
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
    case 'probe':
      return boundProbe(name, urls[0], access)
    default:
      return config satisfies never
  }
}
