import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Clock } from '../src/ports/clock.ts'
import type { EngineMeter, QueueCount } from './engine/engine.ts'

/** What became of one delivery at the door. */
export const deliveryOutcomes = [
  'stored',
  'known',
  'ignored',
  'bad_signature',
  'malformed',
  'not_ours',
  'too_large',
  'too_slow',
  'unavailable',
  'recovered',
] as const
export type DeliveryOutcome = (typeof deliveryOutcomes)[number]

export type CallOutcome = 'ok' | 'refused' | 'rate_limited' | 'failed' | 'unreachable'
export type Verdict = 'healthy' | 'unhealthy' | 'inconclusive'

/**
 * What is counted of the App. No label names a tenant, a repository, a person or a pull request, and each label's values are
 * a short list of ours: what outsiders choose cannot make new series (N05).
 */
export interface Metrics {
  /** `event` as GitHub named it; an unknown one counts as `other`. */
  delivery(event: string, outcome: DeliveryOutcome): void
  readonly engine: EngineMeter
  /** How a command ended, by its reason code, e.g. `permission_denied`. */
  command(kind: string, reason: string): void
  verdict(verdict: Verdict): void
  /** A merge or an environment was taken back, or that was tried. */
  takenBack(what: 'revert' | 'rollback', outcome: 'done' | 'proposed' | 'failed'): void
  githubCall(outcome: CallOutcome, seconds: number): void
  /** A health source was asked. */
  sourceCall(type: 'prometheus' | 'scrape' | 'probe' | 'grafana', outcome: CallOutcome): void
  /** What is left of an installation's (0: the app's own) requests until that time (ms). */
  rateLimit(installationId: number, remaining: number, resetAtMs: number): void
  /** Operations whose lease has run out and that nobody could end. */
  stuckOperations(count: number): void
  /** Asked at each scrape for how many watches have not ended. */
  watches(count: () => Promise<readonly { readonly phase: string; readonly count: number }[]>): void
  /** Asked at each scrape for how many verdicts have which label. */
  verdictLabels(count: () => Promise<ReadonlyMap<string, number>>): void
  /** Asked at each scrape for what waits in the queues. */
  queues(count: () => Promise<readonly QueueCount[]>): void
  /** Prometheus's text format and its content type. */
  text(): Promise<{ readonly type: string; readonly body: string }>
}

/** `events` are those that may be a label. */
export function openMetrics(clock: Clock, events: readonly string[]): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'seamless_' })
  const counted = (name: string, help: string, ...labelNames: string[]): Counter =>
    new Counter({ name: `seamless_${name}`, help, labelNames, registers: [registry] })
  const deliveries = counted(
    'deliveries_total',
    'Webhook deliveries by event and outcome.',
    'event',
    'outcome',
  )
  const commands = counted('commands_total', 'Commands by kind and reason code.', 'kind', 'reason')
  const verdicts = counted('verdicts_total', 'Verdicts on what is live.', 'verdict')
  const takenBack = counted('taken_back_total', 'Reverts and rollbacks.', 'what', 'outcome')
  const sources = counted('source_calls_total', 'Requests to health sources.', 'type', 'outcome')
  const github = githubMetrics(registry)
  const stuck = new Gauge({
    name: 'seamless_stuck_operations',
    help: 'Operations whose lease has run out and that could not be ended.',
    registers: [registry],
  })
  const known = new Set(events)
  return {
    delivery: (event, outcome) => deliveries.inc({ event: known.has(event) ? event : 'other', outcome }),
    engine: engineMetrics(registry),
    command: (kind, reason) => commands.inc({ kind, reason }),
    verdict: (verdict) => verdicts.inc({ verdict }),
    takenBack: (what, outcome) => takenBack.inc({ what, outcome }),
    githubCall: (outcome, seconds) => github.observe({ outcome }, seconds),
    sourceCall: (type, outcome) => sources.inc({ type, outcome }),
    rateLimit: rateLimitGauge(registry, clock),
    stuckOperations: (count) => stuck.set(count),
    watches: (count) => watchGauge(registry, count),
    verdictLabels: (count) => labelGauge(registry, count),
    queues: (count) => queueGauges(registry, count),
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  }
}

