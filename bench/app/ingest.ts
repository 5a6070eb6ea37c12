import { randomUUID } from 'node:crypto'
import autocannon from 'autocannon'
import { z } from 'zod'
import { median } from '../median.ts'
import { commentBody, headersOf } from './delivery.ts'
import { type Contestant, startContestant } from './start-contestant.ts'
import type { StoreSettings } from '../../app/settings.ts'

export interface Ingest {
  readonly name: string
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface IngestOptions {
  readonly stores: Readonly<Record<string, StoreSettings>>
  readonly apiUrl: string
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
}

/**
 * Signed deliveries of 13 kB, each with an id of its own, as fast as they are acknowledged. Bare Probot acknowledges what it
 * keeps nowhere; the App what is committed, while it works the same deliveries off. The contestants take turns, so that a busy
 * machine is busy for all of them; figures are medians of the rounds.
 */
export async function ingest(options: IngestOptions): Promise<readonly Ingest[]> {
  const { stores, apiUrl } = options
  const contestants: [string, Contestant][] = [
    ['bare Probot, stores nothing', await startContestant({ apiUrl, comments: false })],
  ]
  try {
    for (const [name, store] of Object.entries(stores))
      contestants.push([name, await startContestant({ apiUrl, store, comments: false })])
    return await takeTurns(contestants, options)
  } finally {
    for (const [, contestant] of contestants) await contestant.stop()
  }
}

async function takeTurns(
  contestants: readonly (readonly [string, Contestant])[],
  { rounds, seconds, connections }: IngestOptions,
): Promise<readonly Ingest[]> {
  const found = new Map(contestants.map(([name]) => [name, new Array<Shot>()]))
  for (let round = -1; round < rounds; round++)
    for (const [name, { url }] of contestants) {
      const shot = await fire(url, { seconds: round < 0 ? 2 : seconds, connections })
      // The first round warms the compilers and the caches.
      if (round >= 0) found.get(name)?.push(shot)
    }
  return [...found].map(([name, shots]) => ({
    name,
    perSecond: median(shots.map(({ perSecond }) => perSecond)),
    p50Ms: median(shots.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(shots.map(({ p99Ms }) => p99Ms)),
  }))
}

type Shot = Omit<Ingest, 'name'>

// The package has no types.
const shoot = autocannon as unknown as (options: object) => Promise<unknown>

const result = z.object({
  requests: z.object({ average: z.number() }),
  latency: z.object({ p50: z.number(), p99: z.number() }),
  non2xx: z.number(),
  errors: z.number(),
})

async function fire(url: string, options: { seconds: number; connections: number }): Promise<Shot> {
  const body = commentBody('acme', 11)
  const headers = headersOf(body)
  const fired = await shoot({
    url,
    method: 'POST',
    body,
    headers,
    duration: options.seconds,
    connections: options.connections,
    requests: [
      {
        setupRequest: (request: object) => ({
          ...request,
          headers: { ...headers, 'x-github-delivery': randomUUID() },
        }),
      },
    ],
  })
  const { requests, latency, non2xx, errors } = result.parse(fired)
  if (non2xx + errors > 0) throw new Error(`${url}: ${non2xx} refused, ${errors} failed`)
  return { perSecond: requests.average, p50Ms: latency.p50, p99Ms: latency.p99 }
}
