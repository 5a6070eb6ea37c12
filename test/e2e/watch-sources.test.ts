import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prometheusSource } from '../../src/adapters/prometheus.ts'
import { scrapeSource } from '../../src/adapters/scrape.ts'
import { health } from '../../src/config/health.ts'
import { reportOf, type WatchReport } from '../../src/health/explain.ts'
import { queriesOf } from '../../src/health/query-plan.ts'
import { startWatch, tick } from '../../src/health/watch.ts'
import { verdictOf } from '../../src/health/watch-verdict.ts'
import type { HealthSource } from '../../src/ports/health-source.ts'
import { type MetricsPage, metricsPage } from '../support/metrics-page.ts'
import { hasPrometheus, type PrometheusServer, startPrometheus } from '../support/prometheus-server.ts'

const clock = {
  now: () => Date.now(),
  sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
}

const watched = health.parse({
  source: 'main',
  every: '1s',
  grace: '3s',
  hold: '5s',
  watch: '20s',
  candidate: { version: '{version}' },
  baseline: { version: '{previous}' },
  checks: { errors: { bad: 'http_requests_total{code=~"5.."}', total: 'http_requests_total', max: '50%' } },
})

async function watchWith(source: HealthSource): Promise<WatchReport> {
  const values = { version: 'v2', previous: 'v1' }
  const batches = queriesOf(watched, values)
  let watch = startWatch(watched, values, Date.now())
  for (;;) {
    await sleep(watched.everyMs)
    const answers = await Promise.all(
      batches.map(({ queries }) => source.read(queries, AbortSignal.timeout(10_000))),
    )
    const nowMs = Date.now()
    watch = tick(watch, answers, nowMs)
    if (verdictOf(watch, nowMs).done) return reportOf(watch, nowMs)
  }
}

describe.runIf(hasPrometheus())('one check on a real Prometheus and on the page itself', () => {
  let page: MetricsPage
  let prometheus: PrometheusServer
  let sources: HealthSource[]

  beforeAll(async () => {
    page = await metricsPage(clock)
    page.set('v1', { perSecond: 400, failing: 0.01 })
    prometheus = await startPrometheus(new URL(page.url).host)
    sources = [
      prometheusSource({ name: 'main', url: prometheus.url, timeoutMs: 5000, clock }),
      scrapeSource({ name: 'main', urls: [page.url], timeoutMs: 5000, clock }),
    ]
    // Prometheus scrapes for the first time after some seconds.
    while (
      (await sources[0]!.read([{ kind: 'select', selector: 'up' }], AbortSignal.timeout(30_000)))[0]?.kind !==
      'ok'
    ) {
      await sleep(200)
    }
  })

  afterAll(async () => {
    await prometheus?.remove()
    await page?.close()
  })

  it('finds the same: a version that fails ten times as often is worse than the stable one', async () => {
    page.set('v2', { perSecond: 400, failing: 0.1 })
    const reports = await Promise.all(sources.map(watchWith))
    for (const report of reports) {
      expect(report).toMatchObject({
        verdict: 'unhealthy',
        reason: 'worse_than_baseline',
        comparison: 'concurrent',
      })
      expect(report.checks[0]).toMatchObject({
        before: expect.stringMatching(/^(?:0\.9\d|1|1\.\d) %$/),
        after: expect.stringMatching(/^(?:9\.\d|10) %$/),
      })
    }
    expect(reports[0]?.checks[0]?.queries).toEqual(reports[1]?.checks[0]?.queries)
  })
})
