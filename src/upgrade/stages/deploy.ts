import { DeploymentMismatch } from '../../errors.ts'
import { deployStep } from '../../config/deploy-step.ts'
import type { EnvironmentConfig } from '../../config/schema.ts'
import type { StepContext } from '../../ports/step.ts'
import type { Version } from '../facts.ts'
import { decideGate } from '../gate.ts'
import { isLive, liveText } from '../is-live.ts'
import type { PlannedStep } from '../plan.ts'
import {
  candidateOf,
  contextOf,
  type Ending,
  environmentConfig,
  perform,
  type Run,
  type StepEnd,
  stepsOf,
} from '../run.ts'
import { recordState } from '../state-of-record.ts'
import { rollBackEnvironment } from '../take-back.ts'
import { handOver, isHandedOver } from './hand-over.ts'
import type { Watching } from './monitor.ts'
import { superseded } from './superseded.ts'
import { endAfterTakingBack, endFromGate } from './verdict.ts'

/**
 * Brings the version into one environment, step by step; each step of the traffic is held until its health says so. When
 * it ends without an `Ending` all traffic goes to the new version, and it is *live*: not yet judged healthy.
 */
export async function deployStage(
  run: Run,
  name: string,
  watching: Watching | undefined,
): Promise<Ending | undefined> {
  const environment = environmentConfig(run, name)
  const refused = (await superseded(run, name)) ?? (await gate(run, name, environment))
  if (refused) return refused
  // Before anything is begun: where the bytes are missing nothing is to be taken back.
  await restoreArtifacts(run)
  const begun = await begin(run, name)
  if (begun) return begun
  await showDifference(run, name, environment)
  const unknown = await interrupted(run, name, environment)
  if (unknown) return unknown
  return (
    (await apply(run, name, environment)) ??
    (await shiftTraffic(run, { name, environment, watching })) ??
    (await confirmLive(run, name, environment)) ??
    (await nowLive(run, name))
  )
}

/** The very bytes that were built and tested, also where an earlier job built them. */
async function restoreArtifacts(run: Run): Promise<void> {
  const { path } = await run.worktree()
  await run.ports.artifacts.restore(run.upgrade().artifacts, path)
}

async function gate(run: Run, name: string, environment: EnvironmentConfig): Promise<Ending | undefined> {
  const { deployments } = run.ports
  const earlier = await Promise.all(
    environment.after.map(async (before) => ({
      name: before,
      watched: run.config.environments[before]?.health !== undefined,
      newest: await deployments.newest(before),
    })),
  )
  const newest = await deployments.newest(name, undefined, run.adopt)
  const { sha } = candidateOf(run.upgrade())
  if (newest?.sha === sha && newest.verdict === 'unhealthy') {
    run.ports.log.warning(
      `This very commit, ${sha.slice(0, 12)}, was found unhealthy in ${name} before. It is tried again because it was asked for.`,
    )
  }
  return decideGate({
    environment: name,
    sha,
    newest,
    watched: environment.health !== undefined,
    ours: newest?.key === keyOf(run),
    earlier,
  })
}

/** One attempt: the same when a cut-off run goes on, another when the same upgrade is begun anew. */
function keyOf(run: Run): string {
  return `${run.plan.id}/${run.upgrade().startedAtMs}`
}

async function begin(run: Run, name: string): Promise<Ending | undefined> {
  const known = run.upgrade().environments.find((record) => record.name === name)
  if (known?.deployment !== undefined) return undefined
  const { sha, name: version } = candidateOf(run.upgrade())
  const previous = run.plan.previous[name] ?? (await adopted(run, name))
  try {
    const deployment = await run.ports.deployments.begin({
      environment: name,
      sha,
      version,
      key: keyOf(run),
      ...(run.adopt !== undefined && { adopt: run.adopt }),
    })
    await run.record({
      type: 'deployment_begun',
      environment: name,
      deployment: deployment.id,
      ...(previous && { previous }),
    })
    await recordState(run, name, 'in_progress', `Deploying ${version}.`)
    return undefined
  } catch (error) {
    if (!(error instanceof DeploymentMismatch)) throw error
    return { decision: 'failed', reason: 'deployment_sha_mismatch', message: error.message }
  }
}

