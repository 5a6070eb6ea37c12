import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { StoreSettings } from '../../app/settings.ts'
import { hasPostgres, startPostgres } from '../../test/support/postgres.ts'
import { type Ingest, ingest } from './ingest.ts'
import { type Neighbour, neighbours } from './neighbour.ts'
import { startPlainGitHub } from './plain-github.ts'

/**
 * What durability costs: the App, as `npm start` runs it, beside bare Probot 14, which stores nothing; both in one run on one
 * machine, so that only ratios count. PostgreSQL waits for the disk, as in production. Exit code 1 below the aims: half as many
 * deliveries a second, and a neighbour who waits less than 0.2 s longer beside a flood.
 *
 *   npm run bench:app [-- --rounds=3 --seconds=5 --connections=100 --flood=20]
 */
const LEAST_RATIO = 0.5
const MOST_LATER_MS = 200

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '100' },
    flood: { type: 'string', default: '20' },
  },
})
const [rounds, seconds, connections, flood] = [
  Number(values.rounds),
  Number(values.seconds),
  Number(values.connections),
  Number(values.flood),
]

const folder = mkdtempSync(path.join(tmpdir(), 'seamless-bench-'))
const postgres = hasPostgres() ? await startPostgres([]) : undefined
const github = await startPlainGitHub()
try {
  const taken = await ingest({
    stores: await stores('ingest'),
    apiUrl: github.url,
    rounds,
    seconds,
    connections,
  })
  const beside = await neighbours({ stores: await stores('neighbour'), flood })
  const reached = [report(taken), reportNeighbours(beside)]
  if (reached.includes(false)) process.exitCode = 1
} finally {
  github.close()
  await postgres?.remove()
  rmSync(folder, { recursive: true, force: true })
}

async function stores(name: string): Promise<Record<string, StoreSettings>> {
  return {
    'the App, embedded': { kind: 'embedded', folder: path.join(folder, name) },
    ...(postgres === undefined
      ? {}
      : { 'the App, PostgreSQL': { kind: 'postgres', url: await postgres.database() } }),
  }
}

function report([bare, ...ours]: readonly Ingest[]): boolean {
  if (bare === undefined) return false
  console.log(
    `deliveries acknowledged (${connections} connections, ${rounds} rounds of ${seconds} s, medians)`,
  )
  for (const { name, perSecond, p50Ms, p99Ms } of [bare, ...ours]) {
    const ratio = perSecond / bare.perSecond
    const figures = [
      `${perSecond.toFixed(0)}/s`,
      `p50 ${p50Ms} ms`,
      `p99 ${p99Ms} ms`,
      `${ratio.toFixed(2)} of bare`,
    ]
    console.log(`  ${name.padEnd(30)} ${figures.map((figure) => figure.padEnd(14)).join('')}`)
  }
  return ours.every(({ perSecond }) => perSecond >= LEAST_RATIO * bare.perSecond)
}

function reportNeighbours(all: readonly Neighbour[]): boolean {
  const [bare, ...ours] = all.map(({ besideMs, aloneMs }) => besideMs - aloneMs)
  console.log(`a comment, from its delivery to GitHub, while another installation writes ${flood}`)
  for (const { name, aloneMs, besideMs } of all) {
    const later = besideMs - aloneMs
    const figures = [
      `alone ${aloneMs.toFixed(0)} ms`,
      `beside ${besideMs.toFixed(0)} ms`,
      `later ${later.toFixed(0)} ms`,
    ]
    console.log(`  ${name.padEnd(30)} ${figures.map((figure) => figure.padEnd(18)).join('')}`)
  }
  return bare !== undefined && ours.every((later) => later < MOST_LATER_MS)
}
