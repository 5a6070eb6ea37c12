/** Where a CI server is and who asks it. */
export interface BoundService {
  /** Its address without a `/` at the end; a path before the API is kept. */
  readonly url: string
  /** Jenkins' user; Travis CI knows who asks by the token. */
  readonly user?: string
  readonly token: string
}

export type ServiceBinding =
  | { readonly ok: true; readonly service: BoundService }
  /** `variable` is the one to set; `message` says to what, and never shows a value of it. */
  | { readonly ok: false; readonly variable: string; readonly message: string }

/** Environment variables as `process.env` has them. */
type Environment = Readonly<Record<string, string | undefined>>

/** The Jenkins of whoever runs Seamless: a configuration names neither it nor a token, so it cannot bring the two together. */
export function bindJenkins(environment: Environment): ServiceBinding {
  const url = readUrl('SEAMLESS_JENKINS_URL', environment, 'https://jenkins.example.org')
  if (!url.ok) return url
  const user = readWord('SEAMLESS_JENKINS_USER', environment, 'the user whose API token is used')
  if (!user.ok) return user
  if (user.value.includes(':'))
    return refused('SEAMLESS_JENKINS_USER', 'holds a ":", which no user of basic authentication has.')
  const token = readWord(
    'SEAMLESS_JENKINS_TOKEN',
    environment,
    "an API token of that user (Jenkins: the user's page, Security)",
  )
  if (!token.ok) return token
  return { ok: true, service: { url: url.value, user: user.value, token: token.value } }
}

/** What a workflow must hand over for a test step of this kind. */
export const SERVICE_VARIABLES = {
  jenkins: ['SEAMLESS_JENKINS_URL', 'SEAMLESS_JENKINS_USER', 'SEAMLESS_JENKINS_TOKEN'],
  travis: ['SEAMLESS_TRAVIS_TOKEN'],
} as const

export const TRAVIS_URL = 'https://api.travis-ci.com'

/** As `bindJenkins`; without an address it is Travis CI's own. */
export function bindTravis(environment: Environment): ServiceBinding {
  const given = (environment['SEAMLESS_TRAVIS_URL'] ?? '') !== ''
  const url = given
    ? readUrl('SEAMLESS_TRAVIS_URL', environment, TRAVIS_URL)
    : ({ ok: true, value: TRAVIS_URL } as const)
  if (!url.ok) return url
  const token = readWord(
    'SEAMLESS_TRAVIS_TOKEN',
    environment,
    'an API token (Travis CI: Settings, API authentication; or `travis token --com`)',
  )
  if (!token.ok) return token
  return { ok: true, service: { url: url.value, token: token.value } }
}

type Read = { readonly ok: true; readonly value: string } | Extract<ServiceBinding, { ok: false }>

function readUrl(variable: string, environment: Environment, example: string): Read {
  const text = environment[variable] ?? ''
  if (text === '') return refused(variable, `is not set: set it to where the server is, such as ${example}.`)
  // What is wrong is said without the value: it may hold a password.
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) return refused(variable, `holds no URL: set it to one such as ${example}.`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return refused(variable, `holds a URL of ${url.protocol}; only http: and https: are asked.`)
  if (url.username !== '' || url.password !== '')
    return refused(variable, 'holds a user or a password, which would show up in logs: leave them out.')
  if (url.search !== '' || url.hash !== '')
    return refused(variable, 'holds a query (?…) or a fragment (#…): leave it out.')
  return { ok: true, value: `${url.origin}${url.pathname}`.replace(/\/+$/, '') }
}

function readWord(variable: string, environment: Environment, what: string): Read {
  const value = environment[variable] ?? ''
  // GitHub hands an unset secret over as an empty string.
  if (value === '') return refused(variable, `is not set: set it to ${what}.`)
  if (/^[\u0021-\u007E]+$/.test(value)) return { ok: true, value }
  return refused(
    variable,
    'holds a character that no HTTP header can carry: a space or a line break at its end?',
  )
}

function refused(variable: string, why: string): Extract<ServiceBinding, { ok: false }> {
  return { ok: false, variable, message: `${variable} ${why}` }
}
