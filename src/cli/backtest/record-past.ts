import type { Health } from '../../config/health.ts'
import type { TemplateValues } from '../../config/label-template.ts'
import { UsageError } from '../../errors.ts'
import { longestWatchMs, quietMoments, type RecordedDeployment } from '../../health/backtest.ts'
import { planQueries, sourcesOf } from '../../health/query-plan.ts'
import { recordDeployment } from '../../health/record-deployment.ts'
import type { HealthSource } from '../../ports/health-source.ts'
import type { ListedDeployment } from './deployment-list.ts'
import type { Recording } from './recording.ts'

/** Of which past something is to be asked. */
export interface Past {
  readonly environment: string
  readonly health: Health
  readonly repository: string
  /** Oldest first. */
  readonly listed: readonly ListedDeployment[]
  /** Moments without a deployment that are wanted. */
  readonly quiet: number
  readonly nowMs: number
}

export interface Asking {
  readonly source: (name: string) => Promise<HealthSource>
  readonly signal: AbortSignal
  /** Called before each deployment or moment is asked about. */
  readonly progress: (done: number, of: number) => void
}

/** Asks the sources what they measured. Errors: `UsageError` where none keeps history or a label cannot be known; an Error where a source does not answer. */
export async function recordPast(past: Past, { source, signal, progress }: Asking): Promise<Recording> {
  const { environment, listed } = past
  const { health, leftOut, sources } = await withHistory(past.health, source)
  const moments = unchanged(past, health)
  const total = listed.length + moments.length
  const ask = async (
    of: readonly ListedDeployment[],
    judged: Health,
    before: number,
  ): Promise<RecordedDeployment[]> => {
    const recorded: RecordedDeployment[] = []
    // One after another: the source serves production too.
    for (const [index, one] of of.entries()) {
      progress(before + index, total)
      const values = valuesOf(past, one)
      requireLabels(judged, values)
      const untilMs = listed.find(({ atMs }) => atMs > one.atMs)?.atMs ?? past.nowMs
      const answers = await recordDeployment(judged, { atMs: one.atMs, values, untilMs }, { sources, signal })
      if (before + index === 0) requireAnswers(answers)
      recorded.push(answers)
    }
    return recorded
  }
  const deployments = await ask(listed, health, 0)
  const quiet = await ask(moments, quietHealth(health), listed.length)
  return { environment, health, leftOut, deployments, quiet }
}

/**
 * What a moment without a deployment is judged by. A version cannot be compared with itself at the same time, so where the
 * stable version is the baseline it is its two hours before: what a watch falls back on at 100 % of the traffic.
 */
export function quietHealth(health: Health): Health {
  return health.baseline?.kind === 'concurrent'
    ? { ...health, baseline: { kind: 'before', beforeMs: FALLBACK_MS } }
    : health
}

const FALLBACK_MS = 7_200_000

/** Without checks whose source has no past to tell: they would be inconclusive at every deployment. */
async function withHistory(
  health: Health,
  open: Asking['source'],
): Promise<Pick<Recording, 'health' | 'leftOut'> & { sources: ReadonlyMap<string, HealthSource> }> {
  const names = sourcesOf(health)
  const all = await Promise.all(names.map(async (name) => [name, await open(name)] as const))
  const sources = new Map(all.filter(([, { history }]) => history !== undefined))
  const entries = Object.entries(health.checks)
  const [kept, leftOut] = [
    entries.filter(([, check]) => sources.has(check.source ?? health.source ?? '')),
    entries.filter(([, check]) => !sources.has(check.source ?? health.source ?? '')),
  ]
  if (kept.length === 0) {
    throw new UsageError(
      `No check can be tried on the past: ${names.join(', ')} ${names.length === 1 ? 'keeps' : 'keep'} no history. A prometheus source does.`,
    )
  }
  return {
    health: { ...health, checks: Object.fromEntries(kept) },
    leftOut: leftOut.map(([name]) => name),
    sources,
  }
}

/** Each as a deployment of the version that was live anyway. */
function unchanged({ listed, quiet, nowMs }: Past, health: Health): ListedDeployment[] {
  if (quiet === 0) return []
  const { baseline } = quietHealth(health)
  const untilMs = longestWatchMs(health)
  const moments = quietMoments(
    { fromMs: listed[0]?.atMs ?? nowMs, toMs: nowMs - untilMs },
    listed.map(({ atMs }) => atMs),
    { sinceMs: baseline?.kind === 'before' ? baseline.beforeMs : untilMs, untilMs },
    quiet,
  )
  return moments.map((atMs) => {
    const version = listed.findLast((one) => one.atMs <= atMs)?.live ?? ''
    const sha = listed.findLast((one) => one.version === version)?.sha
    return { atMs, version, previous: version, live: version, ...(sha && { sha }) }
  })
}

function valuesOf({ environment, repository }: Past, one: ListedDeployment): TemplateValues {
  const { version, previous, sha } = one
  return { version, environment, repository, ...(sha && { sha }), ...(previous && { previous }) }
}

/** A branch is on no record, and a commit is not in a list: labels that name one match nothing, at any deployment. */
function requireLabels(health: Health, values: TemplateValues): void {
  const { checks } = planQueries(health, { previous: '?', ...values })
  const unresolved = Object.keys(checks).find((name) => checks[name]?.candidate === undefined)
  if (unresolved === undefined) return
  throw new UsageError(
    `The labels of ${unresolved} name a variable that is not known of a past deployment; {version}, {previous}, {environment} and {repository} are, and {sha} of those on record.`,
  )
}

/** A source that answers nothing at all would make every deployment inconclusive, after a long wait for each. */
function requireAnswers({ ticks }: RecordedDeployment): void {
  const answers = ticks.flatMap((tick) => tick.answers.flat())
  const [first] = answers
  if (first?.kind !== 'error' || answers.some(({ kind }) => kind !== 'error')) return
  throw new Error(`The source does not answer: ${first.why}`)
}
