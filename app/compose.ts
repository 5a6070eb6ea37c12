import type { Logger } from 'pino'
import type { Clock } from '../src/ports/clock.ts'
import { deliveryList } from './delivery-list.ts'
import type { Engine } from './engine/engine.ts'
import { queues, sweep } from './engine/queues.ts'
import { knownComments } from './comment-ids.ts'
import { deploymentMemories } from './deployment-memories.ts'
import { startEngine } from './engine/start-engine.ts'
import { checkFeatures } from './feature-check.ts'
import { InstallationTokens } from './installation-tokens.ts'
import { listen, type Listener } from './listener.ts'
import { logOf } from './log.ts'
import { openMetrics, type Metrics } from './metrics.ts'
import { openOctokits } from './octokits.ts'
import { appClient, openProbot } from './probot.ts'
import { operationsRoutes, publicRoutes } from './public-routes.ts'
import { readinessProbe } from './readiness.ts'
import type { Services } from './services.ts'
import { openSources } from './sources/open-sources.ts'
import { watchStore } from './store/watch-store.ts'
import type { Address, Settings } from './settings.ts'
import { databaseInbox } from './store/database-inbox.ts'
import { openStore } from './store/open-store.ts'
import { countLabels } from './store/verdict-ledger.ts'
import { sweepMark } from './sweep-mark.ts'
import { deliverySweep } from './sweep.ts'
import { tokenCache } from './token-cache.ts'
import { eventNames } from './webhook-event.ts'
import { webhookReceiver } from './webhook.ts'

export interface AppPorts {
  readonly clock: Clock
  readonly log: Logger
  readonly fetch: typeof fetch
  /** Begins the work on the queues. */
  readonly startJobs: (services: Services) => Promise<void>
}

export interface RunningApp {
  readonly address: Address
  readonly operations: Address
  /** Takes no more, finishes or gives back what is under way, closes everything; at most about this long. */
  stop(graceMs: number): Promise<void>
}

/** Opens everything, in the order in which one needs the other; the public port last, when a delivery can be kept. */
export async function startApp(settings: Settings, ports: AppPorts): Promise<RunningApp> {
  const { clock, log } = ports
  const metrics = openMetrics(clock, eventNames)
  const stopping = new AbortController()
  const { signal } = stopping
  // First what can be wrong for good: a key that is not the App's is told at once.
  const clients = await openClients(settings, { ...ports, metrics, signal })
  const store = await openStore(settings.store, { clock, log: logOf(log) })
  const opened: { engine?: Engine } = {}
  try {
    const engine = await startEngine({ store, queues, log: logOf(log), meter: metrics.engine })
    opened.engine = engine
    const inbox = databaseInbox(store, engine)
    const shared = {
      sources: openSources(settings.sources, { clock, metrics }),
      memories: deploymentMemories(),
      comments: knownComments(),
    }
    const services = { settings, store, engine, inbox, ...clients, ...shared, metrics, clock, log, signal }
    await startWork(services, ports.startJobs)
    const listeners = await openListeners(services, signal)
    return { ...listeners.addresses, stop: stopper({ ...services, ...listeners, stopping }) }
  } catch (error) {
    await opened.engine?.stop(0)
    await store.close()
    throw error
  }
}

/** Who we are to GitHub, and the clients of all installations. */
async function openClients(
  settings: Settings,
  ports: AppPorts & { readonly metrics: Metrics; readonly signal: AbortSignal },
): Promise<Pick<Services, 'probot' | 'app' | 'tokens' | 'octokits'>> {
  const known = { ...ports, tokens: tokenCache(ports.clock) }
  const probot = openProbot(settings, known)
  const app = await appClient(probot, known)
  const tokens = new InstallationTokens(app, known)
  const log = logOf(ports.log)
  await checkFeatures(app, tokens, log)
  return { probot, app, tokens, octokits: openOctokits(settings.apiUrl, { ...ports, log, tokens }) }
}

async function startWork(services: Services, startJobs: AppPorts['startJobs']): Promise<void> {
  const { app, engine, store, settings, clock } = services
  const look = deliverySweep({
    ...services,
    list: deliveryList(app),
    mark: sweepMark(store),
    log: logOf(services.log),
  })
  await startJobs(services)
  await engine.every(sweep, settings.sweepEveryMs, async () => void (await look()))
  services.metrics.queues(() => engine.counts())
  services.metrics.watches(() => watchStore(store, clock).count())
  services.metrics.verdictLabels(() => countLabels(store))
}

interface Listeners {
  readonly addresses: { readonly address: Address; readonly operations: Address }
  readonly open: readonly Listener[]
}

async function openListeners(services: Services, stopping: AbortSignal): Promise<Listeners> {
  const { settings, store, metrics, clock, log } = services
  const ready = readinessProbe(
    { database: () => store.ping(), worker: async () => stopping.throwIfAborted() },
    clock,
  )
  const operations = await listen(settings.operations, operationsRoutes(metrics, ready, log), log)
  const receive = webhookReceiver(settings, services)
  const front = await listen(settings.listen, publicRoutes(settings.webhookPath, receive, ready), log)
  return {
    addresses: { address: front.address, operations: operations.address },
    open: [front, operations],
  }
}

interface Stoppable {
  readonly open: readonly Listener[]
  readonly engine: Engine
  readonly store: Services['store']
  readonly stopping: AbortController
}

/** Metrics can be read until the end of the work; what still runs then is given back to the queue, its requests are ended. */
function stopper({ open, engine, store, stopping }: Stoppable): RunningApp['stop'] {
  const [front, ...others] = open
  return async (graceMs) => {
    await Promise.all([front?.stop(graceMs), engine.stop(graceMs)])
    stopping.abort(new Error('The App stops.'))
    await Promise.all(others.map((one) => one.stop(0)))
    await store.close()
  }
}
