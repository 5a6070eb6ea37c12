/** A series' labels, with the metric's name under `__name__`. */
export type Labels = Readonly<Record<string, string>>

/** A native (exponential) histogram's counters at one moment: cumulative over time, not over buckets; edges in the metric's unit. */
export interface NativeHistogram {
  readonly count: number
  readonly sum: number
  readonly buckets: readonly { readonly lower: number; readonly upper: number; readonly count: number }[]
}

/** One sample of one series, raw: a counter's running total, a gauge's value. It may be NaN or infinite: the reader of it decides. */
export interface Sample {
  readonly labels: Labels
  readonly value: number
  /** When the value was taken (ms since the epoch, the source's clock); older than the deployment never counts as new. */
  readonly atMs: number
  readonly histogram?: NativeHistogram
}

/** What a source said to one query. Unknown is neither good nor bad, so every way of not knowing has its own name. */
export type Measurement =
  | { readonly kind: 'ok'; readonly samples: readonly [Sample, ...Sample[]] }
  | { readonly kind: 'no_data'; readonly why: string }
  | { readonly kind: 'error'; readonly why: string }
  | { readonly kind: 'invalid'; readonly why: string }

/** What a check asks of a source. */
export type Query =
  /** Raw samples of the series that a PromQL instant vector selector matches, e.g. `http_requests_total{code=~"5.."}`. */
  | { readonly kind: 'select'; readonly selector: string }
  /** Any PromQL expression; only a Prometheus answers it. */
  | { readonly kind: 'expression'; readonly promql: string }
  /** One request to the service; answered with samples named as the blackbox exporter names them: `probe_success` (0 or 1), `probe_duration_seconds` and more. */
  | { readonly kind: 'probe'; readonly probe: ProbeRequest }
  /**
   * The state of alert rules; only a Grafana answers it. For each rule, of the time of its last evaluation:
   * `probe_success`, 0 while an alert of it is firing, and for each that is, `grafana_alert_firing_since_seconds`.
   */
  | { readonly kind: 'alerts'; readonly alerts: AlertSelection }

/** Which alerts are meant; at least one of the two is there. */
export interface AlertSelection {
  /** The title or the UID of the folder that the rules are in. */
  readonly folder?: string
  /** Labels that a rule, or one of its alerts, has. */
  readonly labels?: Readonly<Record<string, string>>
}

export type ProbeRequest = HttpProbe | ConnectProbe

interface Expected {
  /** For how much longer the certificate must hold. */
  readonly certificateMs?: number
  readonly timeoutMs: number
}

/** A request by HTTP. Patterns are regular expressions (RE2-like subset of JavaScript's, no flags). */
export interface HttpProbe extends Expected {
  /** Path and query below the source's URL, e.g. `/healthz`. */
  readonly path: string
  readonly method: 'GET' | 'HEAD'
  /** Statuses that count as success. */
  readonly statuses: readonly number[]
  /** What the body must match. */
  readonly body?: string
  /** Headers that must be there, and what each must match. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A connection to the source's host and port, with or without a TLS handshake, and nothing said over it. */
export interface ConnectProbe extends Expected {
  readonly connect: 'tcp' | 'tls'
}

/** Where health is read from. */
export interface HealthSource {
  /** The name the config gives it. */
  readonly name: string
  /** Answers all queries of one tick in one batch, in order. Failures are answers (`error`), so it rejects only when aborted. */
  read(queries: readonly Query[], signal: AbortSignal): Promise<readonly Measurement[]>
  /** The same queries over the past, one list of measurements per step from `fromMs` to `toMs` inclusive; only sources that keep history have it. */
  history?(
    queries: readonly Query[],
    range: HistoryRange,
    signal: AbortSignal,
  ): Promise<readonly HistoryStep[]>
}

export interface HistoryRange {
  readonly fromMs: number
  readonly toMs: number
  readonly stepMs: number
}

export interface HistoryStep {
  readonly atMs: number
  /** In the order of the queries. */
  readonly measurements: readonly Measurement[]
}
