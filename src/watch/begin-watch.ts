import { liveQuestion, LIVE_WITHIN_MS } from '../health/build-info.ts'
import { nextTickMs } from '../health/tick-times.ts'
import { DeploymentUnknown } from '../errors.ts'
import { enterStep, type History, startWatch, type WatchState } from '../health/watch.ts'
import { type Watched, watchedValues } from '../health/watched-values.ts'
import type { Deployed, ReadDeployment } from '../ports/deployments.ts'
import type { Merge } from '../ports/pull-requests.ts'
import { watchCheck } from '../report/watch/watch-check.ts'
import { type Beginning, beginningOf } from './beginning.ts'
import { decided } from './decided.ts'
import { isFailure, isWorthAnother } from './failing.ts'
import { foundByRun } from './found-by-run.ts'
import { areOpen, openSources } from './open-sources.ts'
import { readPast } from './read-past.ts'
import { confirmAlreadyLive, confirmRollback, isReplaced } from './rollback-live.ts'
import type { WatchPorts } from './watch-ports.ts'
import type { WatchPull, WatchRecord } from './watch-record.ts'
import { type WatchRules, watchRules } from './watch-rules.ts'

/** What a Deployment's newest state means for its watch. */
export type Began =
  | { readonly kind: 'watch'; readonly record: WatchRecord }
  /** The environment is back on an earlier version: an open watch of it is over, unless this is its own rollback (`key`). */
  | {
      readonly kind: 'rollback_live'
      readonly environment: string
      readonly deployment: Deployed
      readonly key: string
    }
  /** Nothing is to be watched; `why` for the log. */
  | { readonly kind: 'nothing'; readonly why: string }

/** Events of a Deployment come within seconds; one that comes later than this may have been overtaken by another deployment's. */
const LATE_MS = 120_000

/**
 * The watch of a Deployment as it stands now, whoever made it and however often this is asked; only the first answer for a
 * Deployment that all users have is to be kept. Error: `GitHubError`.
 */
export async function beginWatch(deploymentId: string, ports: WatchPorts): Promise<Began> {
  const deployment = await ports.deployments.read(deploymentId).catch((error: unknown) => {
    if (error instanceof DeploymentUnknown) return undefined
    throw error
  })
  if (deployment === undefined) return { kind: 'nothing', why: 'the Deployment was deleted' }
  const beginning = beginningOf(deployment)
  switch (beginning.kind) {
    case 'nothing':
      return beginning
    case 'rollback_live':
    case 'already_live':
      return beginSettled(deployment, beginning.kind, ports)
    case 'live':
    case 'found_bad':
    case 'held':
      return begin(deployment, beginning, ports)
  }
}

type Watchable = Extract<Beginning, { kind: 'live' | 'found_bad' | 'held' }>

/** Of what was found healthy before nothing is watched again. */
async function beginSettled(
  deployment: ReadDeployment,
  kind: 'rollback_live' | 'already_live',
  ports: WatchPorts,
): Promise<Began> {
  const { id, sha, version, environment, key } = deployment
  const rules = await watchRules(environment, undefined, ports)
  if (kind === 'already_live') {
    if (rules.kind === 'rules') await confirmAlreadyLive(deployment, ports)
    return { kind: 'nothing', why: 'it was there already' }
  }
  if (await isReplaced(deployment, ports)) return { kind: 'nothing', why: 'a later deployment is live' }
  const why = rules.kind === 'rules' ? await confirmed(deployment, ports) : rules.why
  if (why !== undefined) ports.log.info(`The rollback of ${environment} gets no verdict: ${why}.`)
  return { kind: 'rollback_live', environment, deployment: { id, sha, version }, key }
}

/** A verdict that GitHub refuses to take, which no other try changes, keeps no watch of what was taken away open. */
async function confirmed(deployment: ReadDeployment, ports: WatchPorts): Promise<string | undefined> {
  try {
    return await confirmRollback(deployment, ports)
  } catch (error) {
    if (!isFailure(error) || isWorthAnother(error)) throw error
    return error.message
  }
}

async function begin(deployment: ReadDeployment, beginning: Watchable, ports: WatchPorts): Promise<Began> {
  const { environment, sha } = deployment
  const merge = await ports.mergeOf(sha)
  const rules = await watchRules(environment, merge, ports)
  if (rules.kind === 'nothing') return rules
  if (beginning.kind === 'live' && (await isOvertaken(deployment, ports)))
    return { kind: 'nothing', why: 'a later deployment is live' }
  const facts = await gather(deployment, { merge, rules }, ports)
  if (beginning.kind === 'live') return { kind: 'watch', record: await beginLive(facts, ports) }
  const record = foundByRun(facts.record, facts.startedAs, beginning)
  return record === undefined
    ? { kind: 'nothing', why: 'it is half done, and not because of its health' }
    : { kind: 'watch', record: await withHistory(record, ports) }
}

/** What was taken back by the run is watched as it recovers, against the same past. */
async function withHistory(record: WatchRecord, ports: WatchPorts): Promise<WatchRecord> {
  const { state, sources } = record
  if (state === undefined) return record
  const opened = await openSources(state.health, sources, ports)
  const history = areOpen(opened) ? await readPast(record, state, opened, ports) : undefined
  return history === undefined ? record : { ...record, history }
}

