import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Sandbox } from './sandbox.ts'

/** Where the service runs: an ingress and two slots behind it, which the scripts of examples/ops work on. */
export interface Machine {
  /** The ingress, as users reach it. */
  readonly users: string
  /** The ingress, as operators reach it. */
  readonly admin: string
  /** The slots' origins: blue and green. */
  readonly slots: readonly [string, string]
  /** What the scripts need in their environment. */
  readonly env: Readonly<Record<string, string>>
}

const ingressServer = fileURLToPath(new URL('../examples/ops/ingress-server.ts', import.meta.url))

export async function startMachine(sandbox: Sandbox, name: string): Promise<Machine> {
  const state = join(sandbox.folder, name)
  await mkdir(state)
  const [blue, green] = await freePorts()
  const ingress = sandbox.start({ file: process.execPath, args: [ingressServer] })
  const lines = createInterface(ingress.stdout)
  const [line] = (await once(lines, 'line')) as [string]
  const { users, admin } = JSON.parse(line) as { users: string; admin: string }
  const env = {
    ORDERS_STATE: state,
    BLUE_PORT: String(blue),
    GREEN_PORT: String(green),
    INGRESS_ADMIN: admin,
  }
  return { users, admin, slots: [`http://127.0.0.1:${blue}`, `http://127.0.0.1:${green}`], env }
}

/** Two different ports that nobody listened on just now. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()]
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening')
  const [first, second] = servers.map((server) => (server.address() as AddressInfo).port)
  for (const server of servers) server.close()
  return [first!, second!]
}
