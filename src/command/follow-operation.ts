import type { ReadDeployment } from '../ports/deployments.ts'
import type { WorkflowRunState } from '../ports/workflows.ts'
import { abandoned } from './answers/ended.ts'
import { progressText } from './answers/progress.ts'
import type { OperationPorts } from './command-ports.ts'
import { decideEnding } from './decide-ending.ts'
import { decideFollow, type FollowDecision, type FollowFacts } from './decide-follow.ts'
import { endOperation } from './end-operation.ts'
import { advance, type HeldOperation, heldOf, lockOf } from './lock-record.ts'
import type { Operation, OperationEnding } from './operation-lock.ts'
import { runAtWork } from './run-words.ts'

export type FollowOutcome =
  /** Nothing is under way there. */
  | { readonly kind: 'idle' }
  /** Follow it again when something happens, at the latest then (ms). */
  | { readonly kind: 'waiting'; readonly untilMs: number }
  /** `dirty`: the environment stays locked until somebody has looked after it. */
  | { readonly kind: 'ended'; readonly reason: string; readonly dirty: boolean }
  /** Its record is none of ours: nothing is done about it. Markdown. */
  | { readonly kind: 'unreadable'; readonly text: string }

/** Somebody else wrote the record just now. */
const AGAIN_MS = 5000
/** Our clock may be ahead of GitHub's by so much. */
const SKEW_MS = 5 * 60_000

/**
 * Looks at what is being done to an environment: brings its progress comment up to date, and ends it when its run has ended
 * or never came. All that it knows stands in the lock's record, so anybody may call it at any time.
 */
export async function followOperation(environment: string, ports: OperationPorts): Promise<FollowOutcome> {
  const read = await lockOf(ports.records, environment)
  if (read.kind === 'unreadable') return { kind: 'unreadable', text: read.text }
  const held = heldOf(environment, read)
  if (held === undefined || held.operation.dirty !== undefined) return { kind: 'idle' }
  const { operation } = held
  const nowMs = ports.clock.now()
  const { ending, endingUntilMs = 0 } = operation
  if (ending !== undefined) {
    return endingUntilMs > nowMs ? { kind: 'waiting', untilMs: endingUntilMs } : end(held, ending, ports)
  }
  // Whoever began it has the first word to people; an event may come before that.
  const isBeginning = operation.pull !== undefined && operation.told === undefined
  if (isBeginning && operation.leaseUntilMs > nowMs) return again(ports)
  const facts = await factsOf(operation, ports)
  const decision = decideFollow(facts)
  switch (decision.kind) {
    case 'wait':
      return tell(held, facts, { decision, ports })
    case 'abandoned':
      return end(held, abandoned(operation, environment), ports)
    case 'end':
      return end(held, await endingOf(held, decision.conclusion, ports, facts.deployment), ports)
  }
}

/** One that ends by its own run's word: the Deployment is read once the run has ended (`readNow`: that was just done), never before. */
export async function endingOf(
  { environment, operation }: HeldOperation,
  conclusion: string,
  { deployments, driver }: OperationPorts,
  readNow?: ReadDeployment,
): Promise<OperationEnding> {
  const { deployment: id } = operation
  const deployment = readNow ?? (id === undefined ? undefined : await deployments.read(id))
  const known = { operation, environment, conclusion, driver }
  return decideEnding({ ...known, ...(deployment !== undefined && { deployment }) })
}

async function end(
  held: HeldOperation,
  ending: OperationEnding,
  ports: OperationPorts,
): Promise<FollowOutcome> {
  if ((await endOperation(held, ending, ports)) === 'lost') return again(ports)
  const { reason, dirty } = held.operation.ending ?? ending
  ports.log.info(`The ${held.operation.kind} of ${held.environment} has ended: ${reason}.`)
  return { kind: 'ended', reason, dirty: dirty !== undefined }
}

async function factsOf(operation: Operation, ports: OperationPorts): Promise<FollowFacts> {
  const { workflows, deployments, clock } = ports
  const nowMs = clock.now()
  const run = await runOf(operation, ports)
  const isAtWork = typeof run === 'object' && run.status !== 'queued' && run.status !== 'waiting'
  if (operation.deployment === undefined || !isAtWork) return facts({ operation, nowMs }, run)
  const deployment = await deployments.read(operation.deployment)
  const other = runAtWork(deployment)
  // Of two runs that were started for it, the first one has the Deployment, and the other one does nothing.
  const isOther = deployment.state === 'in_progress' && other !== undefined && other !== run.id
  const atWork = isOther ? ((await workflows.state(other)) ?? run) : run
  return facts({ operation, nowMs }, atWork, deployment)
}

function facts(
  known: Pick<FollowFacts, 'operation' | 'nowMs'>,
  run: WorkflowRunState | 'gone' | undefined,
  deployment?: ReadDeployment,
): FollowFacts {
  return { ...known, ...(run !== undefined && { run }), ...(deployment !== undefined && { deployment }) }
}

/** The run that is recorded, or the one that shows for its key. */
async function runOf(
  { run, key, sinceMs, dispatchedAtMs }: Operation,
  { workflows }: OperationPorts,
): Promise<WorkflowRunState | 'gone' | undefined> {
  if (run !== undefined) return (await workflows.state(run.id)) ?? 'gone'
  return dispatchedAtMs === undefined ? undefined : workflows.find(key, sinceMs - SKEW_MS)
}

async function tell(
  held: HeldOperation,
  { operation, run, deployment }: FollowFacts,
  { decision, ports }: { decision: Extract<FollowDecision, { kind: 'wait' }>; ports: OperationPorts },
): Promise<FollowOutcome> {
  const { environment } = held
  const { told, phase, untilMs } = decision
  // Whoever begins it renews its lease; nobody else does, or one that died would never be given up.
  if (phase === 'beginning') return { kind: 'waiting', untilMs }
  const isRenewed = operation.leaseUntilMs - ports.clock.now() > LEASE_LEFT_MS
  if (told === operation.told && isRenewed) return { kind: 'waiting', untilMs }
  const known = typeof run === 'object' ? { id: run.id, url: run.url } : operation.run
  // Once it is live the comment is that of the App's watch, where there is one.
  const isWatched = phase === 'live' && ports.driver === 'app'
  if (told !== operation.told && operation.pull !== undefined && !isWatched) {
    const shown = { ...operation, ...(known !== undefined && { run: known }), told }
    const text = progressText(environment, shown, { phase, deployment })
    await ports.conversation.keep(operation.pull, `progress/${environment}`, text)
  }
  const progress = { told, ...(known !== undefined && { run: known }) }
  if ((await advance(held, progress, ports)) === 'lost') return again(ports)
  return { kind: 'waiting', untilMs }
}

/** A lease with less than this left is renewed. */
const LEASE_LEFT_MS = 2.5 * 60_000

function again({ clock }: OperationPorts): FollowOutcome {
  return { kind: 'waiting', untilMs: clock.now() + AGAIN_MS }
}