/**
 * The environment's first upgrade by Seamless, or nothing on record but what was taken back: what its deployer says is live
 * is version n, though nobody judged it. Once a deployment stayed only a healthy one is gone back to.
 */
async function adopted(run: Run, name: string): Promise<Version | undefined> {
  const newest = await run.ports.deployments.newest(name, undefined, run.adopt)
  if (newest !== undefined && newest.state !== 'failure' && newest.state !== 'inactive') return undefined
  const deployer = await run.ports.adapters.deployer(environmentConfig(run, name))
  const live = await deployer.status(await releaseContext(run, name, `deploy/${name}/status`))
  // A status that still names the version taken back is no word on what was before it.
  return live.kind === 'live' && live.version !== newest?.version ? { name: live.version } : undefined
}

async function showDifference(run: Run, name: string, environment: EnvironmentConfig): Promise<void> {
  const step = find(run, name, `deploy/${name}/difference`)
  if (step === undefined) return
  await perform(run, step, async () => {
    const deployer = await run.ports.adapters.deployer(environment)
    const outcome = await deployer.difference?.(await releaseContext(run, name, step.id))
    if (outcome === undefined) return { result: 'skipped' }
    // Not being able to show the difference says nothing about the release: it is told, and the release goes on.
    if (outcome.kind === 'failed') return { result: 'skipped', message: outcome.failure.message }
    return {
      result: 'done',
      events: [{ type: 'release_compared', environment: name, difference: outcome.output }],
    }
  })
}

/**
 * An earlier run of this upgrade was cut off while it deployed. It is never simply done again: the deployer's own status
 * says whether it got there; otherwise nobody knows, and a person must.
 */
async function interrupted(
  run: Run,
  name: string,
  environment: EnvironmentConfig,
): Promise<Ending | undefined> {
  const step = `deploy/${name}/apply`
  const record = run.upgrade().steps.find((known) => known.step === step)
  if (record?.state !== 'running') return undefined
  const deployer = await run.ports.adapters.deployer(environment)
  const live = await deployer.status(await releaseContext(run, name, step))
  const candidate = candidateOf(run.upgrade())
  const { name: version } = candidate
  if (isLive(live, candidate) && run.plan.previous[name]?.name !== version) {
    await run.record({
      type: 'step_ended',
      step,
      result: 'done',
      message: `An earlier run was cut off here; the status of ${name} says that ${version} got there.`,
    })
    return undefined
  }
  const message = `An earlier run was cut off while it deployed ${version} to ${name}; its status says: ${liveText(live)}. Nothing was run again. "seamless rollback --environment ${name}" brings the last healthy version back.`
  await run.record(
    { type: 'step_ended', step, result: 'failed', message },
    { type: 'environment_ended', environment: name, state: 'unknown', message },
  )
  await recordState(run, name, 'error', message)
  return { decision: 'failed', reason: 'environment_unknown', message }
}

async function apply(run: Run, name: string, environment: EnvironmentConfig): Promise<Ending | undefined> {
  const step = find(run, name, `deploy/${name}/apply`)
  if (step === undefined) return undefined
  let isUntouched = false
  const end = await perform(run, step, async () => {
    const deployer = await run.ports.adapters.deployer(environment)
    const outcome = await deployer.deploy(await releaseContext(run, name, step.id))
    isUntouched = outcome.kind === 'failed' && outcome.failure.isUntouched === true
    return isUntouched ? untouchedEnd(name, stepEnd(outcome)) : stepEnd(outcome)
  })
  if (end.result !== 'failed') return undefined
  if (isUntouched) return refused(run, name, end.message ?? '')
  const why = `The deployment to ${name} failed: ${end.message ?? ''}`
  return endAfterTakingBack(await rollBackEnvironment(run, name, why), 'deploy_failed', why, name)
}

/** Journaled with the step's own end: what runs there is what ran there, and nothing is to be taken back. */
function untouchedEnd(name: string, end: StepEnd): StepEnd {
  const message = end.message ?? ''
  return { ...end, events: [{ type: 'environment_ended', environment: name, state: 'untouched', message }] }
}

async function refused(run: Run, name: string, message: string): Promise<Ending> {
  await recordState(run, name, 'failure', message)
  return { decision: 'failed', reason: 'deploy_refused', message: `${name} is as it was. ${message}` }
}

