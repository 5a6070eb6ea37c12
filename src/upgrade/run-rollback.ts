import type { Config } from '../config/schema.ts'
import { TargetChanged, UsageError } from '../errors.ts'
import { digestOf } from './digest.ts'
import type { Version } from './facts.ts'
import { liveDeployment } from './live-deployment.ts'
import type { Plan } from './plan.ts'
import type { Ports } from './ports.ts'
import { type Ending, openRun } from './run.ts'
import { journaled, startedEvent } from './run-upgrade.ts'
import { endAfterTakingBack } from './stages/verdict.ts'
import { recordState, recordVerdict } from './state-of-record.ts'
import { rollBackEnvironment } from './take-back.ts'
import { tellOwn } from './tell-own.ts'
import type { Upgrade } from './receipt.ts'

export interface RollbackRequest {
  readonly config: Config
  readonly repository: string
  readonly environment: string
  readonly ports: Ports
  readonly directory: string
  readonly signal: AbortSignal
  /** A deployment that was made for the version it returns to; afterwards it is the environment's newest one. */
  readonly adopt?: string
  /** The commit it must return to: what was the last healthy one when it was asked for. */
  readonly sha?: string
}

/**
 * Returns an environment to its last healthy version on somebody's word. Also the way out of a state that nobody knows:
 * it needs no journal, and ends whatever upgrade the journal holds open.
 */
export async function runRollback(request: RollbackRequest): Promise<Upgrade> {
  const { environment, ports } = request
  const rollback = await rollbackTarget(request)
  const { newest, target } = rollback
  const run = openRun({ ...request, plan: rollbackPlan(request, newest, target) })
  try {
    await run.record({ ...startedEvent(run.plan), operation: 'rollback' })
    await run.record({
      type: 'deployment_begun',
      environment,
      previous: target,
      ...(await begin(request, rollback)),
    })
    if (run.upgrade().environments[0]?.replaces !== undefined) {
      await recordState(run, environment, 'in_progress', `Rolling back to ${target.name}.`)
    }
    const taken = await rollBackEnvironment(run, environment, 'Asked for.')
    const ending: Ending =
      taken.kind === 'rolled_back'
        ? {
            decision: 'rolled_back',
            reason: 'rolled_back_on_request',
            message: `${environment} is back on ${taken.to.name}, its last healthy version.`,
          }
        : endAfterTakingBack(taken, 'rollback_failed', 'Asked for.', environment)
    // A version that somebody took back is no longer one to return to.
    if (newest.wasHealthy && request.adopt === undefined && !ports.appWatches)
      await recordVerdict(run, environment, 'inconclusive', ending.message)
    await run.record({ type: 'ended', ...ending })
    await tellOwn(run)
    await ports.receipts.save(run.upgrade())
    return run.upgrade()
  } finally {
    await run.close()
  }
}

interface Rollback {
  readonly newest: Version & { sha: string; id: string; wasHealthy: boolean }
  readonly target: Version
}

/**
 * Which deployment it is: one of its own, or that of the version it takes away. The App learns of it by one of its own, whoever started
 * it. Error: `DeploymentMismatch`.
 */
async function begin(
  { adopt, environment, ports }: RollbackRequest,
  { newest, target: { sha = '', name } }: Rollback,
): Promise<{ deployment: string; replaces?: { deployment: string; wasHealthy: boolean } }> {
  const isOwn = adopt !== undefined || (ports.appWatches && sha !== '')
  if (!isOwn) return { deployment: newest.id }
  const { id } = await ports.deployments.begin({
    environment,
    sha,
    version: name,
    operation: 'rollback',
    ...(adopt === undefined
      ? { key: `rollback-of-${newest.id}/${ports.clock.now()}`, isFirst: true }
      : { key: adopt, adopt }),
  })
  return { deployment: id, replaces: { deployment: newest.id, wasHealthy: newest.wasHealthy } }
}

/**
 * Errors: `UsageError` where nothing was deployed, or nothing else was ever healthy; `TargetChanged` where that is another
 * commit than the one that was asked for.
 */
export async function rollbackTarget({
  ports,
  environment,
  adopt,
  sha,
}: Pick<RollbackRequest, 'ports' | 'environment' | 'adopt' | 'sha'>): Promise<Rollback> {
  // Whoever made a deployment for it has chosen by what is live.
  const newest =
    adopt === undefined
      ? await ports.deployments.newest(environment)
      : await liveDeployment(ports.deployments, environment, adopt)
  if (newest === undefined) {
    throw new UsageError(
      `Nothing was ever deployed to ${environment} by Seamless: there is nothing to roll back.`,
    )
  }
  const healthy = await ports.deployments.lastHealthy(environment, newest.sha)
  const target = healthy
    ? { sha: healthy.sha, name: healthy.version }
    : await journaledTarget(ports, environment, newest.sha)
  if (target === undefined || target.sha === newest.sha) {
    throw new UsageError(
      `No version of ${environment} other than ${newest.version} is on record as healthy: there is nothing to go back to. (Only an environment with "health" is judged.) Deploy one that works instead: "seamless run --sha <its commit>".`,
    )
  }
  if (sha !== undefined && target.sha !== sha) {
    throw new TargetChanged(
      `The last healthy version of ${environment} is ${target.name} (${target.sha ?? 'no commit'}) now, not ${sha} any more: nothing was rolled back.`,
    )
  }
  return {
    newest: {
      id: newest.id,
      sha: newest.sha,
      name: newest.version,
      wasHealthy: newest.verdict === 'healthy',
    },
    target,
  }
}

/** What the cut-off or failed upgrade found there before it: an environment's first upgrade has nothing else on record. */
async function journaledTarget(ports: Ports, environment: string, sha: string): Promise<Version | undefined> {
  const upgrade = await journaled(ports)
  const record = upgrade?.environments.find(({ name }) => name === environment)
  return upgrade?.candidate?.sha === sha ? record?.previous : undefined
}

function rollbackPlan(
  { environment, repository }: RollbackRequest,
  newest: Rollback['newest'],
  target: Version,
): Plan {
  const head: Plan['head'] = { kind: 'given', version: { sha: newest.sha, name: newest.name } }
  const digest = digestOf(['rollback', repository, environment, newest, target])
  return {
    id: digest.slice(7, 23),
    digest,
    repository,
    stage: 'all',
    head,
    base: target,
    environments: [environment],
    previous: { [environment]: target },
    steps: [],
  }
}
