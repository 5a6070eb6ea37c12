import { createVerify } from 'node:crypto'
import type { App } from './entities.ts'
import type { Hub } from './hub.ts'

/** GitHub takes a JWT for ten minutes at most. */
const MAX_LIFETIME_S = 600

/** The app that signed a JWT, or GitHub's reason to refuse it. */
export function appOfJwt(hub: Hub, jwt: string): App | string {
  const [head = '', claims = '', signature = ''] = jwt.split('.')
  const header = decode(head)
  const { iss, exp = 0, iat = 0 } = decode(claims) as { iss?: string | number; exp?: number; iat?: number }
  const app = [...hub.apps.values()].find((one) => String(one.id) === String(iss) || one.clientId === iss)
  if (!app?.publicKey || header['alg'] !== 'RS256') return 'A JSON web token could not be decoded'
  const verifier = createVerify('RSA-SHA256').update(`${head}.${claims}`)
  if (!verifier.verify(app.publicKey, signature, 'base64url')) return 'A JSON web token could not be decoded'
  const now = Math.floor(hub.clock.now() / 1000)
  if (exp <= now)
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
  if (exp - now > MAX_LIFETIME_S) return "'Expiration time' claim ('exp') is too far in the future"
  // GitHub allows a minute of drift between the clocks.
  if (iat > now + 60)
    return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
  return app
}

function decode(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>
  } catch {
    return {}
  }
}
