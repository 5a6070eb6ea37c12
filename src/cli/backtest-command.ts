import { createReadStream } from 'node:fs'
import { access, constants, readFile, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { systemClock } from '../adapters/system-clock.ts'
import { composePorts, type Opened } from '../composition.ts'
import type { Health } from '../config/health.ts'
import type { Config } from '../config/schema.ts'
import { UsageError } from '../errors.ts'
import { type Backtest, backtest } from '../health/backtest.ts'
import { loadConfig } from '../operation.ts'
import { visible } from '../report/markdown.ts'
import type { Ports } from '../upgrade/ports.ts'
import { type ListedDeployment, listRecorded, parseDeployments } from './backtest/deployment-list.ts'
import { quietHealth, recordPast } from './backtest/record-past.ts'
import { readRecording, type Recording, recordingFor, recordingLines } from './backtest/recording.ts'
import type { CliShell } from './run-cli.ts'
import { openHere } from './upgrade-command.ts'

/** As many deployments of the record as are judged; a watch of each asks the source for some hours. */
const MOST = 40

/**
 * Says what the health config would have decided at past deployments, and when: the way to choose limits and margins
 * without harm. With `--quiet` also at moments at which nothing was deployed, where every verdict "unhealthy" is false.
 */
export async function backtestCommand(shell: CliShell): Promise<number> {
  const { line, terminal } = shell
  refuseContradictions(shell)
  const opened = await openHere(shell)
  const { config } = await loadConfig(opened, line.config, { kind: 'working_tree' })
  const recording =
    line.recorded === undefined ? await ask(shell, opened, config) : await readBack(shell, config)
  if (line.record !== undefined) await keep(resolve(shell.folder, line.record), recording)
  const deployments = backtest(recording.health, recording.deployments)
  const quiet =
    recording.quiet.length > 0 ? backtest(quietHealth(recording.health), recording.quiet) : undefined
  const { environment, leftOut } = recording
  if (line.json) {
    terminal.out(
      JSON.stringify({ environment, notJudged: leftOut, deployments, ...(quiet && { quiet }) }, undefined, 2),
    )
  } else {
    terminal.out(visible(textOf(deployments, quiet, recording, line.quiet)))
  }
  return 0
}

function textOf(
  deployments: Backtest,
  quiet: Backtest | undefined,
  { leftOut }: Recording,
  wanted: number | undefined,
): string {
  return [
    ...deployments.lines,
    ...(leftOut.length > 0 ? [`Not judged, for want of history: ${leftOut.join(', ')}.`] : []),
    ...quietLines(quiet, wanted),
  ].join('\n')
}

function quietLines(quiet: Backtest | undefined, wanted: number | undefined): string[] {
  const found = quiet?.replays.length ?? 0
  const fewer = wanted !== undefined && found < wanted
  const crowded = fewer ? [`No more than ${found} of ${wanted} moments are far enough from deployments.`] : []
  if (quiet === undefined) return crowded
  const [, ...rest] = quiet.lines
  const counted = `At ${found} ${found === 1 ? 'moment' : 'moments'} without a deployment`
  return [
    '',
    `${counted}: ${quiet.takenBack === 0 ? 'no false alarm' : `${quiet.takenBack} false`}.`,
    ...rest,
    ...crowded,
  ]
}

/** An option that would do nothing is a misunderstanding. */
function refuseContradictions({ line }: CliShell): void {
  if (line.recorded === undefined) return
  const idle = (['deployments', 'quiet', 'record'] as const).filter((name) => line[name] !== undefined)
  if (idle.length === 0) return
  const names = idle.map((name) => `--${name}`).join(', ')
  throw new UsageError(
    `--recorded judges what was kept and asks nothing: it goes without ${names}. Give those when recording.`,
  )
}

async function ask(shell: CliShell, opened: Opened, config: Config): Promise<Recording> {
  const { line, terminal, signal } = shell
  const { name, health } = watchedEnvironment(config, line.environment)
  if (line.record !== undefined) await requireFolder(dirname(resolve(shell.folder, line.record)))
  const ports = await composePorts(opened, config)
  const listed = await listDeployments(shell, name, ports)
  const repository = opened.surroundings.github?.repository ?? opened.repository.name
  terminal.line(
    `Asking what was measured at ${listed.length} ${listed.length === 1 ? 'deployment' : 'deployments'} of ${name}.`,
  )
  try {
    return await recordPast(
      { environment: name, health, repository, listed, quiet: line.quiet ?? 0, nowMs: systemClock.now() },
      {
        source: ports.adapters.source,
        signal,
        progress: (done, of) => terminal.live([`${done} of ${of}`]),
      },
    )
  } finally {
    terminal.live([])
  }
}

async function readBack({ line, folder }: CliShell, config: Config): Promise<Recording> {
  const file = line.recorded ?? ''
  const stored = await readRecording(linesOf(resolve(folder, file)), file)
  const { environment } = stored.head
  if (line.environment !== undefined && line.environment !== environment) {
    throw new UsageError(`${file} was recorded of ${environment}, not of ${line.environment}.`)
  }
  return recordingFor(stored, watchedEnvironment(config, environment).health, file)
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file, 'utf8')
  try {
    yield* createInterface({ input: stream, crlfDelay: Infinity })
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

async function keep(file: string, recording: Recording): Promise<void> {
  await writeFile(file, recordingLines(recording)).catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be written.`, { cause })
  })
}

/** Before the sources are asked: that may take minutes. */
async function requireFolder(folder: string): Promise<void> {
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw new UsageError(`Nothing can be written to ${folder}.`, { cause })
  })
}

async function listDeployments(
  { line, folder }: CliShell,
  name: string,
  ports: Ports,
): Promise<readonly ListedDeployment[]> {
  if (line.deployments !== undefined) {
    const text = await readFile(resolve(folder, line.deployments), 'utf8').catch((cause: unknown) => {
      throw unreadable(line.deployments ?? '', cause)
    })
    return parseDeployments(text, line.deployments, systemClock.now())
  }
  const past = await ports.deployments.past(name, MOST + 1)
  if (past.length > 0) return listRecorded(past, MOST)
  throw new UsageError(
    `Nothing on record was deployed to ${name}. List past deployments in a file and give it with --deployments.`,
  )
}

function watchedEnvironment(config: Config, asked: string | undefined): { name: string; health: Health } {
  const watched = Object.entries(config.environments).flatMap(([name, { health }]) =>
    health ? [{ name, health }] : [],
  )
  const only = asked === undefined && watched.length === 1 ? watched[0] : undefined
  const found = only ?? watched.find(({ name }) => name === asked)
  if (found !== undefined) return found
  const names = watched.map(({ name }) => name).join(', ')
  if (names === '')
    throw new UsageError('No environment of the config has health: there is nothing to judge by.')
  const why = asked === undefined ? 'Which environment?' : `${asked} has no health in the config.`
  throw new UsageError(`${why} --environment names one of ${names}.`)
}

function unreadable(file: string, cause: unknown): UsageError {
  return new UsageError(`${file} cannot be read.`, { cause })
}