/** A later one that is live makes its own watch; two of them would judge the same users. Events in time cannot be overtaken. */
async function isOvertaken(deployment: ReadDeployment, ports: WatchPorts): Promise<boolean> {
  const { stateAtMs } = deployment
  if (stateAtMs !== undefined && ports.clock.now() - stateAtMs < LATE_MS) return false
  return isReplaced(deployment, ports)
}

interface Facts {
  readonly rules: WatchRules
  readonly record: WatchRecord
  readonly watched: Watched
  /** The state that a watch of it starts in, without a past. */
  readonly startedAs: WatchState
}

async function gather(
  deployment: ReadDeployment,
  { merge, rules }: { readonly merge: Merge | undefined; readonly rules: WatchRules },
  ports: WatchPorts,
): Promise<Facts> {
  const { id, sha, version, environment } = deployment
  const [before, pull, run] = await Promise.all([
    ports.deployments.lastHealthy(environment, sha),
    pullOf(deployment, merge, ports),
    ports.runReport(environment, sha),
  ])
  const { liveMs, begunMs } = timesOf(deployment, ports.clock.now())
  const branch = await branchOf(rules, { merge, pull }, ports)
  const watched = {
    version,
    sha,
    environment,
    repository: ports.repository,
    branch,
    previous: before?.version,
  }
  const record: WatchRecord = {
    schema: 1,
    deployment: { id, sha, version },
    environment,
    repository: ports.repository,
    ...(before !== undefined && { before }),
    ...(pull !== undefined && { pull }),
    policy: { revert: rules.environment.revert, shadow: rules.environment.shadow },
    sources: rules.sources,
    begunMs,
    liveMs,
    phase: 'watching',
    acts: {},
    ...(run !== undefined && { run }),
  }
  return { rules, record, watched, startedAs: started(rules, watched, { atMs: liveMs }) }
}

/** By GitHub's clock, which may be ahead of ours: a watch never starts in the future. */
function timesOf(
  { createdAtMs, stateAtMs }: ReadDeployment,
  nowMs: number,
): { readonly begunMs: number; readonly liveMs: number } {
  const liveMs = Math.min(nowMs, stateAtMs ?? nowMs)
  return { liveMs, begunMs: Math.min(createdAtMs, liveMs) }
}

async function pullOf(
  { key }: ReadDeployment,
  merge: Merge | undefined,
  ports: Pick<WatchPorts, 'pullOf'>,
): Promise<WatchPull | undefined> {
  if (merge !== undefined) return { number: merge.number, author: merge.author, isMerged: true }
  const pull = await ports.pullOf(key)
  return pull && { ...pull, isMerged: false }
}

/** Asked for only where a label names it. */
async function branchOf(
  { health }: WatchRules,
  { merge, pull }: { readonly merge: Merge | undefined; readonly pull: WatchPull | undefined },
  { pulls }: Pick<WatchPorts, 'pulls'>,
): Promise<string | undefined> {
  if (pull === undefined || !JSON.stringify(health).includes('{branch}')) return merge?.base
  return (await pulls.read(pull.number))?.headBranch
}

function started(
  { health, environment }: WatchRules,
  watched: Watched,
  { atMs, history }: { readonly atMs: number; readonly history?: History | undefined },
): WatchState {
  const state = startWatch(health, watchedValues(watched), atMs, history)
  return environment.traffic === undefined ? state : enterStep(state, 1, atMs)
}

async function beginLive(
  { rules, record, watched, startedAs }: Facts,
  ports: WatchPorts,
): Promise<WatchRecord> {
  const opened = await openSources(rules.health, rules.sources, ports)
  if (!areOpen(opened)) {
    ports.log.warning(`The watch of ${record.environment} cannot read its sources: ${opened.why}`)
    const unread = { ...record, state: startedAs }
    const nowMs = ports.clock.now()
    const outcome = {
      verdict: 'inconclusive',
      reason: 'health_no_data',
      line: opened.why,
      atMs: nowMs,
    } as const
    return decided(unread, outcome, nowMs)
  }
  const history = await readPast(record, startedAs, opened, ports)
  const state = started(rules, watched, { atMs: record.liveMs, history })
  const begun = { ...record, state, ...(history !== undefined && { history }) }
  return sayThatItIsWatched(whenLive(begun, state, ports.clock.now()), ports)
}

function whenLive(record: WatchRecord, { health, values }: WatchState, nowMs: number): WatchRecord {
  const { liveMs } = record
  const nextMs = nextTickMs(liveMs, health.everyMs, nowMs)
  if (liveQuestion(health, values) === undefined) return { ...record, nextMs }
  return { ...record, phase: 'awaiting', awaitedUntilMs: liveMs + LIVE_WITHIN_MS, nextMs }
}

async function sayThatItIsWatched(
  record: WatchRecord,
  { deployments, clock, log }: WatchPorts,
): Promise<WatchRecord> {
  try {
    await deployments.watching?.(record.deployment.id, watchCheck(record, clock.now()))
  } catch (error) {
    if (!isFailure(error)) throw error
    // A watch that nobody sees still takes back what users would notice.
    log.warning(`That ${record.environment} is watched could not be said: ${error.message}`)
  }
  return record
}
