import type { IncomingHttpHeaders } from 'node:http'
import type { Hub, Token } from './hub.ts'
import { appOfJwt } from './app-jwt.ts'

export interface Credentials {
  token: Token | undefined
  /** The app whose JWT it is. */
  appId: number | undefined
  /** Set when credentials were given and GitHub refuses them: the message of its 401. */
  bad: string | undefined
}

const NOBODY: Credentials = { token: undefined, appId: undefined, bad: undefined }

/** Reads `Authorization: token …`, `Bearer …` (token or app JWT) and `Basic x-access-token:…`. */
export function credentialsOf(hub: Hub, headers: IncomingHttpHeaders): Credentials {
  const [scheme = '', value = ''] = (headers.authorization ?? '').split(/\s+/, 2)
  if (!value) return NOBODY
  const secret = scheme.toLowerCase() === 'basic' ? passwordOf(value) : value
  if (secret.split('.').length === 3) {
    const app = appOfJwt(hub, secret)
    return typeof app === 'string' ? { ...NOBODY, bad: app } : { ...NOBODY, appId: app.id }
  }
  const token = hub.tokens.find(secret)
  return token ? { ...NOBODY, token } : { ...NOBODY, bad: 'Bad credentials' }
}

/** Git sends the token as the password (`x-access-token:TOKEN`) or, by an old habit, as the user name. */
function passwordOf(basic: string): string {
  const [user = '', password = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':')
  return password && password !== 'x-oauth-basic' ? password : user
}
