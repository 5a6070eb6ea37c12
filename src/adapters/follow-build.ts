import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { StepContext, StepFailure } from '../ports/step.ts'
import type { TestOutcome } from '../ports/test-runner.ts'
import { digestOf } from '../upgrade/digest.ts'
import type { Mask } from './mask.ts'
import { numberedCases } from './numbered-cases.ts'
import { lineReader, type LineReader, outputTail, type Tail } from './output-lines.ts'
import { durationText } from './process-failure.ts'
import type { BuildState, RemoteBuilds, TestReport } from './remote-builds.ts'
import { RemoteFault } from './remote-fault.ts'

export interface BuildRun {
  readonly context: StepContext
  /** What makes two requests the same: the commit, the parameters. */
  readonly about: unknown
  readonly timeoutMs: number
  readonly clock: Clock
  readonly log: Log
  readonly mask: Mask
}

/** A server that answered before may be away so long: one that restarts takes minutes. */
const OUTAGE_MS = 5 * 60_000
/** One that has not answered yet is more likely at another place. */
const FIRST_OUTAGE_MS = 20_000
/** A cancelled job is killed 10 s after it was told so. */
const STOP_MS = 6000
/** A request whose answer got lost, and whose build cannot be found, is made at most so often. */
const REQUESTS = 3

/**
 * Has a build made elsewhere and follows it to its end. A build of the same commit and parameters that is still under way
 * is followed and none started; where the answer to a request got lost, its build is looked for before another is asked
 * for. A cancel and a timeout stop it there. Never rejects for what the server does: that is a failure that says so.
 */
export async function followBuild<Build>(builds: RemoteBuilds<Build>, run: BuildRun): Promise<TestOutcome> {
  const tail = outputTail()
  const output = lineReader(run.mask, (line) => {
    tail.add(line)
    run.log.output(run.context.step, line)
  })
  const endMs = run.clock.now() + run.timeoutMs
  const follow: Follow<Build> = { builds, run, endMs, tail, output, known: {} }
  try {
    return await followed(follow)
  } catch (error) {
    if (run.context.signal.aborted) return await stopped(follow, 'cancelled')
    if (error instanceof OutOfTime) return await stopped(follow, 'timeout')
    if (error instanceof RemoteFault) return faulted(follow, error)
    throw error
  } finally {
    output.end()
  }
}

interface Follow<Build> {
  readonly builds: RemoteBuilds<Build>
  readonly run: BuildRun
  readonly endMs: number
  readonly tail: Tail
  readonly output: LineReader
  /** What is known of the build so far. */
  readonly known: Known<Build>
}

interface Known<Build> {
  /** Set before it is asked for: from then on there may be a build. */
  key?: string
  build?: Build
  state?: BuildState<Build>
}

type Ended<Build> = Extract<BuildState<Build>, { phase: 'ended' }>

class OutOfTime extends Error {}

async function followed<Build>(follow: Follow<Build>): Promise<TestOutcome> {
  const { builds, run, known } = follow
  const { signal } = run.context
  await patiently(follow, FIRST_OUTAGE_MS, () => builds.check(signal))
  known.build = await obtain(follow)
  const ended = await watch(follow, known.build)
  if (ended.result === 'aborted')
    return failed(follow, 'exit', `was aborted there: ${ended.said} (${ended.url}).`)
  const report = await patiently(follow, OUTAGE_MS, () => builds.report(ended.build, signal))
  return outcomeOf(follow, ended, report)
}

/** The build that is under way for this already, or a new one. */
async function obtain<Build>(follow: Follow<Build>): Promise<Build> {
  const { builds, known, run } = follow
  const { context, log, about } = run
  const same = digestOf([context.values['SEAMLESS_REPOSITORY'], context.step, about])
  const prefix = `seamless-${same.slice(7, 23)}-`
  const { requests } = await patiently(follow, FIRST_OUTAGE_MS, () => builds.find(prefix, context.signal))
  const going = requests.find(({ isOver }) => !isOver)
  if (going !== undefined) {
    log.info(
      `${context.step}: ${builds.service} is at it already (${going.key}): followed, and no other started.`,
    )
    known.key = going.key
    return going.build
  }
  const numbers = requests.map(({ key }) => Number(key.slice(prefix.length))).filter(Number.isSafeInteger)
  return request(follow, `${prefix}${Math.max(0, ...numbers) + 1}`)
}

async function request<Build>(follow: Follow<Build>, key: string): Promise<Build> {
  const { builds, run, known } = follow
  const { signal, step } = run.context
  known.key = key
  for (let attempt = 1; ; attempt += 1) {
    let lost: RemoteFault | undefined
    try {
      const build = await builds.trigger(key, signal)
      if (build !== undefined) return build
    } catch (error) {
      if (!(error instanceof RemoteFault) || !error.isPassing) throw error
      lost = error
      run.log.warning(`${step}: ${error.message} It may have begun all the same, and is looked for.`)
    }
    const found = await appeared(follow, key)
    if (found !== undefined) return found
    if (lost === undefined || attempt === REQUESTS) throw neverSeen(builds, lost)
  }
}

