import { code, mention, plain } from '../../report/markdown.ts'
import type { DecidedOutcome } from '../command-outcome.ts'
import type { EndingFacts, EndingKind } from '../decide-ending.ts'
import { pageLink } from '../lock-text.ts'
import type { Operation, OperationEnding } from '../operation-lock.ts'
import type { OutcomeReason } from '../reason.ts'

export interface EndedFacts extends EndingFacts {
  readonly kind: EndingKind
  readonly reason: OutcomeReason
  /** The run's own words: outside text. */
  readonly message: string
}

/** The new comment that says how an operation ended; it tells its author where somebody must act. */
export function endedText(facts: EndedFacts): string {
  const { operation, kind, reason, message } = facts
  // Where nobody asked for it by a comment, whoever follows the pull request is told.
  const who = kind === 'done' || operation.comment === undefined ? '' : `${mention(operation.by.login)} `
  const words = message === '' ? '' : ` ${code(message, 300)}`
  const next = nextStep(facts)
  return [
    `${who}${headline(facts)}`,
    `${code(reason)}${words}`,
    ...(next === '' ? [] : [next]),
    ...(operation.run === undefined ? [] : [`All of it: ${pageLink('the run', operation.run.url)}.`]),
  ].join('\n\n')
}

function headline({ operation, environment, kind, deployment, reason }: EndedFacts): string {
  const version = code(operation.version ?? operation.sha.slice(0, 12))
  const where = code(environment)
  if (operation.kind === 'rollback') {
    if (kind === 'done') return `✅ ${where} is back on ${version}.`
    if (kind === 'dirty') return `🚨 The rollback of ${where} to ${version} did not end well.`
    return `❌ ${where} was not rolled back to ${version}: nothing was changed.`
  }
  const isLive = deployment?.state === 'success'
  switch (kind) {
    case 'done':
      return `✅ ${version} is live in ${where}.`
    case 'held':
      return isLive
        ? `⏸️ ${version} is live in ${where}, but nobody knows whether users notice.`
        : `⏸️ ${version} is held in ${where}: not all users have it.`
    case 'failed':
      return reason === 'unhealthy'
        ? `❌ Users would have noticed ${version}: it was taken back from ${where}.`
        : `❌ ${version} is not live in ${where}.`
    case 'dirty':
      return `🚨 ${where} is half done: ${version} was neither brought there nor taken back.`
  }
}

function nextStep({ kind, environment, reason, operation }: EndedFacts): string {
  const rollback = code(`/rollback ${environment}`)
  const resolve = code(`/resolve ${environment}`)
  switch (kind) {
    case 'done':
      return ''
    case 'held':
      return `Look at it. ${rollback} brings the last healthy version back; deploying again goes on watching.`
    case 'dirty': {
      const again = operation.kind === 'rollback' ? 'tries once more' : 'brings the last healthy version back'
      return `The environment stays locked until somebody has looked at it: ${rollback} ${again}, ${resolve} says that it is in order.`
    }
    case 'failed':
      return reason === 'run_not_started'
        ? 'See that the workflow of the default branch has `workflow_dispatch` with the inputs that Seamless sends, and that a runner is online. Then say it again.'
        : ''
  }
}

/** Whoever began it is gone and no run was asked for: nothing was sent, so nothing is half done. */
export function abandoned(operation: Operation, environment: string): OperationEnding {
  const what = operation.kind === 'deploy' ? 'deployment to' : 'rollback of'
  const text = `${mention(operation.by.login)} The ${what} ${code(environment)} was cut off before a run was asked for; nothing was sent there. Please repeat it if you still want it.`
  return inVain(operation, { reason: 'expired', text, refused: false, why: 'cut off before it began' })
}

/** It was refused after it was begun, before a run was asked for. */
export function endedInVain(operation: Operation, { reason, text }: DecidedOutcome): OperationEnding {
  const body = `${mention(operation.by.login)} ${text}`
  return inVain(operation, { reason, text: body, refused: true, why: 'refused before it began' })
}

function inVain(
  { over }: Operation,
  end: { reason: OutcomeReason; text: string; refused: boolean; why: string },
): OperationEnding {
  const { reason, text, refused, why } = end
  const description = plain(`${reason}: ${why}; nothing was sent there.`, 140)
  return {
    reason,
    refused,
    text,
    states:
      over === undefined
        ? [
            {
              state: 'error',
              description,
            },
            {
              state: 'inactive',
              description,
            },
          ]
        : [
            {
              state: 'error',
              description,
            },
          ],
    reaction: refused ? '-1' : 'confused',
    ...(over !== undefined && { dirty: over }),
  }
}
