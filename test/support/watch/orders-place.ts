import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Load, startLoad } from '../../../demo/load/load.ts'
import { type Machine, startMachine } from '../../../demo/machine.ts'
import { createSandbox, type Sandbox } from '../../../demo/sandbox.ts'
import { type PrometheusServer, startPrometheusWithPast } from '../prometheus-server.ts'
import { twoHoursBefore } from './past.ts'

/** Where the sample service runs and is met: an ingress, two slots behind it, and a Prometheus that scrapes both. */
export interface OrdersPlace {
  readonly sandbox: Sandbox
  readonly machine: Machine
  readonly prometheus: PrometheusServer
  /** Starts the first version from a checkout, as its team did before there was Seamless, and the load on it. */
  serveFirst(clone: string, sha: string): Promise<Load>
  /** The version that answers users now. */
  served(): Promise<string>
  /** What `latentChange` has brought fails users from now on. */
  breakLatent(): void
  close(): Promise<void>
}

export const FIRST_VERSION = '1.0.0'
/** Requests a second: a verdict within seconds, and processors left for everything else. */
const RATE = 100

export async function openOrdersPlace(): Promise<OrdersPlace> {
  const sandbox = await createSandbox()
  const machine = await startMachine(sandbox, 'machine')
  const [blue, green] = machine.slots.map((slot) => slot.replace('http://', ''))
  const past = twoHoursBefore(Date.now(), blue ?? '', FIRST_VERSION)
  const prometheus = await startPrometheusWithPast(past, blue ?? '', green ?? '')
  let load: Load | undefined
  return {
    sandbox,
    machine,
    prometheus,
    async serveFirst(clone, sha) {
      const cwd = join(sandbox.folder, 'first')
      await sandbox.run({ file: 'git', args: ['clone', '--quiet', clone, cwd] })
      const env = { ...machine.env, SEAMLESS_VERSION: FIRST_VERSION, SEAMLESS_SHA: sha }
      for (const script of ['build', 'deploy']) await sandbox.run({ file: `./ops/${script}.sh`, cwd, env })
      load = await startLoad(sandbox, machine.users, RATE)
      return load
    },
    async served() {
      const answer = await fetch(`${machine.users}/healthz`)
      await answer.text()
      return answer.headers.get('x-version') ?? ''
    },
    breakLatent: () => writeFileSync(join(machine.env['ORDERS_STATE'] ?? '', 'pool-is-full'), ''),
    async close() {
      await load?.stop()
      await sandbox.clean()
      await prometheus.remove()
    },
  }
}

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url))

/** The sample service with the scripts that run it, by path in its repository. */
export function ordersFiles(): Record<string, string> {
  return {
    ...filesIn(join(examples, 'service'), ['.gitignore', 'VERSION', 'package.json', 'data', 'src', 'test']),
    ...filesIn(examples, ['ops']),
  }
}

function filesIn(folder: string, names: readonly string[]): Record<string, string> {
  const found = names.flatMap((name) => {
    const path = join(folder, name)
    const under = listed(path).map((one) => (one === '' ? name : join(name, one)))
    return under.map((file) => [file, readFileSync(join(folder, file), 'utf8')] as const)
  })
  return Object.fromEntries(found)
}

/** The files of a folder; of a file, itself. */
function listed(path: string): string[] {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return ['']
    throw error
  }
}
