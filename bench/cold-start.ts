import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from './median.ts'

/**
 * What the Action costs before it does anything: `node dist/main.js` with a usage error over `node -e 0`, which is what
 * starting Node costs at all. The runs take turns, so that a busy machine is busy for all of them; the figures are
 * medians. Exit code 1 above the aims: 2.5 times (github/branch-deploy's bundle was measured at 3.7), 1.5 MB.
 *
 *   npm run bench:cold-start [-- ROUNDS]
 */
const ROUNDS = Number(process.argv[2] ?? 40)
const MOST_TIMES = 2.5
const MOST_BYTES = 1_500_000

const dist = fileURLToPath(new URL('../dist', import.meta.url))

interface Contestant {
  readonly name: string
  readonly argv: readonly string[]
  readonly exitCode: number
}

const contestants: readonly [Contestant, ...Contestant[]] = [
  { name: 'node -e 0', argv: ['-e', '0'], exitCode: 0 },
  { name: 'dist/main.js, a usage error', argv: [join(dist, 'main.js')], exitCode: 1 },
  { name: 'dist/post.js, nothing to undo', argv: [join(dist, 'post.js')], exitCode: 0 },
  { name: 'dist/cli.js, a usage error', argv: [join(dist, 'cli.js'), 'nonsense'], exitCode: 2 },
]

const tookMs = new Map(contestants.map(({ name }) => [name, new Array<number>()]))
for (let round = -1; round < ROUNDS; round++) {
  for (const contestant of contestants) {
    const ms = once(contestant)
    // The first round warms the disk's cache.
    if (round >= 0) tookMs.get(contestant.name)?.push(ms)
  }
}

const bare = median(tookMs.get(contestants[0].name) ?? [])
for (const [name, all] of tookMs) {
  const ms = median(all)
  console.log(`${name.padEnd(32)} ${ms.toFixed(1).padStart(7)} ms  ${(ms / bare).toFixed(2)} times`)
}
const bytes = sizeOf(dist)
console.log(`${'dist/ in all'.padEnd(32)} ${(bytes / 1e6).toFixed(2).padStart(7)} MB`)
const times = median(tookMs.get('dist/main.js, a usage error') ?? []) / bare
if (times > MOST_TIMES || bytes > MOST_BYTES) {
  console.error(`above the aims: ${MOST_TIMES} times and ${MOST_BYTES / 1e6} MB`)
  process.exitCode = 1
}

function once({ name, argv, exitCode }: Contestant): number {
  const startedMs = performance.now()
  const { status } = spawnSync(process.execPath, argv, {
    // As GitHub's runner starts it, with an operation that there is not.
    env: { PATH: process.env['PATH'], INPUT_OPERATION: 'nonsense' },
    stdio: 'ignore',
  })
  const ms = performance.now() - startedMs
  if (status !== exitCode) throw new Error(`${name} ended with ${status}, not ${exitCode}`)
  return ms
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}
