import type { Hub, Token } from './hub.ts'
import { ok } from './reply.ts'
import { outside, type Route } from './route.ts'

/** Requests per hour of a token; GitHub's figure for a user's token and an installation of a small organisation. */
const LIMIT = 5000
const HOUR_MS = 3_600_000

interface Rate {
  limit: number
  used: number
  remaining: number
  /** Seconds since 1970. */
  reset: number
}

export const rateLimitRoutes: Route[] = [
  outside('GET /rate_limit', 'public', ({ hub, token }) => {
    const core = rateOf(hub, token)
    const other = { ...core, limit: 30, used: 0, remaining: 30 }
    return ok({ resources: { core, search: other, graphql: { ...core } }, rate: core })
  }),
]

function rateOf(hub: Hub, token: Token | undefined): Rate {
  const used = token?.used ?? 0
  const reset = Math.ceil((hub.clock.now() + HOUR_MS) / HOUR_MS) * (HOUR_MS / 1000)
  return { limit: LIMIT, used, remaining: Math.max(0, LIMIT - used), reset }
}

export function rateHeaders(hub: Hub, token: Token | undefined): Record<string, string> {
  const rate = rateOf(hub, token)
  return {
    'x-ratelimit-limit': String(rate.limit),
    'x-ratelimit-remaining': String(rate.remaining),
    'x-ratelimit-used': String(rate.used),
    'x-ratelimit-reset': String(rate.reset),
    'x-ratelimit-resource': 'core',
  }
}
