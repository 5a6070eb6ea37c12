import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { binomial, random } from '../health/service.ts'
import { type GitRepository, gitRepository } from '../support/git-repository.ts'
import {
  hasPrometheus,
  type PrometheusServer,
  startPrometheusWithPast,
} from '../support/prometheus-server.ts'

const MINUTE = 60_000
const EVERY = 15_000
const PER_TICK = 300
/** Eight hours and a bit that ended some minutes ago, on a full tick. */
const END = Math.floor(Date.now() / EVERY) * EVERY - 3 * MINUTE
const START = END - 8 * 60 * MINUTE

/** Each has a fifth of the traffic for a quarter of an hour, then all of it. 1.2.0 fails twenty times as often as the others. */
const VERSIONS = [
  { version: '1.0.0', fromMs: START, failing: 0.001 },
  { version: '1.1.0', fromMs: START + 125 * MINUTE, failing: 0.001 },
  { version: '1.2.0', fromMs: START + 365 * MINUTE, failing: 0.02 },
  { version: '1.3.0', fromMs: START + 385 * MINUTE, failing: 0.001 },
] as const
const CANARY_MS = 15 * MINUTE

/** The share of the traffic that the n-th version has. */
function shareOf(index: number, atMs: number): number {
  const [own, next] = [VERSIONS[index]!, VERSIONS[index + 1]]
  if (atMs < own.fromMs) return 0
  const mine = index === 0 || atMs >= own.fromMs + CANARY_MS ? 1 : 0.2
  if (next === undefined || atMs < next.fromMs) return mine
  return atMs < next.fromMs + CANARY_MS ? 0.8 : 0
}

/** Counters as a scrape every 15 s would have seen them; a version's series end some minutes after its last request. */
function metricsOfThePast(): string {
  const uniform = random(7)
  const lines = VERSIONS.flatMap(({ version, fromMs, failing }, index) => {
    const endMs = (VERSIONS[index + 1]?.fromMs ?? END) + CANARY_MS + 5 * MINUTE
    const [good, bad]: [string[], string[]] = [[], []]
    let [goodTotal, badTotal] = [0, 0]
    for (let atMs = fromMs; atMs <= Math.min(END, endMs); atMs += EVERY) {
      const requests = Math.round(PER_TICK * shareOf(index, atMs))
      const failed = binomial(requests, failing, uniform)
      goodTotal += requests - failed
      badTotal += failed
      good.push(`http_requests_total{version="${version}",code="200"} ${goodTotal} ${atMs / 1000}`)
      bad.push(`http_requests_total{version="${version}",code="500"} ${badTotal} ${atMs / 1000}`)
    }
    return [...good, ...bad]
  })
  return ['# TYPE http_requests counter', ...lines, '# EOF', ''].join('\n')
}

const health = (baseline: string): string => `    deploy: { run: { deploy: a, rollback: b } }
    revert: off
    health:
      source: main
      grace: 0s
      watch: 10m
${baseline}
      checks:
        errors: { bad: 'http_requests_total{code=~"5.."}', total: http_requests_total }
`

const CONFIG = `driver: action
sources: { main: { type: prometheus } }
environments:
  whole:
${health('      baseline: { before: 2h }')}  canary:
${health('      candidate: { version: "{version}" }\n      baseline: { version: "{previous}" }')}`

const DEPLOYMENTS = VERSIONS.slice(1)
  .map(
    ({ version, fromMs }, index) =>
      `${new Date(fromMs).toISOString()} ${version} ${VERSIONS[index]!.version}`,
  )
  .join('\n')

interface Ended {
  readonly status: number
  readonly out: string
  readonly err: string
}

describe.runIf(hasPrometheus())('seamless backtest on a Prometheus that remembers eight hours', () => {
  let prometheus: PrometheusServer
  let repository: GitRepository

  beforeAll(async () => {
    repository = gitRepository()
    repository.commit({ '.github/seamless.yml': CONFIG, 'past.txt': DEPLOYMENTS })
    prometheus = await startPrometheusWithPast(metricsOfThePast())
  })
  afterAll(async () => {
    await prometheus?.remove()
    repository?.remove()
  })

  function seamless(...argv: string[]): Promise<Ended> {
    const cli = new URL('../../src/cli.ts', import.meta.url).pathname
    return new Promise((resolve) => {
      const environment = { ...repository.environment, SEAMLESS_SOURCE_MAIN_URL: prometheus.url }
      execFile(
        process.execPath,
        [cli, 'backtest', ...argv],
        { cwd: repository.clone, env: environment },
        (error, out, err) => resolve({ status: Number(error?.code ?? 0), out, err }),
      )
    })
  }

  it.each(['whole', 'canary'])(
    '%s: takes back the one bad of three, within minutes, and says why',
    async (environment) => {
      const { status, out, err } = await seamless('--environment', environment, '--deployments', 'past.txt')
      expect(err).toBe(`Asking what was measured at 3 deployments of ${environment}.\n`)
      expect(out.split('\n')[0]).toBe('Would have taken back 1 of 3.')
      const bad = new Date(VERSIONS[2].fromMs).toISOString().slice(0, 16).replace('T', ' ')
      expect(out.split('\n')[1]).toMatch(
        new RegExp(
          `^${bad} 1\\.2\\.0: Unhealthy after (?:\\d{2} s|[1-5] min(?: \\d+ s)?): errors: .* against .* with 99 % confidence`,
        ),
      )
      expect(status).toBe(0)
    },
  )

  it.each(['whole', 'canary'])('%s: finds no false alarm at five quiet moments', async (environment) => {
    const { out } = await seamless('--environment', environment, '--deployments', 'past.txt', '--quiet', '5')
    expect(out).toContain('At 5 moments without a deployment: no false alarm.')
  })

  it('gives the same from a recording without any server, and other limits can be tried on it', async () => {
    const asked = ['--environment', 'canary', '--deployments', 'past.txt', '--quiet', '5', '--json']
    const live = await seamless(...asked, '--record', 'kept.jsonl')
    await prometheus.kill()
    try {
      const again = await seamless('--recorded', 'kept.jsonl', '--json')
      expect(again).toEqual({ status: 0, out: live.out, err: '' })
      writeFileSync(
        join(repository.clone, 'lax.yml'),
        CONFIG.replaceAll('total: http_requests_total }', 'total: http_requests_total, worse-by: 9900% }'),
      )
      const lax = await seamless('--recorded', 'kept.jsonl', '--config', 'lax.yml')
      expect(lax.out).toContain('Would have taken back 0 of 3.')
    } finally {
      await prometheus.revive()
    }
  })
})
