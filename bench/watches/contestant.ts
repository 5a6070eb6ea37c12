import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { startApp } from '../../app/compose.ts'
import { noteRepository } from '../../app/jobs/known-repository.ts'
import { startJobs } from '../../app/jobs/start-jobs.ts'
import { stepJob } from '../../app/jobs/watch-jobs.ts'
import { watch as queue } from '../../app/engine/queues.ts'
import type { Services } from '../../app/services.ts'
import type { Settings, StoreSettings } from '../../app/settings.ts'
import { databaseRecords } from '../../app/store/database-records.ts'
import { watchStore } from '../../app/store/watch-store.ts'
import { prometheusSource } from '../../src/adapters/prometheus.ts'
import { systemClock } from '../../src/adapters/system-clock.ts'
import { nextTickMs } from '../../src/health/tick-times.ts'
import type { History, WatchState } from '../../src/health/watch.ts'
import { newWatch, readWatched } from './watched.ts'

/* The App, as `npm start` runs it, with so many watches: how late each tick begins. Says `measured <json>` and ends. */

export interface Trial {
  readonly store: StoreSettings
  readonly apiUrl: string
  readonly prometheusUrl: string
  readonly watches: number
  /** Not measured: compilers and caches get warm. */
  readonly warmSeconds: number
  readonly seconds: number
  /** Where the processor's profile of the measured time goes. */
  readonly profile?: string
}

export interface Measured {
  readonly watches: number
  /** How long after it was due a tick began (ms). */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Ticks that were taken, of those that were due. */
  readonly ticks: number
  readonly due: number
  /** Of one core. */
  readonly cpu: number
  readonly rssMiB: number
  readonly heapMiB: number
}

const EVERY_MS = 15_000
/** So many organisations share the App: a tenant's jobs take only some of the lanes. */
const INSTALLATIONS = 20
/** Watches are live since so many different moments of a tick. */
const MOMENTS = 60

const trial = JSON.parse(process.argv[2] ?? '') as Trial
const inspector = new Session()
const lags: number[] = []
let ticks = 0
let services: Services | undefined
const app = await startApp(settings(), {
  clock: systemClock,
  log: pino({ level: 'error' }, process.stderr),
  fetch: globalThis.fetch,
  async startJobs(opened) {
    services = opened
    listen(opened)
    await fill(opened)
    await startJobs(opened)
  },
})
await sleep(trial.warmSeconds * 1000)
console.log(`measured ${JSON.stringify(await measure())}`)
await app.stop(0)
process.exit()

function settings(): Settings {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const anywhere = { host: '127.0.0.1', port: 0 }
  return {
    appId: 4711,
    privateKey,
    webhookSecrets: ['7f0c5d6b1a2e4f83907b6c5d4e3f2a1b'],
    webUrl: trial.apiUrl,
    apiUrl: trial.apiUrl,
    listen: anywhere,
    webhookPath: '/api/github/webhooks',
    operations: anywhere,
    store: trial.store,
    logLevel: 'error',
    actionsAppId: 15_368,
    sources: [{ repositories: ['acme/*'], name: 'MAIN', values: { URL: trial.prometheusUrl } }],
    sweepEveryMs: 3_600_000,
  }
}

/** The engine tells its meter how late each attempt begins; the metrics keep only how many were in which bucket. */
function listen({ metrics: { engine } }: Services): void {
  const { began, ended } = engine
  Object.assign(engine, {
    began(name: string, lagSeconds: number) {
      if (name === queue.name) lags.push(lagSeconds * 1000)
      began(name, lagSeconds)
    },
    ended(...said: Parameters<typeof ended>) {
      const [name, how] = said
      if (name === queue.name && (how === 'done' || how === 'again')) ticks += 1
      ended(...said)
    },
  })
}

/** Each in a repository of its own, live at another moment, so that their ticks are spread as deployments are. */
async function fill(opened: Services): Promise<void> {
  const nowMs = Date.now()
  const source = prometheusSource({
    name: 'main',
    url: trial.prometheusUrl,
    timeoutMs: 30_000,
    clock: systemClock,
  })
  const { history, stateSince } = await readWatched(source, nowMs)
  const states = Array.from({ length: MOMENTS }, (_, at) =>
    stateSince(nowMs - 30 * 60_000 - (at * EVERY_MS) / MOMENTS),
  )
  const numbers = Array.from({ length: trial.watches }, (_, index) => index + 1)
  for (let from = 0; from < numbers.length; from += 50)
    await insert(opened, numbers.slice(from, from + 50), { history, states })
}

async function insert(
  { store, engine }: Services,
  numbers: readonly number[],
  { history, states }: { readonly history: History; readonly states: readonly WatchState[] },
): Promise<void> {
  await store.transaction(async (tx) => {
    const now = Date.now()
    for (const number of numbers) {
      const at = {
        repositoryId: number,
        deployment: `${number}`,
        installationId: 1 + (number % INSTALLATIONS),
      }
      const state = states[number % states.length]
      if (state === undefined) throw new Error('there is no state')
      const of = { repository: `acme/shop-${number}`, deployment: at.deployment, history, state }
      const nextMs = nextTickMs(state.startedMs, EVERY_MS, now)
      await watchStore(tx, systemClock).insert({ ...at, record: newWatch(of, nextMs) })
      const { installationId } = at
      const name = { installationId, id: number, owner: 'acme', repo: `shop-${number}` }
      await noteRepository(databaseRecords(tx, number), name)
      await engine.send(queue, stepJob({ ...at, revision: 1 }, { afterMs: nextMs - now }), tx)
    }
  })
}

async function measure(): Promise<Measured> {
  lags.length = 0
  ticks = 0
  if (trial.profile !== undefined) await beginProfile()
  const cpuBefore = process.cpuUsage()
  await sleep(trial.seconds * 1000)
  const { user, system } = process.cpuUsage(cpuBefore)
  if (trial.profile !== undefined) await endProfile(trial.profile)
  const sorted = lags.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
  const taken = ticks
  await checked()
  const { rss, heapUsed } = process.memoryUsage()
  return {
    watches: trial.watches,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    ticks: taken,
    due: Math.round((trial.watches * trial.seconds * 1000) / EVERY_MS),
    cpu: (user + system) / 1e6 / trial.seconds,
    rssMiB: rss / 2 ** 20,
    heapMiB: heapUsed / 2 ** 20,
  }
}

async function beginProfile(): Promise<void> {
  inspector.connect()
  await inspector.post('Profiler.enable')
  await inspector.post('Profiler.start')
}

async function endProfile(file: string): Promise<void> {
  const { profile } = await inspector.post('Profiler.stop')
  writeFileSync(file, JSON.stringify(profile))
  inspector.disconnect()
}

/** A watch that was not really judged would be a cheap one. */
async function checked(): Promise<void> {
  if (services === undefined) throw new Error('the App did not start')
  const { store, clock } = services
  const watch = await watchStore(store, clock).read({ repositoryId: 1, deployment: '1' })
  const state = watch?.record.state
  const measured = Object.values(state?.checks ?? {}).map((check) => check.measured.watch)
  if (watch?.record.phase !== 'watching' || measured.length !== 4 || measured.some((count) => count === 0))
    throw new Error(`the watches are not judged: ${watch?.record.phase}, ${JSON.stringify(measured)}`)
}
