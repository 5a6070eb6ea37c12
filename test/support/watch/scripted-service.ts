import { parseSelector } from '../../../src/config/selector.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type {
  HealthSource,
  HistoryStep,
  Measurement,
  Query,
  Sample,
} from '../../../src/ports/health-source.ts'

/** How users fare from a moment on, until the next. Shares are 0 to 1. */
export interface Traffic {
  readonly perSecond: number
  /** Of the requests, those that fail. */
  readonly bad?: number
  /** Of the requests, those that take two seconds; the others take well under one. */
  readonly slow?: number
}

/** How the metrics server is to be met. */
export type Trouble = 'refuses' | 'is_empty' | 'throws' | 'stalls' | 'is_nan'

/** A service whose counters and latencies a Prometheus scrapes, and that Prometheus. */
export interface ScriptedService {
  /** From this moment on (ms). */
  fares(fromMs: number, traffic: Traffic): void
  /** From now on; `undefined`: it is well again, and knows what it scraped meanwhile. */
  trouble: Trouble | undefined
  /** Commits that the build-info metric shows, and since when (ms). */
  readonly shows: Map<string, number>
  /** Every batch of live queries, and every question for the past, in order. */
  readonly reads: { readonly atMs: number; readonly queries: number }[]
  readonly pasts: { readonly fromMs: number; readonly toMs: number }[]
  /** Whether it keeps its past. */
  keepsPast: boolean
  source(name: string): HealthSource
}

export function scriptedService(
  clock: Pick<Clock, 'now'>,
  sinceMs: number,
  traffic: Traffic,
): ScriptedService {
  const script: { fromMs: number; traffic: Traffic }[] = [{ fromMs: sinceMs, traffic }]
  const service: ScriptedService = {
    fares: (fromMs, traffic) => void script.push({ fromMs, traffic }),
    trouble: undefined,
    shows: new Map(),
    reads: [],
    pasts: [],
    keepsPast: true,
    source: (name) => ({
      name,
      async read(queries) {
        service.reads.push({ atMs: clock.now(), queries: queries.length })
        return met(service.trouble, queries, () => queries.map((query) => answer(query, clock.now())))
      },
      ...(service.keepsPast && {
        async history(queries, { fromMs, toMs, stepMs }) {
          service.pasts.push({ fromMs, toMs })
          const first = Math.ceil(fromMs / stepMs) * stepMs
          const steps: HistoryStep[] = []
          for (let atMs = first; atMs <= toMs; atMs += stepMs) {
            const measurements = await met(service.trouble, queries, () =>
              queries.map((query) => answer(query, atMs)),
            )
            steps.push({ atMs, measurements: [...measurements] })
          }
          return steps
        },
      }),
    }),
  }
  const answer = (query: Query, atMs: number): Measurement =>
    select(query, seriesAt(script, service.shows, atMs))
  return service
}

async function met(
  trouble: Trouble | undefined,
  queries: readonly Query[],
  well: () => readonly Measurement[],
): Promise<readonly Measurement[]> {
  switch (trouble) {
    case undefined:
      return well()
    case 'refuses':
      return queries.map(() => ({ kind: 'error', why: 'connect ECONNREFUSED' }))
    case 'is_empty':
      return queries.map(() => ({ kind: 'no_data', why: 'the answer is empty' }))
    case 'throws':
      throw new Error('a bug in the source')
    case 'stalls':
      return new Promise(() => {})
    case 'is_nan':
      return well().map((one) =>
        one.kind === 'ok'
          ? { ...one, samples: mapSamples(one.samples, (sample) => ({ ...sample, value: NaN })) }
          : one,
      )
  }
}

function mapSamples(
  [first, ...others]: readonly [Sample, ...Sample[]],
  change: (sample: Sample) => Sample,
): [Sample, ...Sample[]] {
  return [change(first), ...others.map(change)]
}

/** Latency of the requests that are not slow: how many take at most so many seconds. */
const FAST: readonly (readonly [le: string, share: number])[] = [
  ['0.1', 0.7],
  ['0.3', 0.95],
  ['1', 1],
]

function seriesAt(
  script: readonly { readonly fromMs: number; readonly traffic: Traffic }[],
  shows: ReadonlyMap<string, number>,
  atMs: number,
): Sample[] {
  let [all, bad, slow] = [0, 0, 0]
  for (const [index, { fromMs, traffic }] of script.entries()) {
    const seconds = Math.max(0, Math.min(atMs, script[index + 1]?.fromMs ?? Infinity) - fromMs) / 1000
    all += seconds * traffic.perSecond
    bad += seconds * traffic.perSecond * (traffic.bad ?? 0)
    slow += seconds * traffic.perSecond * (traffic.slow ?? 0)
  }
  const of = (labels: Record<string, string>, value: number): Sample => ({
    labels,
    value: Math.round(value),
    atMs,
  })
  return [
    of({ __name__: 'requests', code: '200' }, all - bad),
    of({ __name__: 'requests', code: '500' }, bad),
    ...FAST.map(([le, share]) => of({ __name__: 'latency_bucket', le }, (all - slow) * share)),
    of({ __name__: 'latency_bucket', le: '+Inf' }, all),
    ...[...shows].flatMap(([commit, sinceMs]) =>
      atMs >= sinceMs ? [of({ __name__: 'app_build_info', commit }, 1)] : [],
    ),
  ]
}

function select(query: Query, series: readonly Sample[]): Measurement {
  if (query.kind !== 'select') return { kind: 'invalid', why: 'selectors only' }
  const { metric, matchers } = parseSelector(query.selector)
  const [first, ...others] = series.filter(
    ({ labels }) =>
      (metric === undefined || labels['__name__'] === metric) &&
      matchers.every(({ label, operator, value }) => {
        const actual = labels[label] ?? ''
        const matches = operator.endsWith('~') ? new RegExp(`^(?:${value})$`).test(actual) : actual === value
        return operator.startsWith('!') ? !matches : matches
      }),
  )
  return first === undefined
    ? { kind: 'no_data', why: 'the answer is empty' }
    : { kind: 'ok', samples: [first, ...others] }
}
