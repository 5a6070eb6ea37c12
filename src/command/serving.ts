import type { Config } from '../config/schema.ts'
import {
  type CommandOutcome,
  commandKey,
  type CommandRequest,
  type DecidedOutcome,
} from './command-outcome.ts'
import type { Command } from './command.ts'
import type { CommandPorts } from './command-ports.ts'
import type { OutcomeReason } from './reason.ts'

/** A command whose author may give it, under the config that decides about it. */
export type Serving<Kind extends Command['kind'] = Command['kind']> = ServingOf<
  Extract<Command, { kind: Kind }>
>

interface ServingOf<Asked extends Command> {
  readonly request: CommandRequest
  readonly command: Asked
  readonly config: Config
  readonly defaultBranch: string
  readonly ports: CommandPorts
  /** `comment-<id>`. */
  readonly key: string
}

export function servingOf(parts: Omit<Serving, 'key'>): Serving {
  return { ...parts, key: commandKey(parts.request) }
}

export function refused(reason: OutcomeReason, text: string): DecidedOutcome {
  return { kind: 'refused', reason, text }
}

export function answered(reason: OutcomeReason, text: string): DecidedOutcome {
  return { kind: 'answered', reason, text }
}

/** Somebody else is at the same record: look again in a moment. */
const CONTENDED_MS = 5000

export function contended({ clock }: Pick<CommandPorts, 'clock'>): CommandOutcome {
  return { kind: 'waiting', reason: 'lock_contended', untilMs: clock.now() + CONTENDED_MS }
}
