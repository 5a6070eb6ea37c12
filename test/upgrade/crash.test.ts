import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manualClock } from '../support/manual-clock.ts'
import { deployByScripts, type UpgradeWorld, upgradeWorld } from '../support/upgrade-world.ts'

const config = `driver: action
version: { file: VERSION }
build:
  - name: bundle
    run: cp VERSION out.txt
    artifacts: [out.txt]
environments:
  production:
${deployByScripts}    traffic:
      run: bash ops/weight.sh
      steps: [50%, 100%]
    revert: 'off'
    health:
      source: pages
      every: 10s
      grace: 0s
      hold: 1m
      watch: 1m
      checks:
        memory: { gauge: process_resident_memory_bytes, max: 1GiB }
sources:
  pages: { type: scrape }
`

interface Outcome {
  readonly killed: boolean
  readonly said?: { decision: string; reason: string; message: string; entries: number }
}

function runIn(world: UpgradeWorld, entry: number, side: 'before' | 'after'): Promise<Outcome> {
  const script = new URL('../support/killed-run.ts', import.meta.url).pathname
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [script, world.repository.clone, String(entry), side],
      { env: world.environment },
      (error, stdout, stderr) => {
        if (error?.signal === 'SIGKILL') resolve({ killed: true })
        else if (error) reject(new Error(`${error.message}\n${stderr}`))
        else resolve({ killed: false, said: JSON.parse(stdout) as NonNullable<Outcome['said']> })
      },
    )
  })
}

/** One upgrade to 1.1.0 that is killed, then run again; what became of it. */
async function killedAt(entry: number, side: 'before' | 'after') {
  const clock = manualClock(Date.now())
  const world = await upgradeWorld({ config, clock, environment: { SEAMLESS_SOURCE_PAGES_URL: page.url } })
  try {
    await world.run()
    world.repository.commit({ VERSION: '1.1.0\n' }, 'Version 1.1.0')
    const first = await runIn(world, entry, side)
    const second = await runIn(world, 0, 'after')
    const deployed = world.calls().filter((call) => call === 'deploy production 1.1.0').length
    return { first, second, deployed, live: world.read('live') }
  } finally {
    world.remove()
  }
}

let page: { url: string; close: () => void }
beforeAll(async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
    response.end('# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes 1000\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  page = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    close: () => server.close(),
  }
})
afterAll(() => page.close())

describe('L01 SIGKILL at each journal entry of an upgrade, then the same run again', () => {
  it('never deploys twice and always ends in a named state', { timeout: 240_000 }, async () => {
    const whole = await killedAt(0, 'after')
    const entries = whole.first.said?.entries ?? 0
    expect(entries).toBeGreaterThan(8)
    const points = Array.from({ length: entries }, (_, index) => index + 1).flatMap((entry) => [
      { entry, side: 'before' as const },
      { entry, side: 'after' as const },
    ])
    const seen = new Set<string>()
    for (let index = 0; index < points.length; index += 2) {
      const pair = points.slice(index, index + 2)
      const outcomes = await Promise.all(pair.map(({ entry, side }) => killedAt(entry, side)))
      for (const [offset, { first, second, deployed, live }] of outcomes.entries()) {
        const where = JSON.stringify({ ...pair[offset], second: second.said, deployed, live })
        expect(first.killed, where).toBe(true)
        expect(deployed, where).toBeLessThanOrEqual(1)
        expect(second.said?.decision, where).toBeDefined()
        // Either the new version is wholly there, or the run says that a person must look.
        const isThere = deployed === 1 && live === '1.1.0'
        expect(isThere || second.said?.reason === 'environment_unknown', where).toBe(true)
        seen.add(second.said?.reason ?? '')
      }
    }
    // Both ways out were met, or this test shows nothing.
    expect([...seen].toSorted()).toEqual(['already_live', 'environment_unknown', 'healthy'])
  })
})
