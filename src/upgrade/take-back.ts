import { deployStep } from '../config/deploy-step.ts'
import type { Artifact } from '../ports/builder.ts'
import type { Deployer, StepOutcome } from '../ports/deployer.ts'
import type { StepContext } from '../ports/step.ts'
import type { Worktree } from '../ports/version-control.ts'
import type { Version } from './facts.ts'
import { imageValues } from './image-values.ts'
import { isLive, liveText } from './is-live.ts'
import { type BuildStep, stepId } from './plan.ts'
import type { EnvironmentRecord } from './receipt.ts'
import { contextOf, environmentConfig, type Run, textOf } from './run.ts'
import { recordTakenBack } from './state-of-record.ts'

/** How taking an environment back ended. */
export type TakenBack =
  | { readonly kind: 'rolled_back'; readonly to: Version }
  /** First upgrade: there is nothing to return to; the environment is left as it is and needs a person. */
  | { readonly kind: 'no_target' }
  | { readonly kind: 'failed'; readonly message: string }

/**
 * Returns an environment to its last healthy version: all traffic to the old version first, since that is what users
 * feel, then the deployer's rollback, then its own word for what is live. Whatever it ends in is journaled; aborted in the
 * middle it throws, and the journal says by what it lacks that nobody knows how far it got.
 */
export async function rollBackEnvironment(run: Run, name: string, why: string): Promise<TakenBack> {
  const known = recordOf(run, name)
  const step = `rollback/${name}`
  const isBegun = run.upgrade().steps.some((record) => record.step === step)
  await run.record({ type: 'step_started', step, stage: 'deploy', environment: name })
  const outcome = await returnTo(run, known, isBegun).catch((error: unknown): TakenBack => ({
    kind: 'failed',
    message: textOf(error),
  }))
  run.signal.throwIfAborted()
  await settle(run, known, outcome, why)
  return outcome
}

/** There was no time left to take it back: it is on record as what it is. */
export async function leaveDirty(run: Run, name: string, why: string): Promise<void> {
  const message = 'there was no time left for it.'
  await settle(run, recordOf(run, name), { kind: 'failed', message }, why)
}

/** Runs the declared undo of all build steps that were done, the last one first; what fails is said and passed over. */
export async function undoSteps(run: Run): Promise<void> {
  for (const step of run.config.build.toReversed()) {
    const id = stepId('build', step, run.plan)
    if (step.adapter !== 'run' || step.undo === undefined || !isDone(run, id) || isDone(run, `undo/${id}`))
      continue
    await undoStep(run, `undo/${id}`, { ...step, run: step.undo, artifacts: [] })
  }
}

/** Only commands have an undo: an image that nobody deploys harms nobody. */
type CommandStep = Extract<BuildStep, { adapter: 'run' }>

async function undoStep(run: Run, id: string, step: CommandStep): Promise<void> {
  await run.record({ type: 'step_started', step: id, stage: 'build' })
  const failure = await undo(run, id, step).catch(textOf)
  run.signal.throwIfAborted()
  if (failure === undefined) return run.record({ type: 'step_ended', step: id, result: 'done' })
  run.ports.log.error(`${id} failed: ${failure}`)
  await run.record({ type: 'step_ended', step: id, result: 'failed', message: failure })
}

/** Why it failed, or nothing. */
async function undo(run: Run, id: string, step: CommandStep): Promise<string | undefined> {
  const builder = await run.ports.adapters.builder(step)
  const context = await contextOf(run, id, { worktree: await run.worktree(), working: step.working })
  const outcome = await builder.build(context)
  return outcome.kind === 'built' ? undefined : outcome.failure.message
}

function isDone(run: Run, id: string): boolean {
  return run.upgrade().steps.some(({ step, state }) => step === id && state === 'done')
}

function recordOf(run: Run, name: string): EnvironmentRecord {
  const known = run.upgrade().environments.find((environment) => environment.name === name)
  if (known === undefined) throw new Error(`${name} is not part of this upgrade.`)
  return known
}

async function returnTo(run: Run, known: EnvironmentRecord, isBegun: boolean): Promise<TakenBack> {
  const { previous, name } = known
  const stuck = await sendTrafficBack(run, known)
  if (previous === undefined) return { kind: 'no_target' }
  const deployer = await run.ports.adapters.deployer(environmentConfig(run, name))
  if (!isBegun || !(await isBackAlready(run, deployer, known, previous))) {
    const outcome = await inOldCheckout(run, previous, async (worktree) =>
      deployer.rollback(await rollbackContext(run, name, worktree, previous)),
    )
    if (outcome.kind === 'failed') return { kind: 'failed', message: outcome.failure.message }
  }
  // What could not be switched while the new version was there may be possible now; users must not be left on it.
  const stillStuck = stuck === undefined ? undefined : await sendTrafficBack(run, known)
  if (stillStuck !== undefined) return { kind: 'failed', message: stillStuck }
  const context = await rollbackContext(run, name, await oldCheckout(run, previous), previous)
  return confirmed(await deployer.status(context), previous, name)
}

/**
 * All traffic to the version before. Where there was none and all users are on the new one already, there is nobody to
 * send them to. Gives why it failed, or nothing.
 */
