import { health as healthSchema } from '../../src/config/health.ts'
import { loadBaseline } from '../../src/health/baseline.ts'
import { queriesOf } from '../../src/health/query-plan.ts'
import { reportOf } from '../../src/health/explain.ts'
import { verdictOf } from '../../src/health/watch-verdict.ts'
import { type History, startWatch, tick, type WatchState } from '../../src/health/watch.ts'
import type { Measurement } from '../../src/ports/health-source.ts'
import { recoveryTick, startRecovery } from '../../src/watch/recover.ts'
import type { RunReport } from '../../src/upgrade/run-report.ts'
import { decided, outcomeIn } from '../../src/watch/decided.ts'
import type { RollbackAct, WatchRecord } from '../../src/watch/watch-record.ts'
import { random, service, type World } from '../health/service.ts'
import { addTick, expose, remembering, type Version } from '../health/worlds.ts'

export const MINUTE = 60_000
const EVERY = 15_000
/** It went live. */
export const LIVE = Date.UTC(2026, 10, 23, 12)
const VALUES = { version: '1.5.0', previous: '1.4.0', environment: 'production' }
const PAST_TICKS = 4 * 240

export const before = { id: '4690', sha: 'b41e6d1c07a95f3382de4460a1bf5c9e37d20f68', version: '1.4.0' }
export const deployment = { id: '4711', sha: '9c0ffee2d4a86b1f5e7038c49a2db6e1f50c7a93', version: '1.5.0' }
export const later = { id: '4720', sha: '51d7a0e46cb3f8829017e6d5c4ab39f2e8017b6d', version: '1.6.0' }
export const grace = { id: 2, login: 'grace' }

export const run: RunReport = {
  schema: 'seamless.run/1',
  upgrade: '0123456789abcdef',
  artifacts: [{ kind: 'image', name: 'shop', digest: `sha256:${'7d3a'.repeat(16)}`, bytes: 48_210_331 }],
  code: { commits: 3, files: 7, added: 120, removed: 14 },
  tests: [
    { suite: 'unit', passed: 412, newlyFailing: 0, accepted: 0 },
    { suite: 'users-of-1.4.0', passed: 87, newlyFailing: 0, accepted: 1 },
  ],
  release: '-        image: registry.example.org/shop:1.4.0\n+        image: registry.example.org/shop:1.5.0',
}

const checks = {
  errors: { bad: 'requests{code=~"5.."}', total: 'requests', max: '2%' },
  latency: { histogram: 'latency_seconds', max: '1s' },
}
const common = {
  source: 'main',
  every: '15s',
  grace: '60s',
  hold: '5m',
  watch: '30m',
  dashboard: 'https://grafana.example.org/d/shop?from={from}&to={to}&var-version={version}',
}

/** The whole service against the four hours before it. */
export const againstThePast = healthSchema.parse({ ...common, baseline: { before: '4h' }, checks })
/** Both versions have users at the same time. */
export const sideBySide = healthSchema.parse({
  ...common,
  candidate: { version: '{version}' },
  baseline: { version: '{previous}' },
  checks,
})
/** Its limits are all there is. */
export const limitsOnly = healthSchema.parse({ ...common, checks })

/** How the new version does; the old one fails one request of a thousand. */
export interface Bad {
  readonly failing?: number
  readonly slower?: number
  /** Prometheus is gone from then on, until then (ms). */
  readonly gone?: readonly [number, number]
  readonly seed?: number
  /** Requests in 15 s. */
  readonly perTick?: number
  /** The old version is back from then on (ms). */
  readonly backMs?: number
}

/** A service whose requests are random, the same at every run: one version at a time, or both next to each other. */
export function worldOf(
  { failing = 0.001, slower = 1, gone, backMs = Infinity, seed = 1, perTick = 2000 }: Bad,
  both: boolean,
): World {
  const uniform = random(seed)
  const total = { good: 0, bad: 0, buckets: [0, 0, 0, 0, 0] }
  const arms = { old: structuredClone(total), new: structuredClone(total), all: total }
  const known = new Map<number, ReturnType<typeof expose>>()
  let atMs = LIVE - (PAST_TICKS + 20) * EVERY
  const old: Version = { version: both ? '1.4.0' : '', perTick, failing: 0.001 }
  const newer: Version = { version: both ? '1.5.0' : '', perTick, failing, slower }
  const world = service((wantedMs) => {
    for (; atMs <= wantedMs; atMs += EVERY) {
      if (both) addTick(arms.old, old, uniform)
      if (both && atMs > LIVE) addTick(arms.new, newer, uniform)
      if (!both) addTick(arms.all, atMs > LIVE && atMs <= backMs ? newer : old, uniform)
      const versions = both
        ? [...expose(old, arms.old, atMs), ...expose(newer, arms.new, atMs)]
        : expose(old, arms.all, atMs)
      known.set(atMs, versions)
    }
    return known.get(wantedMs) ?? []
  })
  return (query, at): Measurement =>
    gone !== undefined && at >= gone[0] && at < gone[1]
      ? { kind: 'error', why: 'http://prometheus:9090 refused the connection' }
      : world(query, at)
}

