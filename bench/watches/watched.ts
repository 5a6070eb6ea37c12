import { parseConfig } from '../../src/config/parse.ts'
import type { Config } from '../../src/config/schema.ts'
import type { Health } from '../../src/config/health.ts'
import { loadBaseline } from '../../src/health/baseline.ts'
import { queriesOf } from '../../src/health/query-plan.ts'
import { type History, startWatch, tick, type WatchState } from '../../src/health/watch.ts'
import type { HealthSource } from '../../src/ports/health-source.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'

const CONFIG = `
driver: app
sources:
  main: { type: prometheus }
environments:
  production:
    deploy: { run: { deploy: ./deploy.sh, rollback: ./rollback.sh, status: ./status.sh } }
    revert: auto
    health:
      source: main
      every: 15s
      watch: 24h
      baseline: { before: 2h }
      checks:
        errors: { bad: 'http_requests_total{code=~"5.."}', total: http_requests_total }
        latency: { histogram: latency_seconds }
        saturation: { gauge: saturation, max: 0.9 }
        traffic: { traffic: http_requests_total }
`

/** One environment with four checks of one source, compared with the two hours before it. */
export function watchedConfig(): { readonly config: Config; readonly health: Health } {
  const parsed = parseConfig(CONFIG, 'seamless.yml')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  const health = parsed.config.environments['production']?.health
  if (health === undefined) throw new Error('there is no health')
  return { config: parsed.config, health }
}

const VALUES = {
  version: '2',
  sha: 'b'.repeat(40),
  branch: 'main',
  previous: '1',
  environment: 'production',
  repository: 'acme/shop',
}

/** Half an hour: a state has its full size by then. */
const WATCHED_MS = 30 * 60_000

/** What watches have seen that are live for half an hour, more or less, and the past that they compare with. */
export async function readWatched(
  source: HealthSource,
  nowMs: number,
): Promise<{ readonly history: History; readonly stateSince: (liveMs: number) => WatchState }> {
  const { health } = watchedConfig()
  const { signal } = new AbortController()
  const begunMs = nowMs - WATCHED_MS
  const sources = new Map([['main', source]])
  const history = await loadBaseline(health, VALUES, { sources, nowMs: begunMs - health.everyMs, signal })
  if (history === undefined || Object.keys(history).length < 4) throw new Error('there is no past')
  const [batch, another] = queriesOf(health, VALUES)
  if (batch === undefined || another !== undefined) throw new Error('it is not one batch')
  const range = { fromMs: begunMs, toMs: nowMs - health.everyMs, stepMs: health.everyMs }
  const steps = await source.history?.(batch.queries, range, signal)
  return {
    history,
    stateSince(liveMs) {
      let state = startWatch(health, VALUES, liveMs, history)
      for (const { atMs, measurements } of steps ?? []) state = tick(state, [measurements], atMs)
      return state
    },
  }
}

/** A watch that goes on like this, due at `nextMs`. */
export function newWatch(
  of: {
    readonly repository: string
    readonly deployment: string
    readonly history: History
    readonly state: WatchState
  },
  nextMs: number,
): WatchRecord {
  const { config } = watchedConfig()
  const { repository, deployment, history, state } = of
  const liveMs = state.startedMs
  return {
    schema: 1,
    deployment: { id: deployment, sha: VALUES.sha, version: '2' },
    environment: 'production',
    repository,
    before: { id: '1', sha: 'a'.repeat(40), version: '1' },
    policy: { revert: 'auto', shadow: false },
    sources: config.sources,
    begunMs: liveMs - 60_000,
    liveMs,
    state: { ...state, values: { ...state.values, repository } },
    history,
    phase: 'watching',
    nextMs,
    acts: {},
  }
}
