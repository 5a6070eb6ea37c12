/** How a source is let in, besides its URL. All of it is of whoever runs Seamless: a configuration names none of it. */
export interface SourceAccess {
  /** Sent as a bearer token. */
  readonly token?: string
  /** Sent as basic authentication. */
  readonly basic?: { readonly user: string; readonly password: string }
  /** E.g. the tenant: `{ 'X-Scope-OrgID': 'shop' }`. */
  readonly headers?: Readonly<Record<string, string>>
  readonly tls?: TlsFiles
}

/** Paths of PEM files. */
export interface TlsFiles {
  /** The authorities that the source's certificate must come from, in place of the public ones. */
  readonly ca?: string
  /** The certificate that is shown to the source, and its key. */
  readonly client?: { readonly cert: string; readonly key: string }
}

export type AccessRead =
  | { readonly ok: true; readonly access: SourceAccess }
  /** `variable` is the one to change; `message` never shows a value of it. */
  | { readonly ok: false; readonly variable: string; readonly message: string }

/** Environment variables as `process.env` has them. */
type Environment = Readonly<Record<string, string | undefined>>

export type AccessVariable = 'TOKEN' | 'USER' | 'PASSWORD' | 'HEADERS' | 'CA_FILE' | 'CERT_FILE' | 'KEY_FILE'

/** `variable('TOKEN')` is the whole name of the variable, `SEAMLESS_SOURCE_MAIN_TOKEN`. */
export function readAccess(variable: (what: AccessVariable) => string, environment: Environment): AccessRead {
  // GitHub hands an unset secret over as an empty string.
  const given = (what: AccessVariable): string | undefined => environment[variable(what)] || undefined
  const refused = (what: AccessVariable, why: string): AccessRead => ({
    ok: false,
    variable: variable(what),
    message: `${variable(what)} ${why}`,
  })
  const [token, user, password] = [given('TOKEN'), given('USER'), given('PASSWORD')]
  if (token !== undefined && !/^[\u0021-\u007E]+$/.test(token))
    return refused(
      'TOKEN',
      'holds a character that no HTTP header can carry: a space or a line break at its end?',
    )
  if (token !== undefined && user !== undefined)
    return refused('USER', `is set beside ${variable('TOKEN')}: a source is let in by one of the two.`)
  if (user === undefined && password !== undefined)
    return refused('USER', `is not set, but ${variable('PASSWORD')} is: a password needs its user.`)
  if (user !== undefined && password === undefined)
    return refused('PASSWORD', `is not set, but ${variable('USER')} is: a user needs its password.`)
  if (user?.includes(':') === true)
    return refused('USER', 'holds a ":", which no user of basic authentication has.')
  const headers = readHeaders(given('HEADERS') ?? '')
  if (typeof headers === 'string') return refused('HEADERS', headers)
  const [ca, cert, key] = [given('CA_FILE'), given('CERT_FILE'), given('KEY_FILE')]
  if (key !== undefined && cert === undefined)
    return refused('CERT_FILE', `is not set, but ${variable('KEY_FILE')} is: a key needs its certificate.`)
  if (cert !== undefined && key === undefined)
    return refused('KEY_FILE', `is not set, but ${variable('CERT_FILE')} is: a certificate needs its key.`)
  const client = cert === undefined || key === undefined ? {} : { client: { cert, key } }
  return {
    ok: true,
    access: {
      ...(token === undefined ? {} : { token }),
      ...(user === undefined || password === undefined ? {} : { basic: { user, password } }),
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
      ...(ca === undefined && cert === undefined
        ? {}
        : { tls: { ...(ca === undefined ? {} : { ca }), ...client } }),
    },
  }
}

/** Of HTTP itself, and of the API that is spoken. */
const OURS =
  /^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|accept.*|user-agent)$/i

/** Headers are not masked (a tenant's name may be any word), so what is secret goes elsewhere. */
const SECRET = /auth|cookie|token|secret|passw|key|credential|session/i

/** A header a line, `X-Scope-OrgID: shop`. The headers, or what is wrong with the text. */
function readHeaders(text: string): Record<string, string> | string {
  const headers: Record<string, string> = {}
  for (const line of text.split(/\r?\n/).filter((line) => line.trim() !== '')) {
    const [, name = '', value = ''] = /^\s*([\w!#$%&'*+.^`|~-]+):\s*(.*?)\s*$/.exec(line) ?? []
    if (name === '' || !/^[\u0020-\u007E]+$/.test(value))
      return 'holds a line that is no header: write one a line, such as X-Scope-OrgID: shop'
    if (OURS.test(name)) return `holds ${name}, which Seamless sets itself: leave it out.`
    if (SECRET.test(name))
      return `holds ${name}, which sounds like a credential, and headers are not masked in logs: use the token, or user and password.`
    headers[name] = value
  }
  return headers
}