async function sendTrafficBack(run: Run, known: EnvironmentRecord): Promise<string | undefined> {
  const { name, previous, weight = 0 } = known
  const config = environmentConfig(run, name)
  if (config.traffic === undefined || (previous === undefined && (weight === 0 || weight === 100))) return
  const { working } = config.traffic
  const traffic = await run.ports.adapters.traffic(config)
  const step = `rollback/${name}/traffic`
  const outcome = await inOldCheckout(run, previous, async (worktree) =>
    traffic.setWeight(
      0,
      await contextOf(run, step, { worktree, working, values: { SEAMLESS_ENVIRONMENT: name } }),
    ),
  )
  if (outcome.kind === 'failed') {
    run.ports.log.error(outcome.failure.message)
    return outcome.failure.message
  }
  await run.record({ type: 'weight_set', environment: name, percent: 0 })
  return undefined
}

/** A run before this one was cut off while it rolled back: its deployer says whether it got there. */
async function isBackAlready(
  run: Run,
  deployer: Deployer,
  { name }: EnvironmentRecord,
  previous: Version,
): Promise<boolean> {
  if (previous.name === run.upgrade().candidate?.name) return false
  const context = await rollbackContext(run, name, await oldCheckout(run, previous), previous)
  const live = await deployer.status(context)
  return isLive(live, previous)
}

/** The deployer's own word, where it can give one, outranks the exit code of its rollback. */
function confirmed(live: Awaited<ReturnType<Deployer['status']>>, to: Version, name: string): TakenBack {
  if (live.kind === 'unknown' || isLive(live, to)) return { kind: 'rolled_back', to }
  return {
    kind: 'failed',
    message: `The rollback of ${name} ended well, but its status says that ${liveText(live)}, not ${to.name}.`,
  }
}

/**
 * The last healthy version's own scripts take it back: those of the version that failed may be what is broken. But they
 * may also be of a time when a script had another name than the config has for it now, so that the new ones come second.
 */
async function inOldCheckout(
  run: Run,
  previous: Version | undefined,
  act: (worktree: Worktree) => Promise<StepOutcome>,
): Promise<StepOutcome> {
  const old = await oldCheckout(run, previous)
  const outcome = await act(old)
  if (outcome.kind === 'done' || previous?.sha === undefined || run.signal.aborted) return outcome
  const own = await run.worktree().catch(() => old)
  if (own.commit === old.commit) return outcome
  run.ports.log.warning(
    `${outcome.failure.message} That was in a checkout of ${previous.name}; now with the new version's own scripts.`,
  )
  const second = await act(own)
  return second.kind === 'done' ? second : outcome
}

async function oldCheckout(run: Run, previous: Version | undefined): Promise<Worktree> {
  if (previous?.sha === undefined) return run.worktree()
  return run.worktreeAt(previous.sha).catch(async (error: unknown) => {
    run.ports.log.warning(`${previous.name} could not be checked out: ${textOf(error)}`)
    return run.worktree()
  })
}

/** In a rollback the version is what it returns to and the previous one what it takes away: `deploy` can serve as `rollback`. */
async function rollbackContext(
  run: Run,
  name: string,
  worktree: Worktree,
  to: Version,
): Promise<StepContext> {
  const { candidate } = run.upgrade()
  return contextOf(run, `rollback/${name}`, {
    worktree,
    working: deployStep(environmentConfig(run, name).deploy).working,
    values: {
      SEAMLESS_ENVIRONMENT: name,
      SEAMLESS_VERSION: to.name,
      SEAMLESS_SHA: to.sha ?? '',
      SEAMLESS_PREVIOUS: candidate?.name ?? '',
      SEAMLESS_PREVIOUS_SHA: candidate?.sha ?? '',
      ...imageValues(await builtOf(run, name, to.sha)),
    },
  })
}

/** By this machine's receipts, or where another one built it, by the record. */
async function builtOf(run: Run, name: string, sha: string | undefined): Promise<readonly Artifact[]> {
  if (sha === undefined) return []
  const receipt = await run.ports.receipts.ofCommit(sha)
  if (receipt !== undefined) return receipt.artifacts
  return run.ports.deployments.builtOf(name, sha).catch((error: unknown): readonly Artifact[] => {
    // Most rollbacks need no digests, and users wait for all of them.
    run.ports.log.warning(`The digests of ${sha.slice(0, 12)} could not be read: ${textOf(error)}`)
    return []
  })
}

async function settle(run: Run, { name }: EnvironmentRecord, outcome: TakenBack, why: string): Promise<void> {
  const { state, message, result } = settled(outcome, name, why)
  await run.record(
    { type: 'step_ended', step: `rollback/${name}`, result, message },
    { type: 'environment_ended', environment: name, state, message },
  )
  await recordTakenBack(run, name, state, message)
}

function settled(
  outcome: TakenBack,
  name: string,
  why: string,
): { state: 'rolled_back' | 'dirty'; message: string; result: 'done' | 'failed' } {
  switch (outcome.kind) {
    case 'rolled_back':
      return {
        state: 'rolled_back',
        message: `${why} ${name} is back on ${outcome.to.name}.`,
        result: 'done',
      }
    case 'no_target':
      return {
        state: 'dirty',
        message: `${why} ${name} has no healthy version to return to: it is left as it is. Deploy a version that works, or clean it up by hand.`,
        result: 'failed',
      }
    case 'failed':
      return {
        state: 'dirty',
        message: `${why} Rolling ${name} back failed: ${outcome.message} A person must look at it; then run "seamless rollback --environment ${name}".`,
        result: 'failed',
      }
  }
}
