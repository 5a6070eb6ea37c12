import type { z } from 'zod'
import type { Health } from '../../config/health.ts'
import { UsageError } from '../../errors.ts'
import type { RecordedDeployment } from '../../health/backtest.ts'
import { queriesOf, type QueryBatch } from '../../health/query-plan.ts'
import type { Measurement, Sample } from '../../ports/health-source.ts'
import { deploymentLine, type DeploymentLine, headLine } from './recording-line.ts'

/** What sources said around deployments, and at moments at which nothing was deployed. */
export interface Recording {
  readonly environment: string
  /** What was recorded: the checks of sources that keep history. */
  readonly health: Health
  /** Checks whose source keeps no history. */
  readonly leftOut: readonly string[]
  readonly deployments: readonly RecordedDeployment[]
  readonly quiet: readonly RecordedDeployment[]
}

/**
 * The file's lines: what it is, then a line for each deployment. A large service's recording is longer than the longest
 * text that JavaScript can hold, and its labels would be most of it: so it is never one text, and each series is named once.
 */
export function* recordingLines(recording: Recording): Generator<string> {
  const { environment, health, leftOut, deployments, quiet } = recording
  const asks = Object.fromEntries(Object.keys(health.checks).map((name) => [name, askOf(health, name)]))
  const head = { schema: 'seamless.recording/1', environment, everyMs: health.everyMs, leftOut, asks }
  yield `${JSON.stringify(head)}\n`
  for (const deployment of deployments) yield lineOf('deployment', health, deployment)
  for (const deployment of quiet) yield lineOf('quiet', health, deployment)
}

/** What `recordingLines` wrote, but for the config: that is said by whoever judges it. */
export interface StoredRecording {
  readonly head: z.output<typeof headLine>
  readonly lines: readonly DeploymentLine[]
}

/** Error: `UsageError` that names the line. */
export async function readRecording(lines: AsyncIterable<string>, file: string): Promise<StoredRecording> {
  let head: StoredRecording['head'] | undefined
  const found: DeploymentLine[] = []
  let number = 0
  for await (const line of lines) {
    number += 1
    if (head === undefined) head = parseLine(headLine, line, `${file}:${number}`)
    else if (line !== '') found.push(parseLine(deploymentLine, line, `${file}:${number}`))
  }
  if (head === undefined) throw new UsageError(`${file} is empty: it is no recording.`)
  return { head, lines: found }
}

/**
 * The recording as this config judges it. Limits, margins, weights and times may be others than when it was recorded;
 * what was asked may not. Error: `UsageError` that names the check that asks for something else.
 */
export function recordingFor({ head, lines }: StoredRecording, health: Health, file: string): Recording {
  const checks = Object.entries(health.checks).filter(([name]) => !head.leftOut.includes(name))
  if (head.everyMs !== health.everyMs) {
    throw new UsageError(
      `${file} was recorded every ${head.everyMs / 1000} s, the config looks every ${health.everyMs / 1000} s. Record again.`,
    )
  }
  for (const [name] of checks) {
    if (head.asks[name] === askOf(health, name)) continue
    const why =
      head.asks[name] === undefined
        ? `has no check ${name}`
        : `has other data for ${name}: its source, its selectors, candidate or baseline were changed since`
    throw new UsageError(`${file} ${why}. Record again.`)
  }
  const judged = { ...health, checks: Object.fromEntries(checks) }
  const of = (kind: DeploymentLine['kind']): RecordedDeployment[] =>
    lines.filter((line) => line.kind === kind).map((line) => recordedOf(line, judged, file))
  return {
    environment: head.environment,
    health: judged,
    leftOut: head.leftOut,
    deployments: of('deployment'),
    quiet: of('quiet'),
  }
}

