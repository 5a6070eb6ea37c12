import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { Environment } from '../../adapters/child-environment.ts'
import type { RunProcess } from '../../adapters/run-process.ts'
import { versionControlAt } from '../../adapters/version-control-at.ts'
import { missing, ok, type Row } from './row.ts'

export interface ToolShell {
  readonly run: RunProcess
  readonly folder: string
  readonly environment: Environment
  readonly signal: AbortSignal
}

/** What Seamless itself starts: git, or svn in a working copy of Subversion's, and bash for the user's lines. */
export async function toolRows(shell: ToolShell): Promise<Row[]> {
  const versions = versionControlAt(shell.folder)
  const since = { git: '2.30', svn: '1.10' }[versions]
  return Promise.all([
    toolRow(
      versions,
      `Install ${versions}, ${since} or later: Seamless reads and writes the repository with it.`,
      shell,
    ),
    toolRow('bash', 'Install bash: the commands of the config run in it.', shell),
  ])
}

async function toolRow(
  name: string,
  todo: string,
  { run, folder, environment, signal }: ToolShell,
): Promise<Row> {
  const end = await run({
    file: name,
    args: ['--version'],
    directory: folder,
    environment: { PATH: environment['PATH'] ?? '', LC_ALL: 'C' },
    signal,
    timeoutMs: 10_000,
    captureBytes: 4096,
  })
  const [version] = /\d+\.\d+(?:\.\d+)?/.exec(end.stdout) ?? []
  if (end.kind === 'failed') return missing(name, 'It does not start here.', todo)
  return ok(name, version ?? 'It starts.')
}

/** Whether a program can be started by this name in this folder. */
export async function isStartable(
  word: string,
  folder: string,
  { PATH = '' }: Environment,
): Promise<boolean> {
  const candidates = word.includes('/')
    ? [join(folder, word)]
    : PATH.split(delimiter).map((part) => join(part, word))
  const found = await Promise.all(
    candidates.map((path) =>
      access(path, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.includes(true)
}
