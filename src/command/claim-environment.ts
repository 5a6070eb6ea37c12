import type { WorkflowRunState } from '../ports/workflows.ts'
import { type ClaimDecision, decideClaim } from './claim.ts'
import type { OperationPorts } from './command-ports.ts'
import { followOperation } from './follow-operation.ts'
import { type HeldOperation, heldOf, type KnownLock, lockOf, writeLock } from './lock-record.ts'
import type { Hold, Operation } from './operation-lock.ts'
import type { OutcomeReason } from './reason.ts'

/** Each time round somebody else wrote the record, or an operation that had ended was settled. */
const ATTEMPTS = 5

export type Claimed =
  /** `through`: the lock of another pull request that a rollback goes through. */
  | {
      readonly kind: 'claimed'
      readonly held: HeldOperation
      /** By this very call. */
      readonly isNew: boolean
      readonly through?: Hold
    }
  | { readonly kind: 'refused'; readonly reason: OutcomeReason; readonly text: string }
  /** A deployment that must end first. */
  | { readonly kind: 'cancel'; readonly holder: Operation }
  | { readonly kind: 'contended' }

/**
 * Whether an operation may have its environment, and what stands in the way; takes nothing. What has ended is settled first,
 * so that nobody waits for what is over.
 */
export async function lookAtClaim(
  environment: string,
  operation: Operation,
  ports: OperationPorts,
): Promise<LookedAt> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const known = await lockOf(ports.records, environment)
    if (known.kind === 'unreadable') return { kind: 'refused', reason: known.reason, text: known.text }
    const run = await runOf(known.lock?.operation, ports)
    const nowMs = ports.clock.now()
    const decision = decideClaim(known.lock, {
      environment,
      operation,
      nowMs,
      ...(run !== undefined && { run }),
    })
    if (decision.kind !== 'settle') return { kind: 'decided', known, decision }
    await followOperation(environment, ports)
  }
  return { kind: 'contended' }
}

export type LookedAt =
  | {
      readonly kind: 'decided'
      readonly known: KnownLock
      readonly decision: Exclude<ClaimDecision, { kind: 'settle' }>
    }
  | Exclude<Claimed, { kind: 'claimed' | 'cancel' }>

/** Takes the environment by compare-and-swap: of two at the same time one wins, and the other is told who did. */
export async function claimEnvironment(
  environment: string,
  operation: Operation,
  ports: OperationPorts,
): Promise<Claimed> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const look = await lookAtClaim(environment, operation, ports)
    if (look.kind !== 'decided') return look
    const { known, decision } = look
    switch (decision.kind) {
      case 'held':
        return { kind: 'refused', reason: decision.reason, text: decision.text }
      case 'cancel':
        return decision
      case 'ours':
        return claimed(environment, known, { isNew: false })
      case 'write': {
        const written = await writeLock(ports.records, environment, known, decision)
        if (written !== 'conflict') return claimed(environment, written, { ...decision, isNew: true })
      }
    }
  }
  return { kind: 'contended' }
}

function claimed(
  environment: string,
  known: KnownLock,
  { isNew, through }: { readonly isNew: boolean; readonly through?: Hold },
): Claimed {
  const held = heldOf(environment, known)
  if (held === undefined) return { kind: 'contended' }
  return { kind: 'claimed', held, isNew, ...(through !== undefined && { through }) }
}

/** How the run of whoever is there stands. GitHub that does not answer robs nobody. */
async function runOf(
  holder: Operation | undefined,
  { workflows, log }: OperationPorts,
): Promise<WorkflowRunState | 'gone' | 'unknown' | undefined> {
  if (holder?.run === undefined || holder.dirty !== undefined) return undefined
  try {
    return (await workflows.state(holder.run.id)) ?? 'gone'
  } catch (error) {
    log.warning(`The state of run ${holder.run.id} could not be read: ${String(error)}`)
    return 'unknown'
  }
}
