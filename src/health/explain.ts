import { NO_MEMORY } from './arm-reading.ts'
import type { CheckState } from './check-watch.ts'
import { type CheckWords, describeCheck, whyText } from './check-text.ts'
import type { Comparison } from './comparison.ts'
import { graphsLink } from './graphs-link.ts'
import { evidenceText, countText, spanText } from './number-text.ts'
import { describeQuery, planQueries, type QueryPlan } from './query-plan.ts'
import { sparkline } from './sparkline.ts'
import { ALPHA, commonEvidence, comparedChecks, evidenceFor } from './standing.ts'
import type { Verdict } from './verdict.ts'
import { wasBadBefore } from './was-bad-before.ts'
import type { WatchState } from './watch.ts'
import { type NamedVerdict, type Noticed, verdictOf, type WatchVerdict } from './watch-verdict.ts'

/** A watch as people and reports read it; every figure in it follows from `evidence`. */
export interface WatchReport {
  readonly verdict: Verdict
  readonly reason: string
  readonly line: string
  readonly endedAtMs: number
  readonly comparison: WatchVerdict['comparison']
  readonly noticed?: Noticed
  readonly watched: number
  /** Graphs of the time of the watch. */
  readonly dashboard?: string
  readonly checks: CheckRow[]
  readonly evidence: WatchEvidence
}

/** One row of the table of checks. */
export interface CheckRow {
  readonly name: string
  readonly verdict: Verdict
  readonly reason: string
  readonly before: string
  readonly after: string
  readonly change: string
  readonly allowed: string
  readonly coverage: { readonly measured: number; readonly expected: number }
  readonly sparkline: string
  readonly line: string
  readonly queries: string[]
  /** The version before broke the same limit: then this one is not to blame for it. */
  readonly wasBadBefore: boolean
}

/** All that a verdict was made of: the watch's counts, e-values, limits and configuration at that moment. Plain JSON, of the same size however long the watch and however many the instances. */
export interface WatchEvidence {
  readonly version: 1
  readonly atMs: number
  readonly watch: WatchState
}

/** What is known of the watch at `nowMs`, in words and figures. */
export function reportOf(watch: WatchState, nowMs: number): WatchReport {
  const judged = verdictOf(watch, nowMs)
  const plan = planQueries(watch.health, watch.values)
  const checks = judged.checks.flatMap((verdict) => rowOf(watch, plan, verdict) ?? [])
  const dashboard = graphsLink(watch, nowMs)
  return {
    verdict: judged.verdict,
    reason: judged.reason,
    line: headline(watch, judged, checks, nowMs),
    endedAtMs: nowMs,
    comparison: judged.comparison,
    ...(judged.noticed === undefined ? {} : { noticed: judged.noticed }),
    watched: judged.watched,
    ...(dashboard === undefined ? {} : { dashboard }),
    checks,
    evidence: { version: 1, atMs: nowMs, watch: withoutMemory(watch) },
  }
}

/** What only the next tick needs says nothing of this one; of a service with many instances it would be most of a receipt. */
function withoutMemory(watch: WatchState): WatchState {
  const checks = Object.entries(watch.checks).map(([name, state]): [string, CheckState] => {
    const { comparison } = state
    const kept = comparison === undefined ? {} : { comparison: withoutSlots(comparison) }
    return [name, { ...state, ...kept, memory: { candidate: NO_MEMORY, baseline: NO_MEMORY } }]
  })
  return { ...watch, checks: Object.fromEntries(checks) }
}

function withoutSlots({ slots: _, ...comparison }: Comparison): Comparison {
  return comparison
}

