import { describe, expect, it } from 'vitest'

import type { HealthSource, HistoryStep } from '../../src/ports/health-source.ts'
import { backtest, quietMoments, type RecordedDeployment, replay } from '../../src/health/backtest.ts'
import { recordDeployment } from '../../src/health/record-deployment.ts'
import { binomial, config, random, sample, service, START, type World } from './service.ts'

const HOUR = 3_600_000
const EVERY = 15_000
const health = config({
  watch: '30m',
  baseline: { before: '2h' },
  checks: { errors: { bad: 'requests{code="500"}', total: 'requests' } },
})

/** A service deployed every six hours; its share of failures by deployment. */
function life(failing: readonly number[], seed: number): World {
  const uniform = random(seed)
  const totals: [good: number, bad: number][] = [[0, 0]]
  const first = START - 6 * HOUR
  for (let at = first; at < START + failing.length * 6 * HOUR; at += EVERY) {
    const share = failing[Math.max(0, Math.floor((at - START) / (6 * HOUR)))] ?? 0
    const bad = binomial(300, share, uniform)
    const [good, worse] = totals.at(-1)!
    totals.push([good + 300 - bad, worse + bad])
  }
  return service((at) => {
    const [good, bad] = totals[Math.round((at - first) / EVERY)] ?? [0, 0]
    return [
      sample({ __name__: 'requests', code: '200' }, good, at),
      sample({ __name__: 'requests', code: '500' }, bad, at),
    ]
  })
}

function remembering(world: World): HealthSource {
  return {
    name: 'main',
    read: () => Promise.reject(new Error('the past is asked for')),
    history: (queries, { fromMs, toMs, stepMs }) => {
      const steps: HistoryStep[] = []
      for (let atMs = fromMs; atMs <= toMs; atMs += stepMs) {
        steps.push({ atMs, measurements: queries.map((query) => world(query, atMs)) })
      }
      return Promise.resolve(steps)
    },
  }
}

async function record(world: World, index: number, untilMs = Infinity): Promise<RecordedDeployment> {
  const values = { version: `v${index + 1}`, previous: `v${index}` }
  const sources = new Map([['main', remembering(world)]])
  return recordDeployment(
    health,
    { atMs: START + index * 6 * HOUR, values, untilMs },
    { sources, signal: AbortSignal.abort() },
  )
}

describe('a backtest', () => {
  it('says which past deployments would have been taken back, and when', async () => {
    const world = life([0.002, 0.002, 0.05, 0.05, 0.002], 1)
    const recorded = await Promise.all([1, 2, 3, 4].map((index) => record(world, index)))
    const { takenBack, replays, lines } = backtest(health, recorded)
    expect(takenBack).toBe(1)
    expect(lines[0]).toBe('Would have taken back 1 of 4.')
    expect(lines[1]).toMatch(/^2026-01-01 12:00 v3: Unhealthy after .*: errors: [\d.]+ % against/)
    const bad = replays[1]!
    expect(bad.decidedMs - bad.atMs).toBeLessThan(3 * 60_000)
  })

  it('is the same for a recording that was stored', async () => {
    const recorded = await record(life([0.002, 0.02], 2), 1)
    expect(replay(health, JSON.parse(JSON.stringify(recorded)) as RecordedDeployment)).toEqual(
      replay(health, recorded),
    )
  })

  it('ends with the next deployment, and says so', async () => {
    const world = life([0.002, 0.002], 3)
    const { replays, lines } = backtest(health, [await record(world, 1, START + 6 * HOUR + 300_000)])
    expect(replays[0]).toMatchObject({ done: false, decidedMs: START + 6 * HOUR + 300_000 })
    expect(lines.at(-1)).toContain('1 ended early')
  })

  it('a source without a past measures nothing', async () => {
    const source: HealthSource = { name: 'main', read: () => Promise.resolve([]) }
    const recorded = await recordDeployment(
      health,
      { atMs: START, values: { version: 'v2', previous: 'v1' }, untilMs: Infinity },
      { sources: new Map([['main', source]]), signal: AbortSignal.abort() },
    )
    expect(backtest(health, [recorded]).lines).toEqual([
      'Would have taken back 0 of 1.',
      '0 healthy.',
      '1 inconclusive: 1 source_error.',
    ])
  })

  it('the more is tolerated the less is taken back', async () => {
    const world = life([0.002, 0.006], 4)
    const recorded = [await record(world, 1)]
    const lax = config({
      watch: '30m',
      baseline: { before: '2h' },
      checks: { errors: { bad: 'requests{code="500"}', total: 'requests', 'worse-by': '300%' } },
    })
    expect([backtest(health, recorded).takenBack, backtest(lax, recorded).takenBack]).toEqual([1, 0])
  })
})

describe('quiet moments', () => {
  const day = { fromMs: 0, toMs: 24 * HOUR }
  const hours = (...given: Parameters<typeof quietMoments>): number[] =>
    quietMoments(...given).map((at) => at / HOUR)

  it('are spread over what is free of deployments, no two in one watch', () => {
    const clear = { sinceMs: 2 * HOUR, untilMs: HOUR }
    expect(hours(day, [], clear, 5)).toEqual([2, 7, 12, 17, 22])
    const [deployed, found] = [[0, 9.5 * HOUR], hours(day, [0, 9.5 * HOUR], clear, 100)]
    expect(found[0]).toBe(2)
    expect(found.at(-1)).toBe(24)
    for (const at of deployed.map((ms) => ms / HOUR)) {
      expect(found.filter((moment) => moment > at - 1 && moment < at + 2)).toEqual([])
    }
    const apart = found.slice(1).map((at, index) => at - (found[index] ?? 0))
    expect(Math.min(...apart)).toBeGreaterThanOrEqual(0.999)
  })

  it('are fewer than wanted, or none, where there is no room', () => {
    const clear = { sinceMs: 2 * HOUR, untilMs: HOUR }
    expect(hours({ ...day, toMs: 8 * HOUR }, [0, 4 * HOUR], clear, 9)).toEqual([2, 3, 6, 7, 8])
    expect(hours({ fromMs: 0, toMs: 2 * HOUR }, [0], clear, 3)).toEqual([2])
    expect(hours({ fromMs: 0, toMs: HOUR }, [0], clear, 3)).toEqual([])
    expect(hours(day, [], clear, 0)).toEqual([])
  })
})
