import type { Health } from '../../config/health.ts'
import type { TemplateValues } from '../../config/label-template.ts'
import { loadBaseline } from '../../health/baseline.ts'
import { reportOf } from '../../health/explain.ts'
import { heldReason } from '../../health/held-reason.ts'
import { type Answers, queriesOf, sourcesOf } from '../../health/query-plan.ts'
import { nextTickMs } from '../../health/tick-times.ts'
import { enterStep, startWatch, tick, type WatchState } from '../../health/watch.ts'
import { gateOf, verdictOf } from '../../health/watch-verdict.ts'
import { watchedValues } from '../../health/watched-values.ts'
import type { HealthSource } from '../../ports/health-source.ts'
import type { VerdictReport } from '../facts.ts'
import { candidateOf, type Ending, perform, type Run, stepsOf } from '../run.ts'
import { recordVerdict } from '../state-of-record.ts'
import { whenLive } from './await-live.ts'
import { isHandedOver } from './hand-over.ts'
import { superseded } from './superseded.ts'
import { type Listener, listener } from './listen.ts'
import { endFromGate, type HealthGate } from './verdict.ts'

/** One watch of one environment: over all steps of its traffic to the end of the soak, one error budget for the whole. */
export interface Watching {
  /** The new version now has this share of the traffic (percent). Ticks until the step's health says go on, hold or take back. */
  hold(percent: number): Promise<HealthGate>
  /** Ticks to the end of the watch after the last step, or until it is unhealthy. */
  soak(percent: number | undefined): Promise<HealthGate>
}

/** The watch of an environment; opened before it is deployed to, since the past that it may compare with ends there. */
export async function openWatching(run: Run, name: string): Promise<Watching | undefined> {
  const health = run.config.environments[name]?.health
  if (health === undefined) return undefined
  const sources = await openSources(run, health)
  const openedMs = run.ports.clock.now()
  const lookout: Lookout = { run, name, health, sources, people: listener(run, name), openedMs }
  const watching: Watching = {
    hold: (percent) => look(lookout, { percent, decide: decideHold, name: `${percent}%` }),
    soak: (percent) => look(lookout, { percent, decide: decideSoak, name: 'watch' }),
  }
  const values = (): TemplateValues => valuesFor(run, name)
  return whenLive(run, { health, values, sources, sinceMs: openedMs }, watching)
}

/** What the steps of one watch share; its state goes on from one to the next. */
interface Lookout {
  readonly run: Run
  readonly name: string
  readonly health: Health
  readonly sources: ReadonlyMap<string, HealthSource>
  readonly people: Listener
  readonly openedMs: number
  state?: WatchState
}

interface LookStep {
  readonly name: string
  readonly percent: number | undefined
  readonly decide: Decide
}

async function begin({ run, name, health, sources, openedMs }: Lookout): Promise<WatchState> {
  const values = valuesFor(run, name)
  const history = await loadBaseline(health, values, { sources, nowMs: openedMs, signal: run.signal })
  return startWatch(health, values, run.ports.clock.now(), history)
}

async function look(lookout: Lookout, { percent, decide, name: step }: LookStep): Promise<HealthGate> {
  const { run, name, health, sources, people } = lookout
  const { clock } = run.ports
  const share = percent === undefined ? undefined : percent / 100
  let state = enterStep(lookout.state ?? (await begin(lookout)), share, clock.now())
  const startedAtMs = state.step.sinceMs
  const listened = { name: step, sinceMs: startedAtMs }
  const seen = (): VerdictReport => ({ step, startedAtMs, ...reportOf(state, clock.now()) })
  for (;;) {
    lookout.state = state
    const heard = await people.listen(listened)
    if (heard.kind === 'go_on') return { ...heard, kind: 'person', report: seen() }
    const tickMs = nextTickMs(startedAtMs, health.everyMs, clock.now())
    if (!(await sleepUntil(tickMs, people.nextMs(), run))) continue
    state = tick(state, await ask(health, state, sources, run.signal), clock.now())
    const report = seen()
    run.ports.watchTick?.(name, report)
    const gate = decide(state, clock.now(), report)
    if (gate === undefined) continue
    const word = await people.beforeActing(listened)
    lookout.state = state
    if (word.kind === 'go_on') return { ...word, kind: 'person', report }
    if (word.kind === 'judge') return gate
    if (gate.kind === 'unhealthy') people.sayBad(report)
  }
}

async function openSources({ ports }: Run, health: Health): Promise<ReadonlyMap<string, HealthSource>> {
  const opened = sourcesOf(health).map(async (name) => [name, await ports.adapters.source(name)] as const)
  return new Map(await Promise.all(opened))
}

