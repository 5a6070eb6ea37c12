import type { CodeDifference } from '../ports/version-control.ts'
import { sourcesOf } from '../health/query-plan.ts'
import { reasonOf } from './reason-of.ts'
import type { Plan } from './plan.ts'
import type { Ports } from './ports.ts'
import type { EnvironmentRecord, Upgrade } from './receipt.ts'
import { decideBeginning } from './resume.ts'
import type { NewEvent } from './event.ts'
import type { EnvironmentState } from './facts.ts'
import { type Ending, environmentConfig, openRun, type Run, type RunFacts, textOf } from './run.ts'
import { endAfterTakingBack } from './stages/verdict.ts'
import { branchStage } from './stages/branch.ts'
import { buildStage } from './stages/build.ts'
import { deployStage } from './stages/deploy.ts'
import { handedOverEnd, holdsOthersBack, judgesHere } from './stages/hand-over.ts'
import { monitorStage, openWatching, takeUpLive } from './stages/monitor.ts'
import { revertStage } from './stages/revert.ts'
import { superseded } from './stages/superseded.ts'
import { testStage } from './stages/test.ts'
import { rollBackEnvironment, undoSteps } from './take-back.ts'
import { tellOwn } from './tell-own.ts'
import { unfinished } from './unfinished.ts'
import { next } from './upgrade.ts'

type UpgradeRequest = Omit<RunFacts, 'upgrade'>

/**
 * Runs the plan: branch → build → test → (deploy → monitor) for each environment. It always ends in an upgrade with a
 * decision and a reason; only an abort leaves it without one, for `undoInterrupted` to take back.
 */
export async function runUpgrade(request: UpgradeRequest): Promise<Upgrade> {
  const before = await journaled(request.ports)
  const beginning = decideBeginning(before, request.plan, {
    ...request.config,
    appWatches: request.ports.appWatches,
  })
  if (beginning.kind === 'refuse') {
    return refusedUpgrade(request.plan, request.ports.clock.now(), beginning.ending)
  }
  const run = openRun({ ...request, ...(beginning.kind === 'resume' && { upgrade: beginning.upgrade }) })
  try {
    if (beginning.kind === 'resume') {
      request.ports.log.info(`Going on with an upgrade that an earlier run began: ${beginning.found}.`)
      await takeOver(run, beginning.upgrade)
      await run.record({
        type: 'resumed',
        forgotten: [...beginning.forgotten],
        environments: [...request.plan.environments],
      })
    } else {
      await run.record(startedEvent(request.plan))
    }
    await end(run, await stagesOf(run).catch((error: unknown) => unexpected(run, error)))
    return run.upgrade()
  } finally {
    await run.close()
  }
}

/** The upgrade that the journal holds; without a journal the one whose receipt was brought here from another job. */
export async function journaled(ports: Pick<Ports, 'journal' | 'receipts'>): Promise<Upgrade | undefined> {
  const events = await ports.journal.read()
  return events.length === 0 ? ports.receipts.last() : events.reduce<Upgrade | undefined>(next, undefined)
}

async function takeOver(run: Run, upgrade: Upgrade): Promise<void> {
  if ((await run.ports.journal.read()).length === 0) await run.record({ type: 'received', upgrade })
}

async function stagesOf(run: Run): Promise<Ending> {
  if (run.plan.steps.length === 0) {
    return {
      decision: 'nothing_to_do',
      reason: 'no_steps',
      message: 'Nothing to do: the config has no step for this.',
    }
  }
  return (
    (await finishEarlier(run)) ??
    (await openSources(run)) ??
    (await branchStage(run)) ??
    (await compareCode(run)) ??
    (await buildStage(run)) ??
    (await testStage(run)) ??
    (await environmentStages(run)) ??
    completed(run)
  )
}

