import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Sandbox } from '../sandbox.ts'
import type { Outcome } from './outcome.ts'

/** A constant load on a service, under way. */
export interface Load {
  /** Every request whose fate is known, in the order of their ends. */
  readonly outcomes: readonly Outcome[]
  /** Stops sending and waits until the fate of all that was sent is known. */
  stop(): Promise<readonly Outcome[]>
}

const generator = fileURLToPath(new URL('generator.ts', import.meta.url))

/** The generator starts its lanes within a second; some more for its own start. */
const RAMP_MS = 1500

/** Sends `rate` requests a second (a multiple of 50) to `origin`; resolves when the full rate is reached. */
export async function startLoad(sandbox: Sandbox, origin: string, rate: number): Promise<Load> {
  const outcomes: Outcome[] = []
  const child = sandbox.start({ file: process.execPath, args: [generator, origin, String(rate)] })
  const lines = createInterface(child.stdout)
  lines.on('line', (line) => outcomes.push(...(JSON.parse(line) as Outcome[])))
  const ended = once(lines, 'close')
  await sleep(RAMP_MS)
  return {
    outcomes,
    stop: async () => {
      child.stdin.end()
      await ended
      return outcomes
    },
  }
}
