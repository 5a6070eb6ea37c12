import type { ReadDeployment } from '../ports/deployments.ts'
import { type ReasonCode, reasonCodes } from '../upgrade/reason.ts'
import { readJobOrder } from './job-order.ts'
import { type CommandReason, commandReasons, type OutcomeReason } from './reason.ts'

const KNOWN: ReadonlySet<string> = new Set<ReasonCode | CommandReason>([...reasonCodes, ...commandReasons])

/** What a run said last of its Deployment: the reason code at the start of the description, and the words after it. */
export function runWords(description: string | undefined): {
  readonly reason?: OutcomeReason
  readonly message: string
} {
  // What a person said to the run is no word of its own.
  if (readJobOrder(description) !== undefined) return { message: description ?? '' }
  const [, code = '', message = ''] = /^([a-z_]+): ?(.*)$/s.exec(description ?? '') ?? []
  return KNOWN.has(code) ? { reason: code as OutcomeReason, message } : { message: description ?? '' }
}

/** The run whose page a Deployment's newest state names: of two that were started for it, the one that works on it. */
export function runAtWork(deployment: Pick<ReadDeployment, 'logUrl'> | undefined): number | undefined {
  const [, id] = /\/actions\/runs\/(\d{1,16})(?:\/|$)/.exec(deployment?.logUrl ?? '') ?? []
  return id === undefined ? undefined : Number(id)
}
