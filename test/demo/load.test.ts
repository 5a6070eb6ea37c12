import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLoad } from '../../demo/load/load.ts'
import { failed, type Outcome } from '../../demo/load/outcome.ts'
import { createSandbox, type Sandbox } from '../../demo/sandbox.ts'
import { tally, type Tally } from '../../demo/load/tally.ts'

const RATE = 200

/** Answers as a service in trouble does, and keeps its own count of what it did to whom. */
let server: Server
const did = { ok: 0, error: 0, cut: 0, closed: 0 }
let sandbox: Sandbox
let outcomes: readonly Outcome[]
let seen: Tally

beforeAll(async () => {
  let asked = 0
  let trouble = true
  server = createServer((request, response) => {
    asked += trouble ? 1 : 0
    if (trouble && asked % 10 === 3) {
      did.error += 1
      response.writeHead(503, { 'x-version': 'b' }).end()
    } else if (trouble && asked % 10 === 5) {
      did.cut += 1
      request.socket.resetAndDestroy()
    } else if (trouble && asked % 10 === 7) {
      did.closed += 1
      request.socket.end()
    } else {
      did.ok += 1
      response.writeHead(200, { 'x-version': 'a' }).end('{}')
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  sandbox = await createSandbox()
  const load = await startLoad(sandbox, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, RATE)
  await sleep(1800)
  // What is sent while the load stops is answered, but not counted: nothing that the counts are compared by.
  trouble = false
  await sleep(200)
  outcomes = await load.stop()
  seen = tally(outcomes)
})

afterAll(async () => {
  await sandbox.clean()
  server.close()
  server.closeAllConnections()
})

const at = (status: number, latencyMs: number): Outcome => ({ atMs: 0, latencyMs, status, version: '' })
const sent = (atMs: number, status: number): Outcome => ({ ...at(status, 1), atMs })

describe('the load generator', () => {
  it('counts every failure: an error status, a reset, a connection closed without an answer', () => {
    expect(Math.min(did.error, did.cut, did.closed)).toBeGreaterThan(10)
    expect(Object.fromEntries(seen.failures)).toEqual({ 0: did.cut + did.closed, 503: did.error })
    expect(seen.versions.get('b')).toEqual({ requests: did.error, failed: did.error })
    expect(seen.versions.get('')).toEqual({ requests: did.cut + did.closed, failed: did.cut + did.closed })
    expect(seen.versions.get('a')).toEqual({ requests: seen.requests - seen.failed, failed: 0 })
    expect(seen.requests - seen.failed).toBeLessThanOrEqual(did.ok)
  })

  it('holds its rate evenly, also on a busy machine: autocannon alone would send a second at once', () => {
    const start = outcomes[0]!.atMs + 1500
    const second = outcomes.filter(({ atMs }) => atMs >= start && atMs < start + 1000)
    expect(second.length).toBeGreaterThan(RATE * 0.7)
    expect(second.length).toBeLessThan(RATE * 1.3)
    const tenths = Map.groupBy(second, ({ atMs }) => Math.floor((atMs - start) / 100))
    expect(tenths.size).toBeGreaterThan(7)
    expect(Math.max(...[...tenths.values()].map((tenth) => tenth.length))).toBeLessThan(RATE * 0.5)
  })

  it('tells a failed request by its status only, and latencies by nearest rank', () => {
    expect([0, 199, 200, 299, 300, 500].map((status) => failed(at(status, 1)))).toEqual([
      true,
      true,
      false,
      false,
      true,
      true,
    ])
    const list = Array.from({ length: 200 }, (_, i) => at(200, 200 - i))
    expect(tally(list)).toMatchObject({ requests: 200, failed: 0, p50: 100, p99: 198, max: 200 })
  })

  it('measures the longest time in which nobody was served', () => {
    const list = [sent(0, 200), sent(10, 502), sent(30, 502), sent(45, 200), sent(50, 502), sent(60, 200)]
    expect(tally(list.toReversed()).outageMs).toBe(35)
    expect(tally([sent(0, 200)]).outageMs).toBe(0)
  })
})
