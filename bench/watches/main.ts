import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { StoreSettings } from '../../app/settings.ts'
import { hasPostgres, startPostgres } from '../../test/support/postgres.ts'
import { startPlainGitHub } from '../app/plain-github.ts'
import type { Measured, Trial } from './contestant.ts'

/**
 * How many watches one process of the App takes: each looked at every 15 s, by one batch of four checks of a Prometheus in another
 * process, judged against two hours of past, and kept. A step is passed while 99 of 100 ticks begin within a second of
 * when they are due, and none is left out. Exit code 1 where a home does not take the aim.
 *
 *   npm run bench:watches [-- --watches=250,500,1000,2000 --seconds=60 --warm=20 --home=embedded,postgres --profile]
 *
 * `--profile` leaves the processor's profile of each step (`*.cpuprofile`) in the working folder. On a machine that does other work
 * only the processor's part of a tick (`% of a core`) says anything; lateness then is that of the machine.
 */
const AIM = 1000
const MOST_LATE_MS = 1000

const { values } = parseArgs({
  options: {
    watches: { type: 'string', default: '250,500,1000,1500,2000,3000' },
    seconds: { type: 'string', default: '45' },
    warm: { type: 'string', default: '20' },
    home: { type: 'string', default: 'embedded,postgres' },
    profile: { type: 'boolean', default: false },
  },
})
const steps = values.watches.split(',').map(Number)
const folder = mkdtempSync(path.join(tmpdir(), 'seamless-watches-'))
const homes = values.home.split(',').filter((home) => home !== 'postgres' || hasPostgres())
const postgres = homes.includes('postgres') ? await startPostgres([]) : undefined
const github = await startPlainGitHub()
const prometheus = await startPrometheus()
try {
  const reached = []
  for (const home of homes) reached.push(await climb(home))
  if (reached.some((watches) => watches < Math.min(AIM, Math.max(...steps)))) process.exitCode = 1
} finally {
  prometheus.stop()
  github.close()
  await postgres?.remove()
  rmSync(folder, { recursive: true, force: true })
}

/** More and more watches until they are late; answers how many were not. */
async function climb(home: string): Promise<number> {
  console.log(`the App, ${home}: ticks of 15 s, four checks in one batch; measured for ${values.seconds} s`)
  let reached = 0
  let empty: Measured | undefined
  for (const watches of [1, ...steps]) {
    const measured = await run({
      store: await storeOf(home, watches),
      apiUrl: github.url,
      prometheusUrl: prometheus.url,
      watches,
      warmSeconds: Number(values.warm),
      seconds: watches === 1 ? 15 : Number(values.seconds),
      ...(values.profile ? { profile: path.resolve(`watches-${home}-${watches}.cpuprofile`) } : {}),
    })
    empty ??= measured
    if (watches > 1) console.log(`  ${line(measured, empty)}`)
    if (watches > 1 && isLate(measured)) return reached
    reached = watches
  }
  return reached
}

function isLate({ p99Ms, ticks, due }: Measured): boolean {
  return !(p99Ms <= MOST_LATE_MS) || ticks < 0.97 * due
}

function line(measured: Measured, empty: Measured): string {
  const { watches, p50Ms, p99Ms, maxMs, ticks, due, cpu, rssMiB, heapMiB } = measured
  const each = ((rssMiB - empty.rssMiB) * 1024) / watches
  return [
    `${watches} watches`.padEnd(14),
    `late p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms, most ${maxMs.toFixed(0)} ms`.padEnd(46),
    `${ticks} of ${due} ticks`.padEnd(22),
    `${(cpu * 100).toFixed(0)} % of a core`.padEnd(18),
    `${rssMiB.toFixed(0)} MiB (heap ${heapMiB.toFixed(0)}), ${each.toFixed(0)} KiB a watch`.padEnd(42),
    isLate(measured) ? 'LATE' : '',
  ].join('')
}

async function storeOf(home: string, watches: number): Promise<StoreSettings> {
  if (home === 'embedded') return { kind: 'embedded', folder: path.join(folder, `${watches}`) }
  if (postgres === undefined) throw new Error(`no home is called ${home}`)
  return { kind: 'postgres', url: await postgres.database() }
}

async function run(trial: Trial): Promise<Measured> {
  const script = fileURLToPath(new URL('contestant.ts', import.meta.url))
  const child = spawn(process.execPath, [script, JSON.stringify(trial)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
  })
  for await (const said of createInterface({ input: child.stdout })) {
    const [, json] = /^measured (.*)$/.exec(said) ?? []
    if (json !== undefined) return JSON.parse(json) as Measured
  }
  throw new Error(`${trial.watches} watches: the App ended`)
}

async function startPrometheus(): Promise<{ readonly url: string; stop(): void }> {
  const script = fileURLToPath(new URL('plain-prometheus.ts', import.meta.url))
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const said of createInterface({ input: child.stdout })) {
    const port = /^listening (\d+)$/.exec(said)?.[1]
    if (port !== undefined) return { url: `http://127.0.0.1:${port}`, stop: () => void child.kill('SIGKILL') }
  }
  throw new Error('the Prometheus did not start')
}
