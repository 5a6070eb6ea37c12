import { describe, expect, test } from 'vitest'
import { beginWatch } from '../../src/watch/begin-watch.ts'
import { stepWatch } from '../../src/watch/step-watch.ts'
import { superseded } from '../../src/watch/superseded.ts'
import { tellWatch } from '../../src/watch/tell-watch.ts'
import { toldMark } from '../../src/watch/told-mark.ts'
import type { WatchPorts } from '../../src/watch/watch-ports.ts'
import type { WatchRecord } from '../../src/watch/watch-record.ts'
import { type Death, dyingPorts, Killed } from '../support/watch/dying-ports.ts'
import {
  SHA,
  SHA_LATER,
  stored,
  watchedConfig,
  type WatchWorld,
  watchWorld,
} from '../support/watch/watch-world.ts'

/** A minute between looks: all that a watch does, and few looks. */
const CONFIG = watchedConfig({
  health: `
      source: main
      every: 1m
      watch: 5m
      baseline: { before: 2h }
      checks:
        errors: { bad: 'requests{code=~"5.."}', total: requests, max: 1% }
`,
})

interface Lived {
  readonly world: WatchWorld
  readonly ended: WatchRecord
  readonly calls: readonly string[]
  readonly died: boolean
}

/** From the event to the end; the process may die once, and what it has not written down by then is lost. */
async function live(
  change: (world: WatchWorld, record: WatchRecord) => WatchRecord,
  death?: Death,
): Promise<Lived> {
  const world = watchWorld(CONFIG)
  const { id } = world.deploy(SHA)
  const dying = dyingPorts(world.ports, death)
  let died = false
  const surely = async <Result>(work: (ports: WatchPorts) => Promise<Result>): Promise<Result> => {
    if (died) return work(world.ports)
    try {
      return await work(dying.ports)
    } catch (error) {
      if (!(error instanceof Killed)) throw error
      died = true
      return work(world.ports)
    }
  }
  const began = await surely(async (ports) => beginWatch(id, ports))
  if (began.kind !== 'watch') throw new Error('no watch')
  let record = stored(began.record)
  while (record.nextMs !== undefined) {
    const before = record
    world.clock.advance(Math.max(0, before.nextMs! - world.clock.now()))
    const step = await surely(async (ports) => stepWatch(stored(before), ports))
    const next = change(world, stored(step.record))
    const told = toldMark(next, world.clock.now())
    if (told !== before.told) await surely(async (ports) => tellWatch(next, ports))
    record = { ...next, told }
  }
  return { world, ended: record, calls: dying.calls, died }
}

function effects({ world, ended }: Lived): unknown {
  return {
    phase: ended.phase,
    outcome: ended.outcome?.reason,
    by: ended.supersededBy?.id,
    comments: world.conversation.comments.map(({ key, body }) => [key, body]),
    watching: [...world.watching.keys()],
    verdicts: world.deployments.all.map(({ id, verdict }) => [id, verdict]),
    ledger: world.ledger,
    raised: [...world.raised.keys()],
    dispatched: world.workflows.dispatched,
    reverts: world.reverts,
  }
}

const LIVES: [name: string, change: (world: WatchWorld, record: WatchRecord) => WatchRecord, end: string][] =
  [
    ['is promoted', (_, record) => record, 'healthy'],
    [
      'is held',
      (world, record) => {
        world.service.trouble = 'refuses'
        return record
      },
      'health_no_data',
    ],
    [
      'is replaced by a later deployment',
      (world, record) => {
        if (record.phase !== 'watching' || world.clock.now() < record.liveMs + 180_000) return record
        return superseded(record, { id: '900', sha: SHA_LATER, version: '1.2.0' }, world.clock.now())
      },
      'superseded',
    ],
  ]

describe.each(LIVES)('L01 a process that is killed while it watches what %s', (_, change, end) => {
  test('does each thing once in the end, wherever it died', async () => {
    const whole = await live(change)
    expect(whole.ended.outcome?.reason ?? 'superseded').toBe(end)
    expect(whole.calls.length).toBeGreaterThan(5)
    const once = effects(whole)
    for (const [index, name] of whole.calls.entries()) {
      for (const when of ['before', 'after'] as const) {
        const other = await live(change, { call: index + 1, when })
        expect(other.died, name).toBe(true)
        expect(effects(other), `${when} call ${index + 1}, ${name}`).toEqual(once)
      }
    }
  })
})