/** All of a config that says what a check's source is asked, as one text; limits and margins are not in it. */
function askOf({ source, candidate, baseline, checks }: Health, name: string): string {
  const check = checks[name]
  if (check === undefined) return ''
  const { kind, bad, total, histogram, gauge, traffic, probe } = { ...ASKS_NOTHING, ...check }
  const selectors = [bad, total, histogram, gauge, traffic, probe]
  return JSON.stringify([check.source ?? source, kind, selectors, candidate, baseline])
}

const ASKS_NOTHING = {
  bad: undefined,
  total: undefined,
  histogram: undefined,
  gauge: undefined,
  traffic: undefined,
  probe: undefined,
}

function lineOf(kind: DeploymentLine['kind'], health: Health, deployment: RecordedDeployment): string {
  const { atMs, values, history, ticks } = deployment
  const series = new Map<string, number>()
  const packed = ticks.map((tick) => ({
    atMs: tick.atMs,
    answers: tick.answers.map((answers) => answers.map((answer) => pack(answer, series))),
  }))
  return `${JSON.stringify({
    kind,
    atMs,
    values,
    ...(history && { history }),
    queries: keysOf(queriesOf(health, values)),
    series: [...series.keys()].map((labels) => JSON.parse(labels) as unknown),
    ticks: packed,
  })}\n`
}

function pack(answer: Measurement, series: Map<string, number>): unknown {
  if (answer.kind !== 'ok') return answer
  return answer.samples.map(({ labels, value, atMs, histogram }) => {
    const key = JSON.stringify(labels)
    const index = series.get(key) ?? series.size
    series.set(key, index)
    return [index, packNumber(value), atMs, ...(histogram ? [packHistogram(histogram)] : [])]
  })
}

function packHistogram({ count, sum, buckets }: NonNullable<Sample['histogram']>): unknown {
  return {
    count: packNumber(count),
    sum: packNumber(sum),
    buckets: buckets.map((one) => [one.lower, one.upper, one.count].map(packNumber)),
  }
}

/** JSON has no NaN and no infinity; both are answers that a check has its own words for. */
function packNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}

function recordedOf(line: DeploymentLine, health: Health, file: string): RecordedDeployment {
  const { atMs, values, history, queries, series, ticks } = line
  const wanted = keysOf(queriesOf(health, values))
  const unpacked = ticks.map((tick) => {
    const known = new Map<string, Measurement>()
    for (const [batch, keys] of queries.entries()) {
      for (const [index, key] of keys.entries()) {
        const answer = tick.answers[batch]?.[index]
        if (answer !== undefined) known.set(key, unpack(answer, series, file))
      }
    }
    return { atMs: tick.atMs, answers: wanted.map((keys) => keys.map((key) => known.get(key) ?? LOST)) }
  })
  return { atMs, values, ...(history && { history }), ticks: unpacked }
}

const LOST: Measurement = { kind: 'error', why: 'the recording has no answer' }

type Packed = DeploymentLine['ticks'][number]['answers'][number][number]

function unpack(answer: Packed, series: DeploymentLine['series'], file: string): Measurement {
  if (!Array.isArray(answer)) return answer
  const samples = answer.map(([index, value, atMs, histogram]): Sample => {
    const labels = series[index]
    if (labels === undefined) throw new UsageError(`${file} is damaged: it has no series ${index}.`)
    return { labels, value, atMs, ...(histogram && { histogram }) }
  })
  const [first, ...others] = samples
  return first === undefined
    ? { kind: 'no_data', why: 'an empty answer' }
    : { kind: 'ok', samples: [first, ...others] }
}

/** A query and its source as one text each, in the order of their answers. */
function keysOf(batches: readonly QueryBatch[]): string[][] {
  return batches.map(({ source, queries }) => queries.map((query) => JSON.stringify([source, query])))
}

function parseLine<Schema extends z.ZodType>(schema: Schema, line: string, where: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(line))
  } catch (cause) {
    throw new UsageError(`${where} is no recording; "seamless backtest --record" writes one.`, { cause })
  }
}
