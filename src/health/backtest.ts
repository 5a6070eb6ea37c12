import type { Health } from '../config/health.ts'
import type { TemplateValues } from '../config/label-template.ts'
import { reportOf, type WatchReport } from './explain.ts'
import type { Answers } from './query-plan.ts'
import { type History, startWatch, tick } from './watch.ts'
import { verdictOf } from './watch-verdict.ts'

/** A deployment of the past, and what the sources said around it. Plain JSON, so that it can be recorded once and tried with many configs of the same queries. */
export interface RecordedDeployment {
  /** When the new version came (ms). */
  readonly atMs: number
  readonly values: TemplateValues
  /** The past before it, for a config that compares with the past. */
  readonly history?: History
  /** Oldest first, from `atMs` on to the end of a watch or the next deployment. */
  readonly ticks: readonly { readonly atMs: number; readonly answers: Answers }[]
}

/** What a watch of one past deployment would have said, and when. */
export interface Replay {
  readonly atMs: number
  readonly values: TemplateValues
  /** When it would have said so: at once when unhealthy, else at the end of the watch, or of what was recorded (ms). */
  readonly decidedMs: number
  /** Its time was over; false where the recording, or the version's life, ended before. */
  readonly done: boolean
  readonly report: Omit<WatchReport, 'evidence'>
}

export interface Backtest {
  readonly replays: readonly Replay[]
  readonly takenBack: number
  /** `Would have taken back 2 of 40.` and one line for each, then what the others were. */
  readonly lines: readonly string[]
}

/** Judges past deployments by a config, as if it had been there: the way to choose margins without harm. */
export function backtest(health: Health, deployments: readonly RecordedDeployment[]): Backtest {
  const replays = deployments.map((deployment) => replay(health, deployment))
  const takenBack = replays.filter(({ report }) => report.verdict === 'unhealthy')
  return {
    replays,
    takenBack: takenBack.length,
    lines: [
      `Would have taken back ${takenBack.length} of ${replays.length}.`,
      ...takenBack.map(lineOf),
      ...othersLines(replays),
    ],
  }
}

/** One watch from beginning to end. */
export function replay(health: Health, { atMs, values, history, ticks }: RecordedDeployment): Replay {
  let watch = startWatch(health, values, atMs, history)
  let nowMs = atMs
  let done = false
  for (const said of ticks) {
    nowMs = said.atMs
    watch = tick(watch, said.answers, nowMs)
    done = verdictOf(watch, nowMs).done
    if (done) break
  }
  const { evidence: _, ...report } = reportOf(watch, nowMs)
  return { atMs, values, decidedMs: nowMs, done, report }
}

/** How far a quiet moment is from deployments: `sinceMs` after one (what is compared with), `untilMs` before the next (the watch). */
export interface Clearance {
  readonly sinceMs: number
  readonly untilMs: number
}

/**
 * Moments at which nothing was deployed: what is taken back there is a false alarm. Spread over all that is free of
 * deployments, and no two in the same watch, so that each says something of its own; so there may be fewer than wanted.
 * @param deployments oldest first
 */
export function quietMoments(
  range: { readonly fromMs: number; readonly toMs: number },
  deployments: readonly number[],
  { sinceMs, untilMs }: Clearance,
  wanted: number,
): readonly number[] {
  const begins = [range.fromMs, ...deployments.map((at) => at + sinceMs)]
  const ends = [...deployments.map((at) => at - untilMs), range.toMs]
  const possible = begins.flatMap((from, index) => {
    const first = Math.max(from, range.fromMs)
    const last = Math.min(ends[index] ?? range.toMs, range.toMs)
    const count = Math.max(0, Math.floor((last - first) / untilMs) + 1)
    if (count === 1) return [Math.round((first + last) / 2)]
    return Array.from({ length: count }, (_, slot) =>
      Math.round(first + (slot * (last - first)) / (count - 1)),
    )
  })
  const taken = Math.min(wanted, possible.length)
  return Array.from(
    { length: taken },
    (_, index) => possible[Math.floor(((index + 0.5) * possible.length) / taken)] ?? range.fromMs,
  )
}

function lineOf({ atMs, values, report }: Replay): string {
  const version = values.version === undefined ? '' : ` ${values.version}`
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')}${version}: ${report.line}`
}

/** `30 healthy.` `8 inconclusive: 5 too_little_traffic, 3 undecided.` */
function othersLines(replays: readonly Replay[]): string[] {
  const healthy = replays.filter(({ report }) => report.verdict === 'healthy').length
  const inconclusive = replays.filter(({ report }) => report.verdict === 'inconclusive')
  const reasons = Map.groupBy(inconclusive, ({ report }) => report.reason)
  const counted = [...reasons]
    .map(([reason, of]) => `${of.length} ${reason}`)
    .toSorted()
    .join(', ')
  const cut = replays.filter(({ done }) => !done).length
  return [
    `${healthy} healthy.`,
    ...(inconclusive.length > 0 ? [`${inconclusive.length} inconclusive: ${counted}.`] : []),
    ...(cut > 0 ? [`${cut} ended early: the next deployment came, or the source keeps no more.`] : []),
  ]
}

/** How long a watch of this config may last, with its grace and its one extension (ms). */
export function longestWatchMs({ graceMs, watchMs }: Health): number {
  return graceMs + 2 * watchMs
}