export interface Watched {
  readonly state: WatchState
  readonly history?: History
  readonly world: World
  readonly lastMs: number
}

const known = new Map<string, Promise<Watched>>()

/** A watch by the real judge, from when it went live until then, or until it is found bad. */
export async function watched(
  health: WatchState['health'],
  bad: Bad,
  untilMs: number,
  until: 'found' | 'then' = 'then',
): Promise<Watched> {
  const key = JSON.stringify([health, bad, untilMs, until])
  const running = known.get(key) ?? watch(health, bad, { untilMs, until })
  known.set(key, running)
  return running
}

async function watch(
  health: WatchState['health'],
  bad: Bad,
  { untilMs, until }: { readonly untilMs: number; readonly until: 'found' | 'then' },
): Promise<Watched> {
  const world = worldOf(bad, health.candidate !== undefined)
  const sources = new Map([['main', remembering(world)]])
  const signal = new AbortController().signal
  const history = await loadBaseline(health, VALUES, { sources, nowMs: LIVE, signal })
  let state = startWatch(health, VALUES, LIVE, history)
  const batches = queriesOf(health, VALUES)
  for (let atMs = LIVE + EVERY; atMs <= untilMs; atMs += EVERY) {
    const answers = batches.map(({ queries }) => queries.map((query) => world(query, atMs)))
    state = tick(state, answers, atMs)
    if (until === 'found' && verdictOf(state, atMs).verdict === 'unhealthy') break
  }
  const lastMs = state.lastTickMs ?? LIVE
  return { state, world, lastMs, ...(history === undefined ? {} : { history }) }
}

/** The watch of a merged pull request, of which nothing is decided. */
export function recordOf({ state, history }: Partial<Watched>, more: Partial<WatchRecord> = {}): WatchRecord {
  return {
    schema: 1,
    deployment,
    environment: 'production',
    repository: 'team/shop',
    before,
    pull: { number: 12, author: 'ada', isMerged: true },
    policy: { revert: 'auto', shadow: false },
    sources: {},
    begunMs: LIVE - 3 * MINUTE,
    liveMs: LIVE,
    phase: 'watching',
    acts: {},
    run,
    ...(state === undefined ? {} : { state }),
    ...(history === undefined ? {} : { history }),
    ...more,
  }
}

/** Decided at this moment by the judge, or by a person. */
export function decidedAt(
  record: WatchRecord,
  atMs: number,
  by?: 'promoted_by_person' | 'accepted_by_person',
): WatchRecord {
  const outcome =
    by === undefined
      ? outcomeIn(record.state!, record.policy, atMs)
      : ({
          verdict: 'healthy',
          reason: by,
          line: `${record.deployment.version} by grace`,
          atMs,
          by: grace,
        } as const)
  if (outcome === undefined) throw new Error('the judge has not decided')
  return decided(record, outcome, atMs)
}

/** Taken back 48 s after it was found bad. */
export function rolledBack(record: WatchRecord): WatchRecord {
  const begunAtMs = record.outcome!.atMs
  const ended = { kind: 'rolled_back' as const, to: before, message: 'rolled back', atMs: begunAtMs + 48_000 }
  return withRollback(record, { dispatchedAtMs: begunAtMs + 2000, ended })
}

export function withRollback(record: WatchRecord, act: Partial<RollbackAct>): WatchRecord {
  const begunAtMs = record.outcome!.atMs
  return { ...record, acts: { ...record.acts, rollback: { key: 'watch-4711', begunAtMs, ...act } } }
}

export function withRevert(
  record: WatchRecord,
  revert: Omit<NonNullable<WatchRecord['acts']['revert']>, 'atMs'>,
): WatchRecord {
  const atMs = record.acts.rollback!.ended!.atMs + 20_000
  return { ...record, acts: { ...record.acts, revert: { ...revert, atMs } } }
}

/** The watch whether users are well again, by the world after the rollback. */
export function recovering(record: WatchRecord, world: World, minutes: number): WatchRecord {
  const sinceMs = record.acts.rollback!.ended!.atMs
  let next = startRecovery(record, Math.ceil(sinceMs / EVERY) * EVERY)
  const untilMs = sinceMs + minutes * MINUTE
  while (next.acts.recovery!.ended === undefined && next.nextMs! <= untilMs) {
    const { health, values } = next.acts.recovery!.state!
    const atMs = next.nextMs!
    const answers = queriesOf(health, values).map(({ queries }) => queries.map((query) => world(query, atMs)))
    next = recoveryTick(next, answers, atMs)
  }
  return next
}

export function ended(record: WatchRecord, phase: 'held' | 'ended' = 'ended'): WatchRecord {
  const { nextMs: _, ...rest } = record
  return { ...rest, phase }
}

/** What a run that judged a step of its traffic by itself has left for the App. */
export function judgedByRun({ state }: Watched, step: string, atMs: number): RunReport {
  const { evidence: _, ...report } = reportOf(state, atMs)
  return { ...run, judged: { step, ...report } }
}
