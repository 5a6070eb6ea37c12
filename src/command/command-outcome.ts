import type { Person } from '../ports/authority.ts'
import type { Command, ParsedComment } from './command.ts'
import type { OutcomeReason } from './reason.ts'

/** One comment that means a command. Its form was checked before; who wrote it and what they may is asked when it is served. */
export interface CommandRequest {
  readonly repository: { readonly id: number; readonly name: string }
  readonly pull: number
  readonly comment: {
    readonly id: number
    readonly url: string
    /** GitHub's time, of whole seconds (ms). */
    readonly createdAtMs: number
    /** When we were told of it (ms), by our clock. */
    readonly receivedAtMs?: number
    readonly author: Person
  }
  readonly asked: Exclude<ParsedComment, { kind: 'ignored' }>
}

/**
 * An answer that is final: nothing else may be said to this command. `text` is Markdown whose outside values are inert; empty
 * where it was said in a comment of another kind already.
 */
export interface DecidedOutcome {
  readonly kind: 'answered' | 'refused'
  readonly reason: OutcomeReason
  readonly text: string
  /** Of a refusal: the environment in which something may have been begun for it. */
  readonly environment?: string
}

/** How serving a command ended, for now. */
export type CommandOutcome =
  | DecidedOutcome
  /** Nothing was said and nothing done. */
  | { readonly kind: 'silent'; readonly reason: OutcomeReason }
  /** A run was asked for; whoever drives follows the operation of this environment. */
  | {
      readonly kind: 'started'
      readonly reason: 'deploy_started' | 'rollback_started' | 'plan_started'
      readonly environment: string
      readonly key: string
    }
  /** It goes on later: serve the same request again, then. Not before something happens, at the latest at this time (ms). */
  | { readonly kind: 'waiting'; readonly reason: OutcomeReason; readonly untilMs: number }

/** What idempotency keys of a command are made of, and the runs' request id. */
export function commandKey({ comment }: Pick<CommandRequest, 'comment'>): string {
  return `comment-${comment.id}`
}

/** The command as it would be written now, for texts: `/deploy production --sha=…`. */
export function written(command: Command, environment?: string): string {
  const where = environment ?? ('environment' in command ? command.environment : undefined)
  return [
    `/${command.kind}`,
    ...(where === undefined ? [] : [where]),
    ...('to' in command ? [command.to] : []),
    ...('sha' in command && command.sha !== undefined ? [`--sha=${command.sha}`] : []),
  ].join(' ')
}