/** What a run that was cut off had begun to take back is taken back first; what it had ended stays ended. */
async function finishEarlier(run: Run): Promise<Ending | undefined> {
  for (const known of run.upgrade().environments) {
    const { name } = known
    const { shadow } = environmentConfig(run, name)
    const left = unfinished(run.upgrade(), known, { shadow })
    if (left === undefined) continue
    if (left.kind === 'end') return left.ending
    const other = await superseded(run, name)
    if (other) return other
    const taken = await rollBackEnvironment(run, name, left.why)
    return endAfterTakingBack(taken, left.reason, left.why, name)
  }
  return undefined
}

/** A source without a place is told before anything is built, not when the new version waits to be watched. */
async function openSources(run: Run): Promise<undefined> {
  for (const name of run.plan.environments) {
    const { health } = environmentConfig(run, name)
    if (health === undefined || !judgesHere(run, name)) continue
    for (const source of sourcesOf(health)) await run.ports.adapters.source(source)
  }
}

/** Shown, and nothing else depends on it: a history that was rewritten stops no upgrade. */
async function compareCode(run: Run): Promise<undefined> {
  const { base, candidate, code } = run.upgrade()
  if (base?.sha === undefined || candidate?.sha === undefined || code !== undefined) return
  const { versionControl, log } = run.ports
  const [found, lost] = await Promise.all([
    versionControl.difference(base.sha, candidate.sha),
    versionControl.difference(candidate.sha, base.sha),
  ]).catch((error: unknown) => {
    log.warning(`The code could not be compared with ${base.name}: ${textOf(error)}`)
    return []
  })
  run.signal.throwIfAborted()
  if (found === undefined || lost === undefined) return
  sayLost(run, base.name, lost)
  await run.record({
    type: 'code_compared',
    code: {
      commits: found.commits.map((commit) => ({ ...commit })),
      more: found.more,
      files: found.files.map((file) => ({ ...file })),
    },
  })
}

/** An older version, or one from another line: the run of an old push that somebody started again, for one. */
function sayLost(run: Run, base: string, { commits, more }: CodeDifference): void {
  const [newest] = commits
  if (newest === undefined) return
  run.ports.log.warning(
    `${run.upgrade().candidate?.name ?? 'This version'} is older than ${base}, or from another line: it lacks ${commits.length + more} of its commits, the newest of them ${newest.id.slice(0, 12)} (${newest.subject}). What they brought is gone when it is live.`,
  )
}

/** Each environment is deployed to and watched to its end before the next one begins. */
async function environmentStages(run: Run): Promise<Ending | undefined> {
  const endings: (Ending | undefined)[] = []
  for (const name of run.plan.environments) {
    if (stateOf(run, name) === 'promoted') endings.push(undefined)
    else endings.push(await environmentStage(run, name))
    const ending = endings.at(-1)
    if (ending !== undefined && ending.reason !== 'already_live') return ending
    if (holdsOthersBack(run, name)) return handedOverEnd(run)
  }
  // Only where nothing was to be done anywhere there was nothing to do.
  return endings.every(Boolean) ? endings.at(-1) : undefined
}

async function environmentStage(run: Run, name: string): Promise<Ending | undefined> {
  const { stage } = run.plan
  const watching = judgesHere(run, name) ? await openWatching(run, name) : undefined
  const begun = stage === 'monitor' ? await takeUpLive(run, name) : await deployStage(run, name, watching)
  return begun ?? (stage === 'deploy' ? undefined : monitorStage(run, name, watching))
}

function stateOf(run: Run, name: string): EnvironmentState | undefined {
  return run.upgrade().environments.find((known) => known.name === name)?.state
}

