import type { Found, RepositoryFacts } from './facts.ts'

/** What can be watched. */
export interface HealthHints {
  readonly errors?: { readonly bad: string; readonly total: string }
  readonly latency?: string
  /** The path that answers when the service is well. */
  readonly probe?: string
  readonly found: readonly Found[]
  readonly todo: readonly string[]
}

export function detectHealth(facts: RepositoryFacts): HealthHints {
  const library = libraryMetrics(facts)
  const metrics = library ?? ownMetrics(facts)
  const endpoint = healthEndpoint(facts)
  const found = [...(metrics?.found ?? []), ...(endpoint === undefined ? [] : [endpoint])]
  const todo = [
    ...(metrics === undefined
      ? [
          'No metrics of requests were found: with a counter of requests and of failed ones Seamless sees what users notice. See docs/config.md, `health`.',
        ]
      : []),
    ...(endpoint === undefined
      ? ['No health endpoint was found: with one (`probe`), a version that does not answer is seen.']
      : []),
  ]
  return {
    ...(metrics === undefined ? {} : { errors: metrics.errors }),
    ...(metrics?.latency === undefined ? {} : { latency: metrics.latency }),
    ...(endpoint === undefined ? {} : { probe: endpoint.value }),
    found,
    todo,
  }
}

interface Metrics {
  readonly errors: { readonly bad: string; readonly total: string }
  readonly latency?: string
  readonly found: readonly Found[]
}

interface Library {
  /** How a manifest names it. */
  readonly named: string
  readonly manifests: RegExp
  readonly total: string
  readonly bad: string
  readonly latency?: string
}

/** Libraries whose metrics have fixed names, by their documentation. */
const LIBRARIES: readonly Library[] = [
  {
    named: 'express-prom-bundle',
    manifests: /^package\.json$/,
    total: 'http_request_duration_seconds_count',
    bad: 'http_request_duration_seconds_count{status_code=~"5.."}',
    latency: 'http_request_duration_seconds',
  },
  {
    named: 'prometheus-fastapi-instrumentator',
    manifests: /^(?:pyproject\.toml|requirements[\w-]*\.txt)$/,
    total: 'http_requests_total',
    bad: 'http_requests_total{status=~"5.*"}',
    latency: 'http_request_duration_seconds',
  },
  {
    named: 'django-prometheus',
    manifests: /^(?:pyproject\.toml|requirements[\w-]*\.txt)$/,
    total: 'django_http_responses_total_by_status_total',
    bad: 'django_http_responses_total_by_status_total{status=~"5.."}',
  },
  {
    named: 'micrometer-registry-prometheus',
    manifests: /^(?:pom\.xml|build\.gradle(?:\.kts)?)$/,
    total: 'http_server_requests_seconds_count',
    bad: 'http_server_requests_seconds_count{status=~"5.."}',
  },
]

function libraryMetrics({ texts }: RepositoryFacts): Metrics | undefined {
  for (const { named, manifests, total, bad, latency } of LIBRARIES) {
    const manifest = [...texts.keys()].find(
      (file) => manifests.test(file) && texts.get(file)?.includes(named) === true,
    )
    if (manifest === undefined) continue
    const why = `${manifest} names ${named}`
    return {
      errors: { bad, total },
      ...(latency === undefined ? {} : { latency }),
      found: [
        { topic: 'errors', value: bad, why },
        ...(latency === undefined ? [] : [{ topic: 'latency', value: latency, why }]),
      ],
    }
  }
  return undefined
}

const SOURCE = /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|php|cs|ex)$/
const TEST =
  /(?:^|\/)(?:tests?|spec|__tests__|node_modules|vendor|fixtures|examples)\/|[._](?:test|spec)\.|_test\.go$/

/** The names that Prometheus' conventions give to such metrics: https://prometheus.io/docs/practices/naming/ */
const COUNTERS = ['http_requests_total', 'http_server_requests_total', 'requests_total']
const HISTOGRAMS = [
  'http_request_duration_seconds',
  'http_server_request_duration_seconds',
  'request_duration_seconds',
]
const STATUS_LABELS = ['status_code', 'code', 'status']

function ownMetrics(facts: RepositoryFacts): Metrics | undefined {
  const counter = named(facts, COUNTERS)
  if (counter === undefined) return undefined
  const label = STATUS_LABELS.find((name) =>
    new RegExp(`["'\`]${name}["'\`]|\\b${name}\\s*[:=]|[{,]\\s*${name}\\b`).test(counter.text),
  )
  if (label === undefined) return undefined
  const bad = `${counter.name}{${label}=~"5.."}`
  const latency = named(facts, HISTOGRAMS)
  return {
    errors: { bad, total: counter.name },
    ...(latency === undefined ? {} : { latency: latency.name }),
    found: [
      { topic: 'errors', value: bad, why: `${counter.file} has this counter, with the label ${label}` },
      ...(latency === undefined
        ? []
        : [{ topic: 'latency', value: latency.name, why: `${latency.file} has this histogram` }]),
    ],
  }
}

function named(
  facts: RepositoryFacts,
  names: readonly string[],
): { name: string; file: string; text: string } | undefined {
  for (const name of names) {
    const pattern = new RegExp(`\\b${name}\\b`)
    for (const [file, text] of sources(facts)) if (pattern.test(text)) return { name, file, text }
  }
  return undefined
}

/** From what says most (the service can do its work) to what says least (it is running). */
const ENDPOINTS = ['/readyz', '/ready', '/healthz', '/health', '/_health', '/livez', '/ping']

function healthEndpoint(facts: RepositoryFacts): Found | undefined {
  for (const [file, text] of facts.texts) {
    if (
      /^(?:pom\.xml|build\.gradle(?:\.kts)?)$/.test(file) &&
      text.includes('spring-boot-starter-actuator')
    ) {
      return {
        topic: 'answers',
        value: '/actuator/health',
        why: `${file} names spring-boot-starter-actuator`,
      }
    }
  }
  for (const endpoint of ENDPOINTS) {
    const pattern = new RegExp(`["'\`]${endpoint}/?["'\`]`)
    for (const [file, text] of sources(facts)) {
      if (pattern.test(text)) return { topic: 'answers', value: endpoint, why: `${file} names it` }
    }
  }
  return undefined
}

function* sources({ texts }: RepositoryFacts): Generator<[string, string]> {
  for (const [file, text] of texts) if (SOURCE.test(file) && !TEST.test(file)) yield [file, text]
}
