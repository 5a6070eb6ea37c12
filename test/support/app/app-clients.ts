import { logOf } from '../../../app/log.ts'
import { InstallationTokens } from '../../../app/installation-tokens.ts'
import { type Metrics, openMetrics } from '../../../app/metrics.ts'
import { type Octokits, openOctokits } from '../../../app/octokits.ts'
import { grantsOf, permissionTable } from '../../../app/permissions.ts'
import { appClient, type AppOctokit, openProbot } from '../../../app/probot.ts'
import type { Settings } from '../../../app/settings.ts'
import { tokenCache } from '../../../app/token-cache.ts'
import { subscribedEvents } from '../../../app/webhook-event.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type { AppCredentials } from '../github/apps.ts'
import type { GitHub } from '../github/start-github.ts'
import { appLog } from './app-log.ts'
import { SECRET } from './signed-delivery.ts'

/** The GitHub App as `app.yml` says it, with the members' permission too. */
export function registerApp(hub: GitHub, webhookUrl?: string): AppCredentials {
  return hub.createApp({
    slug: 'seamless',
    permissions: { ...grantsOf(permissionTable) },
    events: [...subscribedEvents],
    ...(webhookUrl === undefined ? {} : { webhook: { url: webhookUrl, secret: SECRET } }),
  })
}

export interface AppClients {
  readonly app: AppOctokit
  readonly tokens: InstallationTokens
  readonly octokits: Octokits
  readonly metrics: Metrics
  readonly logged: string[]
}

/** The App's own clients, as `compose.ts` opens them, against the stand-in. */
export async function openClients(
  hub: GitHub,
  credentials: AppCredentials,
  clock: Clock,
): Promise<AppClients> {
  const settings: Settings = {
    appId: credentials.id,
    privateKey: credentials.privateKey,
    webhookSecrets: [SECRET],
    webUrl: hub.url,
    apiUrl: hub.apiUrl,
    listen: { host: '127.0.0.1', port: 0 },
    webhookPath: '/api/github/webhooks',
    operations: { host: '127.0.0.1', port: 0 },
    store: { kind: 'embedded', folder: 'nowhere' },
    logLevel: 'trace',
    actionsAppId: 15_368,
    sources: [],
    sweepEveryMs: 300_000,
  }
  const { log, lines } = appLog({ privateKey: credentials.privateKey, webhookSecrets: [SECRET] })
  const { signal } = new AbortController()
  const metrics = openMetrics(clock, [])
  const ports = { clock, log, metrics, signal, tokens: tokenCache(clock), fetch: globalThis.fetch }
  const app = await appClient(openProbot(settings, ports), ports)
  const tokens = new InstallationTokens(app, ports)
  const octokits = openOctokits(hub.apiUrl, { ...ports, log: logOf(log), tokens })
  return { app, tokens, octokits, metrics, logged: lines }
}
