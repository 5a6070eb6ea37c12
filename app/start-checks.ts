import type { Environment } from './settings.ts'

/** Long enough that nobody finds it by trying; what `openssl rand -hex 20` gives is twice as long. */
const MIN_SECRET = 20
/** Probot's own when none is set, and what its examples say. */
const KNOWN_SECRETS = new Set(['development', 'your-webhook-secret', 'secret', 'changeme'])
const MAKE_ONE = 'Make one with "openssl rand -hex 32" and set the same in the settings of your GitHub App.'

/** Why the App must not start so although each variable has the right form. The environment holds no empty values. */
export function startRefusals(environment: Environment): readonly string[] {
  return [...secretRefusals(environment), ...bindRefusals(environment), ...transportRefusals(environment)]
}

function secretRefusals({ WEBHOOK_SECRET, WEBHOOK_SECRET_PREVIOUS: previous }: Environment): string[] {
  const refusals = [secretRefusal('WEBHOOK_SECRET', WEBHOOK_SECRET)]
  if (previous !== undefined) refusals.push(secretRefusal('WEBHOOK_SECRET_PREVIOUS', previous))
  return refusals.filter((refusal) => refusal !== undefined)
}

/** Without a secret anybody can send deliveries, and with them commands. */
function secretRefusal(name: string, secret: string | undefined): string | undefined {
  if (secret === undefined) return `${name} is missing. ${MAKE_ONE}`
  if (KNOWN_SECRETS.has(secret.trim().toLowerCase()))
    return `${name} is a word that everybody knows. ${MAKE_ONE}`
  if (secret.length < MIN_SECRET) return `${name} is shorter than ${MIN_SECRET} characters. ${MAKE_ONE}`
  if (new Set(secret).size < 8) return `${name} repeats too few characters. ${MAKE_ONE}`
  return undefined
}

function bindRefusals(environment: Environment): string[] {
  const {
    NODE_ENV,
    HOST = '127.0.0.1',
    METRICS_HOST = '127.0.0.1',
    PORT = '3000',
    METRICS_PORT = '9464',
  } = environment
  const refusals = []
  for (const [name, host] of Object.entries({ HOST, METRICS_HOST })) {
    if (isLoopback(host) || NODE_ENV === 'production') continue
    refusals.push(
      `${name} (${JSON.stringify(host)}) is open to other machines: set NODE_ENV=production for that, or ${name}=127.0.0.1.`,
    )
  }
  if (PORT === METRICS_PORT && PORT !== '0')
    refusals.push(`METRICS_PORT is the public port (${PORT}): metrics are not for everybody; choose another.`)
  return refusals
}

/** What carries tokens or rows crosses no network in the clear. */
function transportRefusals({ DATABASE_URL, GHE_HOST = '', GHE_PROTOCOL }: Environment): string[] {
  const refusals = []
  if (DATABASE_URL !== undefined && databaseRefusal(DATABASE_URL) === 'cleartext')
    refusals.push(
      'DATABASE_URL leads to another machine without TLS: add ?sslmode=verify-full (or require) to it.',
    )
  const isClear =
    GHE_HOST.startsWith('http://') || (GHE_PROTOCOL === 'http' && !GHE_HOST.startsWith('https://'))
  const host = URL.parse(`http://${GHE_HOST.replace(/^https?:\/\//, '')}`)?.hostname ?? ''
  if (isClear && GHE_HOST !== '' && !isLoopback(host))
    refusals.push('GHE_PROTOCOL is http, which would show tokens to the network: use https.')
  return refusals
}

/** `form`: no URL of a PostgreSQL. `cleartext`: of one on another machine, where nothing demands TLS. */
export function databaseRefusal(text: string): 'form' | 'cleartext' | undefined {
  const url = URL.parse(text)
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol)) return 'form'
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname)
  if (host === '' || host.startsWith('/') || isLoopback(host)) return undefined
  return ['require', 'verify-ca', 'verify-full'].includes(url.searchParams.get('sslmode') ?? '')
    ? undefined
    : 'cleartext'
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}