/** A later step was reached by an earlier run: this one's health was good enough then. */
function isDone(run: Run, name: string, percent: number | undefined): boolean {
  const id = `deploy/${name}/traffic-${percent}`
  return run.upgrade().steps.some(({ step, state }) => step === id && state === 'done')
}

interface Shift {
  readonly name: string
  readonly environment: EnvironmentConfig
  readonly watching: Watching | undefined
}

async function shiftTraffic(run: Run, shift: Shift): Promise<Ending | undefined> {
  const { name, environment, watching } = shift
  const shares = environment.traffic?.steps ?? []
  for (const [index, percent] of shares.entries()) {
    const step = find(run, name, `deploy/${name}/traffic-${percent}`)
    if (step === undefined) continue
    const other = await superseded(run, name)
    if (other) return other
    const end = await perform(run, step, () => setWeight(run, shift, step, percent))
    if (end.result === 'failed') {
      const why = `Sending ${percent} % of the traffic to the new version failed: ${end.message ?? ''}`
      return endAfterTakingBack(await rollBackEnvironment(run, name, why), 'traffic_failed', why, name)
    }
    // After the last step comes the watch itself.
    if (watching === undefined || index === shares.length - 1 || isDone(run, name, shares[index + 1]))
      continue
    const ending = await endFromGate(run, name, await watching.hold(percent))
    if (ending) return ending
  }
  return undefined
}

async function setWeight(
  run: Run,
  { name, environment }: Shift,
  step: PlannedStep,
  percent: number,
): Promise<StepEnd> {
  const traffic = await run.ports.adapters.traffic(environment)
  const context = await releaseContext(run, name, step.id)
  const end = stepEnd(await traffic.setWeight(percent, context))
  return end.result === 'failed'
    ? end
    : { ...end, events: [{ type: 'weight_set', environment: name, percent }] }
}

/**
 * The deployer's own word outranks the exit code of its commands: a version that is not live would be watched by the old
 * one's traffic and found healthy. A deployer that cannot say is believed.
 */
async function confirmLive(
  run: Run,
  name: string,
  environment: EnvironmentConfig,
): Promise<Ending | undefined> {
  const deployer = await run.ports.adapters.deployer(environment)
  const live = await deployer.status(await releaseContext(run, name, `deploy/${name}/status`))
  const candidate = candidateOf(run.upgrade())
  const { name: version } = candidate
  if (live.kind === 'unknown' || isLive(live, candidate)) return undefined
  const why = `The commands that bring ${version} to ${name} ended well, but its status says that ${liveText(live)}, not ${version}.`
  return endAfterTakingBack(await rollBackEnvironment(run, name, why), 'deploy_failed', why, name)
}

async function nowLive(run: Run, name: string): Promise<undefined> {
  const { name: version } = candidateOf(run.upgrade())
  const message = `${name} runs ${version}.`
  await run.record({ type: 'environment_ended', environment: name, state: 'live', message })
  await recordState(run, name, 'success', isHandedOver(run, name) ? await handOver(run, name) : message)
}

async function releaseContext(run: Run, name: string, step: string): Promise<StepContext> {
  const { deploy, traffic } = environmentConfig(run, name)
  const working = step.includes('/traffic-') ? traffic?.working : deployStep(deploy).working
  return contextOf(run, step, {
    worktree: await run.worktree(),
    ...(working !== undefined && { working }),
    values: { SEAMLESS_ENVIRONMENT: name, ...previousValues(run, name) },
  })
}

/** What this environment has, which need not be what the last of them has. */
function previousValues(run: Run, name: string): Record<string, string> {
  const known = run.upgrade().environments.find((record) => record.name === name)
  const previous = known?.previous ?? run.plan.previous[name]
  return previous ? { SEAMLESS_PREVIOUS: previous.name, SEAMLESS_PREVIOUS_SHA: previous.sha ?? '' } : {}
}

function stepEnd(
  outcome: { kind: 'done' } | { kind: 'failed'; failure: { message: string; output: string } },
): StepEnd {
  return outcome.kind === 'done'
    ? { result: 'done' }
    : { result: 'failed', message: outcome.failure.message, output: outcome.failure.output }
}

function find(run: Run, name: string, id: string): PlannedStep | undefined {
  return stepsOf(run, 'deploy', name).find((step) => step.id === id)
}
