import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../median.ts'
import type { StoreSettings } from '../../app/settings.ts'
import { commentBody, headersOf } from './delivery.ts'
import { type PlainGitHub, startPlainGitHub } from './plain-github.ts'
import { startContestant } from './start-contestant.ts'

export interface Neighbour {
  readonly name: string
  /** From a delivery to its comment at GitHub, with nobody else there (ms); the median of a few. */
  readonly aloneMs: number
  /** The same while another installation has so many comments to write. */
  readonly besideMs: number
}

export interface NeighbourOptions {
  readonly stores: Readonly<Record<string, StoreSettings>>
  readonly flood: number
}

/**
 * One tenant's deliveries ask for many comments at once; another's asks for one. All begin as signed deliveries and end at a
 * GitHub that answers at once: what is measured is our own queueing.
 */
export async function neighbours({ stores, flood }: NeighbourOptions): Promise<readonly Neighbour[]> {
  const measured = [await neighbour('bare Probot', undefined, flood)]
  for (const [name, store] of Object.entries(stores)) measured.push(await neighbour(name, store, flood))
  return measured
}

async function neighbour(name: string, store: StoreSettings | undefined, flood: number): Promise<Neighbour> {
  const github = await startPlainGitHub()
  const options = { apiUrl: github.url, comments: true, ...(store === undefined ? {} : { store }) }
  const contestant = await startContestant(options)
  try {
    // Once for its token, once without.
    await untilComment(contestant.url, github)
    await sleep(APART_MS)
    const aloneMs = await fewComments(contestant.url, github)
    const body = commentBody('flooder', 21)
    await Promise.all(Array.from({ length: flood }, async () => send(contestant.url, body)))
    await until(() => github.comments.some(({ owner }) => owner === 'flooder'))
    return { name, aloneMs, besideMs: await fewComments(contestant.url, github) }
  } finally {
    await contestant.stop()
    github.close()
  }
}

const FEW = 3
const APART_MS = 3100
const LONG_MS = 10_000

/** One after the other, so far apart as Probot wants comments to be; where one takes as long as the flood lasts, it is the only one. */
async function fewComments(url: string, github: PlainGitHub): Promise<number> {
  const tookMs: number[] = []
  while (tookMs.length < FEW && (tookMs[0] ?? 0) < LONG_MS) {
    tookMs.push(await untilComment(url, github))
    await sleep(APART_MS)
  }
  return median(tookMs)
}

async function untilComment(url: string, { comments }: PlainGitHub): Promise<number> {
  const mine = (): number => comments.filter(({ owner }) => owner === 'neighbour').length
  const before = mine()
  const sentMs = performance.now()
  await send(url, commentBody('neighbour', 31))
  await until(() => mine() > before)
  return (comments.findLast(({ owner }) => owner === 'neighbour')?.atMs ?? Number.NaN) - sentMs
}

/** Bare Probot answers when its handlers have ended, or after nine seconds: nobody waits for that here. */
async function send(url: string, body: string): Promise<void> {
  const sending = fetch(url, { method: 'POST', body, headers: headersOf(body) })
  await Promise.race([sending.then((response) => response.body?.cancel()), sleep(50)])
  sending.catch(() => {})
}

async function until(met: () => boolean): Promise<void> {
  for (let waitedMs = 0; !met(); waitedMs += 5) {
    if (waitedMs > 300_000) throw new Error('no comment within five minutes')
    await sleep(5)
  }
}