function githubMetrics(registry: Registry): Histogram {
  return new Histogram({
    name: 'seamless_github_call_seconds',
    help: 'Requests to GitHub by outcome.',
    labelNames: ['outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  })
}

function engineMetrics(registry: Registry): EngineMeter {
  const jobs = new Histogram({
    name: 'seamless_job_seconds',
    help: 'Attempts at jobs by queue and outcome.',
    labelNames: ['queue', 'outcome'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300],
    registers: [registry],
  })
  const lag = new Histogram({
    name: 'seamless_job_lag_seconds',
    help: 'How late an attempt began after it was due.',
    labelNames: ['queue'],
    buckets: [0.05, 0.1, 0.5, 1, 2, 5, 15, 60, 300],
    registers: [registry],
  })
  return {
    began: (queue, lagSeconds) => lag.observe({ queue }, Math.max(0, lagSeconds)),
    ended: (queue, outcome, seconds) => jobs.observe({ queue, outcome }, seconds),
  }
}

/** The lowest of all installations: a label for each would grow without end, and one that is spent is what matters. */
function rateLimitGauge(registry: Registry, clock: Clock): Metrics['rateLimit'] {
  const left = new Map<number, { remaining: number; resetAtMs: number }>()
  const gauge = new Gauge({
    name: 'seamless_github_rate_limit_remaining',
    help: 'Requests left until GitHub resets the limit: the lowest of all installations.',
    registers: [registry],
    collect() {
      for (const [id, { resetAtMs }] of left) if (resetAtMs <= clock.now()) left.delete(id)
      if (left.size === 0) gauge.reset()
      else gauge.set(Math.min(...[...left.values()].map(({ remaining }) => remaining)))
    },
  })
  return (installationId, remaining, resetAtMs) => left.set(installationId, { remaining, resetAtMs })
}

/** As the database counts them: a watch is nobody's while no job of it runs. */
function watchGauge(
  registry: Registry,
  count: () => Promise<readonly { readonly phase: string; readonly count: number }[]>,
): void {
  const gauge = new Gauge({
    name: 'seamless_watches',
    help: 'Watches that have not ended, by phase; held: waiting for people.',
    labelNames: ['phase'],
    registers: [registry],
    async collect() {
      const found = await count().catch(() => [])
      gauge.reset()
      for (const { phase, count: watches } of found) gauge.set({ phase }, watches)
    },
  })
}

/** As the database counts them, so that a restart forgets none; where it does not answer, the gauge is missing. */
function labelGauge(registry: Registry, count: () => Promise<ReadonlyMap<string, number>>): void {
  const gauge = new Gauge({
    name: 'seamless_verdict_labels',
    help: 'Verdicts by what they turned out to be; open: taken back, and nobody knows yet.',
    labelNames: ['label'],
    registers: [registry],
    async collect() {
      const counts = await count().catch(() => new Map<string, number>())
      gauge.reset()
      for (const [label, verdicts] of counts) gauge.set({ label }, verdicts)
    },
  })
}

function queueGauges(registry: Registry, count: () => Promise<readonly QueueCount[]>): void {
  let counting: Promise<readonly QueueCount[]> | undefined
  // Both gauges of a scrape share one look. A database that does not answer is said by their absence.
  const counts = (): Promise<readonly QueueCount[]> =>
    (counting ??= count()
      .catch(() => [])
      .finally(() => void (counting = undefined)))
  const oldest = new Gauge({
    name: 'seamless_queue_oldest_seconds',
    help: 'How long the oldest job that is ready has waited.',
    labelNames: ['queue'],
    registers: [registry],
    async collect() {
      const found = await counts()
      oldest.reset()
      for (const { queue, oldestSeconds } of found) oldest.set({ queue }, oldestSeconds)
    },
  })
  const jobs = new Gauge({
    name: 'seamless_queue_jobs',
    help: 'Jobs by queue: waiting (ready), later (due in the future), running.',
    labelNames: ['queue', 'state'],
    registers: [registry],
    async collect() {
      const found = await counts()
      jobs.reset()
      for (const { queue, waiting, later, running } of found)
        for (const [state, number] of Object.entries({ waiting, later, running }))
          jobs.set({ queue, state }, number)
    },
  })
}
