/** The counters of one process, printed as a page that Prometheus reads (text format 0.0.4). */
export interface Metrics {
  observe(request: { method: string; route: string; code: number; seconds: number }): void
  page(): string
}

/** Upper bounds in seconds; the API answers in about a millisecond and users notice a quarter of a second. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

interface Latency {
  readonly buckets: number[]
  sum: number
  count: number
}

export function createMetrics(version: string, startedAt = Date.now()): Metrics {
  const requests = new Map<string, number>()
  const latencies = new Map<string, Latency>()

  function observe({ method, route, code, seconds }: Parameters<Metrics['observe']>[0]): void {
    const labels = `method="${method}",route="${route}",version="${version}"`
    const counter = `${labels},code="${code}"`
    requests.set(counter, (requests.get(counter) ?? 0) + 1)
    const latency = latencies.get(labels) ?? { buckets: BOUNDS.map(() => 0), sum: 0, count: 0 }
    latencies.set(labels, latency)
    latency.sum += seconds
    latency.count += 1
    for (const [i, bound] of BOUNDS.entries()) if (seconds <= bound) latency.buckets[i]! += 1
  }

  function page(): string {
    const lines = [
      '# TYPE service_build_info gauge',
      `service_build_info{version="${version}"} 1`,
      '# TYPE process_start_time_seconds gauge',
      `process_start_time_seconds{version="${version}"} ${startedAt / 1000}`,
      '# TYPE process_resident_memory_bytes gauge',
      `process_resident_memory_bytes{version="${version}"} ${process.memoryUsage.rss()}`,
      '# TYPE http_requests_total counter',
      ...[...requests].map(([labels, value]) => `http_requests_total{${labels}} ${value}`),
      '# TYPE http_request_duration_seconds histogram',
      ...[...latencies].flatMap(([labels, latency]) => histogram(labels, latency)),
    ]
    return `${lines.join('\n')}\n`
  }

  return { observe, page }
}

function histogram(labels: string, { buckets, sum, count }: Latency): string[] {
  const name = 'http_request_duration_seconds'
  return [
    ...BOUNDS.map((bound, i) => `${name}_bucket{${labels},le="${bound}"} ${buckets[i]}`),
    `${name}_bucket{${labels},le="+Inf"} ${count}`,
    `${name}_sum{${labels}} ${sum}`,
    `${name}_count{${labels}} ${count}`,
  ]
}
