import type { ReadDeployment } from '../ports/deployments.ts'
import { plain } from '../report/markdown.ts'
import { endedText } from './answers/ended.ts'
import type { Driver } from './command-ports.ts'
import type { Operation, OperationEnding } from './operation-lock.ts'
import type { OutcomeReason } from './reason.ts'
import { runWords } from './run-words.ts'

/** How the result of an operation is meant. `dirty`: the environment is half done, or nobody knows. */
export type EndingKind = 'done' | 'held' | 'failed' | 'dirty'

/** What is known of an operation whose run has ended, or never came. */
export interface EndingFacts {
  readonly operation: Operation
  readonly environment: string
  /** Its Deployment as it stands now; absent where none was made. */
  readonly deployment?: ReadDeployment
  /** Which shell this is: where it is the App, a run says how it ended, and never that users are well or that nobody knows. */
  readonly driver?: Driver
  /** GitHub's word for how the run ended; `never`: there was none; `gone`: GitHub does not know it any more. */
  readonly conclusion: string
}

/** A Deployment's description holds this many characters. */
const MAX_DESCRIPTION = 140

const HELD: ReadonlySet<OutcomeReason> = new Set<OutcomeReason>([
  'health_no_data',
  'health_too_little_traffic',
  'health_undecided',
  'shadow_unhealthy',
  'earlier_environment_not_healthy',
])

/** The end of an operation: what its Deployment is told, what people are told, and what is left of its lock. */
export function decideEnding(facts: EndingFacts): OperationEnding {
  const result = facts.operation.kind === 'rollback' ? rollbackResult(facts) : deployResult(facts)
  const { kind, reason, message, states = [] } = result
  const said = states.map((state) => ({
    state,
    description: plain(`${reason}: ${message}`, MAX_DESCRIPTION),
  }))
  return {
    reason,
    refused: false,
    states: said,
    text: isToldByWatch(facts, result) ? '' : endedText({ ...facts, kind, reason, message }),
    reaction: kind === 'done' ? 'rocket' : 'confused',
    ...(kind === 'dirty' && { dirty: message === '' ? reason : message }),
  }
}

/** The App watches what is live, and what its run found at a step of the traffic is told by that watch, once. */
function isToldByWatch({ operation, deployment, driver }: EndingFacts, { kind, reason }: Result): boolean {
  if (reason === 'watched_by_app') return true
  if (driver !== 'app' || operation.kind !== 'deploy') return false
  if (deployment?.state === 'failure') return reason === 'unhealthy'
  const isHeld = deployment?.state === 'in_progress' && kind === 'held'
  return isHeld && reason !== 'earlier_environment_not_healthy'
}

interface Result {
  readonly kind: EndingKind
  readonly reason: OutcomeReason
  readonly message: string
  readonly states?: readonly ('error' | 'inactive')[]
}

function deployResult(facts: EndingFacts): Result {
  const { deployment } = facts
  const words = runWords(deployment?.description)
  switch (deployment?.state) {
    case 'success':
      return liveResult(deployment, words)
    case 'failure':
      return { kind: 'failed', reason: 'run_failed', ...words }
    case 'error':
      return { kind: 'dirty', reason: 'environment_dirty', ...words }
    case 'inactive':
      // Somebody said by /resolve that they have looked after it, or an end of ours was cut off right here.
      return { kind: 'failed', reason: 'superseded', ...words }
    case 'in_progress':
      // With a part of the traffic: the run has ended on purpose, and whatever comes next may replace it.
      if (mayBeHeld(facts) && words.reason !== undefined && HELD.has(words.reason))
        return { kind: 'held', ...words, reason: words.reason }
      return { ...cutOff(facts), kind: 'dirty', states: ['error'] }
    case 'unknown':
    case undefined:
      // Nobody touched it: nothing was sent, so it must not read as half done.
      return { ...cutOff(facts), kind: 'failed', states: ['error', 'inactive'] }
  }
}

/** With a driver that is the App its check comes after the run's word, perhaps after its end. */
function mayBeHeld({ deployment, driver }: EndingFacts): boolean {
  if (deployment?.verdict === undefined) return driver === 'app'
  return deployment.verdict === 'inconclusive'
}

function liveResult({ verdict }: ReadDeployment, said: ReturnType<typeof runWords>): Result {
  const { message } = said
  if (verdict === 'healthy') return { kind: 'done', reason: said.reason ?? 'healthy', message }
  // That users are well is said by the check run alone: whoever may write deployments may write this, too.
  const reason = said.reason === 'healthy' ? undefined : said.reason
  if (verdict === 'inconclusive') return { kind: 'held', reason: reason ?? 'health_undecided', message }
  if (verdict === 'unhealthy') return { kind: 'held', reason: reason ?? 'unhealthy', message }
  if (reason === undefined) return { kind: 'held', reason: 'health_undecided', message }
  return { kind: HELD.has(reason) ? 'held' : 'done', reason, message }
}

/** A rollback that did not end well leaves the environment to a person: it is not tried again by itself. */
function rollbackResult(facts: EndingFacts): Result {
  const { deployment, operation } = facts
  const { reason, message } = runWords(deployment?.description)
  switch (deployment?.state) {
    case 'success':
      return { kind: 'done', reason: reason ?? 'rolled_back_on_request', message }
    case 'unknown':
    case undefined: {
      const end = cutOff(facts)
      return operation.over === undefined
        ? { ...end, kind: 'failed', states: ['error', 'inactive'] }
        : { ...end, kind: 'dirty', message: operation.over, states: ['error'] }
    }
    case 'in_progress':
      return { ...cutOff(facts), kind: 'dirty', reason: 'rollback_failed', states: ['error'] }
    case 'failure':
      // Its run found nothing to do there, or was refused before it did anything.
      return operation.over === undefined
        ? { kind: 'failed', reason: reason ?? 'rollback_failed', message }
        : { kind: 'dirty', reason: reason ?? 'rollback_failed', message: operation.over, states: ['error'] }
    case 'error':
    case 'inactive':
      return { kind: 'dirty', reason: reason ?? 'rollback_failed', message }
  }
}

/** The run ended without a last word, or there was none. */
function cutOff({ conclusion }: EndingFacts): { readonly reason: OutcomeReason; readonly message: string } {
  if (conclusion === 'never') return { reason: 'run_not_started', message: 'No run came for it.' }
  if (conclusion === 'cancelled')
    return { reason: 'run_cancelled', message: 'Its run was cancelled and said nothing more.' }
  const how = conclusion === 'gone' ? 'is gone' : `ended as ${conclusion}`
  return { reason: 'run_failed', message: `Its run ${how} and did not say what it did.` }
}