function rowOf(watch: WatchState, plan: QueryPlan, verdict: NamedVerdict): CheckRow | undefined {
  const [check, state] = [watch.health.checks[verdict.name], watch.checks[verdict.name]]
  if (check === undefined || state === undefined) return undefined
  const evidence = state.comparison === undefined ? undefined : evidenceFor(watch, verdict.name)
  const words = describeCheck(check, state, evidence)
  return {
    name: verdict.name,
    verdict: verdict.verdict,
    reason: verdict.reason,
    before: words.before,
    after: words.after,
    change: words.change,
    allowed: words.allowed,
    coverage: verdict.coverage,
    sparkline: sparkline(state.trail),
    line: `${verdict.name}: ${sentence(words, whyText(verdict, check), verdict)}`,
    queries: queriesIn(plan, verdict.name),
    wasBadBefore: wasBadBefore(watch, verdict.name),
  }
}

function sentence({ summary }: CheckWords, why: string, { verdict, reason }: NamedVerdict): string {
  if (summary === '') return why
  if (reason === 'worse_than_baseline') return summary
  return verdict === 'inconclusive' ? `${why}; ${summary}` : `${summary}; ${why}`
}

/** `Unhealthy after 2 min 15 s: errors 0.9 % against 0.1 % …` */
function headline(watch: WatchState, judged: WatchVerdict, rows: readonly CheckRow[], nowMs: number): string {
  const opening = `${TITLES[judged.verdict]}${judged.ok && !judged.done ? ' so far' : ''} after ${spanText(decidedMs(watch, nowMs) - watch.startedMs)}`
  const decisive = rows.filter(({ verdict }) => verdict === judged.verdict)
  if (judged.verdict === 'healthy') {
    const compared = judged.comparison === 'none' ? 'within the limits' : 'no worse than before'
    return `${opening}: ${rows.map(({ name }) => name).join(', ')} ${compared}${watchedText(judged.watched)}${comparedText(watch)}.`
  }
  const shown = decisive.toSorted((a, b) => weigh(judged, a) - weigh(judged, b)).slice(0, 2)
  const more = decisive.length > shown.length ? ` (and ${decisive.length - shown.length} more)` : ''
  return `${opening}: ${shown.map(({ line }) => line).join('; ')}${more}${evidenceOfWatch(watch, judged)}.`
}

/** When it became unhealthy; otherwise now. */
function decidedMs(watch: WatchState, nowMs: number): number {
  const broken = Object.values(watch.checks).flatMap(({ limit }) => limit.brokenAtMs ?? [])
  return Math.min(nowMs, watch.worseAtMs ?? nowMs, ...broken)
}

/** The checks that have the watch's own reason come first. */
function weigh(judged: WatchVerdict, row: CheckRow): number {
  return row.reason === judged.reason ? 0 : 1
}

function evidenceOfWatch(watch: WatchState, { reason }: WatchVerdict): string {
  if (reason !== 'worse_than_baseline' && reason !== 'worse_than_short_baseline') return ''
  return `; evidence ${evidenceText(commonEvidence(watch).log)} (acts at ${1 / ALPHA})`
}

/** A comparison that ended with the stable version's traffic says so. */
function comparedText(watch: WatchState): string {
  const parts = comparedChecks(watch).map((name) => ({
    looks: watch.checks[name]?.measured.watch ?? 0,
    compared: evidenceFor(watch, name).ticks.measured,
  }))
  const least = parts.toSorted((a, b) => a.compared * b.looks - b.compared * a.looks)[0]
  if (least === undefined || least.compared >= 0.8 * least.looks) return ''
  return `, compared in ${countText(least.compared)} of ${countText(least.looks)} looks`
}

function watchedText(watched: number): string {
  return watched > 0 ? `; ${countText(watched)} requests watched` : ''
}

function queriesIn(plan: QueryPlan, name: string): string[] {
  const arms = plan.checks[name]
  const slots = [...(arms?.candidate ?? []), ...(arms?.baseline ?? [])]
  const texts = slots.flatMap(([batch, query]) => {
    const found = plan.batches[batch]?.queries[query]
    return found === undefined ? [] : [describeQuery(found)]
  })
  return [...new Set(texts)]
}

const TITLES: Readonly<Record<Verdict, string>> = {
  healthy: 'Healthy',
  unhealthy: 'Unhealthy',
  inconclusive: 'Inconclusive',
}
