import { access, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { systemClock } from '../adapters/system-clock.ts'
import { openRepository } from '../composition.ts'
import { formatConfigError } from '../config/config-error.ts'
import { parseConfig } from '../config/parse.ts'
import { UsageError } from '../errors.ts'
import { decideInit, type InitDecision } from './init/decide-init.ts'
import { readFacts } from './init/read-facts.ts'
import type { CliShell } from './run-cli.ts'
import { terminalLog } from './terminal.ts'

const CONFIG = '.github/seamless.yml'
const WORKFLOW = '.github/workflows/seamless.yml'

/** Writes a first config and its workflow from what the repository says. Error: `UsageError` where one is there, without `--force`. */
export async function initCommand({
  line,
  folder,
  environment,
  terminal,
  signal,
}: CliShell): Promise<number> {
  const opened = await openRepository({
    folder,
    environment,
    signal,
    clock: systemClock,
    log: terminalLog(terminal),
  })
  if (opened.reverseMerges !== undefined) throw needsGit()
  const decision = decideInit(await readFacts(opened))
  refuseBroken(decision.config)
  const files = [
    { path: join(folder, CONFIG), text: decision.config },
    { path: join(opened.repository.root, WORKFLOW), text: decision.workflow },
  ]
  if (!line.force) await refuseOverwriting(files.map(({ path }) => path))
  for (const { path, text } of files) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  terminal.out(
    summary(
      decision,
      files.map(({ path }) => relative(folder, path)),
    ),
  )
  return 0
}

function needsGit(): UsageError {
  return new UsageError(
    '"seamless init" writes a config and a GitHub workflow from what a git repository says. On Subversion start from the config in docs/svn.md, which needs no workflow.',
  )
}

/** What is written must be readable: anything else is a fault of ours, and nothing is written. */
function refuseBroken(config: string): void {
  const parsed = parseConfig(config, CONFIG)
  if (!parsed.ok)
    throw new Error(
      `init made a config that is not valid:\n${parsed.errors.map(formatConfigError).join('\n')}`,
    )
}

/** Before anything is written: half a result would be worse than none. */
async function refuseOverwriting(paths: readonly string[]): Promise<void> {
  const there = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => path,
        () => undefined,
      ),
    ),
  )
  const known = there.filter((path) => path !== undefined)
  if (known.length === 0) return
  throw new UsageError(
    `${known.join(' and ')} ${known.length === 1 ? 'is' : 'are'} there already. "seamless init --force" overwrites.`,
  )
}

function summary({ found, todo }: InitDecision, files: readonly string[]): string {
  const widths = [0, 1].map((column) =>
    Math.max(...found.map(({ topic, value }) => (column === 0 ? topic : value).length)),
  )
  const rows = found.map(
    ({ topic, value, why }) =>
      `  ${topic.padEnd(widths[0] ?? 0)}  ${value.padEnd(Math.min(widths[1] ?? 0, 60))}  ${why}`,
  )
  return [
    'Found:',
    ...rows,
    '',
    'Wrote:',
    ...files.map((file) => `  ${file}`),
    '',
    'Yours to do:',
    ...todo.map((text) => `  - ${text}`),
    '  - Read both files, then "seamless plan" shows what would run, and "seamless doctor" what is still missing.',
  ].join('\n')
}
