import { LEASE_MS, decideRelease } from '../command/claim.ts'
import { claimEnvironment } from '../command/claim-environment.ts'
import type { OperationPorts } from '../command/command-ports.ts'
import { heldOf, lockOf, writeLock } from '../command/lock-record.ts'
import type { Operation } from '../command/operation-lock.ts'
import { EnvironmentTaken } from '../errors.ts'
import { unknownEnvironment } from '../upgrade/prepare-plan.ts'
import { chosenEnvironments } from '../upgrade/plan.ts'
import type { OperationRequest } from '../operation.ts'
import type { Inputs } from './inputs.ts'
import type { WorkflowContext } from './workflow-context.ts'

/** The locks that a run took for itself, by which it gives them back. */
export interface RunLocks {
  readonly key: string
  readonly environments: readonly string[]
}

/** What a run deploys to that no comment started: all of these environments, or none. */
export function ownOperation(
  { operation, sha }: Pick<Inputs, 'operation' | 'sha'>,
  context: WorkflowContext,
  nowMs: number,
): Operation {
  const { runId, runUrl, actor } = context
  return {
    kind: operation === 'rollback' ? 'rollback' : 'deploy',
    key: `run-${runId}`,
    by: actor,
    sha: sha ?? context.sha,
    sinceMs: nowMs,
    leaseUntilMs: nowMs + LEASE_MS,
    run: { id: runId, url: runUrl },
  }
}

/** The environments that a run may deploy to. A stage before that changes nothing anywhere. */
export function environmentsOf({
  loaded: { config },
  stage,
  environment,
}: OperationRequest): readonly string[] {
  if (stage !== 'all' && stage !== 'deploy' && stage !== 'monitor') return []
  if (environment !== undefined && config.environments[environment] === undefined) {
    throw unknownEnvironment(config, environment)
  }
  return chosenEnvironments(config, environment)
}

/**
 * Takes the environments for this run, in order; where one is somebody else's none is kept. Error: `EnvironmentTaken` that says
 * whose it is.
 */
export async function takeLocks(
  environments: readonly string[],
  operation: Operation,
  ports: OperationPorts,
): Promise<RunLocks> {
  const taken: string[] = []
  try {
    for (const environment of environments) {
      await take(environment, operation, ports)
      taken.push(environment)
    }
    return { key: operation.key, environments: taken }
  } catch (error) {
    await releaseLocks({ key: operation.key, environments: taken }, ports)
    throw error
  }
}

/** Gives them back; what is another's by then stays. */
export async function releaseLocks({ key, environments }: RunLocks, ports: OperationPorts): Promise<void> {
  for (const environment of environments) await release(environment, key, ports)
}

/** Whether the operation that has the environment was started for this deployment: then its lock is this run's. */
export async function isLockedFor(
  environment: string,
  deployment: string,
  { records }: OperationPorts,
): Promise<boolean> {
  const read = await lockOf(records, environment)
  return read.kind === 'lock' && heldOf(environment, read)?.operation.deployment === deployment
}

async function take(environment: string, operation: Operation, ports: OperationPorts): Promise<void> {
  const claim = await claimEnvironment(environment, operation, ports)
  switch (claim.kind) {
    case 'claimed':
      return
    case 'refused':
      throw new EnvironmentTaken(takenReason(claim.reason), `${claim.text} Nothing was done.`)
    case 'cancel': {
      // Only a command ends what runs: whoever starts a rollback by hand can cancel the other run by hand.
      const { key, run } = claim.holder
      const message = `${environment} is being deployed to (${run?.url ?? key}). Nothing was done.`
      throw new EnvironmentTaken('environment_busy', message)
    }
    case 'contended':
      throw new EnvironmentTaken(
        'lock_contended',
        `Others write the lock of ${environment} at the same time. Nothing was done.`,
      )
  }
}

function takenReason(reason: string): EnvironmentTaken['reason'] {
  switch (reason) {
    case 'environment_held':
    case 'environment_dirty':
    case 'lock_unreadable':
      return reason
    default:
      return 'environment_busy'
  }
}

/** Others may write the same record meanwhile (`/lock`), never this operation. */
const ATTEMPTS = 5

async function release(environment: string, key: string, { records }: OperationPorts): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const known = await lockOf(records, environment)
    if (known.kind === 'unreadable') return
    const change = decideRelease(known.lock, key)
    if (change.kind === 'lost') return
    if ((await writeLock(records, environment, known, change)) !== 'conflict') return
  }
  throw new Error(`others write the lock of ${environment} at the same time`)
}