/**
 * A job that only watches: the deployment it judges is the one that is live there, whoever made it. Otherwise a verdict
 * would be on record nowhere, and there would be nothing to take back to.
 */
export async function takeUpLive(run: Run, name: string): Promise<Ending | undefined> {
  const known = run.upgrade().environments.find((record) => record.name === name)
  if (known?.deployment !== undefined) return superseded(run, name)
  const { sha, name: version } = candidateOf(run.upgrade())
  const newest = await run.ports.deployments.newest(name)
  if (newest?.sha !== sha || newest.state !== 'success') {
    const found = newest === undefined ? 'nothing' : `${newest.version} as ${newest.state}`
    return {
      decision: 'failed',
      reason: 'not_deployed',
      message: `${version} (${sha.slice(0, 12)}) is not live in ${name}, so there is nothing to watch: on record there is ${found}. Deploy it first.`,
    }
  }
  const previous = run.plan.previous[name]
  await run.record(
    { type: 'deployment_begun', environment: name, deployment: newest.id, ...(previous && { previous }) },
    { type: 'environment_ended', environment: name, state: 'live', message: `${name} runs ${version}.` },
  )
  return undefined
}

/** Watches the version that is live to the end of its time, then promotes it, holds, or takes it back. */
export async function monitorStage(
  run: Run,
  name: string,
  watching: Watching | undefined,
): Promise<Ending | undefined> {
  const [step] = stepsOf(run, 'monitor', name)
  if (step === undefined) return undefined
  if (isHandedOver(run, name)) {
    await perform(run, step, async () => ({ result: 'skipped', message: 'The App watches it.' }))
    return undefined
  }
  if (watching === undefined) return undefined
  let ending: Ending | undefined
  await perform(run, step, async () => {
    const gate = await watching.soak(run.config.environments[name]?.traffic && 100)
    ending = await endFromGate(run, name, gate)
    if (ending === undefined) await promote(run, name, lineOf(gate))
    const result = ending?.reason === 'superseded' ? 'held' : results[gate.kind]
    return { result, message: lineOf(gate) }
  })
  return ending
}

const results = { proceed: 'done', person: 'done', hold: 'held', unhealthy: 'failed' } as const

type Decide = (watch: WatchState, nowMs: number, report: VerdictReport) => HealthGate | undefined

const decideHold: Decide = (watch, nowMs, report) => {
  const { gate, reason } = gateOf(watch, nowMs)
  switch (gate) {
    case 'wait':
    case 'extend':
      return undefined
    case 'proceed':
    case 'unhealthy':
      return { kind: gate, report }
    case 'hold':
      return { kind: 'hold', report, reason: heldReason(reason) }
  }
}

const decideSoak: Decide = (watch, nowMs, report) => {
  const { done, verdict, reason } = verdictOf(watch, nowMs)
  if (!done) return undefined
  if (verdict === 'healthy') return { kind: 'proceed', report }
  if (verdict === 'unhealthy') return { kind: 'unhealthy', report }
  return { kind: 'hold', report, reason: heldReason(reason) }
}

/** Whether it is time for a tick; else only for people. */
async function sleepUntil(tickMs: number, peopleMs: number, { ports, signal }: Run): Promise<boolean> {
  const nowMs = ports.clock.now()
  const untilMs = Math.min(tickMs, Math.max(peopleMs, nowMs))
  await ports.clock.sleep(untilMs - nowMs, signal)
  return ports.clock.now() >= tickMs
}

async function ask(
  health: Health,
  { values }: WatchState,
  sources: ReadonlyMap<string, HealthSource>,
  signal: AbortSignal,
): Promise<Answers> {
  return Promise.all(
    queriesOf(health, values).map(
      async ({ source, queries }) => (await sources.get(source)?.read(queries, signal)) ?? [],
    ),
  )
}

async function promote(run: Run, name: string, line: string): Promise<void> {
  await recordVerdict(run, name, 'healthy', line)
  await run.record({ type: 'environment_ended', environment: name, state: 'promoted', message: line })
}

function lineOf(gate: HealthGate): string {
  const { line } = gate.report
  if (gate.kind !== 'person') return gate.kind === 'hold' ? (gate.why ?? line) : line
  return gate.said === 'promoted'
    ? `${gate.by} promoted it before the end of the watch. Until then: ${line}`
    : `${gate.by} accepted it as it is. Until then: ${line}`
}

function valuesFor(run: Run, name: string): TemplateValues {
  const { repository, branch } = run.upgrade()
  const candidate = candidateOf(run.upgrade())
  const previous = run.upgrade().environments.find((known) => known.name === name)?.previous
  return watchedValues({
    version: candidate.name,
    sha: candidate.sha,
    environment: name,
    repository,
    branch,
    previous: previous?.name ?? run.plan.previous[name]?.name,
  })
}