function completed(run: Run): Ending {
  const { plan } = run
  const handed = handedOverEnd(run)
  if (handed !== undefined) return handed
  const { name: version } = run.upgrade().candidate ?? { name: '' }
  const promoted = run
    .upgrade()
    .environments.filter(({ name, state }) => state === 'promoted' && plan.environments.includes(name))
  if (promoted.length > 0) {
    const where = promoted.map(({ name }) => name).join(', ')
    const line = promoted.at(-1)?.judged.at(-1)?.line ?? ''
    return (
      promotedByPerson(promoted, version) ?? {
        decision: 'promoted',
        reason: 'healthy',
        message: `${version} is healthy in ${where}. ${line}`,
      }
    )
  }
  if (plan.stage !== 'all') {
    return {
      decision: 'completed',
      reason: 'stage_completed',
      message: `Stage ${plan.stage} of ${version} is done.`,
    }
  }
  const unwatched = plan.environments.filter((name) => environmentConfig(run, name).health === undefined)
  return {
    decision: 'completed',
    reason: 'not_watched',
    message: `${version} is live in ${unwatched.join(', ')}. No health is configured there, so nobody knows whether users would notice.`,
  }
}

const MERGE_IS_THE_APPS = 'What becomes of the merge the App says.'

/** Where nobody waited for the end of the watch, nobody says that it is healthy. */
function promotedByPerson(promoted: readonly EnvironmentRecord[], version: string): Ending | undefined {
  for (const { name, said = [], message = '' } of promoted.toReversed()) {
    const word = said.findLast(
      (one) => one.said === 'accepted' || (one.said === 'promoted' && one.step === 'watch'),
    )?.said
    if (word !== 'promoted' && word !== 'accepted') continue
    return {
      decision: 'promoted',
      reason: `${word}_by_person`,
      message: `${version} is live in ${name}. ${message}`,
    }
  }
  return undefined
}

/** What a failed run leaves is undone before it ends; a bad version that users met is reverted in the repository too. */
async function end(run: Run, ending: Ending): Promise<void> {
  if (run.signal.aborted) return
  if (ending.decision === 'rolled_back' || ending.decision === 'failed') await undoSteps(run)
  const isBad = ending.reason === 'unhealthy' || ending.reason === 'shadow_unhealthy'
  // Whoever judges what is live decides about merges too: one judge, one actor.
  const { appWatches } = run.ports
  if (isBad && !appWatches && run.upgrade().revert === undefined) await revertStage(run)
  const message = isBad && appWatches ? `${ending.message} ${MERGE_IS_THE_APPS}` : ending.message
  await run.record({ type: 'ended', ...ending, message })
  await tellOwn(run)
  await run.ports.receipts.save(run.upgrade())
}

/**
 * A step threw. An environment that was being deployed to is taken back: half of a version is nobody's choice. One that
 * was already live stays, since not being able to look at it says nothing bad of it.
 */
async function unexpected(run: Run, error: unknown): Promise<Ending> {
  const message = textOf(error)
  const ending: Ending = { decision: 'failed', reason: reasonOf(error), message }
  if (run.signal.aborted) return ending
  run.ports.log.error(message)
  const open = run.upgrade().environments.find(({ state }) => state === 'deploying')
  if (open === undefined) return ending
  const other = await superseded(run, open.name)
  if (other) return other
  return endAfterTakingBack(
    await rollBackEnvironment(run, open.name, message),
    ending.reason,
    message,
    open.name,
  )
}

/** The receipt of a run that did not begin; the journal keeps the one that stands in its way. */
export function refusedUpgrade(plan: Plan, atMs: number, ending: Ending): Upgrade {
  const begun = next(undefined, { ...startedEvent(plan), atMs })
  return next(begun, { type: 'ended', ...ending, atMs })
}

export function startedEvent(plan: Plan): Extract<NewEvent, { type: 'started' }> {
  const { head, base } = plan
  return {
    type: 'started',
    id: plan.id,
    repository: plan.repository,
    operation: 'run',
    planDigest: plan.digest,
    made: head.kind === 'made',
    ...(base && { base }),
    ...(head.kind === 'given' && { candidate: head.version }),
    ...(head.kind === 'given' && head.branch !== undefined && { branch: head.branch }),
    environments: [...plan.environments],
  }
}
