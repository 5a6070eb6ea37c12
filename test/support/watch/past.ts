/** How much is remembered: a comparison with the time before takes nothing back on less than two hours. */
const PAST_MS = 2 * 3_600_000 + 60_000
/** Twice as far apart as the watch looks: an old Prometheus takes a minute for a past of thousands of steps. */
const STEP_MS = 8000

/**
 * Of a hundred requests of a busy hour so many were answered within each edge (seconds). Slower than a quiet machine is, so that
 * one on which other suites run is no worse.
 */
const WITHIN: readonly (readonly [edge: string, of100: number])[] = [
  ['0.001', 10],
  ['0.0025', 20],
  ['0.005', 35],
  ['0.01', 50],
  ['0.025', 65],
  ['0.05', 80],
  ['0.1', 92],
  ['0.25', 98],
  ['0.5', 99],
  ['1', 100],
  ['2.5', 100],
  ['+Inf', 100],
]

/**
 * What the metrics of a service would have shown for two hours up to now, had it been there: a hundred requests a second, of
 * which one in five hundred failed. OpenMetrics text for `promtool`, with the series that the sample service has.
 */
export function twoHoursBefore(nowMs: number, instance: string, version: string): string {
  const times = stepsUntil(nowMs)
  const of = (more: string): string =>
    `{job="service",instance="${instance}",method="GET",route="/v1/products/{id}",version="${version}"${more}}`
  const counter = (name: string, labels: string, perStep: number): string[] =>
    times.map((atMs, step) => `${name}${labels} ${Math.round(step * perStep)} ${atMs / 1000}`)
  const requests = (STEP_MS / 1000) * 100
  return [
    '# TYPE http_requests counter',
    ...counter('http_requests_total', of(',code="200"'), requests * 0.998),
    ...counter('http_requests_total', of(',code="500"'), requests * 0.002),
    '# TYPE http_request_duration_seconds histogram',
    ...WITHIN.flatMap(([edge, of100]) =>
      counter('http_request_duration_seconds_bucket', of(`,le="${edge}"`), (requests * of100) / 100),
    ),
    ...counter('http_request_duration_seconds_count', of(''), requests),
    ...counter('http_request_duration_seconds_sum', of(''), requests * 0.03),
    '# EOF',
    '',
  ].join('\n')
}

function stepsUntil(nowMs: number): number[] {
  const last = Math.floor(nowMs / STEP_MS) * STEP_MS
  return Array.from({ length: PAST_MS / STEP_MS }, (_, index) => last - PAST_MS + (index + 1) * STEP_MS)
}
