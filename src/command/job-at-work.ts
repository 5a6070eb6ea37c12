import type { NewestDeployment } from '../ports/deployments.ts'
import type { OperationPorts } from './command-ports.ts'
import { type JobOrder, readJobOrder } from './job-order.ts'
import { heldOf, lockOf } from './lock-record.ts'
import { runAtWork } from './run-words.ts'

/** A deployment that a job is still at work on. */
export interface JobAtWork {
  readonly deployment: NewestDeployment
  /** What a command said to it last, and when (ms, the record's clock). */
  readonly last?: JobOrder & { readonly atMs: number }
  /** The page of its run. */
  readonly logUrl?: string
}

/**
 * The newest deployment of an environment, where a job still works on it: brings the steps of its traffic or, without a server,
 * watches it. `isWatchedHere`: of what is live the App itself is the watch, and its job is over.
 */
export async function jobAtWork(
  environment: string,
  newest: NewestDeployment | undefined,
  { ports, isWatchedHere }: { readonly ports: OperationPorts; readonly isWatchedHere: boolean },
): Promise<JobAtWork | undefined> {
  const mayWork = newest?.state === 'in_progress' || (newest?.state === 'success' && !isWatchedHere)
  if (newest === undefined || !mayWork) return undefined
  const said = await ports.deployments.read(newest.id)
  if (said.state !== newest.state) return undefined
  const order = readJobOrder(said.description)
  const last = order && { ...order, atMs: said.stateAtMs ?? 0 }
  const { logUrl } = said
  const job = {
    deployment: newest,
    ...(last !== undefined && { last }),
    ...(logUrl !== undefined && { logUrl }),
  }
  const run = runAtWork(said) ?? (await runOfLock(environment, newest.id, ports))
  if (run === undefined) return undefined
  const state = await ports.workflows.state(run)
  return state === undefined || state.status === 'completed' ? undefined : job
}

async function runOfLock(
  environment: string,
  deployment: string,
  { records }: Pick<OperationPorts, 'records'>,
): Promise<number | undefined> {
  const read = await lockOf(records, environment)
  const held = read.kind === 'unreadable' ? undefined : heldOf(environment, read)
  return held?.operation.deployment === deployment ? held.operation.run?.id : undefined
}
