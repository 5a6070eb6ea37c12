import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Outcome } from './outcome.ts'

/** A constant load on a service, under way. */
export interface Load {
  readonly pid: number
  /** Every request whose fate is known, in the order of their ends. */
  readonly outcomes: readonly Outcome[]
  /** Stops sending and waits until the fate of all that was sent is known. */
  stop(): Promise<readonly Outcome[]>
}

/** Sends `rate` requests a second (a multiple of 50) to `origin`; resolves when the full rate is reached. */
export async function startLoad(origin: string, rate: number): Promise<Load> {
  const outcomes: Outcome[] = []
  const file = fileURLToPath(new URL('generator.ts', import.meta.url))
  const child = fork(file, [origin, String(rate)], { execPath: process.execPath, execArgv: [] })
  const exited = once(child, 'exit')
  child.on('message', (message: Outcome[] | 'done') => {
    if (message !== 'done') for (const outcome of message) outcomes.push(outcome)
  })
  await new Promise((resolve) => setTimeout(resolve, RAMP_MS))

  async function stop(): Promise<readonly Outcome[]> {
    child.send('stop')
    await exited
    return outcomes
  }

  return { pid: child.pid ?? 0, outcomes, stop }
}

/** The generator starts its lanes within a second; some more for its own start. */
const RAMP_MS = 1500
