import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Starts a server with its output in a file, and waits until it answers. Error: the last of what it said. */
export async function startServer(
  file: string,
  args: readonly string[],
  { log, isReady }: { readonly log: string; readonly isReady: () => Promise<boolean> },
): Promise<ChildProcess> {
  const out = openSync(log, 'a')
  const child = spawn(file, [...args], { stdio: ['ignore', out, out] })
  for (let attempt = 0; attempt < 600; attempt++) {
    if (hasEnded(child)) throw new Error(`${file} ended at once; ${log} says why`)
    if (await isReady().catch(() => false)) return child
    await sleep(100)
  }
  child.kill('SIGKILL')
  throw new Error(`${file} did not answer within 60 s; ${log} says why`)
}

/** Ends exactly this process. */
export async function endServer(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return
  child.kill(signal)
  await once(child, 'exit')
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