/** What was asked for may take a while to be seen. */
async function appeared<Build>(follow: Follow<Build>, key: string): Promise<Build | undefined> {
  const { builds, run } = follow
  const untilMs = run.clock.now() + builds.settleMs
  for (;;) {
    const { requests, isUnclear } = await patiently(follow, OUTAGE_MS, () =>
      builds.find(key, run.context.signal),
    )
    const ours = requests.find((one) => one.key === key)
    if (ours !== undefined) return ours.build
    if (run.clock.now() >= untilMs && isUnclear !== true) return undefined
    await pause(follow, builds.pollMs)
  }
}

function neverSeen<Build>(
  { service, what }: RemoteBuilds<Build>,
  lost: RemoteFault | undefined,
): RemoteFault {
  if (lost !== undefined) return new RemoteFault(`${lost.message} No build of it was found.`, { cause: lost })
  return new RemoteFault(
    `${service} took the request for ${what}, but no build of it can be seen there. Look there; nothing more was started.`,
  )
}

async function watch<Build>(follow: Follow<Build>, first: Build): Promise<Ended<Build>> {
  const { builds, run, known, output } = follow
  const { signal, step } = run.context
  let told = ''
  for (let build = first; ; await pause(follow, builds.pollMs)) {
    const state = await patiently(follow, OUTAGE_MS, () => builds.look(build, signal))
    known.state = state
    known.build = build = state.build
    const where = state.phase === 'waiting' ? `waits at ${builds.service}: ${state.why}` : state.url
    // "Expires in 2.4 sec" is another text each time.
    const heart = where.replaceAll(/[\d.]+ m?s(?:ec)?\b/g, '')
    if (heart !== told) run.log.info(`${step}: ${where}`)
    told = heart
    if (state.phase === 'waiting') continue
    await patiently(follow, OUTAGE_MS, () => builds.news(build, (text) => output.write(text), signal))
    if (state.phase === 'ended') return state
  }
}

/** The result and the report must agree: neither may hide what the other says. */
function outcomeOf<Build>(follow: Follow<Build>, ended: Ended<Build>, report: TestReport): TestOutcome {
  const isWell = ended.result === 'passed'
  const how = `ended as ${ended.said} (${ended.url})`
  if (report.kind === 'none') return isWell ? { kind: 'ran', cases: [] } : failed(follow, 'exit', `${how}.`)
  const cases = report.kind === 'report' ? numberedCases(report.cases) : []
  if (cases.length === 0) {
    const why = report.kind === 'missing' ? report.why : 'its report has no test: nothing was tested.'
    return failed(follow, isWell ? 'report' : 'exit', `${how}${isWell ? ', but' : ';'} ${why}`)
  }
  if (isWell || cases.some(({ result }) => result === 'failed')) return { kind: 'ran', cases }
  const rest = `Its report shows ${cases.length} tests and no failure, so something else is wrong.`
  return failed(follow, 'exit', `${how}. ${rest}`)
}

function faulted<Build>({ known, run, tail, output }: Follow<Build>, fault: RemoteFault): TestOutcome {
  output.end()
  const { state } = known
  const left = state?.phase === 'running' ? ` The build may still be under way: ${state.url}.` : ''
  const message = run.mask.text(`${run.context.step}: ${fault.message}${left}`)
  const why = known.build === undefined ? 'spawn' : 'report'
  return { kind: 'failed', failure: { why, message, output: tail.text() } }
}

/** Stops what was begun, and says what became of it. */
async function stopped<Build>(follow: Follow<Build>, why: 'cancelled' | 'timeout'): Promise<TestOutcome> {
  const { run, known } = follow
  const after = await stop(follow)
  if (why === 'cancelled') return failed(follow, why, `was stopped because the run was cancelled.${after}`)
  const time = durationText(run.timeoutMs)
  const { state } = known
  const so =
    state === undefined || state.phase === 'waiting'
      ? `did not begin within ${time}${state === undefined ? '' : `: ${state.why}`}.`
      : `did not end within ${time} (${state.url}).`
  return failed(follow, why, `${so}${after} Raise its "timeout" if it needs longer.`)
}

async function stop<Build>({ builds, known }: Follow<Build>): Promise<string> {
  if (known.key === undefined) return ''
  const signal = AbortSignal.timeout(STOP_MS)
  try {
    const build = known.build ?? (await builds.find(known.key, signal)).requests[0]?.build
    if (build === undefined) return ''
    await builds.cancel(build, signal)
    return ` ${builds.service} was told to stop it.`
  } catch (error) {
    return ` It could not be stopped there: ${(error as Error).message}`
  }
}

function failed<Build>(
  { builds, run, tail, output }: Follow<Build>,
  why: StepFailure['why'],
  said: string,
): TestOutcome {
  output.end()
  const message = run.mask.text(`${run.context.step}: ${builds.what} at ${builds.service} ${said}`)
  return { kind: 'failed', failure: { why, message, output: tail.text() } }
}

/** Asks again while the server is away, but not for longer than this. */
async function patiently<Build, Answer>(
  follow: Follow<Build>,
  outageMs: number,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const { clock } = follow.run
  const untilMs = clock.now() + outageMs
  for (let waitMs = 2000; ; waitMs = Math.min(2 * waitMs, 30_000)) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof RemoteFault) || !error.isPassing || clock.now() + waitMs > untilMs) throw error
      await pause(follow, waitMs)
    }
  }
}

async function pause<Build>({ run, endMs }: Follow<Build>, ms: number): Promise<void> {
  const leftMs = endMs - run.clock.now()
  if (leftMs <= 0) throw new OutOfTime()
  await run.clock.sleep(Math.min(ms, leftMs), run.context.signal)
}
