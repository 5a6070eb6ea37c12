import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sourceRows } from '../../src/cli/doctor/source-rows.ts'
import { documentedConfig } from '../support/documented-config.ts'
import { type PlainPage, plainPage } from '../support/plain-page.ts'
import { hasPrometheus, type PrometheusServer, startPrometheus } from '../support/prometheus-server.ts'

const PAGE = `http_requests_total{code="200"} 100
http_requests_total{code="500"} 1
http_request_duration_seconds_bucket{le="0.3"} 99
http_request_duration_seconds_bucket{le="+Inf"} 100
process_resident_memory_bytes 1e8
`

const clock = {
  now: () => Date.now(),
  sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
}

describe.runIf(hasPrometheus())('the example of docs/prometheus.md on a real Prometheus', () => {
  let page: PlainPage
  let prometheus: PrometheusServer
  const config = documentedConfig('prometheus.md')

  beforeAll(async () => {
    page = await plainPage(PAGE)
    prometheus = await startPrometheus(page.host)
  })

  afterAll(async () => {
    await prometheus?.remove()
    await page?.close()
  })

  const rows = () => {
    const environment = { SEAMLESS_SOURCE_MAIN_URL: prometheus.url }
    return sourceRows(config, { environment, clock, signal: new AbortController().signal })
  }

  it('is what doctor says there', async () => {
    const said = { what: 'source main', state: 'ok', why: 'It answers; 4 of 4 queries have data.' }
    // Its first scrape comes after some seconds.
    await expect.poll(rows, { timeout: 30_000, interval: 300 }).toEqual([said])
  })

  it('names the source that is gone', async () => {
    await prometheus.kill()
    expect(await rows()).toEqual([
      {
        what: 'source main',
        state: 'missing',
        why: `It does not answer: ${prometheus.url}/api/v1/query does not answer (ECONNREFUSED)`,
        todo: 'See that it is reachable from here, and its token right.',
      },
    ])
  })
})
