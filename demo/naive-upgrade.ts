import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { startLoad } from './load/load.ts'
import type { Outcome } from './load/outcome.ts'
import { startMachine } from './machine.ts'
import { git } from './orders-repository.ts'
import type { Sandbox } from './sandbox.ts'

const script = fileURLToPath(new URL('../examples/naive-deploy.sh', import.meta.url))

/** How long users are served before and after, so that what they notice in between can be told from the rest. */
const QUIET_MS = 1500

export interface NaiveUpgrade {
  readonly repository: string
  /** The commits of version 1 and 2. */
  readonly from: string
  readonly to: string
  readonly rate: number
}

/** The same service behind the same ingress under the same load, upgraded by examples/naive-deploy.sh; what its users saw. */
export async function upgradeNaively(sandbox: Sandbox, upgrade: NaiveUpgrade): Promise<readonly Outcome[]> {
  const machine = await startMachine(sandbox, 'naive')
  const [service] = machine.slots
  const deploy = async (version: string, commit: string): Promise<void> => {
    const archive = await pack(sandbox, upgrade.repository, { version, commit })
    const env = { ORDERS_STATE: machine.env['ORDERS_STATE']!, PORT: machine.env['BLUE_PORT']! }
    await sandbox.run({ file: script, args: [archive, version], env })
  }
  await deploy('1.0.0', upgrade.from)
  await fetch(machine.admin, { method: 'PUT', body: JSON.stringify({ stable: service }) })
  const load = await startLoad(sandbox, machine.users, upgrade.rate)
  await sleep(QUIET_MS)
  await deploy('2.0.0', upgrade.to)
  await sleep(QUIET_MS)
  return load.stop()
}

async function pack(
  sandbox: Sandbox,
  repository: string,
  { version, commit }: { version: string; commit: string },
): Promise<string> {
  const folder = join(sandbox.folder, 'naive', 'archives')
  await mkdir(folder, { recursive: true })
  const archive = join(folder, `orders-${version}.tar`)
  await git(sandbox, repository, 'archive', '--format=tar', `--output=${archive}`, commit)
  return archive
}
