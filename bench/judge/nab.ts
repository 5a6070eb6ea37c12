import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { classify } from './peers/kayenta.ts'
import type { Observation } from '../../src/health/observation.ts'
import { evidenceOf, judge, startJudge } from '../../src/health/judge.ts'
import { alpha, checkOf } from './watch.ts'

/** The judge, Kayenta and three sigma on one folder of the Numenta Anomaly Benchmark, each as a gauge that must not rise. */
export interface NabResult {
  readonly folder: string
  readonly quiet: number
  readonly anomalies: number
  readonly falseAlarms: Readonly<Record<string, number>>
  readonly seen: Readonly<Record<string, number>>
}

interface Series {
  readonly times: readonly number[]
  readonly values: readonly number[]
  readonly windows: readonly (readonly [number, number])[]
}

/** Samples of 5 minutes: two days of past, a watch of three hours; an anomaly is watched for as long as its label says. */
const pastLength = 576
const watchLength = 36

type Detector = (past: readonly number[], watched: readonly number[]) => boolean
const detectors: Readonly<Record<string, Detector>> = {
  Seamless: seamless,
  'Kayenta every 3 h': (past, watched) =>
    chunks(watched).some((chunk) => classify(past.slice(-watchLength), chunk, 'increase') === 'High'),
  'three sigma, any sample': threeSigma,
}

/** `folder` holds `data/<set>/*.csv` and `labels/combined_windows.json`, as numenta/NAB publishes them. */
export function nab(folder: string): readonly NabResult[] {
  const labels = JSON.parse(readFileSync(join(folder, 'labels/combined_windows.json'), 'utf8')) as Record<
    string,
    [string, string][]
  >
  return readdirSync(join(folder, 'data'))
    .toSorted()
    .map((set) => resultOf(set, readSet(folder, set, labels)))
}

function readSet(folder: string, set: string, labels: Record<string, [string, string][]>): readonly Series[] {
  const files = readdirSync(join(folder, 'data', set)).filter((name) => name.endsWith('.csv'))
  return files.map((name) => {
    const lines = readFileSync(join(folder, 'data', set, name), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
    const cells = lines.map((line) => line.trim().split(','))
    const windows = (labels[`${set}/${name}`] ?? []).map(([from, to]) => [timeOf(from), timeOf(to)] as const)
    return {
      times: cells.map(([at]) => timeOf(at ?? '')),
      values: cells.map(([, value]) => Number(value)),
      windows,
    }
  })
}

function timeOf(text: string): number {
  return Date.parse(`${text.replace(' ', 'T').slice(0, 19)}Z`)
}

function resultOf(folder: string, series: readonly Series[]): NabResult {
  const [falseAlarms, seen]: [Record<string, number>, Record<string, number>] = [{}, {}]
  let [quiet, anomalies] = [0, 0]
  for (const one of series) {
    for (const [past, watched] of quietWatches(one)) {
      quiet++
      tally(falseAlarms, past, watched)
    }
    for (const [from, to] of one.windows) {
      const at = one.times.findIndex((time) => time >= from)
      const end = one.times.findLastIndex((time) => time <= to) + 1
      if (at < pastLength || end - at < watchLength) continue
      anomalies++
      tally(seen, one.values.slice(at - pastLength, at), one.values.slice(at, end))
    }
  }
  return { folder, quiet, anomalies, falseAlarms, seen }
}

function tally(to: Record<string, number>, past: readonly number[], watched: readonly number[]): void {
  for (const [name, sees] of Object.entries(detectors))
    to[name] = (to[name] ?? 0) + (sees(past, watched) ? 1 : 0)
}

/** Watches one after another, none of which, with its past, touches a labelled window. */
function quietWatches({
  times,
  values,
  windows,
}: Series): readonly (readonly [readonly number[], readonly number[]])[] {
  const starts = Array.from(
    { length: Math.floor((values.length - pastLength) / watchLength) },
    (_, index) => pastLength + index * watchLength,
  )
  return starts.flatMap((start) => {
    const [first, last] = [times[start - pastLength] ?? 0, times[start + watchLength - 1] ?? 0]
    const touched = windows.some(([from, to]) => from <= last && to >= first)
    return touched
      ? []
      : [[values.slice(start - pastLength, start), values.slice(start, start + watchLength)] as const]
  })
}

function seamless(past: readonly number[], watched: readonly number[]): boolean {
  let state = startJudge(checkOf('cpu', 'before_after'), past.map(sample))
  for (const value of watched) {
    state = judge(state, sample(value))
    if (evidenceOf(state).worse.log >= Math.log(1 / alpha)) return true
  }
  return false
}

function sample(value: number): Observation {
  return { kind: 'samples', candidate: [value] }
}

function chunks(values: readonly number[]): readonly (readonly number[])[] {
  const count = Math.max(1, Math.floor(values.length / watchLength))
  return Array.from({ length: count }, (_, index) =>
    values.slice(index * watchLength, (index + 1) * watchLength),
  )
}

function threeSigma(past: readonly number[], watched: readonly number[]): boolean {
  const mean = past.reduce((sum, value) => sum + value, 0) / past.length
  const variance = past.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (past.length - 1)
  return watched.some((value) => value > mean + 3 * Math.sqrt(variance))
}
