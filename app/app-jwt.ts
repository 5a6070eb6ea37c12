import { createSign } from 'node:crypto'
import type { Clock } from '../src/ports/clock.ts'

/** What `@octokit/auth-app` calls for a JWT; `timeDifference` is how far GitHub's clock is ahead of ours (s), once it knows. */
export type CreateJwt = (
  appId: number | string,
  timeDifference?: number,
) => Promise<{ readonly jwt: string; readonly expiresAt: string }>

/** GitHub advises to set `iat` a minute back, against clocks that run ahead (docs.github.com, "Generating a JWT"). */
const BACK_S = 60
/** GitHub takes at most ten minutes from its own now: with this one our clock may be 90 s ahead and the first one still does. */
const LIFETIME_S = 480

/** Makes the App's own tokens, by which it gets those of its installations. */
export function jwtMaker(privateKey: string, clock: Clock): CreateJwt {
  return async (appId, timeDifference = 0) => {
    const nowS = Math.floor(clock.now() / 1000) + timeDifference
    const exp = nowS + LIFETIME_S
    const text = [
      { alg: 'RS256', typ: 'JWT' },
      { iat: nowS - BACK_S, exp, iss: String(appId) },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    const signature = createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')
    return { jwt: `${text}.${signature}`, expiresAt: new Date(exp * 1000).toISOString() }
  }
}
