import { realpath } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { inUtf8 } from '../../adapters/ansible-playbook.ts'
import { childEnvironment } from '../../adapters/child-environment.ts'
import { pathInside } from '../../adapters/path-inside.ts'
import type { Config } from '../../config/schema.ts'
import { missing, ok, type Row } from './row.ts'
import type { ToolShell } from './tool-rows.ts'

/** The oldest that the adapter was ever run with. */
const OLDEST = '2.14'

/** Whether Ansible is here where an environment is deployed to by it, and the playbooks and inventories are. */
export async function ansibleRows({ environments }: Config, root: string, shell: ToolShell): Promise<Row[]> {
  const found = Object.entries(environments).flatMap(([name, { deploy }]) =>
    deploy.adapter === 'ansible' ? [{ name, ...deploy.ansible }] : [],
  )
  if (found.length === 0) return []
  const places = await Promise.all(
    found.map(async ({ name, working, playbook, rollback, status, inventory }) => {
      const paths = [playbook, rollback, status, ...inventory].filter((path) => path !== undefined)
      return fileRow(name, root, { paths, folder: join(shell.folder, working) })
    }),
  )
  return [await toolRow(shell), ...places]
}

async function toolRow({ run, folder, environment, signal }: ToolShell): Promise<Row> {
  const end = await run({
    file: 'ansible-playbook',
    args: ['--version'],
    directory: folder,
    environment: inUtf8(childEnvironment(environment, { step: 'doctor' })),
    signal,
    timeoutMs: 60_000,
    captureBytes: 4096,
  })
  const [, version] = /(\d+\.\d+(?:\.\d+)?)/.exec(end.stdout) ?? []
  if (end.kind === 'failed' || version === undefined) {
    const why = end.kind === 'failed' ? end.failure.message : 'It does not say its version.'
    return missing('ansible', why, 'Install it: pip install ansible-core, or apt-get install ansible-core.')
  }
  const isOld = version.localeCompare(OLDEST, 'en', { numeric: true }) < 0
  return isOld
    ? missing('ansible', `${version} is too old.`, `Install ${OLDEST} or later.`)
    : ok('ansible', version)
}

async function fileRow(
  environment: string,
  root: string,
  { paths, folder }: { paths: readonly string[]; folder: string },
): Promise<Row> {
  const what = `playbooks of ${environment}`
  const [top, place] = await Promise.all([realpath(root), realpath(folder).catch(() => folder)])
  try {
    await Promise.all(paths.map(async (path) => pathInside(top, relative(top, join(place, path)))))
    return ok(what, `${paths.join(', ')}: all there.`)
  } catch (error) {
    return missing(what, (error as Error).message, 'Write it, or correct the config.')
  }
}
