import type { Deployer, StepOutcome } from '../ports/deployer.ts'
import type { Worktree } from '../ports/version-control.ts'
import type { Version } from './facts.ts'
import type { EnvironmentRecord } from './upgrade.ts'
import { contextOf, environmentConfig, type Run, textOf } from './run.ts'
import { stepId } from './plan.ts'

/** How taking an environment back ended. */
export type TakenBack =
  | { readonly kind: 'rolled_back'; readonly to: Version }
  /** First upgrade: there is nothing to return to; the environment is left as it is and needs a person. */
  | { readonly kind: 'no_target' }
  | { readonly kind: 'failed'; readonly message: string }

/**
 * Returns an environment to its last healthy version: all traffic to the old version first, since that is what users
 * feel, then the deployer's rollback, then its own word for what is live. Whatever it ends in is journaled.
 */
export async function rollBackEnvironment(run: Run, name: string, why: string): Promise<TakenBack> {
  const known = run.upgrade().environments.find((environment) => environment.name === name)
  if (known === undefined) throw new Error(`${name} is not part of this upgrade.`)
  await run.record({ type: 'step_started', step: `rollback/${name}`, stage: 'deploy', environment: name })
  const outcome = await returnTo(run, known).catch((error: unknown): TakenBack => ({
    kind: 'failed',
    message: textOf(error),
  }))
  await settle(run, known, outcome, why)
  return outcome
}

/** Runs the declared undo of all build steps that were done, the last one first; what fails is said and passed over. */
export async function undoSteps(run: Run): Promise<void> {
  for (const step of run.config.build.toReversed()) {
    const id = stepId('build', step, run.plan)
    const done = run.upgrade().steps.some((record) => record.step === id && record.state === 'done')
    if (!done || step.undo === undefined) continue
    const builder = await run.ports.adapters.builder({ ...step, run: step.undo, artifacts: [] })
    await run.record({ type: 'step_started', step: `undo/${id}`, stage: 'build' })
    const outcome = await builder.build(
      await contextOf(run, `undo/${id}`, { worktree: await run.worktree(), working: step.working }),
    )
    await run.record({
      type: 'step_ended',
      step: `undo/${id}`,
      ...(outcome.kind === 'built'
        ? { result: 'done' as const }
        : { result: 'failed' as const, message: outcome.failure.message }),
    })
  }
}

async function returnTo(run: Run, known: EnvironmentRecord): Promise<TakenBack> {
  const { previous, name } = known
  const config = environmentConfig(run, name)
  const worktree = await rollbackWorktree(run, previous)
  const values = { SEAMLESS_ENVIRONMENT: name }
  if (config.traffic) {
    const traffic = await run.ports.adapters.traffic(config)
    const weight = await traffic.setWeight(
      0,
      await contextOf(run, `rollback/${name}/traffic`, {
        worktree,
        working: config.traffic.working,
        values,
      }),
    )
    if (weight.kind === 'failed') run.ports.log.error(weight.failure.message)
    else await run.record({ type: 'weight_set', environment: name, percent: 0 })
  }
  if (previous === undefined) return { kind: 'no_target' }
  const deployer = await run.ports.adapters.deployer(config)
  const context = await contextOf(run, `rollback/${name}`, {
    worktree,
    working: config.deploy.run.working,
    values: { ...values, ...rollbackValues(run, previous) },
  })
  const outcome: StepOutcome = await deployer.rollback(context)
  if (outcome.kind === 'failed') return { kind: 'failed', message: outcome.failure.message }
  return confirmed(await deployer.status(context), previous, name)
}

/** The deployer's own word, where it can give one, outranks the exit code of its rollback. */
function confirmed(live: Awaited<ReturnType<Deployer['status']>>, to: Version, name: string): TakenBack {
  if (live.kind !== 'live' || live.version === to.name) return { kind: 'rolled_back', to }
  return {
    kind: 'failed',
    message: `The rollback of ${name} ended well, but its status says that ${live.version} is live, not ${to.name}.`,
  }
}

/** The last healthy version's own scripts take it back: those of the version that failed may be what is broken. */
async function rollbackWorktree(run: Run, previous: Version | undefined): Promise<Worktree> {
  if (previous?.sha === undefined) return run.worktree()
  return run.worktreeAt(previous.sha).catch(() => run.worktree())
}

/** In a rollback the version is what it returns to and the previous one what it takes away: `deploy` can serve as `rollback`. */
function rollbackValues(run: Run, to: Version): Record<string, string> {
  const { candidate } = run.upgrade()
  return {
    SEAMLESS_VERSION: to.name,
    SEAMLESS_SHA: to.sha ?? '',
    SEAMLESS_PREVIOUS: candidate?.name ?? '',
    SEAMLESS_PREVIOUS_SHA: candidate?.sha ?? '',
  }
}

async function settle(run: Run, known: EnvironmentRecord, outcome: TakenBack, why: string): Promise<void> {
  const { name, deployment } = known
  const { state, message, result } = settled(outcome, name, why)
  await run.record(
    { type: 'step_ended', step: `rollback/${name}`, result, message },
    { type: 'environment_ended', environment: name, state, message },
  )
  if (deployment === undefined) return
  // `error` is what the next run refuses on: the environment needs a person first.
  await run.ports.deployments
    .setState(deployment, state === 'rolled_back' ? 'failure' : 'error', message)
    .catch((error: unknown) => run.ports.log.error(`${textOf(error)} ${message}`))
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
