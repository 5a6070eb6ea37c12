import { readFileSync } from 'node:fs'
import { parser } from '@prometheus-io/lezer-promql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openMetrics } from '../../app/metrics.ts'
import { parsePage } from '../../src/adapters/openmetrics.ts'
import { prometheusSource } from '../../src/adapters/prometheus.ts'
import { type PlainPage, plainPage } from '../support/plain-page.ts'
import { hasPrometheus, type PrometheusServer, startPrometheus } from '../support/prometheus-server.ts'

const clock = { now: () => Date.now(), sleep: () => Promise.resolve() }

const datasource = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('${source}') })
const place = z.strictObject({ h: z.int(), w: z.int(), x: z.int(), y: z.int() })
const panel = z.looseObject({
  id: z.int(),
  title: z.string().min(1),
  gridPos: place,
  type: z.enum(['timeseries', 'stat']),
  description: z.string().min(1),
  datasource,
  targets: z.array(
    z.strictObject({ refId: z.string(), datasource, expr: z.string(), legendFormat: z.string() }),
  ),
})
const row = z.looseObject({ id: z.int(), type: z.literal('row'), title: z.string(), gridPos: place })

/** What of Grafana's classic model is used: https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/view-dashboard-json-model/ */
const dashboard = z.looseObject({
  uid: z.string().max(40),
  title: z.string(),
  schemaVersion: z.int(),
  time: z.strictObject({ from: z.string(), to: z.string() }),
  annotations: z.looseObject({
    list: z.array(z.looseObject({ target: z.looseObject({ tags: z.array(z.string()) }) })),
  }),
  templating: z.looseObject({
    list: z.array(z.looseObject({ name: z.string(), type: z.literal('datasource') })),
  }),
  panels: z.array(z.union([row, panel])),
})

const text = readFileSync(new URL('../../examples/grafana/dashboard.json', import.meta.url), 'utf8')
const read = dashboard.parse(JSON.parse(text))
const panels = read.panels.flatMap((found) => ('targets' in found ? [found as z.output<typeof panel>] : []))
const queries = panels.flatMap(({ title, targets }) =>
  targets.map(({ expr }): [string, string] => [title, expr]),
)

/** The metrics of an App in which everything has happened once. */
async function everything(): Promise<string> {
  const metrics = openMetrics(clock, ['push'])
  metrics.delivery('push', 'stored')
  metrics.engine.began('command', 0.1)
  metrics.engine.ended('command', 'done', 0.2)
  metrics.command('deploy', 'deployed')
  for (const verdict of ['healthy', 'unhealthy', 'inconclusive'] as const) metrics.verdict(verdict)
  metrics.takenBack('revert', 'done')
  metrics.githubCall('ok', 0.1)
  metrics.sourceCall('grafana', 'ok')
  metrics.rateLimit(1, 4000, clock.now() + 600_000)
  metrics.stuckOperations(0)
  metrics.queues(async () => [{ queue: 'command', waiting: 1, later: 0, running: 0, oldestSeconds: 3 }])
  return (await metrics.text()).body
}

/** The names of metrics in a query. @throws for what is no PromQL */
function metricsIn(query: string): string[] {
  const names: string[] = []
  parser
    .configure({ strict: true })
    .parse(query)
    .iterate({
      enter: ({ name, from, to }) => {
        if (name === 'Identifier') names.push(query.slice(from, to))
      },
    })
  return names.filter((name) => name.startsWith('seamless_'))
}

/** With what Grafana puts in for its variables. */
const filled = (expr: string) => expr.replaceAll(/\$__(?:rate_interval|range)\b/g, '10s')

describe('the dashboard of examples/grafana', () => {
  it.each(queries)('asks in PromQL for what the App counts: %s', async (_, expr) => {
    const known = new Set(parsePage(await everything(), 'prometheus').map(({ labels }) => labels['__name__']))
    const asked = metricsIn(filled(expr))
    expect(asked).not.toEqual([])
    expect(asked.filter((name) => !known.has(name))).toEqual([])
  })

  it('shows everything that the App counts by itself', async () => {
    const own = [...(await everything()).matchAll(/^# TYPE (seamless_\w+) /gm)]
      .map(([, name = '']) => name)
      .filter((name) => !/^seamless_(?:process|nodejs)_/.test(name))
    const asked = queries.flatMap(([, expr]) => metricsIn(filled(expr)))
    expect(own.length).toBeGreaterThan(8)
    expect(own.filter((name) => !asked.some((metric) => metric.startsWith(name)))).toEqual([])
  })

  it('has each panel once, none over another, none beyond the 24 columns', () => {
    const ids = read.panels.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const cells = read.panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24)
      return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`)
    })
    expect(new Set(cells).size).toBe(cells.length)
  })

  it('shows the marks that the run makes', () => {
    expect(read.annotations.list.map(({ target }) => target.tags)).toEqual([['seamless']])
  })
})

describe.runIf(hasPrometheus())('the dashboard of examples/grafana on a real Prometheus', () => {
  let page: PlainPage
  let prometheus: PrometheusServer

  beforeAll(async () => {
    page = await plainPage(await everything())
    prometheus = await startPrometheus(page.host)
  })

  afterAll(async () => {
    await prometheus?.remove()
    await page?.close()
  })

  it('has data in every panel', async () => {
    const source = prometheusSource({ name: 'main', url: prometheus.url, timeoutMs: 20_000, clock })
    const asked = queries.map(([, expr]) => ({ kind: 'expression', promql: filled(expr) }) as const)
    const empty = async () => {
      const answers = await source.read(asked, new AbortController().signal)
      return queries.flatMap(([title], index) => (answers[index]?.kind === 'ok' ? [] : [title]))
    }
    // A rate takes two scrapes, and the first comes after some seconds.
    await expect.poll(empty, { timeout: 40_000, interval: 500 }).toEqual([])
  })
})
