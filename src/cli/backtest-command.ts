import { readFile, writeFile } from 'node:fs/promises'
import { systemClock } from '../adapters/system-clock.ts'
import { composePorts } from '../composition.ts'
import type { Health } from '../config/health.ts'
import type { Config } from '../config/schema.ts'
import { UsageError } from '../errors.ts'
import { backtest, longestWatchMs, quietMoments, type RecordedDeployment } from '../health/backtest.ts'
import { queriesOf } from '../health/query-plan.ts'
import { recordDeployment } from '../health/record-deployment.ts'
import type { HealthSource } from '../ports/health-source.ts'
import type { Ports } from '../upgrade/ports.ts'
import { loadConfig } from '../operation.ts'
import { type ListedDeployment, parseDeployments } from './backtest/deployment-list.ts'
import { formatRecording, parseRecording } from './backtest/recording.ts'
import type { CliShell } from './run-cli.ts'
import { openHere } from './upgrade-command.ts'

/** As many deployments of the record as are judged; a watch of each asks the source once per tick. */
const MOST = 40

/**
 * Says what the health config would have decided at past deployments, and when: the way to choose limits and margins
 * without harm. With `--quiet` also at moments at which nothing was deployed, where every verdict "unhealthy" is false.
 */
export async function backtestCommand(shell: CliShell): Promise<number> {
  const { line, terminal, signal } = shell
  const opened = await openHere(shell)
  const { config } = await loadConfig(opened, line.config, { kind: 'working_tree' })
  const { name, health } = watchedEnvironment(config, line.environment)
  const said =
    line.recorded === undefined
      ? await recordPast({ shell, name, health, ports: await composePorts(opened, config), signal })
      : { deployments: parseRecording(await read(line.recorded), line.recorded), quiet: [] }
  if (line.record !== undefined) await writeFile(line.record, formatRecording(name, said.deployments))
  const judged = backtest(health, said.deployments)
  const quiet = said.quiet.length === 0 ? undefined : backtest(health, said.quiet)
  if (line.json) {
    terminal.out(
      JSON.stringify({ environment: name, deployments: judged, ...(quiet && { quiet }) }, undefined, 2),
    )
    return 0
  }
  terminal.out(judged.lines.join('\n'))
  if (quiet)
    terminal.out(`At ${quiet.replays.length} moments without a deployment: ${quiet.lines.join('\n')}`)
  return 0
}

interface Past {
  readonly shell: CliShell
  readonly name: string
  readonly health: Health
  readonly ports: Ports
  readonly signal: AbortSignal
}

async function recordPast(
  past: Past,
): Promise<{ deployments: readonly RecordedDeployment[]; quiet: readonly RecordedDeployment[] }> {
  const { shell, name, health, ports } = past
  const sources = await openSources(health, ports)
  const listed = await listDeployments(shell, name, ports)
  shell.terminal.line(`Asking what was measured at ${listed.length} deployments of ${name}.`)
  const deployments = await recordAll(past, sources, listed)
  const { quiet = 0 } = shell.line
  const nowMs = systemClock.now()
  const clearMs = longestWatchMs(health) + baselineMs(health)
  const moments = quietMoments(
    { fromMs: listed[0]?.atMs ?? nowMs, toMs: nowMs - longestWatchMs(health) },
    listed.map(({ atMs }) => atMs),
    clearMs,
    quiet,
  )
  if (quiet === 0) return { deployments, quiet: [] }
  const unchanged = moments.map((atMs): ListedDeployment => ({ atMs, version: versionAt(listed, atMs) }))
  return { deployments, quiet: await recordAll(past, sources, unchanged) }
}

async function recordAll(
  { health, signal, name }: Past,
  sources: ReadonlyMap<string, HealthSource>,
  listed: readonly ListedDeployment[],
): Promise<readonly RecordedDeployment[]> {
  const recorded: RecordedDeployment[] = []
  // One after another: the source serves production too.
  for (const [index, { atMs, version }] of listed.entries()) {
    const previous = listed[index - 1]?.version
    const values = { version, environment: name, ...(previous !== undefined && { previous }) }
    const untilMs = listed[index + 1]?.atMs ?? systemClock.now()
    recorded.push(await recordDeployment(health, { atMs, values, untilMs }, { sources, signal }))
  }
  return recorded
}

async function listDeployments(
  { line }: CliShell,
  name: string,
  ports: Ports,
): Promise<readonly ListedDeployment[]> {
  if (line.deployments !== undefined) return parseDeployments(await read(line.deployments), line.deployments)
  const past = await ports.deployments.past(name, MOST)
  if (past.length > 0) return past.toReversed()
  throw new UsageError(
    `Nothing on record was deployed to ${name}. List past deployments in a file and give it with --deployments.`,
  )
}

async function openSources(health: Health, { adapters }: Ports): Promise<ReadonlyMap<string, HealthSource>> {
  const names = new Set(queriesOf(health, {}).map(({ source }) => source))
  for (const check of Object.values(health.checks)) names.add(check.source ?? health.source ?? '')
  const sources = await Promise.all(
    [...names].map(async (source) => [source, await adapters.source(source)] as const),
  )
  const without = sources.filter(([, { history }]) => history === undefined).map(([source]) => source)
  if (without.length < sources.length) return new Map(sources)
  throw new UsageError(
    `${without.join(', ')} keep no history; only a prometheus source can be asked about the past.`,
  )
}

function watchedEnvironment(config: Config, asked: string | undefined): { name: string; health: Health } {
  const watched = Object.entries(config.environments).flatMap(([name, { health }]) =>
    health ? [{ name, health }] : [],
  )
  const found =
    asked === undefined && watched.length === 1 ? watched[0] : watched.find(({ name }) => name === asked)
  if (found !== undefined) return found
  const names = watched.map(({ name }) => name).join(', ') || 'none'
  throw new UsageError(`Which environment? --environment names one that has health in the config: ${names}.`)
}

function baselineMs({ baseline }: Health): number {
  return baseline?.kind === 'before' ? baseline.beforeMs : 0
}

function versionAt(listed: readonly ListedDeployment[], atMs: number): string {
  return listed.findLast((one) => one.atMs <= atMs)?.version ?? ''
}

function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be read.`, { cause })
  })
}
