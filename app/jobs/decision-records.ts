import { z } from 'zod'
import type { DecidedOutcome } from '../../src/command/command-outcome.ts'
import type { CommandPorts } from '../../src/command/command-ports.ts'
import type { OutcomeReason } from '../../src/command/reason.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Records } from '../../src/ports/records.ts'

const decision = z.object({
  kind: z.enum(['answered', 'refused']),
  reason: z.string(),
  text: z.string(),
  environment: z.string().optional(),
  /** When it was decided: it is forgotten long after the command. */
  sinceMs: z.number(),
})

/** What was decided about commands, kept before it is said: `answers/comment-<id>`. */
export function decisionRecords(records: Records, clock: Clock): NonNullable<CommandPorts['decided']> {
  return {
    async read(key) {
      const read = await records.read(recordKey(key))
      if (read.kind !== 'found') return undefined
      const { sinceMs: _, environment, reason, ...rest } = decision.parse(read.record.value)
      const outcome: DecidedOutcome = { ...rest, reason: reason as OutcomeReason }
      return environment === undefined ? outcome : { ...outcome, environment }
    },
    async write(key, outcome) {
      // A conflict says that it was decided meanwhile: that one stands.
      await records.write(recordKey(key), { ...outcome, sinceMs: clock.now() }, undefined)
    },
  }
}

function recordKey(key: string): string {
  return `answers/${key}`
}
