import type { Logger } from 'pino'
import { Probot, ProbotOctokit } from 'probot'
import { boundedFetch } from '../src/github/bounded-fetch.ts'
import { underPolicy } from '../src/github/request-policy.ts'
import type { Clock } from '../src/ports/clock.ts'
import { jwtMaker } from './app-jwt.ts'
import { meterCall } from './call-meter.ts'
import type { Metrics } from './metrics.ts'
import type { Settings } from './settings.ts'
import type { TokenCache } from './token-cache.ts'

export interface ProbotPorts {
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  readonly tokens: TokenCache
  readonly signal: AbortSignal
  readonly fetch: typeof fetch
}

export type AppOctokit = InstanceType<typeof ProbotOctokit>

/** GitHub answers within 10 s or gives up itself; the rest is the way. */
export const GITHUB_TIMEOUT_MS = 30_000

/**
 * Probot as the application: who we are to GitHub, and which handler an event goes to. Its server is not used (no body cap, open
 * set-up pages), nor its queues and retries: its write queue is one for all installations, where 20 comments of one delayed
 * another's by 58 s. Ours stand in `octokits.ts`.
 */
export function openProbot(settings: Settings, ports: ProbotPorts): Probot {
  const { clock, signal } = ports
  const createJwt = jwtMaker(settings.privateKey, clock)
  // Only as a function: an object is overwritten by Probot's own defaults.
  const Octokit = ProbotOctokit.defaults((options: OctokitOptions) => ({
    ...options,
    retry: { enabled: false },
    throttle: { enabled: false },
    auth: { ...withoutKey(options.auth), createJwt, cache: ports.tokens },
  }))
  return new Probot({
    appId: settings.appId,
    privateKey: settings.privateKey,
    secret: settings.webhookSecrets[0],
    baseUrl: settings.apiUrl,
    log: ports.log,
    Octokit,
    request: { fetch: boundedFetch(ports.fetch, GITHUB_TIMEOUT_MS, signal) },
  })
}

/** The client of the App itself, by JWT: its installations, its deliveries, their tokens. */
export async function appClient(
  probot: Probot,
  { clock, metrics, signal }: ProbotPorts,
): Promise<AppOctokit> {
  const octokit = await probot.auth()
  octokit.hook.wrap('request', (send, options) => {
    const { method, url } = options
    const metered = (): ReturnType<typeof send> => meterCall(0, async () => send(options), { clock, metrics })
    return underPolicy(async () => metered(), { method, url }, { clock, signal, token: '' })
  })
  return octokit
}

type OctokitOptions = NonNullable<ConstructorParameters<typeof ProbotOctokit>[0]>

/**
 * Without the key, since auth-app takes either that or a maker of JWTs; and without Probot's bare `request`, which knows neither
 * an Enterprise server nor our hooks: auth-app then takes the client's own.
 */
function withoutKey(auth: unknown): Record<string, unknown> {
  const { privateKey: _, request: __, ...rest } = (auth ?? {}) as Record<string, unknown>
  return rest
}
